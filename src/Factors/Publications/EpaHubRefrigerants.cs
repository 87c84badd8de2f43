using System.Globalization;
using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Publications;

/// <summary>Tables 11 and 12 of the EPA hub: kg CO2e per kg of a gas or of a blend leaked.</summary>
internal static partial class EpaHubRefrigerants
{
    /// <summary>Pure gases, each with its own mass as its gas, and blends.</summary>
    public static IEnumerable<Factor> Read(EditionSource source, HubTable gases, HubTable blends)
    {
        var pure = Gases(source, gases).ToList();
        var potentials = pure.ToDictionary(factor => factor.Gases[0].Gas, factor => factor.Co2e!.Value, StringComparer.Ordinal);
        return pure.Concat(Blends(source, blends, potentials));
    }

    // A bound (">7,500" for C10F18 in AR4) is no figure: such a gas has no factor.
    private static IEnumerable<Factor> Gases(EditionSource source, HubTable table)
    {
        var (heading, body) = table.Under("100-year GWP");
        var gwp = heading.Column("100-year GWP");
        foreach (var row in body)
        {
            if (row.Text(HubTable.Label) is { } name && row.Figure(gwp) is { } potential)
            {
                var gas = EpaGases.Key(name, table.At(row));
                yield return EpaHub.Blank(source, table.Match(source, gas), table.Key(gas), name, "kg", table.At(row)) with
                {
                    Co2e = potential,
                    Gwp = source.Edition.Gwp,
                    Gases = [new GasAmount(gas, 1m, AsCo2e: false)],
                };
            }
        }
    }

    private static IEnumerable<Factor> Blends(EditionSource source, HubTable table, Dictionary<string, decimal> potentials)
    {
        var (heading, body) = table.Under("100-year GWP");
        var gwp = heading.Column("100-year GWP");
        var composition = heading.Column("Blend Composition");
        foreach (var row in body)
        {
            if (row.Text(HubTable.Label) is { } name && row.Figure(gwp) is { } potential)
            {
                yield return EpaHub.Blank(
                    source, table.Match(source, name), table.Key(name), $"{name}, HFC and PFC constituents", "kg", table.At(row)) with
                {
                    Co2e = potential,
                    Gwp = source.Edition.Gwp,
                    Gases = Constituents(row.Text(composition) ?? "", potential, potentials),
                };
            }
        }
    }

    /// <summary>
    /// kg of each HFC and PFC in a kg of the blend, the constituents EPA counts; none where they do not yield the printed
    /// GWP to the unit.
    /// </summary>
    /// <remarks>
    /// The 2023 edition prints several shares a digit short ("5% HFC-125 , 5% HFC143a" for the halves of R-507), so a
    /// composition is only taken where the printed GWP bears it out.
    /// </remarks>
    private static IReadOnlyList<GasAmount> Constituents(string composition, decimal potential, Dictionary<string, decimal> potentials)
    {
        var gases = new List<GasAmount>();
        var sum = 0m;
        foreach (Match match in Constituent().Matches(composition))
        {
            var gas = $"{match.Groups["family"].Value}-{match.Groups["number"].Value}".ToLower(CultureInfo.InvariantCulture);
            if (!potentials.TryGetValue(gas, out var own))
            {
                return [];
            }

            var share = decimal.Parse(match.Groups["percent"].Value, CultureInfo.InvariantCulture) / 100m;
            sum += share * own;
            gases.Add(new GasAmount(gas, share, AsCo2e: false));
        }

        return Math.Abs(sum - potential) < 1m ? gases : [];
    }

    [GeneratedRegex(@"(?<percent>[0-9.]+)\s*%?\s*(?<family>HFC|PFC)[ -]?(?<number>[0-9]+[a-z]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Constituent();
}
