namespace OffGridFlow.Activities.Imports;

/// <summary>What a row's cells mean, on its way into the database or read again beside what is there.</summary>
public readonly record struct ImportedRow
{
    public required long RowNo { get; init; }

    public required Disposition Disposition { get; init; }

    /// <summary>Null unless calculated or estimated.</summary>
    public byte[]? SourceKey { get; init; }

    public string? Kind { get; init; }

    public decimal Quantity { get; init; }

    public string? Unit { get; init; }

    public string? Region { get; init; }

    public DateOnly Start { get; init; }

    public DateOnly End { get; init; }

    public short? Quality { get; init; }

    public Guid? EntityId { get; init; }

    public Guid? FacilityId { get; init; }

    public string? Meter { get; init; }

    /// <summary>In lower case, or null.</summary>
    public string? Invoice { get; init; }

    public string? FactorId { get; init; }

    public decimal? FactorValue { get; init; }

    /// <summary>JSON, or null.</summary>
    public string? Columns { get; init; }

    /// <summary>The facility it names and the tenant does not have.</summary>
    public Problem? UnknownFacility { get; init; }

    /// <summary>The entity it names and the tenant does not have.</summary>
    public Problem? UnknownEntity { get; init; }

    /// <summary>Of a rejected row.</summary>
    public Problem? Problem { get; init; }

    /// <summary>Of an excluded row: <c>total</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>First day of a row that is not taken, where it names one that can be read.</summary>
    public DateOnly? UntakenStart { get; init; }

    /// <summary>Last day of a row that is not taken, where it names one that can be read.</summary>
    public DateOnly? UntakenEnd { get; init; }

    /// <summary>JSON of the cells as found, for rows that are not taken.</summary>
    public string? Cells { get; init; }

    public bool IsTaken => Disposition is Disposition.Calculated or Disposition.Estimated;
}
