using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors;

/// <summary>How tables of the National Greenhouse Accounts Factors are found and read, on workbooks of a few rows.</summary>
public sealed class NgaTests
{
    private const string Solid = "Direct (scope 1) and Indirect (scope 3) emission factors for the combustion of solid fuels";

    private static readonly object?[][] FuelHeader =
    [
        ["Fuel combusted", "Energy Content factor", "Scope 1 Emission Factor", null, null, null, "Scope 3 Emission Factor"],
        [null, "(GJ/t)", "(kg CO2\u2011e/GJ)", null, null, null, "(kg CO2\u2011e /GJ)"],
        [null, null, "CO2", "CH4", "N2O", "Combined gases"],
    ];

    [Fact]
    public void a_table_is_found_by_its_title_wherever_it_stands_in_a_later_edition()
    {
        var factors = Read(("Sheet 9", [[$"Table 41: {Solid}"], [null], .. FuelHeader, ["Bituminous coal ", 27.5, 91m, 0.04, 0.2, 91.24, "NE"]]));

        var coal = Assert.Single(factors);
        Assert.Equal(("nga:2026:solid-fuels.bituminous-coal", "fuel.coal.industrial", Stage.Direct), (coal.Id, coal.Kind, coal.Stage));
        Assert.Equal((91.24m, "GJ-gross", "27.5 GJ-gross/t"), (coal.Co2e!.Value, coal.Unit, coal.Bridge));
        Assert.Equal([new("co2", 91m, true), new("ch4", 0.04m, true), new("n2o", 0.2m, true)], coal.Gases);
        Assert.Equal("Sheet 9, row 6", coal.Locator);
    }

    [Fact]
    public void a_sheet_that_repeats_the_tables_per_unit_of_fuel_is_not_read_again()
    {
        var factors = Read(
            ("Table 4", [[$"Table 4 {Solid}"], .. FuelHeader, ["Coking coal", 30, 91.8, 0.03, 0.2, 92.03, 6.4]]),
            ("Energy - Scope 1 ", [["Fuel Type", "Fuel Combusted", "CO2-e", "Unit"], ["Solid fuels", "Coking coal", 2760.9, "kg CO2-e/t"]]));

        Assert.Equal([Stage.Direct, Stage.Upstream], factors.Select(f => f.Stage));
        Assert.All(factors, f => Assert.Equal("GJ-gross", f.Unit));
    }

    [Fact]
    public void not_estimated_confidential_a_dash_and_a_blank_are_nothing_while_a_zero_is_zero()
    {
        object?[] Row(string fuel, object? scope3) => [fuel, 27, 0, 0.04, 0.2, 0.24, scope3];
        var factors = Read(("Table 4", [
            [$"Table 4 {Solid}"], .. FuelHeader,
            Row("Bituminous coal", "NE"), Row("Anthracite", "C"), Row("Coal tar", "-  "), Row("Coal coke", null), Row("Coking coal", "NA"), Row("Charcoal", 0)]));

        Assert.Equal("nga:2026:solid-fuels.charcoal.scope-3", Assert.Single(factors, f => f.Stage == Stage.Upstream).Id);
        Assert.Equal(0m, factors.Single(f => f.Stage == Stage.Upstream).Co2e);
        Assert.All(factors.Where(f => f.Stage == Stage.Direct), f => Assert.Equal(new GasAmount("co2", 0, true), f.Gases[0]));
    }

