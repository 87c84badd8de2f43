using OffGridFlow.Factors;

namespace OffGridFlow.Activities.Rows;

/// <summary>What a row's cells mean, with what the tenant adds: defaults, places, dates.</summary>
/// <param name="Kind">Null when the row was given up before.</param>
/// <param name="Region">Code of the row's or its facility's place.</param>
/// <param name="Start">First day.</param>
/// <param name="End">Last day.</param>
/// <param name="Quality">1 to 5, or null.</param>
/// <param name="FacilityId">The site.</param>
/// <param name="EntityId">The legal entity: the row's, else the site's.</param>
/// <param name="Activity">With its named columns, for rows that have any that their kind reads; else null.</param>
public readonly record struct RowFacts(
    Kind? Kind, string? Region, DateOnly? Start, DateOnly? End, int? Quality, Guid? FacilityId, Guid? EntityId, Activity? Activity)
{
    /// <summary>The facility that the row names and the tenant does not have: it is taken without one.</summary>
    public Problem? UnknownFacility { get; init; }

    /// <summary>The entity that the row names and the tenant does not have: it is taken without one.</summary>
    public Problem? UnknownEntity { get; init; }
}
