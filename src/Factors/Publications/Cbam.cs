using System.Globalization;
using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Publications;

/// <summary>Default values and benchmarks of the EU's Carbon Border Adjustment Mechanism, t CO2e per t of good.</summary>
/// <remarks>
/// Implementing Regulations (EU) 2025/2621 (default values by country of origin) and (EU) 2025/2620 (benchmarks). Blank
/// means that none was published, and stays blank; a printed 0.0 is a zero. A later year is a line in data/cbam/editions.csv,
/// a country printed in a new way one in data/cbam/countries.csv.
/// </remarks>
internal sealed partial class Cbam : ReferenceTable
{
    /// <summary>What the repaired row says of itself in the table's last column.</summary>
    public const string Shifted = "printed three columns to the right: its marked-up values are not published";

    public override string Name => "cbam";

    public override IEnumerable<(string Path, int Rows)> Build(string dataFolder, string sourceFolder)
    {
        var folder = Path.Combine(dataFolder, "cbam");
        var countries = DataFile.Rows(Path.Combine(folder, "countries.csv")).ToDictionary(
            row => row.Required("printed"),
            row => (Region: row.Required("region"), Country: row.Required("country")),
            StringComparer.Ordinal);
        foreach (var edition in DataFile.Rows(Path.Combine(folder, "editions.csv")))
        {
            var year = edition.Required("edition");
            var defaults = DataFile.Lines(Source(edition, "defaults"), ';', DataFile.Windows1252).ToList();
            var file = Path.Combine(folder, $"defaults-{year}.csv");
            yield return (file, DataFile.Write(file, DefaultsHeader(defaults[0].Fields), Defaults(defaults, countries)));

            file = Path.Combine(folder, $"benchmarks-{year}.csv");
            yield return (file, DataFile.Write(file, "cn,sector,benchmark,route,footnote", Benchmarks(DataFile.Lines(Source(edition, "benchmarks"), ';'))));
        }

        string Source(DataRow edition, string column)
        {
            var path = Path.Combine(sourceFolder, edition.Required(column));
            return File.Exists(path) ? path : throw edition.Bad(column, $"{path} is not there");
        }
    }

    /// <summary>Rows of the defaults table; figures are as published, in t CO2e per t of good.</summary>
    /// <param name="lines">The file's records with its header first.</param>
    /// <param name="countries">Region and full name of each country as the file prints it (Excel cut sheet names at 31 letters).</param>
    /// <exception cref="InvalidDataException">A country, a number or a pattern of blanks is not known.</exception>
    internal static IEnumerable<string?[]> Defaults(
        IEnumerable<(int Line, string[] Fields)> lines, IReadOnlyDictionary<string, (string Region, string Country)> countries)
    {
        foreach (var (line, fields) in lines.Skip(1))
        {
            if (!countries.TryGetValue(fields[0].Trim(), out var country))
            {
                throw Bad(line, $"'{fields[0]}' is no country of data/cbam/countries.csv");
            }

            var figures = fields[4..10].Select(text => Figure(line, text)).ToArray();
            string? note = null;
            if (figures[2] is null && figures[3..].Any(figure => figure is not null))
            {
                // Marked-up values rise from year to year; direct, indirect and their sum do not.
                if (figures is not [null, null, null, { } direct, { } indirect, { } total] || indirect >= direct || direct + indirect != total)
                {
                    throw Bad(line, "marked-up values stand without the default values they come from");
                }

                figures = [direct, indirect, total, null, null, null];
                note = Shifted;
            }

            yield return
            [
                country.Region, country.Country, fields[2].Trim(), Sector(fields[1]), fields[3].Trim(),
                .. figures.Select(FactorTable.Number), Route(line, fields[10]), note,
            ];
        }
    }

    /// <summary>Rows of the benchmarks table; sectors stand as headings between the codes.</summary>
    /// <exception cref="InvalidDataException">A benchmark is not of the form <c>1,460 (F)(1)</c>.</exception>
    internal static IEnumerable<string?[]> Benchmarks(IEnumerable<(int Line, string[] Fields)> lines)
    {
        string? sector = null;
        foreach (var (line, fields) in lines.Skip(1))
        {
            var (code, printed) = (fields[0].Trim(), fields.Length > 1 ? fields[1].Trim() : "");
            if (printed.Length == 0)
            {
                sector = code.Length > 0 ? Sector(code) : sector;
                continue;
            }

            var benchmark = Benchmark().Match(printed);
            if (!benchmark.Success || DataFile.DecimalComma(benchmark.Groups["figure"].Value) is not { } figure || sector is null)
            {
                throw Bad(line, $"'{printed}' is no benchmark of the form 1,460 (F)(1) below a sector's heading");
            }

            yield return [code, sector, FactorTable.Number(figure), Part("route"), Part("footnote")];

            string? Part(string name) => benchmark.Groups[name] is { Success: true, Value: var value } ? value : null;
        }
    }

    private static string DefaultsHeader(string[] printed)
    {
        var years = printed[7..10].Select(heading => heading[..4]);
        return $"region,country,cn,sector,description,direct,indirect,total,{string.Join(',', years.Select(year => $"marked_up_{year}"))},route,note";
    }

    private static decimal? Figure(int line, string text) =>
        text.Trim().Length == 0 ? null :
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number :
        throw Bad(line, $"'{text}' is no number");

    private static string? Route(int line, string text) => text.Trim() switch
    {
        "" => null,
        ['(', var letter, ')'] => letter.ToString(),
        _ => throw Bad(line, $"'{text}' is no production route of the form (A)"),
    };

    // "Iron & Steel" and "Iron and steel" are one sector.
    private static string Sector(string heading) => KindRules.Slug(heading.Replace("&", "and", StringComparison.Ordinal));

    private static InvalidDataException Bad(int line, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"CBAM file, line {line}: {what}."));

    [GeneratedRegex(@"^(?<figure>\d+,\d+)( ?\((?<route>[A-Z])\))?( ?\((?<footnote>\d)\))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Benchmark();
}
