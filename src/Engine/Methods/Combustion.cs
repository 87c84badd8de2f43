namespace OffGridFlow.Engine.Methods;

/// <summary>
/// Fuel burnt in stationary and mobile equipment: IPCC 2006 vol. 2 ch. 2 eq. 2.1 and ch. 3 eq. 3.2.1, and
/// US 40 CFR 98.33 eq. C-1 to C-5. Volume, mass and energy reach one another over density and calorific value.
/// </summary>
public static class Combustion
{
    /// <summary>Cubic feet in a kilogram-mole of gas at 68 °F and one atmosphere (40 CFR 98.33 eq. C-5).</summary>
    public const decimal MolarVolumeAt68F = 849.5m;

    /// <summary>Cubic feet in a kilogram-mole of gas at 60 °F and one atmosphere (40 CFR 98.33 eq. C-5).</summary>
    public const decimal MolarVolumeAt60F = 836.6m;

    /// <summary>Fuel x factor (IPCC 2006 vol. 2 eq. 2.1), for a factor in the unit the fuel was measured in: volume, mass or energy.</summary>
    /// <param name="fuel">Fuel burnt.</param>
    /// <param name="factor">Mass of gas, or CO2e, per that unit.</param>
    public static decimal Emissions(decimal fuel, decimal factor) => fuel * factor;

    /// <summary>Fuel x heat content x factor per heat (40 CFR 98.33 eq. C-1, without its conversion to tonnes).</summary>
    /// <param name="fuel">Fuel burnt, in volume or mass.</param>
    /// <param name="heatContent">Energy per that unit, 0 or more. Gross or net as the factor is.</param>
    /// <param name="factor">Mass of gas per unit of energy.</param>
    public static decimal FromHeatContent(decimal fuel, decimal heatContent, decimal factor) =>
        Heat(fuel, heatContent) * factor;

    /// <summary>Energy of a fuel from its calorific value per unit of volume or mass.</summary>
    /// <param name="fuel">Fuel burnt.</param>
    /// <param name="heatContent">Energy per that unit, 0 or more. The result is gross or net as it is.</param>
    public static decimal Heat(decimal fuel, decimal heatContent) => fuel * Require.NotNegative(heatContent, nameof(heatContent));

    /// <summary>Mass from volume.</summary>
    /// <param name="litres">Volume in litres.</param>
    /// <param name="kilogramsPerLitre">Density, greater than 0.</param>
    /// <returns>Kilograms.</returns>
    public static decimal Mass(decimal litres, decimal kilogramsPerLitre) =>
        litres * Require.Positive(kilogramsPerLitre, nameof(kilogramsPerLitre));

    /// <summary>Volume from mass.</summary>
    /// <param name="kilograms">Mass in kilograms.</param>
    /// <param name="kilogramsPerLitre">Density, greater than 0.</param>
    /// <returns>Litres.</returns>
    public static decimal Volume(decimal kilograms, decimal kilogramsPerLitre) =>
        kilograms / Require.Positive(kilogramsPerLitre, nameof(kilogramsPerLitre));

    /// <summary>Energy from mass.</summary>
    /// <param name="kilograms">Mass in kilograms.</param>
    /// <param name="gigajoulesPerTonne">Calorific value, greater than 0. The result is gross or net as it is.</param>
    /// <returns>Gigajoules.</returns>
    public static decimal Energy(decimal kilograms, decimal gigajoulesPerTonne) =>
        kilograms * Require.Positive(gigajoulesPerTonne, nameof(gigajoulesPerTonne)) / 1000m;

    /// <summary>Net (lower) from gross (higher) heating value: net = gross x ratio (IPCC 2006 vol. 2 ch. 1 box 1.1).</summary>
    /// <param name="gross">Energy, gross basis.</param>
    /// <param name="netToGross">About 0.95 for solid and liquid fuels and 0.90 for gas; greater than 0, at most 1.</param>
    public static decimal Net(decimal gross, decimal netToGross) => gross * Ratio(netToGross);

    /// <summary>Gross (higher) from net (lower) heating value: gross = net / ratio.</summary>
    /// <param name="net">Energy, net basis.</param>
    /// <param name="netToGross">Greater than 0, at most 1.</param>
    public static decimal Gross(decimal net, decimal netToGross) => net / Ratio(netToGross);

    /// <summary>A factor per unit of gross energy, from one per unit of net energy. It is the smaller of the two.</summary>
    public static decimal FactorPerGross(decimal factorPerNet, decimal netToGross) => factorPerNet * Ratio(netToGross);

    /// <summary>A factor per unit of net energy, from one per unit of gross energy.</summary>
    public static decimal FactorPerNet(decimal factorPerGross, decimal netToGross) => factorPerGross / Ratio(netToGross);

    /// <summary>CO2 from carbon: C x 44/12 x oxidised share (IPCC 2006 vol. 2 ch. 1 sect. 1.4.2.1).</summary>
    /// <param name="carbon">Mass of carbon in the fuel.</param>
    /// <param name="oxidised">Share of it that burns, 0..1; IPCC 2006 takes 1.</param>
    /// <returns>CO2 in the mass unit of the carbon.</returns>
    public static decimal FromCarbon(decimal carbon, decimal oxidised = 1m) =>
        carbon * 44m * Require.Share(oxidised, nameof(oxidised)) / 12m;

    /// <summary>CO2 from a gaseous fuel's carbon content (40 CFR 98.33 eq. C-5, in kilograms).</summary>
    /// <param name="standardCubicFeet">Volume at the reference temperature of <paramref name="molarVolume"/>.</param>
    /// <param name="carbonShare">Kilograms of carbon per kilogram of fuel, 0..1.</param>
    /// <param name="molecularWeight">Kilograms per kilogram-mole, greater than 0.</param>
    /// <param name="molarVolume">Cubic feet per kilogram-mole, greater than 0.</param>
    public static decimal FromGasComposition(
        decimal standardCubicFeet, decimal carbonShare, decimal molecularWeight, decimal molarVolume = MolarVolumeAt68F) =>
        FromCarbon(
            standardCubicFeet * Require.Share(carbonShare, nameof(carbonShare)) * Require.Positive(molecularWeight, nameof(molecularWeight))
            / Require.Positive(molarVolume, nameof(molarVolume)));

    private static decimal Ratio(decimal netToGross) =>
        netToGross is > 0 and <= 1
            ? netToGross
            : throw new ArgumentOutOfRangeException(nameof(netToGross), netToGross, "Net over gross is greater than 0 and at most 1.");
}
