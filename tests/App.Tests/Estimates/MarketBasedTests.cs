using System.Text.Json;

namespace OffGridFlow.App.Tests.Estimates;

/// <summary>Market-based Scope 2 (GHG Protocol Scope 2 Guidance table 6.3) from rows of a spreadsheet.</summary>
public sealed class MarketBasedTests
{
    private const string Header = "kind,quantity,unit,region,start,end,instrument,instrument_quantity,factor_value,supplier\n";

    private static readonly Lazy<IReadOnlyList<JsonElement>> Rows = new(() => EstimateVerb.Of(Header + """
        electricity.grid,1000,kWh,GB,2025-01-01,2025-12-31,certificate,,0,
        electricity.grid,1000,kWh,GB,2025-01-01,2025-12-31,certificate,400,0.01,
        electricity.grid,1000,kWh,GB,2025-01-01,2025-12-31,PPA,,0.02,Windpark Nord
        electricity.grid,1000,kWh,GB,2025-01-01,2025-12-31,,,0.3,Stadtwerke
        electricity.grid,1,MWh,GB,2025-01-01,2025-12-31,supplier,,300,
        electricity.grid,1000,kWh,AU-TAS,2025-01-01,2025-12-31,,,,
        electricity.grid,1000,kWh,AU-TAS,2025-01-01,2025-12-31,residual-mix,,,
        electricity.grid,1000,kWh,GB,2025-01-01,2025-12-31,none,,,
        electricity.grid,1000,kWh,GB,2025-01-01,2025-12-31,REGO,,,
        electricity.grid,1000,kWh,GB,2025-01-01,2025-12-31,certificate,1000.001,0,
        electricity.grid,-1000,kWh,GB,2025-01-01,2025-12-31,certificate,-400,0,
        electricity.grid,1000,kWh,AU-NSW,2021-01-01,2021-12-31,,,,
        heat.district,1000,kWh,GB,2025-01-01,2025-12-31,supplier,,0.05,
        """).Rows);

    [Theory]
    [InlineData(0, "177", "0")] // All of it by certificates of zero-emission generation.
    [InlineData(1, "177", "110.2")] // 400 kWh at 0.01, 600 kWh at the grid's 0.177: Britain publishes no residual mix here.
    [InlineData(2, "177", "20")]
    [InlineData(3, "177", "300")] // A rate without an instrument is the supplier's.
    [InlineData(4, "177", "300")] // The rate is per unit of the row.
    [InlineData(5, "200", "810")] // NGA 2025 table 1 Tasmania 0.20; table 2 residual mix 0.81.
    [InlineData(6, "200", "810")]
    [InlineData(7, "177", "177")]
    [InlineData(8, "177", "0")]
    [InlineData(10, "-177", "-106.2")] // A correction takes back in the same proportions.
    [InlineData(11, "790", "790")] // NGA 2021 has no residual mix, and that of a later year is not taken.
    [InlineData(12, "175.29", "50")]
    public void A_row_is_accounted_by_location_and_by_market(int row, string location, string market)
    {
        Assert.Equal(location, Sum(Rows.Value[row], "location"));
        Assert.Equal(market, Sum(Rows.Value[row], "market"));
    }

    [Fact]
    public void No_more_can_be_claimed_than_was_used()
    {
        var problem = Rows.Value[9].GetProperty("problem");

        Assert.Equal("instrument.over-claimed", problem.Text("code"));
        Assert.Equal("1000.001", problem.Text("found"));
    }

    [Fact]
    public void What_a_contract_covers_names_the_contract_and_the_rest_its_factor()
    {
        var slices = Rows.Value[1].Entries().Where(entry => entry.Text("basis") == "market").ToList();

        Assert.Equal(["supplier", "country"], slices.Select(entry => entry.Text("tier")));
        Assert.Equal(["4", "106.2"], slices.Select(entry => entry.Text("co2e_kg")));
        Assert.Contains("certificate", slices[0].Text("method"), StringComparison.Ordinal);
        Assert.Contains("no residual mix published", slices[1].Text("method"), StringComparison.Ordinal);
        Assert.Contains("Windpark Nord", Rows.Value[2].Entry("generation", "market").Text("citation"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_contract_changes_neither_location_nor_category_3()
    {
        var with = Rows.Value[0].Entries().Where(entry => entry.Text("scope") == "3").Select(entry => entry.Text("co2e_kg"));
        var without = Rows.Value[7].Entries().Where(entry => entry.Text("scope") == "3").Select(entry => entry.Text("co2e_kg"));

        Assert.Equal(without, with);
    }

    // tools.gera.services/scope2-market-vs-location-based: 1,000,000 kWh, grid 0.20, certificates for 600,000 kWh, residual 0.45.
    [Fact]
    public void The_published_example_of_dual_reporting_comes_out()
    {
        var run = EstimateVerb.Of(Header + """
            electricity.grid,600000,kWh,AU-TAS,2025-01-01,2025-12-31,certificate,600000,0,
            electricity.grid,400000,kWh,AU-TAS,2025-01-01,2025-12-31,residual-mix,,0.45,
            """);

        Assert.Equal(200_000m, run.Rows.Sum(row => decimal.Parse(Sum(row, "location"), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(180_000m, run.Rows.Sum(row => decimal.Parse(Sum(row, "market"), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Matches("Scope 2, location-based +200 ", run.Error);
        Assert.Matches("Scope 2, market-based +180 ", run.Error);
    }

    private static string Sum(JsonElement row, string basis) =>
        row.Entries().Where(entry => entry.Text("basis") == basis).Sum(entry => entry.Kilograms()).ToString("0.##########", System.Globalization.CultureInfo.InvariantCulture);
}
