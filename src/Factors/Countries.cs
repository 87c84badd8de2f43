namespace OffGridFlow.Factors;

/// <summary>The countries of data/geo/countries.csv (ISO 3166-1, and XK for Kosovo).</summary>
public sealed class Countries
{
    private readonly Dictionary<string, string> alpha2OfAlpha3;

    private Countries(Dictionary<string, string> alpha2OfAlpha3) => this.alpha2OfAlpha3 = alpha2OfAlpha3;

    /// <exception cref="InvalidDataException">A code is missing or stands twice; the message names file and line.</exception>
    public static Countries Load(string path)
    {
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in DataFile.Rows(path))
        {
            if (!codes.TryAdd(row.Required("alpha3"), row.Required("alpha2")))
            {
                throw row.Bad("alpha3", $"'{row.Text("alpha3")}' stands twice");
            }
        }

        return new Countries(codes);
    }

    /// <summary><c>DE</c> for <c>DEU</c>, or null where there is no such country.</summary>
    public string? Alpha2(string alpha3) => alpha2OfAlpha3.GetValueOrDefault(alpha3);
}
