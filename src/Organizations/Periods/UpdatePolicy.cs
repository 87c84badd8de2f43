using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Periods;

/// <summary>
/// Changes the policy of a year, and with it of its quarters and months. A year that is closed or has entries is changed by the
/// ledger's recalculation only, which posts what the change makes of the entries in the same transaction.
/// </summary>
public static class UpdatePolicy
{
    internal static void Map(IEndpointRouteBuilder periods) => periods.MapPatch("/{period_id:guid}/policy", Patch)
        .WithName("UpdatePolicy").WithSummary("Change the policy of a year without entries.").Produces<PeriodDetails>();

    private static async Task<IResult> Patch(
        Guid period_id, MergePatch<PolicyForm> patch, IfMatch version, Caller caller, Database database, SnapshotCheck snapshots, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(period_id, patch, version, session, clock, snapshots), ct)).ToOk();

    public static async Task<Result<PeriodDetails>> Handle(Guid id, MergePatch<PolicyForm> patch, IfMatch version, Session session, TimeProvider clock, SnapshotCheck? snapshots = null)
    {
        if (await PeriodDetails.Hold(id, session) is not { DeletedAt: null } now)
        {
            return Problem.NotFound("period", id.ToString());
        }

        if ((version.Check(now.Version) ?? Refusal(now)) is { } refusal)
        {
            return refusal;
        }

        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var form = patch.ApplyTo(PolicyForm.Of(now.ToPolicy()));
        if (Problem.All([.. form.Check("", today)]) is { } problem)
        {
            return problem;
        }

        if (snapshots is not null && await snapshots.Of(session, form.SnapshotId) is { } unknown)
        {
            return unknown;
        }

        await Write(now.PeriodId, form.ToPolicy(today), session, clock.GetUtcNow());
        return await PeriodDetails.Get(id, session);
    }

    /// <summary>Writes the policy of a year and of the quarters and months within it.</summary>
    internal static Task<int> Write(Guid yearId, Policy policy, Session session, DateTimeOffset at) => session.Execute("""
        update org.periods part set gwp_set = @GwpSet, factor_date = @FactorDate, factor_dates = @FactorDates, boundary = @Boundary,
               significance_threshold = @SignificanceThreshold, source_preference = @Sources::jsonb, snapshot_id = @SnapshotId,
               version = part.version + 1, updated_at = @at
        from org.periods year
        where year.period_id = @yearId and part.starts_on >= year.starts_on and part.ends_on <= year.ends_on and part.deleted_at is null
        """, new
    {
        policy.GwpSet, policy.FactorDate, policy.FactorDates, policy.Boundary, policy.SignificanceThreshold, Sources = policy.SourcePreference.Json,
        policy.SnapshotId, at, yearId,
    });

    private static Problem? Refusal(PeriodDetails now)
    {
        if (now.Granularity != Granularity.Year)
        {
            return new Problem("period.policy-of-year", "policy", now.Code, "a year: quarters and months have their year's policy", "Change the policy of the year.") { Kind = ProblemKind.Conflict };
        }

        if (now.Status == "closed")
        {
            return new Problem("period.closed", "policy", now.Code, "an open year", "Reopen it, or recalculate it: that posts a restatement.") { Kind = ProblemKind.Conflict };
        }

        return now.HasEntries
            ? new Problem("period.has-entries", "policy", now.Code, "a year without entries", "Recalculate the year under the new policy: that posts what it changes.") { Kind = ProblemKind.Conflict }
            : null;
    }
}
