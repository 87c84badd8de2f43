namespace OffGridFlow.App.Tests.Factors;

/// <summary>Figures read by eye from the workbooks' cells, against the committed tables.</summary>
public sealed class EpaHubFiguresTests
{
    [Theory]
    [InlineData("2025", "fuel.coal.industrial", "mmBtu-gross", "co2", "94.67")] // Table 1, E24
    [InlineData("2025", "fuel.coal.industrial", "short-ton", "ch4", "0.246")] // I24, 246 g
    [InlineData("2025", "fuel.coal.electricity-generation", "short-ton", "co2", "1885")] // H22
    [InlineData("2025", "fuel.natural-gas", "mmBtu-gross", "co2", "53.06")] // E38
    [InlineData("2025", "fuel.natural-gas", "mmBtu-gross", "ch4", "0.001")] // F38, 1 g
    [InlineData("2025", "fuel.natural-gas", "scf", "co2", "0.05444")] // H38
    [InlineData("2025", "fuel.natural-gas", "scf", "n2o", "0.0000001")] // J38, 0.0001 g
    [InlineData("2025", "fuel.blast-furnace-gas", "scf", "ch4", "0.000000002")] // I40, 0.000002 g
    [InlineData("2025", "fuel.diesel", "gal-us", "co2", "10.21")] // H55
    [InlineData("2025", "fuel.diesel", "mmBtu-gross", "n2o", "0.0006")] // G55
    [InlineData("2025", "fuel.petrol", "gal-us", "co2", "8.78")] // H66
    [InlineData("2025", "fuel.lpg", "gal-us", "co2", "5.68")] // H64
    [InlineData("2025", "fuel.propane.gas", "mmBtu-gross", "co2", "61.46")] // E43
    [InlineData("2025", "fuel.propane", "mmBtu-gross", "co2", "62.87")] // E72
    [InlineData("2025", "fuel.fuel-oil", "mmBtu-gross", "co2", "75.1")] // E75
    [InlineData("2025", "fuel.wood", "mmBtu-gross", "biogenic_co2", "93.8")] // E35
    [InlineData("2025", "fuel.wood", "short-ton", "ch4", "0.126")] // I35
    [InlineData("2025", "fuel.biogas", "mmBtu-gross", "biogenic_co2", "52.07")] // E46
    [InlineData("2025", "fuel.biodiesel", "gal-us", "biogenic_co2", "9.45")] // H80
    [InlineData("2025", "fuel.kraft-pulping-liquor.straw", "mmBtu-gross", "biogenic_co2", "95.1")] // E89
    [InlineData("2025", "fuel.diesel.mobile-co2", "gal-us", "co2", "10.21")] // Table 2, D107
    [InlineData("2025", "fuel.biodiesel.mobile-co2", "gal-us", "biogenic_co2", "9.45")] // D105
    [InlineData("2025", "vehicle.car.petrol.ch4-n2o.1973-1974", "mi", "ch4", "0.0001696")] // Table 3, E127
    [InlineData("2025", "vehicle.light-truck.petrol.ch4-n2o.1975", "mi", "ch4", "0.0001634")] // E166, beside the second line of the group's name
    [InlineData("2025", "vehicle.hgv.petrol.ch4-n2o.up-to-1980", "mi", "n2o", "0.0000497")] // F206
    [InlineData("2025", "vehicle.motorbike.petrol.ch4-n2o.from-2006", "mi", "ch4", "0.000018")] // E241
    [InlineData("2024", "vehicle.car.petrol.ch4-n2o.1975", "mi", "ch4", "0.00014232")] // row 1975, unrounded in 2024
    [InlineData("2023", "vehicle.motorbike.petrol.ch4-n2o.1996-2005", "mi", "ch4", "0")] // E227, a printed zero
    [InlineData("2025", "vehicle.car.diesel.ch4-n2o.from-2007", "mi", "ch4", "0.0000302")] // Table 4, F251
    [InlineData("2025", "vehicle.bus.cng.ch4-n2o", "mi", "ch4", "0.002719")] // F279
    [InlineData("2023", "vehicle.bus.cng.ch4-n2o", "mi", "ch4", "0.002787")] // F265
    [InlineData("2023", "vehicle.hgv.heavy.cng.ch4-n2o", "mi", "n2o", "0")] // G259, a printed zero
    [InlineData("2025", "fuel.diesel.ch4-n2o.ships-and-boats", "gal-us", "ch4", "0.00651")] // Table 5, E293
    [InlineData("2025", "fuel.aviation-turbine.ch4-n2o.aircraft", "gal-us", "ch4", "0")] // E295, a printed zero
    [InlineData("2025", "fuel.diesel.ch4-n2o.agricultural-equipment", "gal-us", "n2o", "0.00107")] // F300
    [InlineData("2025", "steam.purchased", "mmBtu", "co2", "66.33")] // Table 7, D410
    [InlineData("2025", "heat.district", "mmBtu", "ch4", "0.00125")] // E410
    [InlineData("2025", "freight.road.hgv", "short-ton-mi", "co2", "0.186")] // Table 8, D425
    [InlineData("2023", "freight.road.hgv", "short-ton-mi", "co2", "0.17")] // D408
    [InlineData("2025", "freight.road.hgv.whole-vehicle", "mi", "co2", "1.298")] // D422
    [InlineData("2025", "freight.sea", "short-ton-mi", "ch4", "0.000031")] // E427
    [InlineData("2025", "freight.air", "short-ton-mi", "co2", "1.086")] // D428
    [InlineData("2025", "freight.rail", "short-ton-mi", "co2", "0.021")] // D426
    [InlineData("2025", "waste.mixed-municipal.landfill", "short-ton", "co2e", "580")] // Table 9, E477, 0.58 t
    [InlineData("2023", "waste.mixed-municipal.landfill", "short-ton", "co2e", "520")] // E460
    [InlineData("2025", "waste.paper.recycling", "short-ton", "co2e", "70")] // D469
    [InlineData("2025", "waste.plastic.hdpe.combustion", "short-ton", "co2e", "2800")] // F441
    [InlineData("2025", "waste.asphalt.recycling", "short-ton", "co2e", "3.52053849546667")] // D490
    [InlineData("2025", "waste.food-waste-meat-only.anaerobic-digestion.dry", "short-ton", "co2e", "140")] // H458
    [InlineData("2025", "travel.car.average", "mi", "co2", "0.297")] // Table 10, D504
    [InlineData("2024", "travel.car.average", "mi", "co2", "0.175152564108037")] // D494 of the February 2024 release
    [InlineData("2023", "travel.car.average", "mi", "co2", "0.313")] // D485
    [InlineData("2025", "travel.rail.national", "pmi", "n2o", "0.000002")] // F509
    [InlineData("2025", "travel.air.medium-haul.without-rf", "pmi", "ch4", "0.0000006")] // E514
    [InlineData("2023", "travel.air.medium-haul.without-rf", "pmi", "co2", "0.129")] // D495
    [InlineData("2025", "refrigerant.r-134a", "kg", "co2e", "1300")] // Table 11, E532
    [InlineData("2023", "refrigerant.r-134a", "kg", "co2e", "1430")] // D513
    [InlineData("2025", "refrigerant.sf6", "kg", "co2e", "23500")] // E546
    [InlineData("2025", "refrigerant.r-410a", "kg", "co2e", "1924")] // Table 12, D575
    [InlineData("2023", "refrigerant.r-410a", "kg", "co2e", "2088")] // D557
    [InlineData("2025", "refrigerant.r-410a", "kg", "hfc-32", "0.5")] // E575
    public void a_cell_is_found_again_in_kg_per_unit(string edition, string kind, string unit, string what, string figure) =>
        Assert.Equal(figure, UsTables.Figure(UsTables.One("epa-hub", edition, kind, unit), what));

