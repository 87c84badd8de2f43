using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors;

/// <summary>How a flat file of the UK Government conversion factors is read.</summary>
public sealed class DesnzReadingTests
{
    private static readonly string Folder = Path.Combine(Repository.Data, "factors", "desnz");

    private static readonly object?[] Header2016 = ["Scope", "Level 1", "Level 2", "Level 3", "Level 4", "Column Text", "UOM", "GHG", "GHG Conversion Factor 2025"];

    private static readonly object?[] Header2025 = ["ID", "Scope", "Level 1", "Level 2", "Level 3", "Level 4", "Column Text", "UOM", "GHG/Unit", "GHG Conversion Factor 2025"];

    [Theory]
    [InlineData("kg CO2", "kg CH4", "kg N2O")]
    [InlineData("kg CO2e of CO2", "kg CO2e of CH4", "kg CO2e of N2O")]
    [InlineData("kg CO2e of CO2 per unit", "kg CO2e of CH4 per unit", "kg CO2e of N2O per unit")]
    public void a_gas_is_kg_co2e_of_it_however_the_edition_labels_it(string co2, string ch4, string n2o)
    {
        var factor = Assert.Single(Read(
            Header2016,
            Gas("kg CO2e", 0.18316m), Gas(ch4, 0.00025m), Gas(co2, 0.18282m), Gas(n2o, 0.0001m)));

        Assert.Equal(0.18316m, factor.Co2e);
        Assert.Equal(
            [new GasAmount("co2", 0.18282m, AsCo2e: true), new GasAmount("ch4", 0.00025m, AsCo2e: true), new GasAmount("n2o", 0.0001m, AsCo2e: true)],
            factor.Gases);

        static object?[] Gas(string label, decimal figure) =>
            ["Scope 1", "Fuels", "Gaseous fuels", "Natural gas", null, "Energy - Gross CV", "kWh (Gross CV)", label, figure];
    }

    [Fact]
    public void columns_are_found_by_their_headings_and_a_row_id_loses_its_gas()
    {
        var factor = Assert.Single(Read(
            Header2025,
            ["1_100_1000_15_1", "Scope 1", "Fuels", "Gaseous fuels", "Butane", null, null, "tonnes", "kg CO2e", 3033.38067m],
            ["1_100_1000_15_2", "Scope 1", "Fuels", "Gaseous fuels", "Butane", null, null, "tonnes", "kg CO2e of CO2 per unit", 3029.26m]));

        Assert.Equal("desnz:2025:1_100_1000_15", factor.Id);
        Assert.Equal(("fuel.butane", Stage.Direct, "GB", "t", 3033.38067m), (factor.Kind, factor.Stage, factor.Region, factor.Unit, factor.Co2e));
        Assert.Equal("Butane", factor.Name);
        Assert.Equal("Factors by Category, row 2", factor.Locator);
        Assert.Equal(GwpSet.Ar5, factor.Gwp);
    }

    [Fact]
    public void without_a_row_id_the_headings_are_the_id()
    {
        var factor = Assert.Single(Read(Header2016, ["Scope 3", "Freighting goods", "Cargo ship", "Container ship", "8000+ TEU", null, "tonne.km", "kg CO2e", 0.01267m]));

        Assert.Equal("desnz:2025:freighting-goods/cargo-ship/container-ship/8000-plus-teu/tonne-km", factor.Id);
        Assert.Equal("Container ship, 8000+ TEU", factor.Name);
    }

    [Fact]
    public void blank_is_not_zero_and_zero_is_zero()
    {
        var factors = Read(
            Header2016,
            ["Scope 1", "Passenger vehicles", "Cars (by size)", "Small car", null, "CNG", "km", "kg CO2e", null],
            ["Scope 1", "Passenger vehicles", "Cars (by size)", "Small car", null, "Battery Electric Vehicle", "km", "kg CO2e", 0m],
            ["Scope 1", "Refrigerant & other", "Other refrigerants", "R1234yf", null, null, "kg", "kg CO2e", "< 1"]);

        var factor = Assert.Single(factors);
        Assert.Equal("vehicle.car.small.battery-electric-vehicle", factor.Kind);
        Assert.Equal(0m, factor.Co2e);
    }

