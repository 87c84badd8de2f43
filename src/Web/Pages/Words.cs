using OffGridFlow.Reporting.Inventories;

namespace OffGridFlow.Web.Pages;

/// <summary>The names people know things by.</summary>
public static class Words
{
    /// <summary>Of Scope 3, numbered 1 to 15 as the GHG Protocol has them.</summary>
    public static string Category(int category) => ScopeThree.Name(category);

    /// <summary>A kind as the catalogue calls it; one that it does not have any more by its key.</summary>
    public static string Kind(KindTable kinds, string key) => kinds.Find(key)?.Title ?? key;

    public static int CategoryCount => ScopeThree.Count;

    public static string Scope(int scope) => scope switch
    {
        1 => "Fuel, vehicles, leaks and processes",
        2 => "Purchased energy",
        3 => "Value chain",
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "Scopes are 1, 2 and 3."),
    };

    /// <summary>What a tier means: where the factor came from.</summary>
    public static string Tier(string tier) => tier switch
    {
        "supplier" => "Supplier's own figure",
        "facility" => "Measured at the facility",
        "subnational" => "State or grid region",
        "country" => "Country average",
        "region" => "World region average",
        "world" => "World average",
        "spend" => "From money spent",
        _ => tier,
    };

    public static string Disposition(string disposition) => disposition switch
    {
        "calculated" => "Calculated",
        "estimated" => "Estimated",
        "excluded" => "Excluded",
        "duplicate" => "Duplicate",
        "rejected" => "Rejected",
        _ => disposition,
    };

    /// <summary>A gas as chemists write it.</summary>
    public static string Gas(string gas) => gas switch
    {
        "co2" => "CO₂",
        "ch4" => "CH₄",
        "n2o" => "N₂O",
        "sf6" => "SF₆",
        "nf3" => "NF₃",
        _ when gas.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash => gas[..dash].ToUpperInvariant() + gas[dash..], // HFC-134a
        _ => gas.ToUpperInvariant(),
    };

    public static string Boundary(string boundary) => boundary switch
    {
        "operational_control" => "Operational control",
        "financial_control" => "Financial control",
        "equity_share" => "Equity share",
        _ => boundary,
    };
}
