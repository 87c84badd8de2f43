using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.App.Tests.Factors;

/// <summary>Figures of the National Greenhouse Accounts Factors, read off the workbooks by hand, against the committed tables.</summary>
public sealed class NgaFiguresTests
{
    private static readonly string[] Editions = ["2021", "2022", "2023", "2024", "2025"];

    /// <summary>Edition and row key, the cell it is printed in, the figure printed there, kg CO2e per unit, and the unit.</summary>
    public static TheoryData<string, string, string, string, string, string> Printed => new()
    {
        { "2025", "electricity-by-state.new-south-wales-and-australian-capital-territory.scope-2.au-nsw", "Table 1!B4", "0.64", "0.64", "kWh" },
        { "2025", "electricity-by-state.new-south-wales-and-australian-capital-territory.scope-2.au-act", "Table 1!B4", "0.64", "0.64", "kWh" },
        { "2025", "electricity-by-state.new-south-wales-and-australian-capital-territory.scope-3.au-nsw", "Table 1!C4", "0.03", "0.03", "kWh" },
        { "2025", "electricity-by-state.western-australia-south-west-interconnected-system-swis.scope-2.au-wa", "Table 1!B8", "0.5", "0.5", "kWh" },
        { "2025", "electricity-by-state.national.scope-2", "Table 1!B14", "0.62", "0.62", "kWh" },
        { "2025", "electricity-residual-mix.national.scope-2", "Table 2!B4", "0.81", "0.81", "kWh" },
        { "2025", "electricity-by-grid.national-electricity-market-nem.scope-2", "Table 3!B4", "0.64", "0.64", "kWh" },
        { "2025", "solid-fuels.bituminous-coal", "Table 4!F5", "90.24", "90.24", "GJ-gross" },
        { "2025", "gaseous-fuels.hydrogen", "Table 5!F20", "0.05", "0.05", "GJ-gross" },
        { "2025", "natural-gas.new-south-wales-and-act.metro.au-act", "Table 6!B4", "13.1", "13.1", "GJ-gross" },
        { "2025", "liquid-fuels.diesel-oil", "Table 8!F14", "70.2", "70.2", "GJ-gross" },
        { "2025", "transport-fuels.cars-and-light-commercial-vehicles.gasoline", "Table 9!G5", "67.62", "67.62", "GJ-gross" },
        { "2025", "incineration.municipal-solid-waste", "Table 18!B7", "0.0537", "53.7", "t" },
        { "2025", "electricity-losses.victoria.au-vic", "Table 25!B4", "0.08", "0.08", "kWh" },
        { "2024", "electricity-by-state.queensland.scope-2.au-qld", "Table 1!B6", "0.71", "0.71", "kWh" },
        { "2024", "solid-fuels.brown-coal-lignite.scope-3", "Table 4!G8", "0.4", "0.4", "GJ-gross" },
        { "2024", "refrigerants.r410a-hfc-blend", "Table 11!B6", "1924", "1924", "kg" },
        { "2024", "waste-to-landfill.commercial-and-industrial-waste", "Table 16!B4", "1.3", "1300", "t" },
        { "2024", "wastewater-treatment.anaerobic-lagoon-shallow-under-2-metres", "Table 17!B6", "0.0819", "81.9", "person" },
        { "2023", "electricity-by-state.northern-territory-darwin-katherine-interconnected-system-dkis.scope-3.au-nt", "Table 1!D12", "0.07", "0.07", "kWh" },
        { "2023", "electricity-residual-mix.national.scope-3", "Table 1a!D4", "0.1", "0.1", "kWh" },
        { "2023", "electricity-by-grid.off-grid.scope-2", "Table 2!B10", "0.63", "0.63", "kWh" },
        { "2023", "liquid-fuels.renewable-diesel", "Table 7!F28", "0.3", "0.3", "GJ-gross" },
        { "2023", "transport-fuels.aviation.kerosene-for-use-as-fuel-in-an-aircraft.scope-3", "Table 8!H24", "18", "18", "GJ-gross" },
        { "2023", "carbonates.dolomite", "Table 11!B5", "0.477", "477", "t" },
        { "2022", "electricity-by-state.western-australia-south-west-interconnected-system-swis.scope-2.au-wa", "Table 1!B8", "0.51", "0.51", "kWh" },
        { "2022", "transport-fuels.heavy-duty-vehicles.diesel-oil-euro-iii", "Table 7!G21", "70.4", "70.4", "GJ-gross" },
        { "2022", "ethane.new-south-wales.scope-3.au-nsw", "Table 5!B4", "23.7", "23.7", "GJ-gross" },
        { "2022", "clay.tasmania.scope-1.au-tas", "Table 11!C8", "0.0038", "3.8", "t" },
        { "2022", "soda-ash.soda-ash-use", "Table 12!B4", "0.415", "415", "t" },
        { "2022", "biological-treatment.composting", "Table 17!B3", "0.046", "46", "t" },
        { "2021", "electricity-by-state.northern-territory.scope-2.au-nt", "Table 5!B12", "0.57", "0.57", "kWh" },
        { "2021", "liquid-fuels.diesel-oil.scope-3", "Table 45!B13", "3.6", "3.6", "GJ-gross" },
        { "2021", "natural-gas.queensland.non-metro.au-qld", "Table 43!C7", "7.9", "7.9", "GJ-gross" },
        { "2021", "electricity-by-financial-year.tasmania.1994-95.scope-3.au-tas", "Table 46!D108", "0", "0", "kWh" },
        { "2021", "electricity-by-financial-year.australia.latest-estimate.scope-2", "Table 46!B157", "0.73", "0.73", "kWh" },
        { "2021", "refrigerants.hydrofluorocarbons-hfcs.hfc-134a", "Table 32!C14", "1300", "1300", "kg" },
        { "2021", "waste-to-landfill.construction-and-demolition-waste", "Table 49!D4", "0.2", "200", "t" },
    };

