using System.Globalization;

namespace OffGridFlow.Factors;

/// <summary>Places: countries and subdivisions of ISO 3166, grid regions that a factor names, groups and the world.</summary>
public sealed class RegionTable
{
    // What people write for a country that ISO 3166 writes otherwise.
    internal static readonly IReadOnlyDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["UK"] = "GB", ["EL"] = "GR", ["USA"] = "US", ["United Kingdom"] = "GB", ["Great Britain"] = "GB", ["England"] = "GB",
        ["United States"] = "US", ["United States of America"] = "US", ["global"] = "world", ["worldwide"] = "world",
        // ISO 3166-2 has the four countries above their counties.
        ["GB-ENG"] = "GB", ["GB-SCT"] = "GB", ["GB-WLS"] = "GB", ["GB-NIR"] = "GB", ["Scotland"] = "GB", ["Wales"] = "GB", ["Northern Ireland"] = "GB",
        ["Deutschland"] = "DE", ["Frankreich"] = "FR", ["Österreich"] = "AT", ["España"] = "ES", ["EU"] = "group:eu-27", ["EU27"] = "group:eu-27",
        ["Czech Republic"] = "CZ", ["South Korea"] = "KR", ["Russia"] = "RU", ["Vietnam"] = "VN", ["Turkey"] = "TR", ["Netherlands"] = "NL",
    };

    private readonly Dictionary<string, string> names = new(Aliases, StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> known = new(StringComparer.Ordinal) { "world" };

    private RegionTable()
    {
    }

    /// <summary>Loads data/geo and adds every region the library's factors name.</summary>
    public static RegionTable Load(string dataFolder, FactorLibrary library)
    {
        var table = new RegionTable();
        foreach (var row in DataFile.Rows(Path.Combine(dataFolder, "geo", "countries.csv")))
        {
            var code = row.Required("alpha2");
            table.known.Add(code);
            table.names[code] = code;
            table.names.TryAdd(row.Required("alpha3"), code);
            table.names.TryAdd(row.Required("name"), code);
        }

        foreach (var row in DataFile.Rows(Path.Combine(dataFolder, "geo", "subdivisions.csv")))
        {
            table.known.Add(row.Required("code"));
            table.names[row.Required("code")] = row.Required("code");
        }

        foreach (var region in library.Rows.Select(row => row.Region).Distinct(StringComparer.Ordinal))
        {
            table.known.Add(region);
            table.names[region] = region;
        }

        return table;
    }

    /// <summary>The code of a place as written, or null when there is no such place.</summary>
    public string? Find(string written)
    {
        var name = written.Trim();
        return names.TryGetValue(name, out var code) ? code : null;
    }

    /// <summary>Codes spelt like it.</summary>
    public IReadOnlyList<string> Suggest(string written) =>
        Spelling.Nearest(written.Trim().ToUpper(CultureInfo.InvariantCulture), known, 3);

    /// <summary>From the place itself outward: <c>AU-NSW</c>, <c>AU</c>, <c>world</c>.</summary>
    public static IReadOnlyList<string> Ladder(string region)
    {
        if (region == "world")
        {
            return ["world"];
        }

        var dash = region.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && !region.StartsWith("group:", StringComparison.Ordinal)
            ? [region, region[..dash], "world"]
            : [region, "world"];
    }
}
