using OffGridFlow.Factors.Publications;

namespace OffGridFlow.Factors.Reference.Tables;

/// <summary>
/// data/deflators/gdp-deflator.csv and cpi.csv: yearly change of prices in percent by country, from the World Bank's World
/// Development Indicators (NY.GDP.DEFL.KD.ZG and FP.CPI.TOTL.ZG).
/// </summary>
/// <remarks>Countries by ISO 3166-1 alpha-2; of the World Bank's aggregates only the world and the European Union are kept.</remarks>
internal sealed class DeflatorTables : ReferenceTable
{
    public override string Name => "deflators";

    public override IEnumerable<(string Path, int Rows)> Build(string dataFolder, string sourceFolder)
    {
        var codes = DataFile.Rows(Path.Combine(sourceFolder, "codes", "country", "country-codes.csv"))
            .Where(row => row.Text("ISO3166-1-Alpha-3") is not null && row.Text("ISO3166-1-Alpha-2") is not null)
            .ToDictionary(row => row.Required("ISO3166-1-Alpha-3"), row => row.Required("ISO3166-1-Alpha-2"), StringComparer.Ordinal);

        // Kosovo has no ISO code; XK is the user-assigned one in general use.
        codes["XKX"] = "XK";
        codes["WLD"] = "world";
        codes["EUU"] = "group:eu-27";
        foreach (var (source, table) in new[] { ("worldbank-inflation-gdp-deflator.csv", "gdp-deflator.csv"), ("worldbank-inflation-consumer.csv", "cpi.csv") })
        {
            var rows = from row in DataFile.Rows(Path.Combine(sourceFolder, "cpi", source))
                       where codes.ContainsKey(row.Required("Country Code")) && row.Text("Inflation") is not null
                       select new[] { codes[row.Required("Country Code")], row.Required("Year"), TableFile.Figure(row.Number("Inflation")) };
            yield return TableFile.WriteKeyed(Path.Combine(dataFolder, "deflators", table), "country,year,percent", 2, rows);
        }
    }
}
