using System.Text.Json;
using System.Text.RegularExpressions;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.Factors.Reference.Tables;

/// <summary>
/// data/concordances: titles (code,title) and correspondences (from,to) of the classifications that purchases, industries
/// and traded goods come in. NAICS from the US Census Bureau, BEA and USEEIO by way of US EPA; HS from the United Nations;
/// CN, CPA and CPC from Eurostat and the UN.
/// </summary>
/// <remarks>Codes are bare digits for NAICS, HS and CN and keep their points in CPA; a correspondence may be many to many.</remarks>
internal sealed partial class ConcordanceTables : ReferenceTable
{
    public override string Name => "concordances";

    public override IEnumerable<(string Path, int Rows)> Build(string dataFolder, string sourceFolder)
    {
        var naics = Path.Combine(sourceFolder, "codes", "naics");
        var trade = Path.Combine(sourceFolder, "codes", "eurostat-nomenclatures");
        var writer = new Writer(Path.Combine(dataFolder, "concordances"));
        foreach (var year in new[] { 2012, 2017, 2022 })
        {
            yield return writer.Titles($"naics-{year}", Cells(Path.Combine(naics, $"2-6 digit_{year}_Codes.csv"), 1, 2));
        }

        foreach (var (from, to) in new[] { (2012, 2017), (2017, 2022) })
        {
            yield return writer.Pairs(
                $"naics-{from}-to-naics-{to}", Cells(Path.Combine(naics, $"{from}_to_{to}_NAICS.csv"), 0, 2).Where(pair => SixDigits().IsMatch(pair.A)));
        }

        yield return writer.Pairs("naics-2012-to-bea-2012", Bea(Path.Combine(naics, "NAICS_to_BEA_Crosswalk_2012.csv"), 2012));
        yield return writer.Pairs("naics-2017-to-bea-2017", Bea(Path.Combine(naics, "NAICS_to_BEA_Crosswalk_2017.csv"), 2017));
        yield return writer.Titles("useeio", Named(Path.Combine(naics, "USEEIO_Commodity_Meta.csv"), "Code", "Name"));
        yield return writer.Titles("hs-2022", Hs(Path.Combine(trade, "hs2022.json")));
        yield return writer.Pairs("hs-2017-to-hs-2022", Named(Path.Combine(trade, "hs2017-to-hs2022.csv"), "HS2017", "HS2022"));
        yield return writer.Titles("cn-2023", CombinedNomenclature.Read(Path.Combine(trade, "cn2023-titles.csv")));
        yield return writer.Titles("cpa-2.1", Named(Path.Combine(trade, "cpa21.csv"), "Code", "Desc"));
        yield return writer.Titles("cpc-2.1", Named(Path.Combine(trade, "cpc21.csv"), "code", "title"));

        // "9" marks used vehicles and engines, which are no product of an industry.
        yield return writer.Pairs(
            "cpa-2.1-to-cn-2023",
            Named(Path.Combine(trade, "cpa21-to-cn2023.csv"), "CPA", "CN").Where(pair => pair.A != "9").Select(pair => (pair.A, Bare(pair.B))));
        yield return writer.Pairs("cpa-2.1-to-cpc-2.1", Named(Path.Combine(trade, "cpa21-to-cpc21.csv"), "CPA 2.1 code", "CPC 2.1 code"));
        yield return writer.Pairs("cpc-2.1-to-hs-2017", Named(Path.Combine(trade, "cpc21-to-hs2017.csv"), "CPC 2.1", "HS 2017").Select(pair => (pair.A, Bare(pair.B))));
    }

    // "0102 21 10" and "0102.21" are 01022110 and 010221.
    private static string Bare(string code) => code.Replace(" ", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal);

    // Files whose header is not their first line: rows that hold a code, such as 541511 or 31-33.
    private static IEnumerable<(string A, string B)> Cells(string path, int a, int b) =>
        from line in DataFile.Lines(path)
        where line.Fields.Length > b && Industry().IsMatch(line.Fields[a].Trim())
        select (line.Fields[a].Trim(), line.Fields[b].Trim());

    private static IEnumerable<(string A, string B)> Named(string path, string a, string b) =>
        from row in DataFile.Rows(path)
        where row.Text(a) is not null && row.Text(b) is not null
        select (row.Required(a), row.Required(b));

    // Six-digit industries; "NA" stands for final demand and value added, which have none.
    private static IEnumerable<(string A, string B)> Bea(string path, int year) =>
        Named(path, $"NAICS_{year}_Code", $"BEA_{year}_Detail_Code").Where(pair => SixDigits().IsMatch(pair.A));

    // "010121 - Horses; live, pure-bred breeding animals"
    private static List<(string A, string B)> Hs(string path)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        return file.RootElement.GetProperty("results").EnumerateArray()
            .Select(item => (Code: item.GetProperty("id").GetString()!, Text: item.GetProperty("text").GetString()!))
            .Where(item => char.IsAsciiDigit(item.Code[0]))
            .Select(item => (item.Code, item.Text[(item.Code.Length + " - ".Length)..].Trim()))
            .ToList();
    }

    [GeneratedRegex("^[0-9]{2,6}(-[0-9]{2})?$", RegexOptions.None, 1000)]
    private static partial Regex Industry();

    [GeneratedRegex("^[0-9]{6}$", RegexOptions.None, 1000)]
    private static partial Regex SixDigits();

    private static string OneLine(string title) => string.Join(' ', title.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private sealed class Writer(string folder)
    {
        public (string Path, int Rows) Titles(string name, IEnumerable<(string A, string B)> rows) => TableFile.WriteKeyed(
            Path.Combine(folder, name + ".csv"), "code,title", 1, rows.Select(row => new[] { row.A, OneLine(row.B) }));

        public (string Path, int Rows) Pairs(string name, IEnumerable<(string A, string B)> rows) => TableFile.WriteKeyed(
            Path.Combine(folder, name + ".csv"), "from,to", 2, rows.Distinct().Select(row => new[] { row.A, row.B }));
    }
}
