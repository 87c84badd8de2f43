using OffGridFlow.Reporting.Inventories;

namespace OffGridFlow.Web.Pages.Home;

/// <summary>A period's inventory as the first page shows it. All amounts are exact kg CO2e; only the page rounds.</summary>
/// <param name="Periods">Those to choose from, the latest first.</param>
/// <param name="Location">Total with Scope 2 by the location-based method.</param>
/// <param name="Market">Total with Scope 2 by the market-based method.</param>
/// <param name="Before">The year before, where it has entries.</param>
/// <param name="BiogenicKg">kg CO2 of biological origin, outside the scopes.</param>
public sealed record Overview(
    IReadOnlyList<string> Periods, string Period, DateOnly From, DateOnly To, Amount Location, Amount Market, Earlier? Before,
    IReadOnlyList<ScopeSum> Scopes, IReadOnlyList<CategorySum> Categories, IReadOnlyList<MonthSum> Months, IReadOnlyList<TierSum> Tiers,
    decimal BiogenicKg, long EntryCount)
{
    public ScopeSum? Scope(int scope, string basis) => Scopes.FirstOrDefault(sum => sum.Scope == scope && sum.Basis == basis);

    /// <summary>The scopes that the location-based total adds up from.</summary>
    public IReadOnlyList<ScopeSum> LocationScopes => [.. Scopes.Where(sum => sum.Basis != "market")];
}

public sealed record Earlier(string Period, decimal LocationKg, decimal MarketKg);

/// <param name="Basis"><c>single</c>, <c>location</c> or <c>market</c>.</param>
public sealed record ScopeSum(int Scope, string Basis, Amount Amount, long Entries);

/// <summary>A category of Scope 3.</summary>
public sealed record CategorySum(int Category, Amount Amount, long Entries);

/// <summary>A calendar month by scope, Scope 2 location-based.</summary>
public sealed record MonthSum(DateOnly Month, decimal Scope1Kg, decimal Scope2Kg, decimal Scope3Kg);

/// <param name="Tier">How specific the factors were.</param>
public sealed record TierSum(string Tier, decimal Kg, long Entries);
