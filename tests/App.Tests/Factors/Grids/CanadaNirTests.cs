using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors.Grids;

public sealed class CanadaNirTests
{
    // all_nir_reports.json: report, province and year are in the id; the file prints g/kWh.
    [Theory]
    [InlineData("nir2019:electricity-canada-2017", "CA", "0.14")] // 140
    [InlineData("nir2019:electricity-quebec-2017", "CA-QC", "0.0015")] // 1.5
    [InlineData("nir2019:electricity-alberta-1990", "CA-AB", "1")] // 1000
    [InlineData("nir2019:electricity-nunavut-2005", "CA-NU", "0.92")] // 920
    [InlineData("nir2019:electricity-manitoba-2005", "CA-MB", "0.0103")] // 10.3
    [InlineData("nir2020:electricity-alberta-2018", "CA-AB", "0.68")] // 680
    [InlineData("nir2020:electricity-newfoundland-and-labrador-2018", "CA-NL", "0.027")] // 27
    [InlineData("nir2021:electricity-alberta-2018", "CA-AB", "0.69")] // 690
    [InlineData("nir2021:electricity-british-columbia-2019", "CA-BC", "0.0197")] // 19.7
    [InlineData("nir2021:electricity-yukon-2019", "CA-YT", "0.113")] // 113
    [InlineData("nir2021:electricity-northwest-territories-1990", "CA-NT", "0.36")] // 360
    [InlineData("nir2021:electricity-prince-edward-island-2019", "CA-PE", "0.27")] // 270, New Brunswick's figure
    public void an_intensity_is_the_printed_one_in_kilograms(string row, string region, string figure)
    {
        var factor = GridTable.Row("canada-nir:" + row);

        Assert.Equal((region, figure, "kWh", "ar4"), (factor.Text("region"), factor.Text("co2e"), factor.Text("unit"), factor.Text("gwp")));
        Assert.Equal(("electricity.grid", "generation"), (factor.Text("kind"), factor.Text("stage")));
    }

    // natural_gas_emission_factors_nir2022.json prints g CO2/m3, under codes that are not all ISO's.
    [Theory]
    [InlineData("on-2020", "CA-ON", "1.921")]
    [InlineData("ab-1990", "CA-AB", "1.928")]
    [InlineData("canada-2017", "CA", "1.936")]
    [InlineData("yk-2018", "CA-YT", "1.966")]
    [InlineData("nw-2011", "CA-NT", "2.466")]
    public void a_natural_gas_figure_is_kilograms_of_co2_per_cubic_metre(string row, string region, string figure)
    {
        var factor = GridTable.Row("canada-nir:nir2022:natural-gas-" + row);

        Assert.Equal((region, "m3", $"co2={figure}"), (factor.Text("region"), factor.Text("unit"), factor.Text("gases")));
        Assert.Null(factor.Text("co2e"));
    }

    [Fact]
    public void gas_that_does_not_occur_is_no_factor()
    {
        var nunavut = GridTable.Rows("canada-nir", "nir2022").Where(row => row.Text("region") == "CA-NU").Select(row => row.Text("valid_from"));

        Assert.Equal("2000-01-01", nunavut.Min());
    }

    [Fact]
    public void every_province_and_territory_has_intensities_in_every_report()
    {
        foreach (var edition in new[] { "nir2019", "nir2020", "nir2021" })
        {
            Assert.Equal(14, GridTable.Rows("canada-nir", edition).Select(row => row.Text("region")).Distinct().Count());
        }
    }

    [Fact]
    public void a_report_the_file_lacks_is_an_error()
    {
        var file = GridTable.TextFile("""[{"EmissionFactors_NIR2021.json": []}]""");

        var error = Assert.Throws<InvalidDataException>(() => GridTable.Read(new CanadaNir(), file, "EmissionFactors_NIR2031.json"));

        Assert.Contains("EmissionFactors_NIR2031.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_province_no_rule_knows_is_an_error()
    {
        var file = GridTable.TextFile("""[{"NIR": [{"Atlantis": {"2020": 5}}]}]""");

        var error = Assert.Throws<InvalidDataException>(() => GridTable.Read(new CanadaNir(), file, "NIR"));

        Assert.Contains("Atlantis", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void words_for_a_gas_figure_other_than_not_occurring_are_an_error()
    {
        var file = GridTable.TextFile("""[{"Year": "2020", "AB": "NO", "ON": "NE"}]""");

        var error = Assert.Throws<InvalidDataException>(() => GridTable.Read(new CanadaNir(), file, "natural-gas"));

        Assert.Contains("'NE'", error.Message, StringComparison.Ordinal);
    }
}
