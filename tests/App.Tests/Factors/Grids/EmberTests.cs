using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors.Grids;

public sealed class EmberTests
{
    private const string Header = "Entity,Code,Year,Carbon intensity of electricity per kWh\n";

    // Line of the official file beside each value, which is g/kWh there.
    [Theory]
    [InlineData("deu-2020", "DE", "0.35561")] // line 2287: 355.61
    [InlineData("fra-2025", "FR", "0.04144")] // line 2079: 41.44
    [InlineData("pol-2000", "PL", "0.9546")] // line 4642: 954.6
    [InlineData("ind-2020", "IN", "0.70906")] // line 2759: 709.06
    [InlineData("gbr-2025", "GB", "0.21741")] // line 6020: 217.41
    [InlineData("owid-kos-2020", "XK", "0.95821")] // line 3112: 958.21
    [InlineData("owid-wrl-2025", "world", "0.45829")] // line 6258: 458.29
    [InlineData("asean-ember-2000", "group:asean", "0.57258")] // line 2: 572.58
    [InlineData("eu-ember-2020", "group:eu-27", "0.26118")] // 261.18
    [InlineData("bdi-2000", "BI", "0")] // line 921: a printed zero
    public void a_figure_is_the_printed_one_in_kilograms(string row, string region, string figure)
    {
        var factor = GridTable.Row("ember:2025:" + row);

        Assert.Equal((region, figure, "kWh"), (factor.Text("region"), factor.Text("co2e"), factor.Text("unit")));
        Assert.Equal(("electricity.grid", "life-cycle", "fallback"), (factor.Text("kind"), factor.Text("stage"), factor.Text("fallback")));
    }

    [Fact]
    public void at_least_5700_figures_are_of_countries() =>
        Assert.Equal(5717, GridTable.Rows("ember", "2025").Count(row => row.Required("region").Length == 2));

    // Our World in Data's own sums differ from Ember's of the same place: 421.9648 against 426.19 g/kWh for Europe in 2000.
    [Fact]
    public void a_second_aggregate_of_one_place_has_a_kind_of_its_own()
    {
        Assert.Equal(("group:europe", "electricity.grid"), PlaceAndKind("ember:2025:europe-ember-2000"));
        Assert.Equal(("group:europe", "electricity.grid.owid-aggregate"), PlaceAndKind("ember:2025:owid-eur-2000"));
        Assert.Equal(("group:eu-27", "electricity.grid.owid-aggregate"), PlaceAndKind("ember:2025:owid-eu27-2020"));
        Assert.Equal(("group:high-income", "electricity.grid"), PlaceAndKind("ember:2025:owid-hic-2020"));

        static (string?, string?) PlaceAndKind(string id) => (GridTable.Row(id).Text("region"), GridTable.Row(id).Text("kind"));
    }

    [Fact]
    public void a_blank_is_no_factor_and_a_zero_is_one()
    {
        var factors = GridTable.Read(new Ember(), GridTable.TextFile(Header + "Burundi,BDI,2000,0\nBurundi,BDI,2001,\n"), null);

        var only = Assert.Single(factors);
        Assert.Equal((2000, 0m), (only.ValidFrom.Year, only.Co2e));
    }

    [Fact]
    public void an_unknown_place_is_an_error_that_names_its_line()
    {
        var file = GridTable.TextFile(Header + "Germany,DEU,2000,573.16\nAtlantis,ATL,2000,1\n");

        var error = Assert.Throws<InvalidDataException>(() => GridTable.Read(new Ember(), file, null));

        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("Atlantis", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_new_aggregate_without_a_code_is_an_error_not_a_country()
    {
        var file = GridTable.TextFile(Header + "BRICS (Ember),,2000,573.16\n");

        Assert.Throws<InvalidDataException>(() => GridTable.Read(new Ember(), file, null));
    }
}
