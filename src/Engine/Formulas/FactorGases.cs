namespace OffGridFlow.Engine;

/// <summary>One gas of a published factor.</summary>
/// <param name="Gas">Key of the GWP table: <c>co2</c>, <c>ch4</c>, <c>hfc-134a</c>.</param>
/// <param name="Kilograms">Per unit: kg of the gas, or kg CO2e of it where <paramref name="AsCo2e"/>.</param>
/// <param name="AsCo2e">True when the publication prints kg CO2e of this gas under its own GWP set.</param>
public readonly record struct GasAmount(string Gas, decimal Kilograms, bool AsCo2e);

/// <summary>What a formula's CO2e rests on.</summary>
public enum Co2eBasis
{
    /// <summary>The publication's own total, under its own GWP set.</summary>
    PublishedTotal,

    /// <summary>Published gas masses weighted by the set named; the publication prints no total.</summary>
    WeightedGases,

    /// <summary>Published gases re-weighted under another set than the publication's.</summary>
    Reweighted,

    /// <summary>Another set was asked for, but only CO2e is published, so it stays as printed.</summary>
    NotReweightable,
}

/// <summary>Mass of each gas and CO2e per unit of activity, under one GWP set: a factor made ready to multiply.</summary>
/// <param name="Co2ePerUnit">kg CO2e per unit.</param>
/// <param name="Gases">kg of each gas per unit.</param>
/// <param name="UnsplitPerUnit">kg CO2e per unit of the total that no gas accounts for (published splits are rounded).</param>
/// <param name="BiogenicPerUnit">kg CO2 of biological origin per unit, outside the scopes.</param>
/// <param name="Gwp">The set the CO2e is under, or null where the publication does not say.</param>
/// <param name="Basis">Where the CO2e comes from.</param>
public sealed record WeightedFactor(
    decimal Co2ePerUnit,
    IReadOnlyList<(string Gas, decimal Kilograms)> Gases,
    decimal UnsplitPerUnit,
    decimal BiogenicPerUnit,
    GwpSet? Gwp,
    Co2eBasis Basis);
