namespace OffGridFlow.Factors.Reference;

/// <summary>A place flights start and end.</summary>
/// <param name="Iata">Three letters: <c>LHR</c>.</param>
/// <param name="Icao">Four letters: <c>EGLL</c>.</param>
/// <param name="Name">As its operator calls it.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Latitude">Degrees, north positive.</param>
/// <param name="Longitude">Degrees, east positive.</param>
public sealed record Airport(string Iata, string Icao, string Name, string Country, decimal Latitude, decimal Longitude);

/// <summary>Airports by IATA or ICAO code, read from data/geo/airports.csv when first asked.</summary>
public sealed class Airports(string dataFolder)
{
    private const int MostSuggestions = 5;

    private readonly Lazy<Tables> tables = new(() => Load(Path.Combine(dataFolder, "geo", "airports.csv")));

    /// <summary>The airport of a code in either system and any case, or null when there is none.</summary>
    public Airport? Find(string code) => tables.Value.ByCode.GetValueOrDefault(code.Trim());

    /// <summary>What a person may have meant by a code or name we do not know, at most five, nearest first.</summary>
    /// <remarks>Codes that differ in one letter or swap two neighbours, then airports whose name holds the text.</remarks>
    public IReadOnlyList<Airport> Suggest(string text)
    {
        var asked = text.Trim();
        if (asked.Length == 0)
        {
            return [];
        }

        var near = tables.Value.All.Where(airport => Near(asked, airport.Iata) || Near(asked, airport.Icao));
        var named = asked.Length < 3
            ? []
            : tables.Value.All.Where(airport => airport.Name.Contains(asked, StringComparison.OrdinalIgnoreCase));
        return named.Concat(near).Distinct().Take(MostSuggestions).ToList();
    }

    private static Tables Load(string path)
    {
        var all = DataFile.Rows(path).Select(row => new Airport(
            row.Required("iata"), row.Required("icao"), row.Required("name"), row.Required("country"),
            row.Number("lat") ?? throw row.Bad("lat", "is empty"),
            row.Number("lon") ?? throw row.Bad("lon", "is empty"))).ToList();
        var byCode = new Dictionary<string, Airport>(all.Count * 2, StringComparer.OrdinalIgnoreCase);
        foreach (var airport in all)
        {
            byCode[airport.Icao] = airport;
            byCode[airport.Iata] = airport;
        }

        return new Tables(all, byCode);
    }

    private static bool Near(string asked, string code)
    {
        if (asked.Length != code.Length)
        {
            return false;
        }

        var differences = new List<int>();
        for (var i = 0; i < code.Length; i++)
        {
            if (char.ToUpperInvariant(asked[i]) != code[i])
            {
                differences.Add(i);
            }
        }

        return differences.Count == 1
            || (differences.Count == 2 && differences[1] == differences[0] + 1
                && char.ToUpperInvariant(asked[differences[0]]) == code[differences[1]]
                && char.ToUpperInvariant(asked[differences[1]]) == code[differences[0]]);
    }

    private sealed record Tables(IReadOnlyList<Airport> All, Dictionary<string, Airport> ByCode);
}
