namespace OffGridFlow.Organizations;

/// <summary>How a period's inventory is calculated. A change to a period that has entries goes through a recalculation, never around it.</summary>
/// <param name="GwpSet"><c>AR4</c>, <c>AR5</c>, <c>AR6</c>, or null for each publication's own.</param>
/// <param name="FactorDate">Day of knowledge: editions published later are not used.</param>
/// <param name="FactorDates">Which edition a date picks: <c>effective</c> or <c>published</c>.</param>
/// <param name="Boundary">Consolidation approach: <c>operational_control</c>, <c>financial_control</c> or <c>equity_share</c>.</param>
/// <param name="SignificanceThreshold">Share of base-year emissions, 0 to 1, from which a change calls for a restatement.</param>
/// <param name="SnapshotId">The tenant's locked choice of overrides, or null for the library as released.</param>
public sealed record Policy(
    string? GwpSet, DateOnly FactorDate, string FactorDates, string Boundary, decimal SignificanceThreshold, Guid? SnapshotId);