    [Fact]
    public void a_number_where_a_heading_belongs_does_not_part_gases_from_their_total()
    {
        var factor = Assert.Single(Read(
            Header2016,
            ["Scope 3", "Managed assets- vehicles", "Managed cars (by size)", "Small car", null, "Diesel", "km", "kg CO2e", 0.14545m],
            ["Scope 3", "Managed assets- vehicles", "Managed cars (by size)", "Small car", 0, "Diesel", "km", "kg CO2", 0.14358m]));

        Assert.Equal(0.14545m, factor.Co2e);
        Assert.Equal("co2", Assert.Single(factor.Gases).Gas);
        Assert.Equal("Small car, diesel, managed asset", factor.Name);
    }

    [Theory]
    [InlineData("kWh (Net CV)", "SECR kWh pass & delivery vehs", "kWh-net", Stage.Direct)]
    [InlineData("`", "SECR kWh UK electricity for EVs", "kWh", Stage.Generation)]
    public void energy_per_distance_is_a_bridge_and_no_emission(string label, string section, string unit, Stage stage)
    {
        var factor = Assert.Single(Read(Header2016, ["Scope 1", section, "Vans", "Class III (1.74 to 3.5 tonnes)", null, "Battery Electric Vehicle", "miles", label, 0.33263m]));

        Assert.Equal("energy.vehicle.van.class-iii.battery-electric-vehicle.per-miles", factor.Kind);
        Assert.Equal((unit, stage, $"0.33263 {unit}/mi"), (factor.Unit, factor.Stage, factor.Bridge));
        Assert.Null(factor.Co2e);
        Assert.Empty(factor.Gases);
    }

    [Fact]
    public void bioenergy_is_on_the_net_calorific_value_and_electricity_is_plain()
    {
        var factors = Read(
            Header2016,
            ["Scope 1", "Bioenergy", "Biomass", "Wood pellets", null, null, "kWh", "kg CO2e", 0.0115m],
            ["Outside of Scopes", "Outside of scopes", "Biomass", "Wood pellets", null, null, "kWh", "kg CO2e of CO2 per unit", 0.35m],
            ["Scope 2", "UK electricity", "Electricity generated", "Electricity: UK", "kWh", null, "kWh", "kg CO2e", 0.177m]);

        Assert.Equal(["kWh-net", "kWh-net", "kWh"], factors.Select(factor => factor.Unit));
        Assert.Equal((null, 0.35m, Stage.Biogenic), (factors[1].Co2e, factors[1].BiogenicCo2, factors[1].Stage));
        Assert.Empty(factors[1].Gases);
    }

    [Fact]
    public void well_to_tank_serves_own_vehicles_and_travel_but_a_tonne_kilometre_only_freight()
    {
        var factors = Read(
            Header2016,
            ["Scope 3", "WTT- pass vehs & travel (land)", "WTT- cars (by size)", "Average car", null, "Petrol", "km", "kg CO2e", 0.04633m],
            ["Scope 3", "WTT- delivery vehs & freight", "WTT- vans", "Average (up to 3.5 tonnes)", null, "Unknown", "miles", "kg CO2e", 0.09689m],
            ["Scope 3", "WTT- delivery vehs & freight", "WTT- vans", "Average (up to 3.5 tonnes)", null, "Unknown", "tonne.km", "kg CO2e", 0.14919m]);

        Assert.Equal(
            ["travel.car.petrol", "vehicle.car.petrol", "freight.road.van", "vehicle.van.average", "freight.road.van"],
            factors.Select(factor => factor.Kind));
        Assert.All(factors, factor => Assert.Equal(Stage.Upstream, factor.Stage));
        Assert.Equal(factors.Count, factors.DistinctBy(factor => factor.Id).Count());
    }

