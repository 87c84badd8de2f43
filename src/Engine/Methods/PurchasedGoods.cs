namespace OffGridFlow.Engine.Methods;

/// <summary>Material carried to a supplier.</summary>
/// <param name="Distance">Kilometres, 0 or more.</param>
/// <param name="Mass">In the unit the factor is per.</param>
/// <param name="Factor">Kilograms of CO2e per mass unit and kilometre.</param>
public readonly record struct Haul(decimal Distance, decimal Mass, decimal Factor)
{
    /// <summary>Distance x mass x factor.</summary>
    public decimal Emissions => Distance * Mass * Factor;
}

/// <summary>Categories 1 and 2, purchased and capital goods: GHG Protocol Scope 3 guidance (2013) ch. 1 and 2. Kilograms of CO2e.</summary>
public static class PurchasedGoods
{
    /// <summary>Supplier-specific (formula 1.1): quantity x the supplier's cradle-to-gate factor.</summary>
    public static decimal SupplierSpecific(params ReadOnlySpan<Line> goods) => Lines.Sum(goods);

    /// <summary>Hybrid (formula 1.2): the supplier's own energy, its materials, their transport, its waste and anything else.</summary>
    /// <param name="scope1And2">Energy of the supplier that belongs to the goods.</param>
    /// <param name="materials">Cradle-to-gate of what it used.</param>
    /// <param name="transport">Of those materials to the supplier (not onward to us: category 4).</param>
    /// <param name="waste">Of its production.</param>
    /// <param name="other">Process and fugitive emissions.</param>
    public static decimal Hybrid(
        ReadOnlySpan<Line> scope1And2, ReadOnlySpan<Line> materials, ReadOnlySpan<Haul> transport, ReadOnlySpan<Line> waste, decimal other = 0m)
    {
        var hauled = 0m;
        foreach (var haul in transport)
        {
            hauled += haul.Emissions;
        }

        return Lines.Sum(scope1And2) + Lines.Sum(materials) + hauled + Lines.Sum(waste) + other;
    }

    /// <summary>Hybrid with secondary data (formula 1.3), where the supplier knows only its own energy and waste.</summary>
    /// <param name="scope1And2">Energy of the supplier that belongs to the goods.</param>
    /// <param name="waste">Of its production.</param>
    /// <param name="upstream">Quantity bought x cradle-to-gate factor without the producer's own scope 1, 2 and waste.</param>
    public static decimal HybridWithSecondary(ReadOnlySpan<Line> scope1And2, ReadOnlySpan<Line> waste, Line upstream) =>
        Lines.Sum(scope1And2) + Lines.Sum(waste) + upstream.Emissions;

    /// <summary>Average data (formula 1.4): mass or pieces x an industry average.</summary>
    public static decimal AverageData(params ReadOnlySpan<Line> goods) => Lines.Sum(goods);

    /// <summary>Spend-based (formula 1.5): money x a factor per unit of money, both of the same currency and price year.</summary>
    public static decimal SpendBased(params ReadOnlySpan<Line> goods) => Lines.Sum(goods);

    /// <summary>Money of one year in the prices of the factor's year: spend x index(factor year) / index(spend year).</summary>
    /// <param name="spend">Amount in the prices of the year it was spent.</param>
    /// <param name="indexOfSpendYear">Price index, greater than 0.</param>
    /// <param name="indexOfFactorYear">The same index in the factor's price year, greater than 0.</param>
    public static decimal Deflate(decimal spend, decimal indexOfSpendYear, decimal indexOfFactorYear) =>
        spend * Require.Positive(indexOfFactorYear, nameof(indexOfFactorYear)) / Require.Positive(indexOfSpendYear, nameof(indexOfSpendYear));
}
