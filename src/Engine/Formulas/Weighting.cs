namespace OffGridFlow.Engine;

/// <summary>Applies global warming potentials to published factors (GHG Protocol, Required Greenhouse Gases in Inventories, 2013).</summary>
public static class Weighting
{
    // A mass got back from a rounded CO2e figure by division has no more meaning than this many digits.
    private const int DerivedDigits = 15;

    /// <summary>Weighs a factor under the asked set; null asks for the publication's own.</summary>
    /// <param name="co2e">kg CO2e per unit as published, or null when only gases are.</param>
    /// <param name="published">The publication's set, or null where it does not say.</param>
    /// <param name="gases">Published gases, may be empty.</param>
    /// <param name="biogenic">kg biogenic CO2 per unit, or null.</param>
    /// <param name="asked">The set to weigh under, or null for <paramref name="published"/>.</param>
    /// <param name="potential">kg CO2e per kg of a gas under a set, or null where the report has none.</param>
    /// <param name="missing">The gas that has no potential under the set needed, when the answer is null.</param>
    /// <returns>Null when a potential is missing: an unknown is an error, never zero.</returns>
    public static WeightedFactor? Apply(
        decimal? co2e,
        GwpSet? published,
        IReadOnlyList<GasAmount> gases,
        decimal? biogenic,
        GwpSet? asked,
        Func<string, GwpSet, decimal?> potential,
        out string? missing)
    {
        missing = null;
        var masses = new List<(string Gas, decimal Kilograms)>(gases.Count);
        decimal? split = 0m;
        string? unweighted = null;
        foreach (var gas in gases)
        {
            var own = gas.Gas == "co2" ? 1m : published is { } set ? potential(gas.Gas, set) : null;
            if (!gas.AsCo2e)
            {
                masses.Add((gas.Gas, gas.Kilograms));
            }
            else if (own is { } weight)
            {
                masses.Add((gas.Gas, weight == 1m ? gas.Kilograms : Significant(gas.Kilograms / weight, DerivedDigits)));
            }

            if (own is null && !gas.AsCo2e)
            {
                unweighted ??= gas.Gas;
            }

            split += gas.AsCo2e ? gas.Kilograms : gas.Kilograms * own;
        }

        var bio = biogenic ?? 0m;
        if (asked is not { } under || under == published)
        {
            if (co2e is { } total)
            {
                return new WeightedFactor(total, masses, total - (split ?? 0m), bio, published, Co2eBasis.PublishedTotal);
            }

            missing = split is null ? unweighted : null;
            return split is { } sum ? new WeightedFactor(sum, masses, 0m, bio, published, Co2eBasis.WeightedGases) : null;
        }

        var complete = masses.Count == gases.Count;
        if (co2e is { } printed && (gases.Count == 0 || !complete))
        {
            return new WeightedFactor(printed, masses, printed - (split ?? 0m), bio, published, Co2eBasis.NotReweightable);
        }

        if (!complete)
        {
            missing = gases.First(gas => masses.TrueForAll(mass => mass.Gas != gas.Gas)).Gas;
            return null;
        }

        var reweighted = 0m;
        foreach (var (gas, kilograms) in masses)
        {
            if (potential(gas, under) is not { } weight)
            {
                missing = gas;
                return co2e is { } asPrinted
                    ? new WeightedFactor(asPrinted, masses, asPrinted - (split ?? 0m), bio, published, Co2eBasis.NotReweightable)
                    : null;
            }

            reweighted += kilograms * weight;
        }

        return new WeightedFactor(
            reweighted, masses, 0m, bio, under, co2e is null && published is null ? Co2eBasis.WeightedGases : Co2eBasis.Reweighted);
    }

    /// <summary>Rounds to a number of significant digits, half away from zero.</summary>
    public static decimal Significant(decimal value, int digits)
    {
        if (value == 0m)
        {
            return 0m;
        }

        var scale = 0;
        var magnitude = Math.Abs(value);
        while (magnitude >= 1m)
        {
            magnitude /= 10m;
            scale--;
        }

        while (magnitude < 0.1m)
        {
            magnitude *= 10m;
            scale++;
        }

        var places = digits + scale;
        return places >= 28 ? value : places >= 0 ? Math.Round(value, places, MidpointRounding.AwayFromZero) : value;
    }
}
