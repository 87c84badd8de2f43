using System.Globalization;
using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Publications;

/// <summary>
/// US EPA Supply Chain Greenhouse Gas Emission Factors: kg per dollar spent on a commodity, by 2017 NAICS code, cradle to
/// the point of sale. The figure taken is "with margins": trade and transport to the buyer included, which is what a
/// purchaser's price pays for.
/// </summary>
internal sealed partial class EpaSupplyChain : Publication
{
    private const string WithMargins = "Supply Chain Emission Factors with Margins";

    public override string Publisher => "epa-supply-chain";

    /// <summary>One factor a NAICS code: the total from the CO2e file, the masses of its gases from the by-gas file.</summary>
    /// <exception cref="InvalidDataException">Not exactly one CO2e file and one by-gas file, or a code in only one of them.</exception>
    public override IEnumerable<Factor> Read(EditionSource source)
    {
        var gases = DataFile.Rows(Single(source, "_byGHG_"))
            .GroupBy(row => row.Required(Naics(row, "Code")), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Select(Gas).OfType<GasAmount>().OrderBy(gas => gas.Gas, StringComparer.Ordinal).ToList(), StringComparer.Ordinal);

        foreach (var row in DataFile.Rows(Single(source, "_CO2e_")))
        {
            var code = row.Required(Naics(row, "Code"));
            var (year, priceType, asCo2e) = Price(row);
            if (!asCo2e || row.Required("GHG") != "All GHGs")
            {
                throw row.Bad("Unit", $"'{row.Text("Unit")}' of '{row.Text("GHG")}' is not the CO2e of all gases");
            }

            var match = source.Rules.Match(code, row.Required(Naics(row, "Title")));
            yield return new Factor
            {
                Id = source.Id(code),
                Kind = match.Kind,
                Name = row.Required(Naics(row, "Title")),
                Stage = match.Stage,
                Region = match.Region ?? "US",
                ValidFrom = source.Edition.ValidFrom,
                ValidTo = source.Edition.ValidTo,
                Unit = "USD",
                Co2e = row.Number(WithMargins),
                Gwp = source.Edition.Gwp,
                Gases = gases.Remove(code, out var found) ? found : throw row.Bad("NAICS Code", $"{code} is not in the by-gas file"),
                PriceYear = year,
                PriceType = priceType,
                Codes = $"naics:{code} useeio:{row.Required("Reference USEEIO Code")}",
                Locator = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(row.Path)}, line {row.Line}, {WithMargins}"),
            };
        }

        if (gases.Count > 0)
        {
            throw new InvalidDataException($"{source.Edition.Key}: {string.Join(", ", gases.Keys.Take(5))} have gases and no total.");
        }
    }

    // Blank is no figure; a zero would be one.
    private static GasAmount? Gas(DataRow row) =>
        row.Number(WithMargins) is { } figure
            ? new GasAmount(EpaGases.Key(row.Required("GHG"), $"{row.Path} line {row.Line.ToString(CultureInfo.InvariantCulture)}"), figure, Price(row).AsCo2e)
            : null;

    // "kg CO2e/2022 USD, purchaser price": a mix of gases without a mass of its own is printed in CO2e among masses in kg.
    private static (int Year, string Type, bool AsCo2e) Price(DataRow row)
    {
        var match = Unit().Match(row.Required("Unit"));
        return match.Success
            ? (int.Parse(match.Groups["year"].Value, CultureInfo.InvariantCulture), match.Groups["type"].Value, match.Groups["co2e"].Success)
            : throw row.Bad("Unit", $"'{row.Text("Unit")}' is no kg or kg CO2e per dollar of a year at a price");
    }

    // "NAICS Code 2017" in v1.2, "2017 NAICS Code" in v1.3.
    private static string Naics(DataRow row, string what) =>
        Array.Find(row.Header, name => name.Contains($"NAICS {what}", StringComparison.Ordinal))
        ?? throw row.Bad($"NAICS {what}", "is missing");

    private static string Single(EditionSource source, string part) =>
        source.Files.Where(file => Path.GetFileName(file).Contains(part, StringComparison.Ordinal)).ToList() is [var file]
            ? file
            : throw new InvalidDataException($"{source.Edition.Key} names not one file '*{part}*'.");

    [GeneratedRegex("^kg( (?<co2e>CO2e))?/(?<year>[0-9]{4}) USD, (?<type>purchaser|producer) price$", RegexOptions.ExplicitCapture)]
    private static partial Regex Unit();
}
