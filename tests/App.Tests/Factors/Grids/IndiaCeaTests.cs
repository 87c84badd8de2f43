using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors.Grids;

public sealed class IndiaCeaTests
{
    // The id is the record's; its unit stands beside the value.
    [Theory]
    [InlineData("fuel-diesel-road-ttw", "fuel.diesel", "L", "2.675")] // kgCO2e/litre
    [InlineData("fuel-petrol-road-ttw", "fuel.petrol", "L", "2.232")] // kgCO2e/litre
    [InlineData("fuel-cng-road-ttw", "fuel.cng", "kg", "2.855")] // kgCO2e/kg
    [InlineData("freight-road-hcv-diesel-india", "freight.road.hgv", "tkm", "0.0823")] // kgCO2e/tonne-km
    [InlineData("process-aluminium-primary-soderberg-co2e", "process.aluminium.soderberg", "t", "8608")] // kgCO2e/t aluminium
    [InlineData("waste-msw-landfill-lifetime-india", "waste.municipal.landfill", "t", "1004")] // kgCO2e/tonne MSW (lifetime, ...)
    [InlineData("waste-industrial-ww-aerobic", "water.treatment.industrial.aerobic", "m3", "0.12")] // kgCO2e/m³ wastewater
    [InlineData("agri-enteric-goat-india", "agriculture.enteric-fermentation.goat", "head", "139.5")] // kgCO2e/head/year
    [InlineData("agri-rice-lowland-kharif-india", "agriculture.rice.lowland", "ha", "3152.7")] // kgCO2e/ha/season
    [InlineData("agri-fertilizer-n2o-direct-india", "agriculture.fertiliser.nitrogen", "kg", "4.289")] // kgCO2e/kgN applied
    [InlineData("dg-set-75-500kva-co2e-per-kwh", "generator.diesel.75-500-kva", "kWh", "0.749")] // kgCO2e/kWh
    [InlineData("commute-metro-india", "commute.rail.underground", "pkm", "0.036")] // kgCO2e/passenger-km
    [InlineData("refrigerant-r410a-gwp", "refrigerant.r-410a", "kg", "2256")] // kgCO2e/kg
    [InlineData("refrigerant-r717-gwp", "refrigerant.r-717", "kg", "0")] // kgCO2e/kg: ammonia, a true zero
    public void a_co2e_figure_is_the_printed_one(string record, string kind, string unit, string figure)
    {
        var factor = GridTable.Row("india-cea:v1.2:" + record);

        Assert.Equal((kind, unit, figure, "ar6"), (factor.Text("kind"), factor.Text("unit"), factor.Text("co2e"), factor.Text("gwp")));
    }

    [Theory]
    [InlineData("grid-india-national-weighted-avg", "electricity.grid", "kWh", "co2=0.7117")] // kgCO2/kWh
    [InlineData("rail-freight-combined", "freight.rail", "tkm", "co2=0.00996")] // kgCO2/tonne-km
    [InlineData("rail-passenger-non-suburban-combined", "travel.rail.national", "pkm", "co2=0.007837")] // kgCO2/passenger-km
    [InlineData("process-cement-clinker-co2", "process.cement-clinker", "t", "co2=517.1")] // kgCO2/t clinker
    [InlineData("aviation-domestic-india-economy", "travel.air.domestic.economy.without-rf", "pkm", "co2=0.145")] // kgCO2/passenger-km
    [InlineData("agri-manure-buffalo-ch4-india", "agriculture.manure.buffalo", "head", "ch4=2")] // kgCH4/head/year
    [InlineData("stationary-coal-sub-bituminous-india", "fuel.coal.industrial", "t", "co2=1883.6")] // printed kgCO2e, CH4 and N2O left out
    [InlineData("stationary-natural-gas", "fuel.natural-gas", "m3", "co2=2.0196")] // printed kgCO2e/Nm3, CH4 and N2O left out
    [InlineData("stationary-furnace-oil-hfo-per-litre", "fuel.fuel-oil", "L", "co2=3.002")] // value_per_litre
    [InlineData("stationary-coal-lignite-per-tj", "fuel.coal.lignite", "TJ-net", "co2=101000")] // value_per_TJ
    [InlineData("fuel-petrol-road-ttw-per-tj", "fuel.petrol", "TJ-net", "co2=69300 ch4=33 n2o=3.2")] // ipcc_*_per_TJ
    public void a_figure_of_one_gas_is_mass_of_that_gas_and_no_co2e(string record, string kind, string unit, string gases)
    {
        var factor = GridTable.Row("india-cea:v1.2:" + record);

        Assert.Equal((kind, unit, gases), (factor.Text("kind"), factor.Text("unit"), factor.Text("gases")));
        Assert.Null(factor.Text("co2e"));
    }

