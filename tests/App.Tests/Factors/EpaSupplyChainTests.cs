using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors;

public sealed class EpaSupplyChainTests
{
    private static readonly Dictionary<string, (decimal Ar4, decimal Ar5)> Gwp = new(StringComparer.Ordinal)
    {
        // IPCC AR4 table 2.14 and AR5 table 8.A.1, 100 years.
        ["co2"] = (1, 1), ["ch4"] = (25, 28), ["n2o"] = (298, 265), ["sf6"] = (22800, 23500), ["nf3"] = (17200, 16100),
        ["hfc-23"] = (14800, 12400), ["hfc-32"] = (675, 677), ["hfc-125"] = (3500, 3170), ["hfc-134a"] = (1430, 1300),
        ["hfc-143a"] = (4470, 4800), ["hfc-236fa"] = (9810, 8060), ["pfc-14"] = (7390, 6630), ["pfc-116"] = (12200, 11100),
        ["pfc-218"] = (8830, 8900), ["pfc-318"] = (10300, 9540), ["pfc-31-10"] = (8860, 9200), ["pfc-51-14"] = (9300, 7910),
    };

    [Theory]
    [InlineData("v1.3.0", "541511", "co2e", "0.084")]
    [InlineData("v1.3.0", "541511", "co2", "0.0695")]
    [InlineData("v1.3.0", "541511", "ch4", "0.000289")]
    [InlineData("v1.3.0", "541511", "hfc-134a", "0.000000348")]
    [InlineData("v1.3.0", "541511", "pfc-14", "0.0000000206")]
    [InlineData("v1.3.0", "541511", "pfc-31-10", "0.000000000963")]
    [InlineData("v1.3.0", "541511", "hfc-pfc-unspecified", "0.00167e")] // printed in kg CO2e
    [InlineData("v1.3.0", "111110", "co2e", "0.532")] // 0.488 without margins, 0.044 of margins
    [InlineData("v1.2", "541511", "co2e", "0.097")]
    [InlineData("v1.2", "541511", "hfc-pfc-unspecified", "0.000000355")] // printed in kg
    [InlineData("v1.2", "111110", "co2e", "1.326")] // 1.223 without margins
    [InlineData("v1.2", "111110", "pfc-14", "0.0000000223")]
    public void the_figure_with_margins_is_taken_for_the_total_and_for_each_gas(string edition, string naics, string what, string figure) =>
        Assert.Equal(figure, UsTables.Figure(UsTables.One("epa-supply-chain", edition, $"goods.spend.naics-{naics}", "USD"), what));

    [Theory]
    [InlineData("v1.2", "2021", "ar4", 16)]
    [InlineData("v1.3.0", "2022", "ar5", 18)]
    public void every_row_is_a_purchaser_price_of_the_editions_year_with_all_its_gases(string edition, string year, string gwp, int gases)
    {
        var rows = UsTables.Rows("epa-supply-chain", edition);

        Assert.Equal(1016, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.Equal((year, "purchaser", gwp, $"{year}-01-01"), (row.Text("price_year"), row.Text("price_type"), row.Text("gwp"), row.Text("valid_from")));
            Assert.Equal(gases, row.Text("gases")!.Split(' ').Length);
        });
        Assert.Equal("naics:541511 useeio:541511", UsTables.One("epa-supply-chain", edition, "goods.spend.naics-541511", "USD").Text("codes"));
    }

    [Theory]
    [InlineData("v1.2", false)]
    [InlineData("v1.3.0", true)]
    public void the_gases_add_up_to_the_total_under_the_editions_gwp_set_and_not_under_the_other(string edition, bool ar5)
    {
        var rows = UsTables.Rows("epa-supply-chain", edition);

        var own = rows.Average(row => Math.Abs(Sum(row, ar5) - decimal.Parse(row.Text("co2e")!, CultureInfo.InvariantCulture)));
        var other = rows.Average(row => Math.Abs(Sum(row, !ar5) - decimal.Parse(row.Text("co2e")!, CultureInfo.InvariantCulture)));

        Assert.InRange(own, 0m, 0.0005m);
        Assert.True(other > 10 * own, $"{other} is not far from {own}.");
    }

    [Fact]
    public void a_code_that_stands_in_one_file_only_is_refused()
    {
        var total = "541511,Programming,All GHGs,\"kg CO2e/2022 USD, purchaser price\",0.084,0,0.084,541511";
        var gas = "541511,Programming,Methane,\"kg/2022 USD, purchaser price\",2.89e-04,0,2.89e-04,541511";

        Assert.Equal(0.000289m, Assert.Single(Read([total], [gas])[0].Gases).Kilograms);
        Assert.Throws<InvalidDataException>(() => Read([total], []));
        Assert.Throws<InvalidDataException>(() => Read([], [gas]));
    }

    [Theory]
    [InlineData("541511,Programming,All GHGs,\"kg/2022 USD, purchaser price\",0.084,0,0.084,541511")]
    [InlineData("541511,Programming,All GHGs,\"kg CO2e/2022 EUR, purchaser price\",0.084,0,0.084,541511")]
    [InlineData("541511,Programming,Methane,\"kg CO2e/2022 USD, purchaser price\",0.084,0,0.084,541511")]
    public void a_total_that_is_not_co2e_of_all_gases_per_dollar_is_refused(string total) =>
        Assert.Throws<InvalidDataException>(() => Read([total], ["541511,Programming,Methane,\"kg/2022 USD, purchaser price\",1,0,1,541511"]));

    // Mass times GWP; the unspecified mix where it is CO2e already. As a mass without a GWP (v1.2) it cannot be counted.
    private static decimal Sum(DataRow row, bool ar5) => FactorTable.ParseGases(row.Text("gases")).Sum(gas =>
        gas.AsCo2e ? gas.Kilograms :
        Gwp.TryGetValue(gas.Gas, out var set) ? gas.Kilograms * (ar5 ? set.Ar5 : set.Ar4) : 0m);

    private static List<Factor> Read(string[] totals, string[] gases)
    {
        const string Heading = "2017 NAICS Code,2017 NAICS Title,GHG,Unit,Supply Chain Emission Factors without Margins,"
            + "Margins of Supply Chain Emission Factors,Supply Chain Emission Factors with Margins,Reference USEEIO Code";
        var folder = Path.Combine(Repository.Data, "factors", "epa-supply-chain");
        var edition = Edition.Load(folder).Single(edition => edition.Name == "v1.3.0");
        var files = Directory.CreateTempSubdirectory("supply-chain").FullName;
        File.WriteAllLines(Path.Combine(files, "x_CO2e_y.csv"), [Heading, .. totals]);
        File.WriteAllLines(Path.Combine(files, "x_byGHG_y.csv"), [Heading, .. gases]);
        return new EpaSupplyChain().Read(new EditionSource(
            edition, Directory.GetFiles(files), KindRules.Load(Path.Combine(folder, "kinds.csv")))).ToList();
    }
}
