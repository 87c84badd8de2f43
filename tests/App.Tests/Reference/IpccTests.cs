using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Reference;

namespace OffGridFlow.App.Tests.Reference;

public sealed class IpccTests
{
    private static readonly GwpTable Potentials = Gwps.Load(Repository.Data);

    [Theory]
    [InlineData("ar4", 128)]
    [InlineData("ar5", 219)]
    [InlineData("ar6", 243)]
    [InlineData("2006", 103)]
    public void an_edition_has_every_factor_of_its_tables_and_no_two_for_one_thing(string edition, int count)
    {
        var rows = Rows(edition);

        Assert.Equal(count, rows.Count);
        Assert.Equal(count, rows.Select(row => (row.Required("kind"), row.Required("stage"), row.Required("region"), row.Required("unit"))).Distinct().Count());
        Assert.All(rows, row => Assert.Equal("world", row.Required("region")));
    }

    [Theory]
    [InlineData("ar4", "refrigerant.r-134a", "1430")]
    [InlineData("ar5", "refrigerant.r-134a", "1300")]
    [InlineData("ar6", "refrigerant.r-134a", "1530")]
    [InlineData("ar4", "refrigerant.r-410a", "2087.5")]
    [InlineData("ar5", "refrigerant.r-410a", "1923.5")]
    [InlineData("ar6", "refrigerant.r-410a", "2255.5")]
    [InlineData("ar5", "refrigerant.r-404a", "3942.8")]
    [InlineData("ar5", "refrigerant.sf6", "23500")]
    [InlineData("ar6", "refrigerant.nf3", "17400")]
    [InlineData("ar6", "refrigerant.ch4", "27.9")]
    public void a_kilogram_let_go_has_the_potential_of_its_report(string edition, string kind, string co2e) =>
        Assert.Equal(decimal.Parse(co2e, CultureInfo.InvariantCulture), One(edition, kind).Number("co2e"));

    [Theory]
    [InlineData("ar4", GwpSet.Ar4)]
    [InlineData("ar5", GwpSet.Ar5)]
    [InlineData("ar6", GwpSet.Ar6)]
    public void every_total_is_the_sum_of_its_gases_under_its_own_set(string edition, GwpSet set) =>
        Assert.All(Rows(edition), row => Assert.Equal(
            row.Number("co2e"),
            FactorTable.ParseGases(row.Required("gases")).Sum(gas => gas.Kilograms * Potentials.Value(gas.Gas, set)!.Value)));

    [Fact]
    public void a_blend_says_which_component_has_no_value_and_was_left_out()
    {
        var blend = One("ar5", "refrigerant.r-422a");

        Assert.Contains("no value for isobutane, left out", blend.Required("locator"), StringComparison.Ordinal);
        Assert.Equal("hfc-125=0.851 hfc-134a=0.115", blend.Required("gases"));
    }

    [Fact]
    public void a_blend_with_a_fluorinated_part_the_report_does_not_value_has_no_factor() =>
        Assert.DoesNotContain(Rows("ar4"), row => row.Required("kind") == "refrigerant.r-513a");

    [Fact]
    public void a_refrigerant_answers_to_its_other_names() =>
        Assert.Equal("HFC-134a R-134a R134a CH2FCF3 cas:811-97-2", One("ar5", "refrigerant.r-134a").Required("codes"));

    [Theory]
    [InlineData("process.cement-clinker", "co2=520", null)]
    [InlineData("process.lime", "co2=750", null)]
    [InlineData("process.nitric-acid", "n2o=7", "0.2")]
    [InlineData("process.adipic-acid", "n2o=300", "0.1")]
    [InlineData("process.aluminium", "co2=1600 pfc-14=0.4 pfc-116=0.04", null)]
    [InlineData("process.steel.electric-arc", "co2=80", "0.25")]
    [InlineData("process.zinc", "co2=1720", "0.5")]
    [InlineData("process.ethylene", "co2=1730 ch4=3", null)]
    public void processes_emit_kilograms_of_gas_per_tonne(string kind, string gases, string? uncertainty)
    {
        var factor = One("2006", kind);

        Assert.Equal(gases, factor.Required("gases"));
        Assert.Equal("t", factor.Required("unit"));
        Assert.Equal(uncertainty, factor.Text("uncertainty"));
        Assert.Null(factor.Number("co2e"));
    }

    [Theory]
    [InlineData("fuel.natural-gas", "co2=56.1 ch4=0.001 n2o=0.0001", "48.0 GJ-net/t")]
    [InlineData("fuel.diesel", "co2=74.1 ch4=0.003 n2o=0.0006", "43.0 GJ-net/t")]
    [InlineData("fuel.coal.industrial", "co2=94.6 ch4=0.01 n2o=0.0015", "25.8 GJ-net/t")]
    public void fuels_are_per_net_gigajoule_and_reach_it_from_tonnes(string kind, string gases, string bridge)
    {
        var factor = One("2006", kind);

        Assert.Equal(gases, factor.Required("gases"));
        Assert.Equal("GJ-net", factor.Required("unit"));
        Assert.Equal(bridge, factor.Required("bridge"));
    }

    [Fact]
    public void the_uncertainty_of_a_fuel_is_half_the_width_of_its_printed_range() =>
        Assert.Equal((58300m - 54300m) / 2 / 56100m, One("2006", "fuel.natural-gas").Number("uncertainty"));

    [Fact]
    public void the_carbon_of_wood_is_outside_the_scopes_and_its_methane_is_not()
    {
        var wood = One("2006", "fuel.wood-pellets");

        Assert.Equal(112m, wood.Number("biogenic_co2"));
        Assert.Equal("ch4=0.03 n2o=0.004", wood.Required("gases"));
    }

    [Fact]
    public void building_the_editions_again_gives_the_same_bytes()
    {
        var data = Directory.CreateTempSubdirectory().FullName;
        foreach (var folder in new[] { "gwp", Path.Combine("factors", "ipcc") })
        {
            Directory.CreateDirectory(Path.Combine(data, folder));
            foreach (var file in Directory.GetFiles(Path.Combine(Repository.Data, folder)))
            {
                File.Copy(file, Path.Combine(data, folder, Path.GetFileName(file)));
            }
        }

        Assert.All(
            BuildFactors.Run(data, sourceFolder: data, only: "ipcc").ToList(),
            built => Assert.Equal(
                File.ReadAllBytes(Path.Combine(Repository.Data, "factors", "ipcc", Path.GetFileName(built.Table))),
                File.ReadAllBytes(built.Table)));
    }

    private static List<DataRow> Rows(string edition) =>
        DataFile.Rows(Path.Combine(Repository.Data, "factors", "ipcc", edition + ".csv")).ToList();

    private static DataRow One(string edition, string kind) => Assert.Single(Rows(edition), row => row.Required("kind") == kind);
}
