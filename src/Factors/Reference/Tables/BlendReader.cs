using System.Globalization;
using System.Text.RegularExpressions;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.Factors.Reference.Tables;

/// <summary>
/// What refrigerant blends are made of, from Table 12 of EPA's Emission Factors Hub (the newest issue that prints the
/// blend), and for the others from ASHRAE Standard 34 as data/gwp/ashrae-34.csv transcribes it.
/// </summary>
/// <remarks>
/// A composition that does not add up to 100 % is a misprint (the 2023 Hub gives R-507 as "5% HFC-125, 5% HFC143a") and is
/// passed over for the next source.
/// </remarks>
internal static partial class BlendReader
{
    private static readonly string[] Years = ["2025", "2024", "2023"];

    /// <summary>Rows of blend, gas, share and source.</summary>
    public static IEnumerable<string?[]> Read(string dataFolder, string sourceFolder, IReadOnlySet<string> gases)
    {
        var blends = new Dictionary<string, (string Source, List<(string Gas, decimal Percent)> Parts)>(StringComparer.Ordinal);
        foreach (var year in Years)
        {
            foreach (var (blend, parts) in Hub(Path.Combine(sourceFolder, "epa-hub", $"ghg-emission-factors-hub-{year}.xlsx")))
            {
                if (parts.Sum(part => part.Percent) == 100 && parts.TrueForAll(part => gases.Contains(part.Gas)))
                {
                    blends.TryAdd(blend, ($"EPA Emission Factors Hub {year}, Table 12", parts));
                }
            }
        }

        var transcription = Path.Combine(dataFolder, "gwp", "ashrae-34.csv");
        foreach (var blend in DataFile.Rows(transcription).GroupBy(row => row.Required("blend"), StringComparer.Ordinal))
        {
            var parts = blend.Select(row => (row.Required("gas"), row.Number("percent") ?? throw row.Bad("percent", "is empty"))).ToList();
            if (parts.Sum(part => part.Item2) != 100)
            {
                throw new InvalidDataException($"{transcription}: the shares of {blend.Key} add up to {parts.Sum(part => part.Item2)} %.");
            }

            blends.TryAdd(blend.Key, ("ASHRAE Standard 34", parts));
        }

        return blends.SelectMany(blend => blend.Value.Parts.Select(part =>
            new[] { blend.Key, part.Gas, TableFile.Figure(part.Percent / 100), blend.Value.Source }));
    }

    /// <summary>The compositions of a Hub, misprints included.</summary>
    internal static IEnumerable<(string Blend, List<(string Gas, decimal Percent)> Parts)> Hub(string path)
    {
        var inTable = false;
        foreach (var row in Workbook.Open(path).SelectMany(sheet => sheet.Rows))
        {
            var column = Enumerable.Range(0, row.Cells.Count).FirstOrDefault(i => row.Text(i) is not null, -1);
            var first = column < 0 ? null : row.Text(column);
            if (first is null)
            {
                continue;
            }

            if (first.StartsWith("ASHRAE", StringComparison.Ordinal))
            {
                inTable = true;
            }
            else if (inTable && first.StartsWith("R-", StringComparison.Ordinal))
            {
                yield return (first.ToLowerInvariant(), Parts(row.Text(column + 2) ?? ""));
            }
            else
            {
                inTable = false;
            }
        }
    }

    private static List<(string Gas, decimal Percent)> Parts(string composition) =>
        composition.Split(',').Select(part => Component().Match(part)).Where(match => match.Success).Select(match => (
            Key(match.Groups["gas"].Value),
            decimal.Parse(match.Groups["percent"].Value, NumberStyles.Float, CultureInfo.InvariantCulture))).ToList();

    // "HFC 143a" and "HFC143a" are hfc-143a; propane stays propane.
    private static string Key(string gas)
    {
        var match = Designation().Match(gas);
        return match.Success
            ? $"{match.Groups["kind"].Value}-{match.Groups["number"].Value}".ToLowerInvariant()
            : gas.ToLowerInvariant();
    }

    [GeneratedRegex(@"^\s*(?<percent>[0-9.]+)\s*%?\s+(?<gas>\S.*?)\s*$", RegexOptions.None, 1000)]
    private static partial Regex Component();

    [GeneratedRegex(@"^(?<kind>HCFC|HFC|CFC|PFC)[ -]?(?<number>\d+\w*)$", RegexOptions.None, 1000)]
    private static partial Regex Designation();
}
