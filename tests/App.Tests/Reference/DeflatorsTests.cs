using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Reference;

namespace OffGridFlow.App.Tests.Reference;

public sealed class DeflatorsTests
{
    private static readonly Deflators Deflators = new(Repository.Data);

    [Fact]
    public void years_chain_by_their_yearly_changes()
    {
        var expected = (1 + (Change("gdp-deflator", "US", 2019) / 100)) * (1 + (Change("gdp-deflator", "US", 2020) / 100));

        Assert.Equal(new Deflated(expected, 2020, LastAvailable: false), Deflators.Factor("US", 2018, 2020));
        Assert.InRange(expected, 1.02m, 1.04m);
    }

    [Fact]
    public void consumer_prices_are_another_series() => Assert.Equal(
        new Deflated(1 + (Change("cpi", "GB", 2022) / 100), 2022, LastAvailable: false), Deflators.Factor("GB", 2021, 2022, PriceIndex.Consumer));

    [Fact]
    public void going_back_undoes_going_forth()
    {
        var forth = Assert.IsType<Deflated>(Deflators.Factor("DE", 2010, 2020));
        var back = Assert.IsType<Deflated>(Deflators.Factor("DE", 2020, 2010));

        Assert.Equal(1 / forth.Factor, back.Factor);
        Assert.Equal(2010, back.Year);
    }

    [Fact]
    public void the_same_year_is_one() => Assert.Equal(new Deflated(1, 2021, LastAvailable: false), Deflators.Factor("FR", 2021, 2021));

    [Fact]
    public void a_year_beyond_the_data_gives_the_last_available_and_says_so()
    {
        var reached = Assert.IsType<Deflated>(Deflators.Factor("US", 2020, 2040));

        Assert.True(reached.LastAvailable);
        Assert.Equal(new Deflated(reached.Factor, reached.Year, LastAvailable: false), Deflators.Factor("US", 2020, reached.Year));
    }

    [Fact]
    public void between_two_years_beyond_the_data_there_is_no_factor() => Assert.Equal("deflator.year-missing", Problem("US", 2035, 2040));

    [Fact]
    public void back_from_a_year_beyond_the_data_there_is_no_factor() => Assert.Equal("deflator.year-missing", Problem("US", 2040, 2020));

    // Barbados has 2019 and 2023 and nothing between.
    [Fact]
    public void a_year_missing_in_between_is_an_error() => Assert.Equal("deflator.year-missing", Problem("BB", 2018, 2023));

    [Fact]
    public void a_year_before_the_data_is_an_error() => Assert.Equal("deflator.year-missing", Problem("US", 1900, 1970));

    [Fact]
    public void an_unknown_country_is_an_error() => Assert.Equal("deflator.country-unknown", Problem("ZZ", 2019, 2020));

    [Theory]
    [InlineData("gdp-deflator", 9011)]
    [InlineData("cpi", 11066)]
    public void a_table_has_every_published_year_once(string table, int rows) =>
        Assert.Equal(rows, DataFile.Rows(Table(table)).Select(row => (row.Required("country"), row.Required("year"))).Distinct().Count());

    [Fact]
    public void namibia_is_a_country_and_not_a_blank() => Assert.Contains(DataFile.Rows(Table("cpi")), row => row.Required("country") == "NA");

    [Fact]
    public void building_the_tables_again_gives_the_same_bytes() => Rebuilt.SameBytes("deflators", "deflators");

    private static string Problem(string country, int from, int to) => Assert.IsType<NotDeflated>(Deflators.Factor(country, from, to)).Code;

    private static string Table(string name) => Path.Combine(Repository.Data, "deflators", name + ".csv");

    private static decimal Change(string table, string country, int year) => Assert.Single(
        DataFile.Rows(Table(table)), row => row.Required("country") == country && row.Number("year") == year).Number("percent")!.Value;
}
