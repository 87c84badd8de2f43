using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Periods;

/// <summary>
/// Deletes a period so that it can be restored: a quarter or month that is open, or a year that is open and has neither entries nor
/// quarters or months. Deleting it again changes nothing.
/// </summary>
public static class DeletePeriod
{
    internal static void Map(IEndpointRouteBuilder periods)
    {
        periods.MapDelete("/{period_id:guid}", Delete)
            .WithName("DeletePeriod").WithSummary("Delete a period; it can be restored.").Produces(StatusCodes.Status204NoContent);
        periods.MapPost("/{period_id:guid}/restore", PostRestore)
            .WithName("RestorePeriod").WithSummary("Restore a deleted period.").Produces<PeriodDetails>();
    }

    private static async Task<IResult> Delete(Guid period_id, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(period_id, session, clock), ct)).ToNoContent();

    private static async Task<IResult> PostRestore(Guid period_id, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Restore(period_id, session, clock), ct)).ToOk();

    public static async Task<Result<PeriodDetails>> Handle(Guid id, Session session, TimeProvider clock)
    {
        await OrganizationQueries.LockPeriods(session);
        if (await PeriodDetails.Hold(id, session) is not { } now)
        {
            return Problem.NotFound("period", id.ToString());
        }

        if (now.DeletedAt is null && await Refusal(now, session) is { } refusal)
        {
            return refusal;
        }

        await session.Execute(
            "update org.periods set deleted_at = @At, version = version + 1, updated_at = @At where period_id = @id and deleted_at is null",
            new { id, At = clock.GetUtcNow() });
        return await PeriodDetails.Get(id, session);
    }

    /// <summary>It is as it was, unless others have taken its days. A quarter or month comes back with the policy its year has now.</summary>
    public static async Task<Result<PeriodDetails>> Restore(Guid id, Session session, TimeProvider clock)
    {
        await OrganizationQueries.LockPeriods(session);
        if (await PeriodDetails.Hold(id, session) is not { } now)
        {
            return Problem.NotFound("period", id.ToString());
        }

        if (now.DeletedAt is null)
        {
            return now;
        }

        if (await CreatePeriod.Obstacle(id, now.Code, now.Granularity, now.StartsOn, now.EndsOn, now.IsBaseYear, session) is { } obstacle)
        {
            return obstacle;
        }

        var year = now.Granularity == Granularity.Year ? now : await CreatePeriod.YearOf(now.StartsOn, now.EndsOn, session);
        if (year is null)
        {
            return new Problem("period.year-missing", "period_id", now.Code, "days within a year that is there", "Restore or add the year first: it has the policy.") { Kind = ProblemKind.Conflict };
        }

        var at = clock.GetUtcNow();
        await session.Execute("""
            update org.periods part set deleted_at = null, version = part.version + 1, updated_at = @at, has_entries = year.has_entries,
                   gwp_set = year.gwp_set, factor_date = year.factor_date, factor_dates = year.factor_dates, boundary = year.boundary,
                   significance_threshold = year.significance_threshold, source_preference = year.source_preference, snapshot_id = year.snapshot_id
            from org.periods year where part.period_id = @id and year.period_id = @Year
            """, new { id, Year = year.PeriodId, at });
        return await PeriodDetails.Get(id, session);
    }

    private static async Task<Problem?> Refusal(PeriodDetails now, Session session)
    {
        if (now.Status == "closed")
        {
            return new Problem("period.closed", "period_id", now.Code, "an open period", "Reopen it first.") { Kind = ProblemKind.Conflict };
        }

        if (now.Granularity != Granularity.Year)
        {
            return null;
        }

        if (now.HasEntries)
        {
            return new Problem("period.has-entries", "period_id", now.Code, "a year without entries", "Keep it: its entries are calculated under its policy.") { Kind = ProblemKind.Conflict };
        }

        var parts = await session.Query<string>("""
            select code from org.periods
            where granularity <> 'year' and starts_on >= @StartsOn and ends_on <= @EndsOn and deleted_at is null order by starts_on, ends_on desc
            """, new { now.StartsOn, now.EndsOn });
        return parts.Count == 0 ? null
            : new Problem("period.in-use", "period_id", string.Join(", ", parts), "a year without quarters and months", "Delete those first.") { Kind = ProblemKind.Conflict };
    }
}
