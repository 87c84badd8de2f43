namespace OffGridFlow.Ledger.Posting;

/// <summary>An activity as posting reads it: one version of it.</summary>
internal sealed class ActivityRow
{
    public required Guid ActivityId { get; init; }

    public required int Version { get; init; }

    public required long RowNo { get; init; }

    public required string Kind { get; init; }

    public required decimal Quantity { get; init; }

    public required string Unit { get; init; }

    public string? Region { get; init; }

    public required DateOnly Start { get; init; }

    public required DateOnly End { get; init; }

    public short? Quality { get; init; }

    public Guid? EntityId { get; init; }

    public Guid? FacilityId { get; init; }

    public string? Factor { get; init; }

    public decimal? FactorValue { get; init; }

    /// <summary>JSON object of named columns, or null.</summary>
    public string? Columns { get; init; }

    /// <summary>Takes the versions before it back and counts for nothing itself.</summary>
    public required bool Withdrawn { get; init; }
}
