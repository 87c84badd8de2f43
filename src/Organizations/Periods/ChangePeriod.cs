using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Periods;

/// <summary>Changes a period's code, or whether it is the base year. Its days never change, and its policy by <see cref="UpdatePolicy"/>.</summary>
public static class ChangePeriod
{
    /// <param name="Code">Unique.</param>
    /// <param name="IsBaseYear">Progress is measured from it.</param>
    public sealed record Request(string? Code = null, bool? IsBaseYear = null);

    internal static void Map(IEndpointRouteBuilder periods) => periods.MapPatch("/{period_id:guid}", Patch)
        .WithName("ChangePeriod").WithSummary("Change a period's code, or make it the base year.").Produces<PeriodDetails>();

    private static async Task<IResult> Patch(
        Guid period_id, MergePatch<Request> patch, IfMatch version, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(period_id, patch, version, session, clock), ct)).ToOk();

    public static async Task<Result<PeriodDetails>> Handle(Guid id, MergePatch<Request> patch, IfMatch version, Session session, TimeProvider clock)
    {
        await OrganizationQueries.LockPeriods(session);
        if (await PeriodDetails.Hold(id, session) is not { DeletedAt: null } now)
        {
            return Problem.NotFound("period", id.ToString());
        }

        if (version.Check(now.Version) is { } stale)
        {
            return stale;
        }

        var request = patch.ApplyTo(new Request(now.Code, now.IsBaseYear));
        if (Problem.All(
            Forms.IsCode(request.Code) ? null : new Problem("period.code", "code", request.Code ?? "", Forms.CodeForm, "Correct the code."),
            request.IsBaseYear == true && now.Granularity != Granularity.Year
                ? new Problem("period.base-year", "is_base_year", "true", "true for a year only", "Choose a year as the base.") : null) is { } problem)
        {
            return problem;
        }

        if (await CreatePeriod.Obstacle(id, request.Code!, now.Granularity, now.StartsOn, now.EndsOn, request.IsBaseYear ?? false, session) is { } obstacle)
        {
            return obstacle;
        }

        await session.Execute(
            "update org.periods set code = @Code, is_base_year = @IsBaseYear, version = version + 1, updated_at = @At where period_id = @id",
            new { request.Code, IsBaseYear = request.IsBaseYear ?? false, id, At = clock.GetUtcNow() });
        return await PeriodDetails.Get(id, session);
    }
}
