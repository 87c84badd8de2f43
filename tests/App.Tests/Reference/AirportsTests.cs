using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Reference;

namespace OffGridFlow.App.Tests.Reference;

public sealed class AirportsTests
{
    private static readonly Airports Airports = new(Repository.Data);

    [Theory]
    [InlineData("LHR")]
    [InlineData("lhr")]
    [InlineData("EGLL")]
    [InlineData(" egll ")]
    public void an_airport_is_found_by_either_code_in_any_case(string code)
    {
        var airport = Airports.Find(code)!;

        Assert.Equal(("LHR", "EGLL", "GB"), (airport.Iata, airport.Icao, airport.Country));
        Assert.InRange(airport.Latitude, 51.4m, 51.5m);
        Assert.InRange(airport.Longitude, -0.5m, -0.4m);
    }

    [Fact]
    public void an_unknown_code_is_no_airport_and_near_codes_are_suggested()
    {
        Assert.Null(Airports.Find("LHQ"));
        Assert.All(Airports.Suggest("LHQ"), airport => Assert.Equal(3, airport.Iata.Length));
        Assert.Contains("JFK", Airports.Suggest("JKF").Select(airport => airport.Iata));
        Assert.InRange(Airports.Suggest("LHQ").Count, 1, 5);
    }

    [Fact]
    public void a_name_suggests_its_airports() =>
        Assert.Contains("LHR", Airports.Suggest("heathrow").Select(airport => airport.Iata));

    [Fact]
    public void nothing_suggests_nothing() => Assert.Empty(Airports.Suggest("  "));

    [Fact]
    public void every_airport_with_an_iata_code_is_there_once_with_a_place_on_earth()
    {
        var rows = DataFile.Rows(Path.Combine(Repository.Data, "geo", "airports.csv")).ToList();

        Assert.Equal(7884, rows.Count);
        Assert.Equal(7884, rows.Select(row => row.Required("iata")).Distinct(StringComparer.Ordinal).Count());
        Assert.All(rows, row =>
        {
            Assert.Equal(2, row.Required("country").Length);
            Assert.InRange(row.Number("lat")!.Value, -90, 90);
            Assert.InRange(row.Number("lon")!.Value, -180, 180);
        });
    }

    [Fact]
    public void building_the_table_again_gives_the_same_bytes() => Rebuilt.SameBytes("airports", "geo");
}
