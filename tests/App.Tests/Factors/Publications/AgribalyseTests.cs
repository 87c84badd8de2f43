using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Factors.Publications;

public sealed class AgribalyseTests
{
    private const string Table = "factors/agribalyse/3.0.1.csv";

    [Fact]
    public void every_food_of_the_synthesis_is_there_once_with_a_kind_of_its_own()
    {
        var rows = Tables.Read(Table);

        Assert.Equal(2479, rows.Count);
        Assert.Equal(2479, rows.Select(row => row.Required("kind")).Distinct(StringComparer.Ordinal).Count());
        Assert.All(rows, row => Assert.NotNull(row.Number("co2e")));
        Assert.All(rows, row => Assert.Equal(("life-cycle", "FR", "kg"), (row.Text("stage"), row.Text("region"), row.Text("unit"))));
    }

    [Theory]
    [InlineData("13712", "1.2211213", "Apricot, canned in light syrup, drained / Abricot au sirop léger, appertisé, égoutté")]
    [InlineData("13713", "0.6122342", "Apricot, canned in light syrup, not drained / Abricot au sirop léger, appertisé, non égoutté")]
    [InlineData("25546", "5.1196792", "Cheese and ham, breaded / Fromage pané au jambon")]
    [InlineData("1000", "1.1565882", "Pastis (anise-flavoured spirit) / Pastis")]
    [InlineData("10001", "12.180976", "Squid, raw / Calmar ou calamar ou encornet, cru")]
    public void a_food_keeps_its_published_figure_and_both_its_names(string code, string co2e, string name)
    {
        var row = Tables.ById(Table)[$"agribalyse:3.0.1:{code}"];

        Assert.Equal(decimal.Parse(co2e, CultureInfo.InvariantCulture), row.Number("co2e"));
        Assert.Equal(name, row.Text("name"));
        Assert.Equal($"goods.food.{code}", row.Text("kind"));
        Assert.StartsWith($"agribalyse:{code} ciqual:{code} dqr:", row.Text("codes"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20047-3", "goods.food.20047", "0.62369712")]
    [InlineData("20047-1", "goods.food.20047.in-season", "0.50934855")]
    [InlineData("20047-2", "goods.food.20047.off-season", "1.8764225")]
    [InlineData("13014-3", "goods.food.13014", "0.52538699")]
    [InlineData("13025-2", "goods.food.13025", "0.65538399")]
    [InlineData("13025-1", "goods.food.13025.by-air", "14.898319")]
    [InlineData("20061-2", "goods.food.20061", "0.48077219")]
    [InlineData("20061-1", "goods.food.20061.by-air", "10.316175")]
    public void of_seasons_and_aeroplanes_the_plain_food_is_the_average_or_the_one_by_land_and_sea(string key, string kind, string co2e)
    {
        var row = Tables.ById(Table)[$"agribalyse:3.0.1:{key}"];

        Assert.Equal(kind, row.Text("kind"));
        Assert.Equal(decimal.Parse(co2e, CultureInfo.InvariantCulture), row.Number("co2e"));
    }

    [Fact]
    public void the_data_quality_note_is_a_code_and_no_interval_and_no_gwp_set_is_claimed()
    {
        var row = Tables.ById(Table)["agribalyse:3.0.1:13712"];

        Assert.EndsWith(" dqr:2.46", row.Text("codes"), StringComparison.Ordinal);
        Assert.Null(row.Text("uncertainty"));
        Assert.Null(row.Text("gwp"));
    }

    [Fact]
    public void the_official_file_gives_the_committed_table_byte_for_byte() => Rebuilt.Matches("agribalyse", "factors/agribalyse");
}
