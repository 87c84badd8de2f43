namespace OffGridFlow.Reporting.Inventories;

/// <summary>
/// A period's corporate inventory as the GHG Protocol asks for it (Corporate Standard ch. 9; Scope 2 Guidance ch. 7; Scope 3 Standard ch. 11).
/// Amounts are exact kg; gases in kg of the gas.
/// </summary>
/// <param name="BaseYear">Code of the base year and what was emitted in it, or null where none is set.</param>
/// <param name="Scopes">By scope and basis.</param>
/// <param name="Categories">All fifteen of Scope 3; those without entries say so.</param>
/// <param name="Methods">How activities were turned into emissions, with the paragraphs followed.</param>
/// <param name="Editions">Every publication whose factors are in it.</param>
/// <param name="Exclusions">Rows handed in for which nothing is counted, by why: those with a day in the period, and those whose days cannot be read.</param>
/// <param name="Seal">The last run in it, or null while there is none.</param>
public sealed record Inventory(
    string Organization, InventoryPeriod Period, InventoryBoundary Boundary, InventoryPolicy Policy, InventoryBaseYear? BaseYear,
    Amount Location, Amount Market, IReadOnlyList<InventoryScope> Scopes, IReadOnlyList<InventoryCategory> Categories,
    IReadOnlyList<InventoryGas> Gases, decimal BiogenicCo2Kg, IReadOnlyList<InventoryTier> Tiers, IReadOnlyList<InventoryMethod> Methods,
    IReadOnlyList<InventoryEdition> Editions, IReadOnlyList<InventoryExclusion> Exclusions, Seal? Seal);

/// <param name="Status"><c>open</c> or <c>closed</c>.</param>
public sealed record InventoryPeriod(string Code, DateOnly StartsOn, DateOnly EndsOn, string Status);

/// <param name="Approach">Consolidation: <c>operational_control</c>, <c>financial_control</c> or <c>equity_share</c>.</param>
public sealed record InventoryBoundary(string Approach, IReadOnlyList<InventoryEntity> Entities);

/// <param name="Share">Of its emissions that counts on the period's last day, 0 to 1.</param>
/// <param name="ShareAssumed">Nobody recorded what is held of it, so all of it counts.</param>
public sealed record InventoryEntity(string Code, string Name, string? Country, decimal Share, bool ShareAssumed, IReadOnlyList<string> Facilities);

/// <param name="GwpSet"><c>AR4</c>, <c>AR5</c>, <c>AR6</c>, or null for each publication's own.</param>
public sealed record InventoryPolicy(string? GwpSet, DateOnly FactorDate, string FactorDates, decimal SignificanceThreshold);

public sealed record InventoryBaseYear(string Period, decimal? LocationKg, decimal? MarketKg);

public sealed record InventoryScope(int Scope, string Basis, Amount Amount, decimal BiogenicCo2Kg, long Entries);

/// <param name="Amount">Null: it has no entries, which is not the same as zero.</param>
public sealed record InventoryCategory(int Category, string Name, Amount? Amount, long Entries);

/// <param name="Gas"><c>CO2</c>, <c>CH4</c> …, or <c>unsplit</c> for CO2e that no publication splits.</param>
/// <param name="Kg">Mass of the gas by scope, Scope 2 location-based; of <c>unsplit</c>, kg CO2e.</param>
public sealed record InventoryGas(string Gas, decimal Scope1Kg, decimal Scope2Kg, decimal Scope3Kg)
{
    public decimal TotalKg => Scope1Kg + Scope2Kg + Scope3Kg;
}

public sealed record InventoryTier(string Tier, decimal Kg, long Entries);

public sealed record InventoryMethod(string Method, IReadOnlyList<string> AppliesTo, long Entries);

/// <param name="Edition"><c>desnz:2025</c>.</param>
public sealed record InventoryEdition(string Edition, string Citation, string? Attribution, string? Licence, string? Url, DateOnly? Published, long Entries);

/// <param name="Disposition"><c>excluded</c>, <c>duplicate</c> or <c>rejected</c>.</param>
/// <param name="Undated">Those of the rows that name no day that can be read: they may belong to another period.</param>
public sealed record InventoryExclusion(string Disposition, string Code, string Reason, long Rows, long Undated);