    [Theory]
    [MemberData(nameof(Printed))]
    public void a_printed_figure_is_in_the_committed_table(string edition, string key, string cell, string printed, string co2e, string unit)
    {
        var row = Table(edition)[$"nga:{edition}:{key}"];

        Assert.Equal((co2e, unit), (row.Text("co2e"), row.Text("unit")));
        Assert.StartsWith($"{cell[..cell.IndexOf('!', StringComparison.Ordinal)]}, row {RowOf(cell)}", row.Text("locator"), StringComparison.Ordinal);
        Assert.Equal(decimal.Parse(co2e, CultureInfo.InvariantCulture), Number(printed) * (unit is "t" or "person" ? 1000 : 1));
    }

    [Theory]
    [MemberData(nameof(Printed))]
    public void the_workbook_prints_it_in_that_cell(string edition, string key, string cell, string printed, string co2e, string unit)
    {
        var path = Path.Combine(Repository.SourcesOrSkip(), "australia-nga", $"national-greenhouse-account-factors-{edition}.xlsx");
        var sheet = cell[..cell.IndexOf('!', StringComparison.Ordinal)];
        var row = Workbook.Open(path).Single(s => s.Name.Trim() == sheet).Rows[RowOf(cell) - 1];

        Assert.True(row.Figure(cell[sheet.Length + 1] - 'A') == Number(printed), $"{key}: {co2e} per {unit} is not in {cell}.");
    }

