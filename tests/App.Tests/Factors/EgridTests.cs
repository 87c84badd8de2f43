using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors;

public sealed class EgridTests
{
    private static readonly object?[] Heading =
    [
        "eGRID Subregion Acronym", "eGRID Subregion Name", "CO2 Factor (lb / MWh)", "CH4 Factor (lb / MWh)", "N2O Factor (lb / MWh)",
        "EF Category", "EF Country", "EF Authority", "EF Data Year", "EF Release Year",
    ];

    // The cells are lb/MWh; the tables kg/MWh, a pound being 0.45359237 kg exactly.
    [Theory]
    [InlineData("2018", "electricity.grid", "US-AKGD", "co2", "1039.6")] // C2
    [InlineData("2018", "electricity.grid", "US", "co2", "947.2")] // C28
    [InlineData("2019", "electricity.grid", "US", "co2", "884.2")] // C29
    [InlineData("2020", "electricity.grid", "US", "ch4", "0.065")] // D29
    [InlineData("2021", "electricity.grid.non-baseload", "US", "co2", "1410")] // C57
    [InlineData("2022", "electricity.grid", "US", "n2o", "0.009")] // E29
    [InlineData("2023", "electricity.grid", "US-CAMX", "co2", "436.7")] // C5
    [InlineData("2023", "electricity.grid", "US-PRMS", "co2", "1543")] // C17
    [InlineData("2023", "electricity.grid.non-baseload", "US-NYUP", "ch4", "0.041")] // D44
    [InlineData("2023", "electricity.grid.non-baseload", "US", "co2", "1393.7")] // C57
    public void a_rate_in_pounds_is_found_again_in_kilograms(string edition, string kind, string region, string gas, string pounds)
    {
        var kilograms = UsTables.Kilograms(UsTables.One("egrid", edition, kind, "MWh", region), gas);

        Assert.Equal(decimal.Parse(pounds, CultureInfo.InvariantCulture) * 0.45359237m, kilograms);
    }

    [Fact]
    public void the_edition_rules_over_the_row_of_the_2023_data_that_says_2021()
    {
        var row = UsTables.One("egrid", "2023", "electricity.grid.non-baseload", "MWh");

        Assert.Equal("Subregion Output Emission Rates, Sheet1, row 57", row.Text("locator"));
        Assert.Equal("egrid:2023:us-non-baseload", row.Text("id"));
        Assert.Equal("2023-01-01", row.Text("valid_from"));
        Assert.NotEqual(
            UsTables.Figure(UsTables.One("egrid", "2021", "electricity.grid.non-baseload", "MWh"), "co2"), UsTables.Figure(row, "co2"));
    }

    [Fact]
    public void one_row_of_another_year_is_read_and_a_whole_file_of_another_year_is_refused()
    {
        var mixed = Read([
            ["CAMX", "CAMX (WECC California)", 436.7, 0.025, 0.003, "Total Output Emission Factors", "US", "EPA", 2023, 2025],
            ["US Average", "US Average", 771.5, 0.057, 0.008, "Total Output Emission Factors", "US", "EPA", 2021, 2025],
        ]);

        Assert.Equal(["US-CAMX", "US"], mixed.Select(factor => factor.Region));
        Assert.All(mixed, factor => Assert.Equal(new DateOnly(2023, 1, 1), factor.ValidFrom));

        var error = Assert.Throws<InvalidDataException>(() => Read([
            ["US Average", "US Average", 852.3, 0.071, 0.01, "Total Output Emission Factors", "US", "EPA", 2021, 2023],
        ]));
        Assert.Contains("2021; none is 2023", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_blank_rate_is_no_gas_and_a_zero_rate_is_one()
    {
        var factor = Assert.Single(Read([
            ["NYCW", "NYCW (NPCC NYC/Westchester)", 974.7, null, 0, "Total Output Emission Factors", "US", "EPA", 2023, 2025],
        ]));

        Assert.Equal(["co2", "n2o"], factor.Gases.Select(gas => gas.Gas));
        Assert.Equal(0m, factor.Gases[1].Kilograms);
        Assert.Null(factor.Co2e);
    }

    [Theory]
    [InlineData("2021", "2023", "AKGD (ASCC Alaska Grid)")]
    [InlineData("2022", "2024", "ASCC Alaska Grid")]
    [InlineData("2023", "2025", "ASCC Alaska Grid")]
    public void table_6_of_the_hub_prints_the_same_rates(string egrid, string hub, string alaska)
    {
        var file = Path.Combine(Repository.SourcesOrSkip(), "epa-hub", $"ghg-emission-factors-hub-{hub}.xlsx");
        var printed = Workbook.Open(file).Single(sheet => sheet.Name == "Emission Factors Hub").Rows
            .SkipWhile(row => row.Text(1) != "Table 6").TakeWhile(row => row.Text(1) != "Table 7")
            .Where(row => row.Figure(4) is not null).ToList();

        Assert.Equal(28, printed.Count);
        Assert.Equal(alaska, printed[0].Text(3));
        foreach (var row in printed)
        {
            var region = row.Text(2) == "US Average" ? "US" : $"US-{row.Text(2)}";
            foreach (var (kind, column) in new[] { ("electricity.grid", 4), ("electricity.grid.non-baseload", 7) })
            {
                var ours = UsTables.One("egrid", egrid, kind, "MWh", region);

                // The hub's cells hold CO2 to three places from 2024 on and print one, as eGRID's summary tables do.
                Assert.InRange(UsTables.Kilograms(ours, "co2") / 0.45359237m - row.Figure(column)!.Value, -0.05m, 0.05m);
                Assert.Equal(row.Figure(column + 1) * 0.45359237m, UsTables.Kilograms(ours, "ch4"));
                Assert.Equal(row.Figure(column + 2) * 0.45359237m, UsTables.Kilograms(ours, "n2o"));
            }
        }
    }

    private static List<Factor> Read(object?[][] rows)
    {
        var file = TestWorkbook.Write(Path.GetTempFileName(), ("Sheet1", [Heading, .. rows]));
        var folder = Path.Combine(Repository.Data, "factors", "egrid");
        var edition = Edition.Load(folder).Single(edition => edition.Name == "2023");
        return new Egrid().Read(new EditionSource(edition, [file], KindRules.Load(Path.Combine(folder, "kinds.csv")))).ToList();
    }
}
