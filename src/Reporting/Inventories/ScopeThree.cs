namespace OffGridFlow.Reporting.Inventories;

/// <summary>The fifteen categories of Scope 3, as the Corporate Value Chain Standard names them (ch. 5, table 5.3).</summary>
public static class ScopeThree
{
    private static readonly string[] Names =
    [
        "Purchased goods and services", "Capital goods", "Fuel- and energy-related activities", "Upstream transport and distribution",
        "Waste generated in operations", "Business travel", "Employee commuting", "Upstream leased assets", "Downstream transport and distribution",
        "Processing of sold products", "Use of sold products", "End-of-life treatment of sold products", "Downstream leased assets", "Franchises",
        "Investments",
    ];

    public static int Count => Names.Length;

    /// <param name="category">1 to 15.</param>
    public static string Name(int category) => Names[category - 1];
}
