namespace OffGridFlow.Engine.Methods;

/// <summary>Gases of chemistry rather than of burning: IPCC 2006 vol. 3 ch. 2 (mineral), 3 (chemical) and 4 (metal).</summary>
public static class Process
{
    /// <summary>CO2 per CaO, 44.01 / 56.08 (IPCC 2006 vol. 3 table 2.1 and 2.4).</summary>
    public const decimal Co2PerCalciumOxide = 0.785m;

    /// <summary>CO2 per CaO·MgO, for dolomitic lime (IPCC 2006 vol. 3 table 2.4).</summary>
    public const decimal Co2PerDolomiticOxide = 0.913m;

    /// <summary>Output x intensity (tier 1 of every chapter).</summary>
    /// <param name="output">Production in any unit.</param>
    /// <param name="intensity">Emissions per that unit.</param>
    public static decimal FromOutput(decimal output, decimal intensity) => output * intensity;

    /// <summary>CO2 factor of clinker or lime from its oxide content (eq. 2.4 and table 2.4).</summary>
    /// <param name="oxideShare">Mass share of CaO (or CaO·MgO) that came from carbonate, 0..1. Default for clinker 0.65.</param>
    /// <param name="co2PerOxide">0.785 or 0.913.</param>
    public static decimal OxideFactor(decimal oxideShare, decimal co2PerOxide = Co2PerCalciumOxide) =>
        Require.Share(oxideShare, nameof(oxideShare)) * co2PerOxide;

    /// <summary>Clinker, tier 2 (eq. 2.2): clinker x factor x correction for kiln dust.</summary>
    /// <param name="clinker">Tonnes.</param>
    /// <param name="factor">Tonnes of CO2 per tonne of clinker, 0 or more. Default 0.51.</param>
    /// <param name="dustCorrection">At least 1; 1.02 where nothing is known.</param>
    public static decimal Clinker(decimal clinker, decimal factor, decimal dustCorrection = 1.02m) =>
        clinker * Require.NotNegative(factor, nameof(factor)) * AtLeastOne(dustCorrection, nameof(dustCorrection));

    /// <summary>Correction for cement kiln dust that leaves the kiln (eq. 2.5): 1 + dust/clinker x carbonate x calcined x EFc/EFcl.</summary>
    /// <param name="dust">Tonnes of dust not recycled to the kiln, 0 or more.</param>
    /// <param name="clinker">Tonnes of clinker, greater than 0.</param>
    /// <param name="carbonateShare">Original carbonate in the dust, 0..1.</param>
    /// <param name="calcined">Share of it calcined, 0..1.</param>
    /// <param name="carbonateFactor">Tonnes of CO2 per tonne of carbonate, 0.43971 for calcite.</param>
    /// <param name="clinkerFactor">Tonnes of CO2 per tonne of clinker, greater than 0.</param>
    public static decimal KilnDustCorrection(
        decimal dust, decimal clinker, decimal carbonateShare, decimal calcined, decimal carbonateFactor, decimal clinkerFactor) =>
        1m + (Require.NotNegative(dust, nameof(dust)) / Require.Positive(clinker, nameof(clinker))
            * Require.Share(carbonateShare, nameof(carbonateShare))
            * Require.Share(calcined, nameof(calcined))
            * carbonateFactor / Require.Positive(clinkerFactor, nameof(clinkerFactor)));

    /// <summary>Lime, tier 2 (eq. 2.6): lime x factor x dust correction x hydration correction.</summary>
    /// <param name="lime">Tonnes.</param>
    /// <param name="factor">Tonnes of CO2 per tonne of lime, 0 or more.</param>
    /// <param name="dustCorrection">At least 1; 1.02 where nothing is known.</param>
    /// <param name="hydrationCorrection">1 - (share hydrated x water in it), 0..1; 0.97 where nothing is known, 1 for quicklime.</param>
    public static decimal Lime(decimal lime, decimal factor, decimal dustCorrection = 1.02m, decimal hydrationCorrection = 1m) =>
        lime * Require.NotNegative(factor, nameof(factor)) * AtLeastOne(dustCorrection, nameof(dustCorrection))
            * Require.Share(hydrationCorrection, nameof(hydrationCorrection));

    /// <summary>Perfluorocarbons of aluminium smelting, slope method (eq. 4.26): CF4 = S x AEM x MP; C2F6 = CF4 x F.</summary>
    /// <param name="slope">S, kg CF4 per tonne of aluminium per anode-effect minute per cell-day, 0 or more (table 4.16).</param>
    /// <param name="anodeEffectMinutes">AEM, per cell-day, 0 or more.</param>
    /// <param name="aluminium">MP, tonnes of metal.</param>
    /// <param name="weightFraction">F, kg C2F6 per kg CF4, 0 or more.</param>
    /// <returns>Kilograms of each gas.</returns>
    public static (decimal Cf4, decimal C2f6) AluminiumSlope(
        decimal slope, decimal anodeEffectMinutes, decimal aluminium, decimal weightFraction)
    {
        var cf4 = Require.NotNegative(slope, nameof(slope)) * Require.NotNegative(anodeEffectMinutes, nameof(anodeEffectMinutes)) * aluminium;
        return (cf4, cf4 * Require.NotNegative(weightFraction, nameof(weightFraction)));
    }

    /// <summary>CO2 of prebaked anodes (eq. 4.21): net consumption x metal x (1 - sulphur - ash) x 44/12.</summary>
    /// <param name="anodePerTonne">Tonnes of anode per tonne of aluminium, 0 or more.</param>
    /// <param name="aluminium">Tonnes of metal.</param>
    /// <param name="sulphur">Mass share, 0..1.</param>
    /// <param name="ash">Mass share, 0..1.</param>
    public static decimal AluminiumAnodes(decimal anodePerTonne, decimal aluminium, decimal sulphur, decimal ash) =>
        Combustion.FromCarbon(
            Require.NotNegative(anodePerTonne, nameof(anodePerTonne)) * aluminium * Require.Share(1m - sulphur - ash, nameof(sulphur)));

    /// <summary>N2O of nitric acid (eq. 3.5 and 3.6): factor x acid x (1 - destruction x use of the abatement).</summary>
    /// <param name="acid">Tonnes of 100 % nitric acid.</param>
    /// <param name="factor">Kilograms of N2O per tonne, 0 or more (table 3.3).</param>
    /// <param name="destruction">Share destroyed while abatement runs, 0..1.</param>
    /// <param name="abatementUse">Share of the time it runs, 0..1.</param>
    /// <returns>Kilograms of N2O.</returns>
    public static decimal NitricAcid(decimal acid, decimal factor, decimal destruction = 0m, decimal abatementUse = 0m) =>
        acid * Require.NotNegative(factor, nameof(factor))
            * (1m - (Require.Share(destruction, nameof(destruction)) * Require.Share(abatementUse, nameof(abatementUse))));

    private static decimal AtLeastOne(decimal value, string name) =>
        value >= 1m ? value : throw new ArgumentOutOfRangeException(name, value, "A correction for lost dust is at least 1.");
}
