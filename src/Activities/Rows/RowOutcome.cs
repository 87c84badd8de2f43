using OffGridFlow.Engine;
using OffGridFlow.Factors;

namespace OffGridFlow.Activities.Rows;

/// <summary>How one row ended: by a shared plan, by an estimate of its own, or without entries.</summary>
public readonly record struct RowOutcome(
    Disposition Disposition, decimal Quantity, Unit? Unit, Plan? Plan, Estimate? Special, Problem? Problem, string? Reason)
{
    public static RowOutcome Reject(Problem problem, decimal quantity = 0m, Unit? unit = null) =>
        new(Disposition.Rejected, quantity, unit, null, null, problem, null);

    public IReadOnlyList<Note> Notes => Plan?.Notes ?? Special?.Notes ?? [];

    public int EntryCount => Plan?.Entries.Count ?? Special?.Entries.Count ?? 0;

    public PlannedEntry Entry(int index) => Plan is not null ? new PlannedEntry(Plan.Entries[index], Quantity) : Special!.Entries[index];
}
