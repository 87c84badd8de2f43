using OffGridFlow.Factors.Publications;

namespace OffGridFlow.Factors.Reference.Tables;

/// <summary>data/geo/airports.csv: airports with an IATA code, from airportsdata (MIT).</summary>
internal sealed class AirportsTable : ReferenceTable
{
    public override string Name => "airports";

    public override IEnumerable<(string Path, int Rows)> Build(string dataFolder, string sourceFolder)
    {
        var rows = DataFile.Rows(Path.Combine(sourceFolder, "airports", "airportsdata-airports.csv"))
            .Where(row => row.Text("iata") is not null)
            .Select(row => new[]
            {
                row.Required("iata"), row.Required("icao"), row.Required("name"), row.Required("country"),
                TableFile.Figure(row.Number("lat")), TableFile.Figure(row.Number("lon")),
            });
        yield return TableFile.WriteKeyed(Path.Combine(dataFolder, "geo", "airports.csv"), "iata,icao,name,country,lat,lon", 1, rows);
    }
}