    [Theory]
    [InlineData("2025", "liquid-fuels.diesel-oil", "co2=69.9e ch4=0.1e n2o=0.2e", "38.6 GJ-gross/m3")]
    [InlineData("2025", "liquid-fuels.ethanol-for-use-as-a-fuel-in-an-internal-combustion-engine", "co2=0e ch4=0.08e n2o=0.2e", "23.4 GJ-gross/m3")]
    [InlineData("2025", "liquid-fuels.petroleum-coke", "co2=92.6e ch4=0.08e n2o=0.2e", "34.2 GJ-gross/t")]
    [InlineData("2025", "biological-treatment.composting", "ch4=21e n2o=25e", null)]
    [InlineData("2025", "carbonates.limestone-calcium-carbonate", "co2=440", null)]
    [InlineData("2025", "natural-gas.victoria.metro.au-vic", null, "0.0393 GJ-gross/m3")]
    [InlineData("2025", "waste-to-landfill.municipal-solid-waste", null, "0.36 t/m3")]
    [InlineData("2025", "refrigerants.r134a-hfc-134a.leakage.domestic-refrigerators", "hfc-134a=1", "0.017 kg/kg-charge-year")]
    [InlineData("2024", "gaseous-fuels.liquefied-natural-gas", "co2=51.4e ch4=0.1e n2o=0.03e", "25.3 GJ-gross/m3")]
    [InlineData("2023", "transport-fuels.light-duty-vehicles.compressed-natural-gas", "co2=51.4e ch4=7.3e n2o=0.3e", "0.0393 GJ-gross/m3")]
    [InlineData("2022", "refrigerants.r410a-hfc-410a", null, null)]
    [InlineData("2021", "solid-fuels.bituminous-coal.scope-3", null, "27 GJ-gross/t")]
    [InlineData("2021", "gaseous-fuels.blast-furnace-gas", "co2=234e ch4=0.03e n2o=0.02e", "0.004 GJ-gross/m3")]
    [InlineData("2021", "cement.cement-clinker", "co2=534e", null)]
    [InlineData("2021", "oil-production-leaks.internal-floating-tank", "ch4=0.00112e", null)]
    [InlineData("2021", "aluminium.aluminium-production", "pfc-14=270e pfc-116=60e", null)]
    [InlineData("2021", "waste-to-landfill.paper-and-cardboard", null, "0.09 t/m3")]
    [InlineData("2021", "refrigerants.sulphur-hexafluoride.leakage.gas-insulated-switchgear-and-circuit-breaker-applications", "sf6=1", "0.0089 kg/kg-charge-year")]
    public void gases_and_what_bridges_a_litre_or_a_tonne_are_as_printed(string edition, string key, string? gases, string? bridge)
    {
        var row = Table(edition)[$"nga:{edition}:{key}"];

        Assert.Equal((gases, bridge), (row.Text("gases"), row.Text("bridge")));
    }

    [Theory]
    [InlineData("2022", "electricity-by-state.western-australia-north-western-interconnected-system-nwis.scope-3.au-wa")]
    [InlineData("2025", "natural-gas.tasmania.metro.au-tas")]
    [InlineData("2025", "solid-fuels.anthracite.scope-3")]
    [InlineData("2025", "waste-to-landfill.inert-waste-including-concrete-metal-plastics-glass")]
    [InlineData("2025", "wastewater-treatment.managed-aerobic-treatment")]
    [InlineData("2024", "incineration.sewage-sludge")]
    [InlineData("2021", "liquid-fuels.biofuels.scope-3")]
    public void what_is_not_estimated_confidential_or_a_dash_is_no_factor(string edition, string key) =>
        Assert.DoesNotContain($"nga:{edition}:{key}", Table(edition).Keys);

    [Fact]
    public void inert_waste_is_zero_where_the_edition_prints_a_zero() =>
        Assert.Equal("0", Table("2021")["nga:2021:waste-to-landfill.inert-waste-including-concrete-metal-plastics-glass"].Text("co2e"));

    [Theory]
    [InlineData("2022")]
    [InlineData("2023")]
    public void municipal_waste_of_more_co2_than_pure_carbon_gives_is_a_misprint_and_left_out(string edition)
    {
        Assert.DoesNotContain($"nga:{edition}:incineration.municipal-solid-waste", Table(edition).Keys);
        Assert.Contains($"nga:{edition}:incineration.clinical-waste", Table(edition).Keys);
    }

    [Fact]
    public void victoria_in_2017_18_stands_by_its_gigajoules_for_its_kilowatt_hours_are_misprinted()
    {
        var row = Table("2021")["nga:2021:electricity-by-financial-year.victoria.2017-18.scope-2.au-vic"];

        Assert.Equal(("283", "GJ"), (row.Text("co2e"), row.Text("unit")));
        Assert.Equal(("2017-07-01", "2018-06-30"), (row.Text("valid_from"), row.Text("valid_to")));
        Assert.Single(Table("2021").Values, r => r.Text("unit") == "GJ");
    }

