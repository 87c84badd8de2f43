namespace OffGridFlow.Engine.Methods;

/// <summary>One way in which a sold product is used.</summary>
/// <param name="Share">Of all lifetime uses, 0..1.</param>
/// <param name="EnergyPerUse">kWh or fuel per use, 0 or more.</param>
/// <param name="Factor">Kilograms of CO2e per that unit.</param>
public readonly record struct UseScenario(decimal Share, decimal EnergyPerUse, decimal Factor);

/// <summary>
/// Category 11, use of sold products: GHG Protocol Scope 3 guidance ch. 11. All uses over the whole life of what was sold in
/// the year count in that year (Scope 3 Standard box 5.7). Kilograms of CO2e.
/// </summary>
public static class ProductUse
{
    /// <summary>Direct, energy-using products (formula 11.1): lifetime uses x sold x energy per use x factor.</summary>
    /// <param name="lifetimeUses">Uses, hours or kilometres over the life, 0 or more.</param>
    /// <param name="sold">Pieces sold in the period; negative for returns.</param>
    /// <param name="energyPerUse">0 or more.</param>
    /// <param name="factor">Kilograms of CO2e per unit of energy.</param>
    public static decimal Direct(decimal lifetimeUses, decimal sold, decimal energyPerUse, decimal factor) =>
        Energy(lifetimeUses, sold, energyPerUse) * factor;

    /// <summary>Energy (or fuel) that what was sold uses over its life: lifetime uses x sold x energy per use.</summary>
    /// <param name="lifetimeUses">Uses, hours, years or kilometres over the life, 0 or more.</param>
    /// <param name="sold">Pieces sold in the period; negative for returns.</param>
    /// <param name="energyPerUse">Per such use, 0 or more.</param>
    public static decimal Energy(decimal lifetimeUses, decimal sold, decimal energyPerUse) =>
        Require.NotNegative(lifetimeUses, nameof(lifetimeUses)) * sold * Require.NotNegative(energyPerUse, nameof(energyPerUse));

    /// <summary>Uses over a life: days a year x hours (or uses) a day x years (guidance example B.1).</summary>
    public static decimal LifetimeUses(decimal daysPerYear, decimal usesPerDay, decimal years) =>
        Require.NotNegative(daysPerYear, nameof(daysPerYear))
        * Require.NotNegative(usesPerDay, nameof(usesPerDay))
        * Require.NotNegative(years, nameof(years));

    /// <summary>Fuels and feedstocks sold (formula 11.2): quantity x combustion factor.</summary>
    public static decimal Fuels(params ReadOnlySpan<Line> fuels) => Lines.Sum(fuels);

    /// <summary>Gases contained in products (formula 11.3): gas per piece x sold x share released x potential.</summary>
    /// <param name="gasPerPiece">Kilograms, 0 or more.</param>
    /// <param name="sold">Pieces.</param>
    /// <param name="released">Share over the life, 0..1.</param>
    /// <param name="potential">Kilograms of CO2e per kilogram.</param>
    public static decimal ContainedGas(decimal gasPerPiece, decimal sold, decimal released, decimal potential) =>
        GasReleased(gasPerPiece, sold, released) * potential;

    /// <summary>Gas that escapes from what was sold: gas per piece x sold x share released.</summary>
    /// <param name="gasPerPiece">Kilograms, 0 or more.</param>
    /// <param name="sold">Pieces.</param>
    /// <param name="released">Share over the life, 0..1.</param>
    /// <returns>Kilograms of gas.</returns>
    public static decimal GasReleased(decimal gasPerPiece, decimal sold, decimal released) =>
        Require.NotNegative(gasPerPiece, nameof(gasPerPiece)) * sold * Require.Share(released, nameof(released));

    /// <summary>Indirect (formula 11.4): lifetime uses x sold x, over the scenarios, share x energy per use x factor.</summary>
    /// <param name="lifetimeUses">0 or more.</param>
    /// <param name="sold">Pieces sold in the period.</param>
    /// <param name="scenarios">Shares add to at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share lies outside 0..1, or they add to more than 1.</exception>
    public static decimal Indirect(decimal lifetimeUses, decimal sold, params ReadOnlySpan<UseScenario> scenarios)
    {
        var (shares, perUse) = (0m, 0m);
        foreach (var scenario in scenarios)
        {
            shares += Require.Share(scenario.Share, nameof(scenarios));
            perUse += scenario.Share * Require.NotNegative(scenario.EnergyPerUse, nameof(scenarios)) * scenario.Factor;
        }

        return shares <= 1m
            ? Require.NotNegative(lifetimeUses, nameof(lifetimeUses)) * sold * perUse
            : throw new ArgumentOutOfRangeException(nameof(scenarios), shares, "The shares of the scenarios add to at most 1.");
    }

    /// <summary>Intermediate products (formula 11.5): sold x uses of the final product x emissions per use x our share of it.</summary>
    /// <param name="sold">Pieces sold in the period.</param>
    /// <param name="lifetimeUses">Of the final product, 0 or more.</param>
    /// <param name="emissionsPerUse">Kilograms of CO2e of the final product.</param>
    /// <param name="part">Mass (or value) of ours in the final product, 0..whole.</param>
    /// <param name="whole">Mass (or value) of the final product, greater than 0.</param>
    public static decimal Intermediate(decimal sold, decimal lifetimeUses, decimal emissionsPerUse, decimal part, decimal whole)
    {
        Require.ShareOf(part, whole, nameof(part));
        return sold * Require.NotNegative(lifetimeUses, nameof(lifetimeUses)) * emissionsPerUse * part / whole;
    }

    /// <summary>Intensity (formula C.1): lifetime emissions / (uses per piece x pieces sold).</summary>
    /// <param name="emissions">Of the use phase.</param>
    /// <param name="lifetimeUses">Per piece, greater than 0.</param>
    /// <param name="sold">Pieces, greater than 0.</param>
    public static decimal Intensity(decimal emissions, decimal lifetimeUses, decimal sold) =>
        emissions / (Require.Positive(lifetimeUses, nameof(lifetimeUses)) * Require.Positive(sold, nameof(sold)));
}