    [Theory]
    [InlineData("Fuels", "Natural gas", "bushels", "kg CO2e", "'bushels' is no unit")]
    [InlineData("Fuels", "Natural gas", "tonnes", "kg SF6", "'kg SF6' is no gas")]
    [InlineData("Fuels", "Phlogiston", "tonnes", "kg CO2e", "no rule fits 'Fuels > Gaseous fuels > Phlogiston")]
    public void what_no_edition_has_printed_before_is_an_error_that_names_it(string level1, string level3, string unit, string label, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(Header2016, ["Scope 1", level1, "Gaseous fuels", level3, null, null, unit, label, 1m]));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_new_heading_without_a_figure_is_an_error_too() =>
        Assert.Throws<InvalidDataException>(() => Read(Header2016, ["Scope 1", "Fuels", "Gaseous fuels", "Phlogiston", null, null, "tonnes", "kg CO2e", null]));

    [Fact]
    public void the_same_thing_printed_twice_is_an_error()
    {
        object?[] row = ["Scope 1", "Fuels", "Gaseous fuels", "Butane", null, null, "tonnes", "kg CO2e", 3033m];

        var error = Assert.Throws<InvalidDataException>(() => Read(Header2016, row, row));

        Assert.Contains("row 2 and Factors by Category, row 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void another_years_file_is_an_error()
    {
        object?[] header = [.. Header2016[..^1], "GHG Conversion Factor 2024"];

        var error = Assert.Throws<InvalidDataException>(() => Read(header));

        Assert.Contains("GHG Conversion Factor 2025", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void building_twice_from_the_official_files_gives_the_committed_bytes()
    {
        var sources = Repository.SourcesOrSkip();
        var data = Directory.CreateTempSubdirectory("desnz").FullName;
        var folder = Directory.CreateDirectory(Path.Combine(data, "factors", "desnz")).FullName;
        foreach (var file in new[] { "editions.csv", "kinds.csv" })
        {
            File.Copy(Path.Combine(Folder, file), Path.Combine(folder, file));
        }

        var built = BuildFactors.Run(data, sources, "desnz").ToList();

        Assert.Equal(10, built.Count);
        Assert.All(built, table => Assert.Equal(
            File.ReadAllBytes(Path.Combine(Folder, Path.GetFileName(table.Table))), File.ReadAllBytes(table.Table)));
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public void no_printed_figure_of_the_official_files_is_lost()
    {
        var sources = Repository.SourcesOrSkip();
        var rules = KindRules.Load(Path.Combine(Folder, "kinds.csv"));
        foreach (var edition in Edition.Load(Folder))
        {
            var source = new EditionSource(edition, [Path.Combine(sources, edition.File)], rules);
            var printed = Desnz.Rows(source).Where(row => row.Figure is not null).ToList();
            var factors = new Desnz().Read(source).DistinctBy(factor => factor.Locator).ToList();

            // A total, a share of a gas, a biogenic figure or an energy each stand for one printed cell.
            var kept = factors.Sum(f => (f.Co2e is null ? 0 : 1) + f.Gases.Count + (f.BiogenicCo2 is null ? 0 : 1) + (f.Bridge is null ? 0 : 1));

            Assert.InRange(printed.Count, 4_900, 9_000);
            Assert.Equal(printed.Count, kept);
        }
    }

    private static List<Factor> Read(object?[] header, params object?[][] rows)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".xlsx");
        TestWorkbook.Write(path, ("Front page", [["Year:", 2025]]), ("Factors by Category", [header, .. rows, ["END", "END", "END"]]));
        var edition = Edition.Load(Folder).Single(edition => edition.Name == "2025");
        try
        {
            return new Desnz().Read(new EditionSource(edition, [path], KindRules.Load(Path.Combine(Folder, "kinds.csv")))).ToList();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