    [Theory]
    [InlineData("electricity.grid", "generation", "kWh")]
    [InlineData("fuel.natural-gas", "direct", "GJ-gross")]
    [InlineData("fuel.diesel", "direct", "GJ-gross")]
    [InlineData("fuel.diesel", "upstream", "GJ-gross")]
    [InlineData("fuel.petrol", "direct", "GJ-gross")]
    [InlineData("fuel.lpg", "direct", "GJ-gross")]
    [InlineData("fuel.fuel-oil", "direct", "GJ-gross")]
    [InlineData("fuel.biodiesel", "direct", "GJ-gross")]
    [InlineData("fuel.coal.industrial", "direct", "GJ-gross")]
    [InlineData("fuel.coal.industrial", "upstream", "GJ-gross")]
    [InlineData("fuel.aviation-turbine", "direct", "GJ-gross")]
    [InlineData("refrigerant.r-134a", "direct", "kg")]
    [InlineData("waste.mixed-commercial.landfill", "end-of-life", "t")]
    public void every_edition_serves_the_plain_kinds_for_the_country(string kind, string stage, string unit)
    {
        foreach (var edition in Editions)
        {
            Assert.Single(Table(edition).Values, row =>
                (row.Text("kind"), row.Text("stage"), row.Text("region"), row.Text("unit"), row.Text("valid_from")) == (kind, stage, "AU", unit, $"{edition}-01-01"));
        }
    }

    [Fact]
    public void no_two_factors_of_an_edition_answer_to_the_same_kind_stage_region_unit_and_day()
    {
        foreach (var edition in Editions)
        {
            Assert.All(
                Table(edition).Values.GroupBy(row => (row.Text("kind"), row.Text("stage"), row.Text("region"), row.Text("unit"))),
                same => Assert.Equal(
                    same.Count(),
                    same.OrderBy(r => r.Text("valid_from"), StringComparer.Ordinal).Aggregate((Last: "", Apart: 0), (seen, r) =>
                        (r.Text("valid_to")!, seen.Apart + (string.CompareOrdinal(r.Text("valid_from"), seen.Last) > 0 ? 1 : 0))).Apart));
        }
    }

    [Fact]
    public void the_five_editions_hold_at_least_a_thousand_factors_and_each_has_a_figure()
    {
        var all = Editions.SelectMany(edition => Table(edition).Values).ToList();

        Assert.True(all.Count >= 1000, $"{all.Count} factors");
        Assert.All(all, row => Assert.True(row.Text("co2e") is not null || row.Text("gases") is not null, row.Text("id")));
        Assert.All(all, row => Assert.Equal("ar5", row.Text("gwp")));
    }

    [Fact]
    public void only_past_financial_years_hold_for_other_days_than_the_editions_calendar_year()
    {
        foreach (var edition in Editions)
        {
            Assert.All(
                Table(edition).Values.Where(row => (row.Text("valid_from"), row.Text("valid_to")) != ($"{edition}-01-01", $"{edition}-12-31")),
                row => Assert.Contains(":electricity-by-financial-year.", row.Text("id"), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void every_unit_and_both_units_of_every_bridge_are_known()
    {
        var units = DataFile.Rows(Path.Combine(Repository.Data, "units", "units.csv")).Select(row => row.Required("unit")).ToHashSet(StringComparer.Ordinal);

        Assert.All(Editions.SelectMany(edition => Table(edition).Values), row =>
        {
            Assert.Contains(row.Required("unit"), units);
            if (row.Text("bridge") is { } bridge)
            {
                var parts = bridge.Split(' ', '/');
                Assert.Equal(row.Text("unit"), parts[1]);
                Assert.Contains(parts[2], units);
            }
        });
    }

    private static Dictionary<string, DataRow> Table(string edition) =>
        DataFile.Rows(Path.Combine(Repository.Data, "factors", "nga", edition + ".csv")).ToDictionary(row => row.Required("id"), StringComparer.Ordinal);

    private static int RowOf(string cell) => int.Parse(cell.AsSpan(cell.IndexOf('!', StringComparison.Ordinal) + 2), CultureInfo.InvariantCulture);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
