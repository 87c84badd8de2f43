using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Reference;

namespace OffGridFlow.App.Tests.Reference;

public sealed class ConcordancesTests
{
    private static readonly Concordances Concordances = new(Repository.Data);

    [Theory]
    [InlineData("naics-2017", "541511", "Custom Computer Programming Services")]
    [InlineData("naics-2022", "31-33", "Manufacturing")]
    [InlineData("hs-2022", "010121", "Horses; live, pure-bred breeding animals")]
    [InlineData("cpa-2.1", "24.10.1", "Primary materials of iron and steel")]
    [InlineData("cpc-2.1", "011", "Cereals")]
    [InlineData("useeio", "1111B0", "Fresh wheat, corn, rice, and other grains")]
    public void a_code_has_its_title(string classification, string code, string title) =>
        Assert.Equal(title, Concordances.Title(classification, code));

    [Fact]
    public void a_combined_nomenclature_title_says_what_it_is_an_other_of() => Assert.Equal(
        "Live bovine animals > Cattle > Pure-bred breeding animals > Heifers (female bovines that have never calved)",
        Concordances.Title("cn-2023", "01022110"));

    [Fact]
    public void an_unknown_code_has_no_title() => Assert.Null(Concordances.Title("naics-2017", "999999"));

    [Fact]
    public void an_unknown_classification_is_an_error() =>
        Assert.Throws<FileNotFoundException>(() => Concordances.Title("naics-1066", "541511"));

    [Theory]
    [InlineData("naics-2017", "bea-2017", "111140", "1111B0")]
    [InlineData("cpa-2.1", "cn-2023", "01.11.12", "10019110 10019120 10019190 10019900")]
    [InlineData("hs-2017", "hs-2022", "010121", "010121")]
    [InlineData("naics-2012", "naics-2017", "541511", "541511")]
    public void a_code_maps_to_every_code_it_corresponds_to(string from, string to, string code, string expected) =>
        Assert.Equal(expected.Split(' '), Concordances.Map(from, to, code));

    [Fact]
    public void used_goods_belong_to_no_product_of_an_industry() => Assert.Empty(Concordances.Map("cpa-2.1", "cn-2023", "9"));

    [Fact]
    public void a_code_without_a_correspondence_maps_to_none() => Assert.Empty(Concordances.Map("naics-2017", "bea-2017", "999999"));

    [Theory]
    [InlineData("naics-2012", 2209)]
    [InlineData("naics-2017", 2196)]
    [InlineData("naics-2022", 2125)]
    [InlineData("hs-2022", 6939)]
    [InlineData("cn-2023", 9755)]
    [InlineData("cpa-2.1", 5522)]
    [InlineData("cpc-2.1", 4596)]
    [InlineData("useeio", 519)]
    [InlineData("naics-2012-to-naics-2017", 1069)]
    [InlineData("naics-2017-to-naics-2022", 1150)]
    [InlineData("naics-2012-to-bea-2012", 1326)]
    [InlineData("naics-2017-to-bea-2017", 1292)]
    [InlineData("hs-2017-to-hs-2022", 5613)]
    [InlineData("cpa-2.1-to-cn-2023", 9717)]
    [InlineData("cpa-2.1-to-cpc-2.1", 4109)]
    [InlineData("cpc-2.1-to-hs-2017", 5843)]
    public void a_table_holds_every_row_of_its_source(string name, int rows) =>
        Assert.Equal(rows, DataFile.Rows(Path.Combine(Repository.Data, "concordances", name + ".csv")).Count());

    [Theory]
    [InlineData("naics-2012-to-naics-2017", "naics-2012", "naics-2017")]
    [InlineData("naics-2017-to-naics-2022", "naics-2017", "naics-2022")]
    [InlineData("cpa-2.1-to-cn-2023", "cpa-2.1", "cn-2023")]
    public void both_ends_of_a_correspondence_are_codes_of_their_classifications(string map, string from, string to) => Assert.All(
        DataFile.Rows(Path.Combine(Repository.Data, "concordances", map + ".csv")),
        row =>
        {
            Assert.NotNull(Concordances.Title(from, row.Required("from")));
            Assert.NotNull(Concordances.Title(to, row.Required("to")));
        });

    [Fact]
    public void building_the_tables_again_gives_the_same_bytes() => Rebuilt.SameBytes("concordances", "concordances");
}
