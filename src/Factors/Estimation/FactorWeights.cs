namespace OffGridFlow.Factors;

/// <summary>The figures of a factor as a calculation has them, worked out anew from its line: for whoever checks a calculation.</summary>
public static class FactorWeights
{
    /// <summary>kg per unit of the factor under a set (null: its publication's own), or null where a potential is missing.</summary>
    /// <param name="factor">The factor.</param>
    /// <param name="biogenic">The factor that gives the biogenic CO2, where that is printed apart.</param>
    /// <param name="isBiogenic">The entry counts biogenic CO2 and nothing else.</param>
    /// <param name="from">Unit of the quantities.</param>
    public static (WeightedFactor Factor, decimal UnitsPerQuantity)? Of(FactorRow factor, FactorRow? biogenic, bool isBiogenic, Unit from, GwpSet? asked, ReferenceData data)
    {
        if (UnitPath.Find(from, factor, data.Units) is not { } path || Planner.Weigh(factor.Factor, asked, data, out _, out _) is not { } weighted)
        {
            return null;
        }

        if (isBiogenic)
        {
            return (new WeightedFactor(0m, [], 0m, weighted.BiogenicPerUnit, weighted.Gwp, weighted.Basis), path.UnitsPerQuantity);
        }

        if (biogenic is null)
        {
            return (weighted, path.UnitsPerQuantity);
        }

        return UnitPath.Find(from, biogenic, data.Units) is { } way && biogenic.Factor.BiogenicCo2 is { } kilograms
            ? (weighted with { BiogenicPerUnit = weighted.BiogenicPerUnit + (kilograms * way.UnitsPerQuantity / path.UnitsPerQuantity) }, path.UnitsPerQuantity)
            : null;
    }
}
