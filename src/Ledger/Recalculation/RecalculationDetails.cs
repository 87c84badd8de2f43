using System.Text.Json;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>A change of an account's total by cause, kg CO2e consolidated by share. The parts add to the change exactly.</summary>
/// <remarks>One thing is changed at a time, in this order: the GWP set, what decides the factor, the kind, the boundary.</remarks>
public sealed record ChangeByCause(string Basis, decimal Before, decimal After, decimal Change, decimal Activity, decimal Factor, decimal Gwp, decimal Boundary, decimal Mapping);

/// <summary>One entry's change, kg CO2e, before consolidation.</summary>
/// <param name="Entry">The entry that is taken back; absent for one that is new.</param>
public sealed record EntryDelta(
    Guid ActivityId, string Kind, int Scope, string Basis, string Role, string Month, decimal Before, decimal After, decimal Change, decimal Gwp, decimal Factor, decimal Mapping,
    string? Entry = null, int? Category = null)
{
    internal static EntryDelta Of(EntryChange one) => new(
        one.ActivityId, one.Kind, one.Scope, Entries.Entry.Name(one.Basis), one.Role, FormattableString.Invariant($"{one.Month:yyyy-MM}"), one.Before, one.After,
        one.After - one.Before, one.Gwp, one.Factor, one.Mapping, one.Entry, one.Category);
}

/// <summary>What a recalculation would change, or has changed.</summary>
/// <param name="Suspects">Activities that were looked at because their calculation comes out otherwise.</param>
/// <param name="Significant">Whether the change reaches the period's threshold, as a share of the base year's total.</param>
/// <param name="Entries">The largest changes of entries, at most 100; all of them are listed under <c>changes</c>.</param>
/// <param name="Lost">Why activities could not be calculated under the new policy: such a recalculation cannot be posted.</param>
/// <param name="Note">A draft of the restatement note.</param>
public sealed record RecalculationResult(
    int Suspects, int Activities, int ChangedEntries, IReadOnlyList<ChangeByCause> Totals, decimal BaseYearKg, decimal Threshold, decimal ShareOfBaseYear, bool Significant,
    IReadOnlyList<EntryDelta> Entries, IReadOnlyList<Problem> Lost, string Note);

/// <summary>A recalculation as the API shows it.</summary>
/// <param name="Status">previewing, previewed, posting, posted or failed.</param>
/// <param name="PolicyBefore">What it was worked out against.</param>
/// <param name="Run">The last run it was worked out from.</param>
/// <param name="Done">Activities looked at, of <paramref name="Total"/>.</param>
/// <param name="Result">Absent while it is being worked out.</param>
/// <param name="Mapping">Kinds that activities get, or absent.</param>
/// <param name="Problem">Why it failed.</param>
public sealed record RecalculationDetails(
    Guid RecalculationId, Guid PeriodId, string Status, PolicyForm PolicyBefore, PolicyForm Policy, long Run, long Done, long Total, RecalculationResult? Result = null,
    KindMapping? Mapping = null, string? Reason = null, Problem? Problem = null)
{
    internal static async Task<Result<RecalculationDetails>> Find(Guid id, Session session) => await session.First<Row>("""
        select period_id, status, head_run, policy_before::text as policy_before, policy::text as policy, mapping::text as mapping, done, total, result::text as result, reason, problem::text as problem
        from ledger.recalculations where recalculation_id = @id
        """, new { id }) is { } row
        ? new RecalculationDetails(
            id, row.PeriodId, row.Status, Read<PolicyForm>(row.PolicyBefore)!, Read<PolicyForm>(row.Policy)!, row.HeadRun, row.Done, row.Total, Read<RecalculationResult>(row.Result),
            Read<KindMapping>(row.Mapping), row.Reason, Read<Problem>(row.Problem))
        : Problem.NotFound("recalculation", id.ToString());

    /// <summary>A policy written whole.</summary>
    internal static Policy Whole(PolicyForm form, DateOnly today) => form.ChangeOf(Organizations.Policy.Default(today), today).Value with { SnapshotId = form.SnapshotId };

    private static T? Read<T>(string? json)
        where T : class => json is null ? null : JsonSerializer.Deserialize<T>(json, Json.Options);

    private sealed class Row
    {
        public Guid PeriodId { get; init; }

        public string Status { get; init; } = "";

        public long HeadRun { get; init; }

        public string PolicyBefore { get; init; } = "";

        public string Policy { get; init; } = "";

        public string? Mapping { get; init; }

        public long Done { get; init; }

        public long Total { get; init; }

        public string? Result { get; init; }

        public string? Reason { get; init; }

        public string? Problem { get; init; }
    }
}