    [Theory]
    [InlineData("2023")]
    [InlineData("2024")]
    [InlineData("2025")]
    public void co2_of_biomass_stands_apart_from_the_gases(string edition)
    {
        var biogenic = UsTables.Rows("epa-hub", edition).Where(row => row.Text("biogenic_co2") is not null).ToList();

        // Eight named fuels in two units, two gases in two, five kraft liquors in one, two vehicle fuels.
        Assert.Equal(27, biogenic.Count);
        Assert.All(biogenic, row => Assert.Null(UsTables.Figure(row, "co2")));
        Assert.All(biogenic, row => Assert.Null(row.Text("co2e")));
        Assert.Equal("biogenic", UsTables.One("epa-hub", edition, "fuel.bioethanol.mobile-co2", "gal-us").Text("stage"));
        Assert.Equal("0.0011", UsTables.Figure(UsTables.One("epa-hub", edition, "fuel.bioethanol", "mmBtu-gross"), "ch4"));
    }

    [Theory]
    [InlineData("2023", "ar4", "25")]
    [InlineData("2024", "ar5", "28")]
    [InlineData("2025", "ar5", "28")]
    public void refrigerants_are_under_the_editions_gwp_set_and_waste_under_ar4_in_every_edition(string edition, string set, string methane)
    {
        var rows = UsTables.Rows("epa-hub", edition);

        Assert.Equal(methane, UsTables.One("epa-hub", edition, "refrigerant.ch4", "kg").Text("co2e"));
        Assert.All(rows.Where(row => row.Text("kind")!.StartsWith("refrigerant.", StringComparison.Ordinal)), row => Assert.Equal(set, row.Text("gwp")));
        Assert.All(rows.Where(row => row.Text("kind")!.StartsWith("waste.", StringComparison.Ordinal)), row => Assert.Equal("ar4", row.Text("gwp")));
        Assert.All(rows.Where(row => row.Text("co2e") is null), row => Assert.Null(row.Text("gwp")));
    }

