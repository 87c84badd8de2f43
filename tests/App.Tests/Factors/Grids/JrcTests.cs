using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors.Grids;

public sealed class JrcTests
{
    // Table, row and column of the official workbook beside each value.
    [Theory]
    [InlineData("ghg-de-2020", "0.344002826397336")] // Table2_EU_IPCC_GHG, AG7
    [InlineData("lc-de-2020", "0.399833343824125")] // Table3_EU_LC, AG7
    [InlineData("ghg-gr-2021", "0.412034221683857")] // Table2_EU_IPCC_GHG, AH10: EL
    [InlineData("lc-gr-2021", "0.502412265142969")] // Table3_EU_LC, AH10: EL
    [InlineData("ghg-gb-1990", "0.810193601158405")] // Table2_EU_IPCC_GHG, C32: UK
    [InlineData("ghg-be-1990", "0.409519133974023")] // Table2_EU_IPCC_GHG, C3
    [InlineData("lc-is-1990", "0.165729100028417")] // Table3_EU_LC, C30
    [InlineData("ghg-iea-gb-2020", "0.215738219911001")] // Table5_Other_IPCC_GHG, AG33: UK
    [InlineData("lc-iea-gb-2020", "0.282209048881521")] // Table6_Other_LC_GHG, AG33: UK
    [InlineData("ghg-iea-al-2020", "0")] // Table5_Other_IPCC_GHG, AG22: a printed zero
    public void a_co2e_figure_is_the_printed_one(string row, string figure) =>
        Assert.Equal(figure, GridTable.Row("jrc:2024:" + row).Text("co2e"));

    [Theory]
    [InlineData("co2-de-1990", "0.74461500612292")] // Table1_EU_IPCC_CO2, C7
    [InlineData("co2-gr-2021", "0.411227708829454")] // Table1_EU_IPCC_CO2, AH10: EL
    [InlineData("co2-iea-gb-2020", "0.213506619646819")] // Table4_Other_IPCC_CO2, AG33: UK
    [InlineData("co2-iea-ch-2020", "0.029612895696178")] // Table4_Other_IPCC_CO2, AG32
    [InlineData("co2-iea-xk-2020", "1.3102199228505")] // Table4_Other_IPCC_CO2, AG28
    public void a_co2_figure_is_mass_of_co2_and_no_co2e(string row, string figure)
    {
        var factor = GridTable.Row("jrc:2024:" + row);

        Assert.Equal("electricity.grid.co2-only", factor.Text("kind"));
        Assert.Equal($"co2={figure}", factor.Text("gases"));
        Assert.Null(factor.Text("co2e"));
    }

    [Fact]
    public void british_and_greek_codes_are_iso_codes()
    {
        var regions = GridTable.Rows("jrc", "2024").Select(row => row.Text("region")).ToHashSet();

        Assert.Contains("GB", regions);
        Assert.Contains("GR", regions);
        Assert.DoesNotContain("UK", regions);
        Assert.DoesNotContain("EL", regions);
        Assert.Equal(30 + 25, regions.Count);
    }

    [Fact]
    public void a_factor_holds_for_its_calendar_year_only()
    {
        var factor = GridTable.Row("jrc:2024:ghg-de-2020");

        Assert.Equal(("2020-01-01", "2020-12-31"), (factor.Text("valid_from"), factor.Text("valid_to")));
    }

    [Fact]
    public void only_life_cycle_figures_are_a_last_resort()
    {
        foreach (var row in GridTable.Rows("jrc", "2024"))
        {
            Assert.Equal(row.Text("stage") == "life-cycle", row.Text("fallback") == "fallback");
        }
    }

    // The United Kingdom stands in both sets of tables to 2019, with other figures; only the second has 2020.
    [Fact]
    public void the_plain_british_series_is_eurostats_until_it_ends()
    {
        var plain = GridTable.Rows("jrc", "2024")
            .Where(row => row.Text("region") == "GB" && row.Text("kind") == "electricity.grid" && row.Text("stage") == "generation").ToList();

        Assert.Equal(31, plain.Count);
        Assert.Equal("Table5_Other_IPCC_GHG, row 33, 2020", plain.Single(row => row.Text("valid_from") == "2020-01-01").Text("locator"));
        Assert.Equal("Table2_EU_IPCC_GHG, row 32, 2019", plain.Single(row => row.Text("valid_from") == "2019-01-01").Text("locator"));
        Assert.Equal("electricity.grid.iea-balances", GridTable.Row("jrc:2024:ghg-iea-gb-2019").Text("kind"));
    }

    // Section 5.5 of the activity-based table prints the life-cycle figures of section 6.5, digit for digit.
    [Theory]
    [InlineData("kz")]
    [InlineData("kg")]
    [InlineData("tj")]
    [InlineData("tm")]
    [InlineData("uz")]
    public void central_asian_figures_with_upstream_are_not_passed_off_as_generation(string country)
    {
        var table5 = GridTable.Row($"jrc:2024:ghg-iea-{country}-2020");

        Assert.Equal(GridTable.Row($"jrc:2024:lc-iea-{country}-2020").Text("co2e"), table5.Text("co2e"));
        Assert.Equal(("electricity.grid.with-upstream", "life-cycle"), (table5.Text("kind"), table5.Text("stage")));
        Assert.DoesNotContain(
            GridTable.Rows("jrc", "2024"),
            row => row.Text("region") == country.ToUpperInvariant() && row.Text("kind") == "electricity.grid" && row.Text("stage") == "generation");
    }

    [Fact]
    public void sub_headings_and_repeated_headers_are_no_countries_and_no_data_is_no_zero()
    {
        var file = Workbook(
            ["Table 5: other countries"],
            ["5.1 CoM East countries"],
            ["Country", null, 2019m, 2020m],
            ["AM", "Armenia", 0.25m, "-"],
            [],
            ["5.3 Western Balkans"],
            ["Country", null, 2018m, 2019m],
            ["AL", "Albania", 0m, null]);

        var factors = GridTable.Read(new Jrc(), file, "ghg-iea=Table5");

        Assert.Equal(
            [("AM", 2019, 0.25m), ("AL", 2018, 0m)],
            factors.Select(factor => (factor.Region, factor.ValidFrom.Year, factor.Co2e!.Value)));
    }

    [Fact]
    public void a_country_without_a_header_above_it_is_an_error_that_names_the_row()
    {
        var file = Workbook(["Country", null, 2020m], ["5.2 Clima-MED countries"], ["DZ", "Algeria", 0.5m]);

        var error = Assert.Throws<InvalidDataException>(() => GridTable.Read(new Jrc(), file, "ghg-iea=Table5"));

        Assert.Contains("Table5, row 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void words_where_a_figure_belongs_are_an_error()
    {
        var file = Workbook(["Country", null, 2020m], ["DZ", "Algeria", "n/a"]);

        var error = Assert.Throws<InvalidDataException>(() => GridTable.Read(new Jrc(), file, "ghg-iea=Table5"));

        Assert.Contains("'n/a'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_missing_table_is_an_error_that_names_it()
    {
        var error = Assert.Throws<InvalidDataException>(() => GridTable.Read(new Jrc(), Workbook(["Country"]), "ghg=Table2"));

        Assert.Contains("'Table2'", error.Message, StringComparison.Ordinal);
    }

    private static string Workbook(params object?[][] rows) =>
        TestWorkbook.Write(Path.Combine(Directory.CreateTempSubdirectory().FullName, "jrc.xlsx"), ("Table5", rows));
}
