using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Periods;

/// <summary>
/// Adds a year with its policy, or a quarter or month within a year that is there. Periods are whole calendar months, and those of one
/// length do not overlap.
/// </summary>
public static class CreatePeriod
{
    private const int LongestYear = 18;

    /// <param name="Granularity">year, quarter or month.</param>
    /// <param name="StartsOn">First day of a month.</param>
    /// <param name="EndsOn">Last day of a month. Left out: after 12, 3 or 1 months. A year may have 1 to 18, for a year that changes its first month.</param>
    /// <param name="Code">Unique. Left out: 2025 or 2025-26, 2025-Q1, 2025-03.</param>
    /// <param name="IsBaseYear">Progress is measured from it.</param>
    /// <param name="Policy">Of a year; quarters and months have their year's.</param>
    public sealed record Request(
        Granularity? Granularity = null, DateOnly? StartsOn = null, DateOnly? EndsOn = null, string? Code = null, bool? IsBaseYear = null, PolicyForm? Policy = null);

    internal static void Map(IEndpointRouteBuilder periods) => periods.MapPost("/", Post)
        .WithName("CreatePeriod").WithSummary("Add a reporting year with its policy, or a quarter or month of a year.").Produces<PeriodDetails>(StatusCodes.Status201Created);

    private static async Task<IResult> Post(Request request, Caller caller, Database database, SnapshotCheck snapshots, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, async session => await snapshots.Of(session, request.Policy?.SnapshotId) is { } problem ? problem : await Handle(request, session, clock), ct)).ToCreated(made => $"/api/v1/periods/{made.PeriodId}");

    public static async Task<Result<PeriodDetails>> Handle(Request request, Session session, TimeProvider clock)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (Check(request, today) is { } wrong)
        {
            return wrong;
        }

        await OrganizationQueries.LockPeriods(session);
        var granularity = request.Granularity!.Value;
        var starts = request.StartsOn!.Value;
        var ends = request.EndsOn ?? starts.AddMonths(Months(granularity)).AddDays(-1);
        var year = granularity == Granularity.Year ? null : await YearOf(starts, ends, session);
        var code = request.Code ?? Code(granularity, starts, ends, year);
        if (granularity != Granularity.Year && year is null)
        {
            return new Problem("period.year-missing", "starts_on", $"{starts:yyyy-MM-dd} to {ends:yyyy-MM-dd}", "days within a year that is there", "Add the year first: it has the policy.") { Kind = ProblemKind.Conflict };
        }

        if (await Obstacle(Guid.Empty, code, granularity, starts, ends, request.IsBaseYear == true, session) is { } obstacle)
        {
            return obstacle;
        }

        var policy = year?.ToPolicy() ?? (request.Policy ?? new PolicyForm()).ToPolicy(today);
        var id = Guid.CreateVersion7();
        await session.Execute("""
            insert into org.periods (tenant_id, period_id, code, granularity, starts_on, ends_on, is_base_year, has_entries,
                gwp_set, factor_date, factor_dates, boundary, significance_threshold, source_preference, snapshot_id)
            values (@Tenant, @id, @code, @Granularity, @starts, @ends, @IsBaseYear, @HasEntries,
                @GwpSet, @FactorDate, @FactorDates, @Boundary, @SignificanceThreshold, @Sources::jsonb, @SnapshotId)
            """, new
        {
            Tenant = session.Tenant.Value, id, code, Granularity = granularity.ToString().ToLowerInvariant(), starts, ends,
            IsBaseYear = request.IsBaseYear ?? false, HasEntries = year?.HasEntries ?? false, policy.GwpSet, policy.FactorDate, policy.FactorDates, policy.Boundary,
            policy.SignificanceThreshold, Sources = policy.SourcePreference.Json, policy.SnapshotId,
        });
        return await PeriodDetails.Get(id, session);
    }

    /// <summary>What stands in the way of a period among the others, be it new, changed or restored: its code, its days, its being the base year.</summary>
    internal static async Task<Problem?> Obstacle(Guid id, string code, Granularity granularity, DateOnly starts, DateOnly ends, bool isBaseYear, Session session)
    {
        if (await session.First<PeriodDetails>($"{PeriodDetails.Select} where code = @code and period_id <> @id", new { code, id }) is { } taken)
        {
            return taken.DeletedAt is null
                ? new Problem("period.code-taken", "code", code, "a code no other period has", "Choose another code, or change the period that has it.") { Kind = ProblemKind.Conflict }
                : new Problem("period.code-deleted", "code", code, "a code no period has, not even a deleted one", "Restore the deleted period (GET /api/v1/periods/deleted, then POST its /restore), or choose another code.") { Kind = ProblemKind.Conflict };
        }

        var other = await session.First<string>("""
            select code || ' (' || starts_on || ' to ' || ends_on || ')' from org.periods
            where granularity = @Granularity and starts_on <= @ends and ends_on >= @starts and deleted_at is null and period_id <> @id
            order by starts_on
            """, new { Granularity = granularity.ToString().ToLowerInvariant(), starts, ends, id });
        if (other is not null)
        {
            return new Problem("period.overlaps", "starts_on", $"{starts:yyyy-MM-dd} to {ends:yyyy-MM-dd}", $"days outside {other}", "Correct the days: no day is in two periods of one length.") { Kind = ProblemKind.Conflict };
        }

        return isBaseYear && await session.First<string>("select code from org.periods where is_base_year and deleted_at is null and period_id <> @id", new { id }) is { } baseYear
            ? new Problem("period.base-year-taken", "is_base_year", "true", $"one base year, which is {baseYear}", $"Set is_base_year of {baseYear} to false first.") { Kind = ProblemKind.Conflict }
            : null;
    }

    internal static Task<PeriodDetails?> YearOf(DateOnly starts, DateOnly ends, Session session) => session.First<PeriodDetails>(
        $"{PeriodDetails.Select} where granularity = 'year' and starts_on <= @starts and ends_on >= @ends and deleted_at is null", new { starts, ends });

    private static Problem? Check(Request request, DateOnly today)
    {
        var (granularity, starts, ends) = (request.Granularity, request.StartsOn, request.EndsOn);
        var months = granularity is null ? 1 : Months(granularity.Value);
        return Problem.All([
            granularity is not null ? null : new Problem("period.granularity", "granularity", "", "year, quarter or month", "Say how long the period is."),
            starts is { Day: 1, Year: >= 1990 and <= 2100 } ? null
                : new Problem("period.starts-on", "starts_on", Text(starts), "the first day of a month, such as 2025-07-01", "Periods are whole months: correct the day."),
            ends is null || starts is null || Fits(granularity, starts.Value, ends.Value) ? null
                : new Problem("period.ends-on", "ends_on", Text(ends), granularity == Granularity.Year ? $"the last day of a month, 1 to {LongestYear} months later" : $"{Text(starts.Value.AddMonths(months).AddDays(-1))}, after {months} months", "Correct the day, or leave it out."),
            request.Code is null || Forms.IsCode(request.Code) ? null : new Problem("period.code", "code", request.Code, Forms.CodeForm, "Correct the code, or leave it out."),
            request.IsBaseYear == true && granularity != Granularity.Year ? new Problem("period.base-year", "is_base_year", "true", "true for a year only", "Choose a year as the base.") : null,
            request.Policy is not null && granularity is Granularity.Quarter or Granularity.Month
                ? new Problem("period.policy-of-year", "policy", "a policy", "none: quarters and months have their year's", "Leave policy out, and set it for the year.") : null,
            .. request.Policy?.Check("policy.", today) ?? []]);
    }

    private static bool Fits(Granularity? granularity, DateOnly starts, DateOnly ends)
    {
        var next = ends == DateOnly.MaxValue ? ends : ends.AddDays(1);
        var months = ((next.Year - starts.Year) * 12) + next.Month - starts.Month;
        return next.Day == 1 && (granularity is null or Granularity.Year ? months is >= 1 and <= LongestYear : months == Months(granularity.Value));
    }

    private static int Months(Granularity granularity) => granularity switch
    {
        Granularity.Year => 12,
        Granularity.Quarter => 3,
        Granularity.Month => 1,
    };

    private static string Code(Granularity granularity, DateOnly starts, DateOnly ends, PeriodDetails? year) => granularity switch
    {
        Granularity.Year => new FiscalYear(starts, ends).Code,
        Granularity.Month => starts.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        Granularity.Quarter => string.Create(CultureInfo.InvariantCulture, $"{year?.Code}-Q{(((starts.Year - (year?.StartsOn.Year ?? starts.Year)) * 12) + starts.Month - (year?.StartsOn.Month ?? starts.Month)) / 3 + 1}"),
    };

    private static string Text(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
}
