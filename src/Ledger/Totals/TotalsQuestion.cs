namespace OffGridFlow.Ledger.Totals;

/// <summary>What totals can be grouped by.</summary>
public enum Dimension
{
    Scope,
    Category,
    Entity,
    Facility,
    Kind,
    Month,
    Gas,
    Tier,
    Basis,
    Role,
    Status,
}

/// <summary>What a total is asked of.</summary>
public sealed record TotalsQuestion
{
    /// <summary>First day of the first month, or null for the beginning.</summary>
    public DateOnly? From { get; init; }

    /// <summary>First day of the last month, or null for the end.</summary>
    public DateOnly? To { get; init; }

    public IReadOnlyList<Dimension> GroupBy { get; init; } = [];

    /// <summary>Which account of Scope 2 counts.</summary>
    public Basis Basis { get; init; } = Basis.Location;

    /// <summary>Each entity by the share that counts under the boundary approach of the year, at the month's first day.</summary>
    public bool Consolidate { get; init; }

    /// <summary>What was known at an instant, or null for now.</summary>
    public DateTimeOffset? AsOf { get; init; }

    public int? Scope { get; init; }

    public int? Category { get; init; }

    public Guid? Entity { get; init; }

    public Guid? Facility { get; init; }

    public string? Kind { get; init; }

    public string? Status { get; init; }

    public string? Role { get; init; }

    public Tier? Tier { get; init; }

    internal bool NeedsFacilities => Facility is not null || GroupBy.Contains(Dimension.Facility);

    internal string Key => FormattableString.Invariant(
        $"{From:yyyy-MM} {To:yyyy-MM} {string.Join(',', GroupBy)} {Basis} {Scope} {Category} {Entity} {Facility} {Kind} {Status} {Role} {Tier} {Consolidate}");
}

/// <summary>A sum of entries with the ends of its 95 % range: entries of one factor err together, activities each by themselves.</summary>
/// <param name="Co2eKg">kg CO2e.</param>
/// <param name="BiogenicCo2Kg">kg CO2 of biological origin, outside the scopes.</param>
/// <param name="Entries">Entries that count in it: a reversal takes one away.</param>
public sealed record Total(decimal Co2eKg, decimal LowKg, decimal HighKg, decimal BiogenicCo2Kg, long Entries);

/// <summary>The part of a total under one combination of what was grouped by. Members that were not asked for are absent.</summary>
/// <param name="MassKg">kg of the gas, when grouped by gas; of <c>unsplit</c>: kg CO2e that no published gas accounts for.</param>
public sealed record TotalsGroup(
    int? Scope, int? Category, Guid? Entity, Guid? Facility, string? Kind, string? Month, string? Gas, Tier? Tier, Basis? Basis, string? Role, string? Status,
    Total? Total, decimal? MassKg);

/// <summary>Totals of the ledger as of a run.</summary>
/// <param name="Run">The last run that is in them.</param>
/// <param name="Basis">Which account of Scope 2 the total counts.</param>
/// <param name="Total">Over all that was asked for. Groups by basis show the other account too; the total never adds both.</param>
public sealed record TotalsAnswer(
    long Run, string? From, string? To, Basis Basis, bool Consolidated, Total Total, IReadOnlyList<TotalsGroup> Groups);
