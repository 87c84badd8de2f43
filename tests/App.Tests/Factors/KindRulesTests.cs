using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Factors;

public sealed class KindRulesTests
{
    [Theory]
    [InlineData("HGV (all diesel)", "hgv-all-diesel")]
    [InlineData(">3.5 - 7.5 t", "over-3-5-7-5-t")]
    [InlineData("Électricité", "electricite")]
    public void a_heading_becomes_a_slug(string heading, string slug) => Assert.Equal(slug, KindRules.Slug(heading));

    [Fact]
    public void the_first_fitting_rule_names_the_kind_and_stars_fill_it()
    {
        var rules = Rules("Fuels > * > Natural gas > **,fuel.natural-gas,direct,", "Fuels > * > * > **,fuel.{2}.{3},direct,");

        Assert.Equal("fuel.natural-gas", rules.Match("Fuels", "Gaseous fuels", "Natural gas", "").Kind);
        Assert.Equal("fuel.diesel-100-mineral", rules.Match("Fuels", "Liquid fuels", "Diesel (100% mineral)", null).Kind);
    }

    [Fact]
    public void a_row_no_rule_fits_is_an_error_that_names_it()
    {
        var error = Assert.Throws<InvalidDataException>(() => Rules("Fuels > *,fuel.{1},direct,").Match("Water", "Supply"));

        Assert.Contains("'Water > Supply'", error.Message, StringComparison.Ordinal);
    }

    private static KindRules Rules(params string[] lines)
    {
        var path = Path.GetTempFileName();
        File.WriteAllLines(path, ["pattern,kind,stage,region", .. lines]);
        return KindRules.Load(path);
    }
}