    [Fact]
    public void a_loss_in_percent_is_no_factor()
    {
        var rows = GridTable.Rows("india-cea", "v1.2");

        Assert.DoesNotContain(rows, row => row.Required("id").Contains("td-loss", StringComparison.Ordinal));
        Assert.DoesNotContain(rows, row => row.Required("stage").Contains("loss", StringComparison.Ordinal));
    }

    [Fact]
    public void electricity_holds_for_its_fiscal_year_and_the_rest_until_further_notice()
    {
        var grid = GridTable.Row("india-cea:v1.2:grid-state-maharashtra");
        var rail = GridTable.Row("india-cea:v1.2:rail-freight-combined");

        Assert.Equal(("IN-MH", "2024-04-01", "2025-03-31"), (grid.Text("region"), grid.Text("valid_from"), grid.Text("valid_to")));
        Assert.Null(rail.Text("valid_to"));
    }

    // The record itself forbids it for scope 2: Delhi imports most of its electricity.
    [Fact]
    public void the_figure_of_delhis_own_plants_is_not_the_grid_factor_of_delhi()
    {
        Assert.Equal("electricity.grid.state-production", GridTable.Row("india-cea:v1.2:grid-state-delhi").Text("kind"));
        Assert.DoesNotContain(GridTable.Rows("india-cea", "v1.2"), row => row.Text("region") == "IN-DL" && row.Text("kind") == "electricity.grid");
    }

    [Fact]
    public void a_figure_cea_does_not_publish_says_so()
    {
        Assert.EndsWith("not published by CEA)", GridTable.Row("india-cea:v1.2:grid-state-gujarat").Text("locator"), StringComparison.Ordinal);
        Assert.EndsWith("FY 2024-25", GridTable.Row("india-cea:v1.2:grid-india-national-weighted-avg").Text("locator"), StringComparison.Ordinal);
        Assert.EndsWith("method shows)", GridTable.Row("india-cea:v1.2:commute-city-bus-india").Text("locator"), StringComparison.Ordinal);
        Assert.EndsWith("FY 2014-15", GridTable.Row("india-cea:v1.2:rail-freight-combined").Text("locator"), StringComparison.Ordinal);
    }

    [Fact]
    public void a_well_to_wheel_figure_keeps_its_two_parts_apart()
    {
        var parts = GridTable.Rows("india-cea", "v1.2").Where(row => row.Text("kind") == "freight.road.van")
            .ToDictionary(row => row.Required("stage"), row => row.Text("co2e"));

        Assert.Equal(("0.3795", "0.2916", "0.0879"), (parts["life-cycle"], parts["direct"], parts["upstream"]));
    }

    [Fact]
    public void a_refrigerant_names_the_gases_in_a_kilogram_of_it_everywhere()
    {
        var blend = GridTable.Row("india-cea:v1.2:refrigerant-r407c-gwp");

        Assert.Equal("hfc-32=0.23 hfc-125=0.25 hfc-134a=0.52", blend.Text("gases"));
        Assert.Equal("world", blend.Text("region"));
        Assert.Equal("hcfc-22=1", GridTable.Row("india-cea:v1.2:refrigerant-r22-gwp").Text("gases"));
    }

    [Fact]
    public void bagasse_counts_its_methane_and_nitrous_oxide_not_the_zero_of_its_carbon()
    {
        var perTonne = GridTable.Row("india-cea:v1.2:stationary-biomass-bagasse");
        var perTerajoule = GridTable.Row("india-cea:v1.2:stationary-biomass-bagasse-per-tj");

        Assert.Equal(("75.7", "ch4=67.2e n2o=8.5e"), (perTonne.Text("co2e"), perTonne.Text("gases")));
        Assert.Null(perTonne.Text("biogenic_co2"));
        Assert.Equal(("ch4=300 n2o=4", "112000"), (perTerajoule.Text("gases"), perTerajoule.Text("biogenic_co2")));
    }

    [Theory]
    [InlineData("kgCO2e/furlong")]
    [InlineData("gCO2e/kWh")]
    [InlineData("kgCO2e")]
    public void an_unknown_unit_is_an_error_that_names_record_and_unit(string unit)
    {
        var file = GridTable.TextFile(Record(unit));

        var error = Assert.Throws<InvalidDataException>(() => GridTable.Read(new IndiaCea(), file, null));

        Assert.Contains("process-ammonia-smr-co2", error.Message, StringComparison.Ordinal);
        Assert.Contains(unit, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_percentage_yields_nothing() =>
        Assert.Empty(GridTable.Read(new IndiaCea(), GridTable.TextFile(Record("percent")), null));

    private static string Record(string unit) => $$"""
        {"emission_factors": [{"id": "process-ammonia-smr-co2", "factor_name": "Ammonia", "value": 5, "unit": "{{unit}}",
          "sector": "Industrial Processes", "reference_year": 2022, "source_document": "IPCC", "methodology": "Default."}]}
        """;
}
