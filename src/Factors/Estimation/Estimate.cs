namespace OffGridFlow.Factors;

/// <summary>One step from the row's quantity to the one a factor is multiplied with: for explanations.</summary>
/// <param name="Text">The arithmetic with units: <c>120 m2 x 95 kWh/m2-year = 11400 kWh</c>.</param>
/// <param name="Source">What it rests on, or null for plain arithmetic.</param>
public sealed record Step(string Text, string? Source = null);

/// <summary>An entry's plan with the quantity it is multiplied by.</summary>
public readonly record struct PlannedEntry(EntryPlan Plan, decimal Quantity)
{
    public EntryAmounts Amounts => Plan.Formula.Amounts(Quantity);
}

/// <summary>What a row comes to.</summary>
/// <param name="Disposition">How it ended.</param>
/// <param name="Entries">What it emits; none unless calculated or estimated.</param>
/// <param name="Problem">Why it was rejected.</param>
/// <param name="Notes">What was assumed.</param>
/// <param name="Steps">How the quantity was worked out, in order.</param>
public sealed record Estimate(
    Disposition Disposition, IReadOnlyList<PlannedEntry> Entries, Problem? Problem, IReadOnlyList<Note> Notes, IReadOnlyList<Step> Steps)
{
    public static Estimate Reject(Problem problem) => new(Disposition.Rejected, [], problem, [], []);
}