    [Fact]
    public void other_words_in_a_column_of_figures_are_an_error_that_names_the_cell()
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            Read(("Table 4", [[$"Table 4 {Solid}"], .. FuelHeader, ["Bituminous coal", 27, 90, 0.04, 0.2, 90.24, "3,0"]])));

        Assert.StartsWith("Table 4, row 5, column 7: '3,0'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.02*", "0.02", null)]
    [InlineData("39.3 \u00d7 10\u20113", "0.0393", null)]
    [InlineData("4.0 \u00d7 10\u20113", "0.004", null)]
    [InlineData("1.12 x10-6", "0.00000112", null)]
    [InlineData("9.47 \u00d7 10\u20114 ", "0.000947", null)]
    [InlineData("t \u00d7 2.1", "2.1", null)]
    [InlineData("25.3  GJ/kL", "25.3", "GJ/kL")]
    [InlineData("39.3 \u00d7 10\u20113 GJ/m3", "0.0393", "GJ/m3")]
    public void a_figure_is_read_through_footnote_stars_lost_superscripts_and_units(string cell, string value, string? unit)
    {
        var figure = NgaText.FigureOf(new Workbook.Row("Table 1", 1, [cell]), 0);

        Assert.Equal((value, unit), (NgaText.Plain(figure!.Value.Value), figure.Value.Unit));
    }

    [Fact]
    public void a_name_split_over_two_rows_is_one_and_two_territories_are_two_factors()
    {
        var factors = Read(("Table 1", [
            ["Table 1 Indirect (scope 2 and scope 3) location-based emission factors associated with the consumption and losses of purchased or acquired electricity"],
            ["State, Territory or grid description", "Scope 2 Emission Factors", "Scope 3 Emission Factors"],
            [null, "(kg CO2-e/kWh)", "(kg CO2-e/kWh)"],
            ["New South Wales and Australian Capital Territory", 0.6, 0.03],
            ["Western Australia -", 0.5, "NE"],
            ["South West Interconnected System (SWIS)"],
            ["Western Australia \u2013 North Western Interconnected System (NWIS)", 0.56, "NE"],
            ["National ", 0.62, "NE"]]));

        Assert.Equal(
            ["AU electricity.grid", "AU-ACT electricity.grid", "AU-NSW electricity.grid", "AU-WA electricity.grid", "AU-WA electricity.grid.nwis"],
            factors.Where(f => f.Stage == Stage.Generation).Select(f => $"{f.Region} {f.Kind}").Order(StringComparer.Ordinal));
        Assert.Equal(["AU-NSW", "AU-ACT"], factors.Where(f => f.Stage == Stage.UpstreamAndTransmissionLoss).Select(f => f.Region));
        Assert.Contains(factors, f => f.Name == "Electricity: Western Australia - South West Interconnected System (SWIS), scope 2");
    }

    [Fact]
    public void kilowatt_hours_are_taken_where_gigajoules_stand_beside_them_under_a_merged_heading()
    {
        var factors = Read(("Table 1", [
            ["Table 1 Indirect (Scope 2 and Scope 3) emissions from consumption of purchased electricity from a grid"],
            ["State, Territory or grid description", "Scope 2 Emission Factors", null, "Scope 3 Emission Factors", null],
            [null, "kg CO2\u2011e/kWh", "kg CO2\u2011e/GJ", "kg CO2\u2011e/kWh", "kg CO2\u2011e/GJ"],
            ["Western Australia -", 0.51, 164, 0.04, 12],
            ["South West Interconnected System (SWIS) "]]));

        Assert.Equal([(Stage.Generation, 0.51m, "kWh"), (Stage.UpstreamAndTransmissionLoss, 0.04m, "kWh")], factors.Select(f => (f.Stage, f.Co2e!.Value, f.Unit)));
    }

    [Fact]
    public void a_group_stands_above_its_rows_or_before_each_of_them()
    {
        object?[][] header =
        [
            ["Table 7 Direct (scope 1) and indirect (scope 3) emissions from consumption of transport fuels in different transport equipment"],
            ["Transport equipment type", "Fuel combusted", "Energy content factor", "Scope 1 Emission Factor", null, null, null],
            [null, null, "GJ/kL ", "(kg CO2\u2011e/GJ)"],
            [null, null, "(unless otherwise indicated)", "CO2", "CH4", "N2O", "Combined gases"],
        ];
        object?[] figures = [34.2, 67.4, "0.02*", "0.2*", 67.62];
        var above = Read(("Table 7", [.. header, ["Cars and light commercial vehicles"], [null, "Gasoline", .. figures]]));
        var before = Read(("Table 9", [.. header, ["Cars and light commercial vehicles", "Gasoline", .. figures]]));

        Assert.Equal(("fuel.petrol.transport.light-commercial", "34.2 GJ-gross/m3"), (above.Single().Kind, above.Single().Bridge));
        Assert.Equal("Gasoline, cars and light commercial vehicles", above.Single().Name);
        Assert.Equal((above.Single().Id, above.Single().Kind), (before.Single().Id, before.Single().Kind));
        Assert.Equal(0.02m, above.Single().Gases[1].Kilograms);
    }

    [Fact]
    public void a_units_cell_wins_over_a_header_that_names_another_unit()
    {
        var factors = Read(("Table 17", [
            ["Table 17: Equipment type emission factors"],
            ["Equipment type (k)", "Emission factor  (EFijk)"],
            [null, "(tonnes CO2-e/tonnes flared)"],
            [null, "CO2", "CH4", "Units"],
            ["Offshore platforms (deep water)", 75, 18422.6, "tonnes CO2-e/ platform"]]));

        Assert.Equal("item", factors.Single().Unit);
        Assert.Equal([new("co2", 75000m, true), new("ch4", 18422600m, true)], factors.Single().Gases);
    }

    [Fact]
    public void a_table_of_ethane_headed_methane_is_ethane()
    {
        var factors = Read(("Table 44", [
            ["Table 44: Scope 3 emission factors \u2013 methane"],
            ["Ethane produced in accordance with Division 23 of Part 3 of the Clean Energy Regulations 2011", "kg CO2-e/GJ"],
            ["Victoria", 5.7]]));

        Assert.Equal(("fuel.ethane", Stage.Upstream, "AU-VIC", "GJ-gross"), (factors.Single().Kind, factors.Single().Stage, factors.Single().Region, factors.Single().Unit));
    }

    [Fact]
    public void potentials_of_another_set_than_the_edition_names_are_an_error()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(("Table 11", [
            ["Table 11 Global warming potentials of common refrigerants"], ["Refrigerant", "Global Warming Potentials (AR6)"], ["R32 (HFC-32)", 771]])));

        Assert.Contains("(AR6)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_table_nobody_knows_needs_rules_for_its_rows()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(("Table 30", [
            ["Table 30 Emission factors of sheep"], ["Animal", "Emission factor (t CO2-e/t)"], ["Merino", 0.2]])));

        Assert.Contains("no rule fits 'Emission factors of sheep > Merino'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_known_table_whose_headers_no_longer_say_what_they_are_is_an_error()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(("Table 14", [
            ["Table 14 Direct (scope 1) emission factors for the consumption of soda ash"], ["Source", "Factor"], ["Soda Ash Use", 0.415]])));

        Assert.Contains("no figure was found in 'Direct (scope 1) emission factors for the consumption of soda ash'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void next_years_workbook_of_the_same_layout_needs_but_a_line_in_editions()
    {
        var sources = Repository.SourcesOrSkip();
        var data = Directory.CreateTempSubdirectory().FullName;
        var folder = Directory.CreateDirectory(Path.Combine(data, "factors", "nga")).FullName;
        var committed = Path.Combine(Repository.Data, "factors", "nga");
        File.Copy(Path.Combine(committed, "kinds.csv"), Path.Combine(folder, "kinds.csv"));
        var editions = File.ReadAllLines(Path.Combine(committed, "editions.csv"));
        File.WriteAllLines(Path.Combine(folder, "editions.csv"), [
            .. editions, editions[^1].Replace("2025", "2026", StringComparison.Ordinal).Replace("factors-2026.xlsx", "factors-2025.xlsx", StringComparison.Ordinal)]);

        var built = BuildFactors.Run(data, sources, "nga").ToList();

        Assert.Equal(built[^2].Factors, built[^1].Factors);
        Assert.Equal("nga:2026", built[^1].Edition);
        foreach (var edition in editions.Skip(1).Select(line => line[..4]))
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(committed, edition + ".csv")), File.ReadAllBytes(Path.Combine(folder, edition + ".csv")));
        }
    }

    private static List<Factor> Read(params (string Sheet, object?[][] Rows)[] sheets)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        var file = TestWorkbook.Write(Path.Combine(folder, "nga.xlsx"), sheets);
        var edition = new Edition
        {
            Publisher = "nga",
            Name = "2026",
            File = "nga.xlsx",
            Title = "Australian National Greenhouse Accounts Factors 2026",
            Author = "Australian Government",
            Published = new DateOnly(2026, 8, 28),
            ValidFrom = new DateOnly(2026, 1, 1),
            ValidTo = new DateOnly(2026, 12, 31),
            Gwp = GwpSet.Ar5,
            Licence = "CC BY 4.0",
            Attribution = "Commonwealth of Australia",
            Url = "https://www.dcceew.gov.au/",
        };
        return new Nga().Read(new EditionSource(edition, [file], KindRules.Load(Path.Combine(Repository.Data, "factors", "nga", "kinds.csv")))).ToList();
    }
}