    [Theory]
    [InlineData("2023", "waste.aluminum-cans.composting", "waste.aluminum-cans.landfill")] // G419 NA
    [InlineData("2023", "waste.plastic.pp.recycling", "waste.plastic.pp.landfill")] // D428 NA, 0.2 in 2025
    [InlineData("2025", "waste.mixed-municipal.recycling", "waste.mixed-municipal.landfill")] // D477 NA
    [InlineData("2025", "waste.concrete.combustion", "waste.concrete.landfill")] // F487 NA
    [InlineData("2023", "refrigerant.pfc-91-18", "refrigerant.pfc-51-14")] // D536 is '>7,500', a bound
    public void a_cell_without_a_figure_gives_no_factor_though_its_neighbour_does(string edition, string kind, string neighbour)
    {
        var rows = UsTables.Rows("epa-hub", edition);

        Assert.Contains(rows, row => row.Text("kind") == neighbour);
        Assert.DoesNotContain(rows, row => row.Text("kind") == kind);
    }

    [Fact]
    public void a_blends_composition_is_used_only_where_it_yields_the_printed_gwp()
    {
        // 2023 prints the halves of R-507 as 5 % each; 2025 prints 50 %.
        Assert.Null(UsTables.One("epa-hub", "2023", "refrigerant.r-507a", "kg").Text("gases"));
        Assert.Equal("hfc-125=0.5 hfc-143a=0.5", UsTables.One("epa-hub", "2025", "refrigerant.r-507a", "kg").Text("gases"));

        // 60 % HCFC-22 and two more HCFCs, none of which EPA counts: a printed zero.
        Assert.Equal("0", UsTables.One("epa-hub", "2025", "refrigerant.r-409a.kyoto-only", "kg").Text("co2e"));
    }

    [Theory]
    [InlineData("fuel.diesel", "0.138 mmBtu-gross/gal-us")]
    [InlineData("fuel.natural-gas", "0.001026 mmBtu-gross/scf")]
    [InlineData("fuel.coal.industrial", "22.35 mmBtu-gross/short-ton")]
    public void the_printed_heat_content_is_the_bridge_from_a_quantity_to_energy(string kind, string bridge) =>
        Assert.Equal(bridge, UsTables.One("epa-hub", "2025", kind, "mmBtu-gross").Text("bridge"));

    [Fact]
    public void nothing_is_read_from_a_sheet_somebody_added_to_the_2025_workbook() =>
        Assert.All(UsTables.Rows("epa-hub", "2025"), row => Assert.Contains(", Emission Factors Hub, row ", row.Text("locator"), StringComparison.Ordinal));

    [Fact]
    public void electricity_is_left_to_egrid() =>
        Assert.All(UsTables.Editions("epa-hub"), edition => Assert.DoesNotContain(
            UsTables.Rows("epa-hub", edition.Name), row => row.Text("kind")!.StartsWith("electricity.", StringComparison.Ordinal)));
}
