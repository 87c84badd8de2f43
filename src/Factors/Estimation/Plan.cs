using System.Runtime.CompilerServices;

namespace OffGridFlow.Factors;

/// <summary>Which account an entry counts for.</summary>
public enum Basis
{
    /// <summary>There is but one way to account for it.</summary>
    Single,

    /// <summary>Location-based Scope 2.</summary>
    Location,

    /// <summary>Market-based Scope 2: beside the location-based figure, never added to it.</summary>
    Market,
}

/// <summary>Everything about an entry but its quantity: worked out once for all rows alike.</summary>
public sealed record EntryPlan
{
    /// <summary>Unit of a quantity that is a share of what the row's figures come to, 0 to 1.</summary>
    public const string Whole = "share";

    public required int Scope { get; init; }

    public int? Category { get; init; }

    /// <summary>What part of the activity it is: <c>direct</c>, <c>generation</c>, <c>upstream</c>, <c>transmission-loss</c> …</summary>
    public required string Role { get; init; }

    public required Basis Basis { get; init; }

    public required EntryFormula Formula { get; init; }

    /// <summary>What was asked to make it: kind, unit, place, month and quality. Asking again makes it again.</summary>
    public required PlanKey Key { get; init; }

    /// <summary>The unit of its quantities: the key's, or <see cref="Whole"/>.</summary>
    public string QuantityUnit { get => field ?? Key.Unit.Symbol; init; }

    /// <summary>The library's factor, or null where the row brought its own figure.</summary>
    public FactorRow? Factor { get; init; }

    /// <summary>The factor that gives the biogenic CO2, where that is printed apart.</summary>
    public FactorRow? BiogenicFactor { get; init; }

    /// <summary>Factor's id, or what stands for it: <c>row:factor_value</c>.</summary>
    public required string FactorId { get; init; }

    /// <summary><c>desnz:2025</c>, or empty where the row brought its own figure.</summary>
    public required string Edition { get; init; }

    public required string Citation { get; init; }

    public required Tier Tier { get; init; }

    /// <summary>The method and the paragraph it follows.</summary>
    public required string Method { get; init; }

    /// <summary>Data quality 1 (best) to 5.</summary>
    public required decimal Quality { get; init; }

    /// <summary>Why the range is as wide as it is.</summary>
    public required string UncertaintyNote { get; init; }

    /// <summary>What the quantity was turned into to meet the factor, in words, or null.</summary>
    public string? UnitStep { get; init; }

    /// <summary>Entries that share this share their factor's error: totals correlate over it.</summary>
    public string CorrelationKey => Factor?.Id ?? FactorId;

    /// <summary>Relative half width from the factor alone, for totals.</summary>
    public required decimal FactorHalfWidth { get; init; }

    /// <summary>Relative half width from the activity alone, for totals.</summary>
    public required decimal ActivityHalfWidth { get; init; }

    /// <summary>Cache for writers: what the entry prints that no quantity changes.</summary>
    public object? Rendered { get; set; }
}

/// <summary>How an imported row ended.</summary>
public enum Disposition
{
    Calculated,
    Estimated,
    Excluded,
    Duplicate,
    Rejected,
}

/// <summary>Something true of a result that its reader should know.</summary>
public sealed record Note(string Code, string Text);

/// <summary>What a row of a kind, unit, place and month comes to, per unit of quantity.</summary>
/// <param name="Disposition">Calculated, estimated or rejected.</param>
/// <param name="Entries">None when rejected.</param>
/// <param name="Problem">Why it was rejected.</param>
/// <param name="Notes">What was assumed.</param>
public sealed record Plan(Disposition Disposition, IReadOnlyList<EntryPlan> Entries, Problem? Problem, IReadOnlyList<Note> Notes)
{
    public static Plan Reject(Problem problem) => new(Disposition.Rejected, [], problem, []);

    private readonly EntryFormula[] formulas = Entries.Select(entry => entry.Formula).ToArray();

    /// <summary>The entries' formulas in their order, side by side: what millions of rows go through.</summary>
    public ReadOnlySpan<EntryFormula> Formulas => formulas;

    /// <summary>The unit of the quantities it takes, for plans of plain rows.</summary>
    public Unit? Unit { get; init; }

    /// <summary>Cache for writers: what the plan prints that no quantity changes.</summary>
    public object? Rendered { get; set; }
}

/// <summary>All that plain rows can differ in. Members are canonical instances, compared by reference.</summary>
/// <param name="Kind">From the kind table.</param>
/// <param name="Unit">From the unit table.</param>
/// <param name="Region">From the region table, or null.</param>
/// <param name="Month">Year times 12 plus month of the middle of the dates, or -1: validities begin and end with months.</param>
/// <param name="Quality">The row's quality, or 0.</param>
public readonly record struct PlanKey(Kind Kind, Unit Unit, string? Region, int Month, int Quality) : IEquatable<PlanKey>
{
    public static int MonthOf(DateOnly? day) => day is { } d ? (d.Year * 12) + d.Month - 1 : -1;

    /// <summary>A day within the month, or null.</summary>
    public DateOnly? Day => Month < 0 ? null : new DateOnly(Month / 12, (Month % 12) + 1, 15);

    public bool Equals(PlanKey other) =>
        ReferenceEquals(Kind, other.Kind) && ReferenceEquals(Unit, other.Unit) && ReferenceEquals(Region, other.Region)
        && Month == other.Month && Quality == other.Quality;

    public override int GetHashCode() =>
        (RuntimeHelpers.GetHashCode(Kind) * 31) + (RuntimeHelpers.GetHashCode(Unit) * 17)
        + (Region is null ? 0 : RuntimeHelpers.GetHashCode(Region)) + (Month * 131) + Quality;
}
