using System.Text;
using System.Text.Json;

namespace OffGridFlow.App.Tests.Estimates;

/// <summary>The options of <c>estimate</c> and its exit codes.</summary>
public sealed class EstimateOptionsTests
{
    private const string Text = """
        kind,quantity,unit,region,start,end
        refrigerant.r-410a,1,kg,GB,2025-01-01,2025-12-31
        fuel.natural-gas,1000,kWh,GB,2025-01-01,2025-12-31
        electricity.grid,1000,kWh,FR,2020-01-01,2020-12-31
        """;

    [Theory]
    [InlineData("published", "1924", "ar5", "published")]
    [InlineData("ar5", "1924", "ar5", "published")] // Its own edition's set: the total as printed, not the 1923.5 of its parts.
    [InlineData("ar4", "2087.5", "ar4", "reweighted")] // 0.5 x 675 + 0.5 x 3500
    [InlineData("ar6", "2255.5", "ar6", "reweighted")] // 0.5 x 771 + 0.5 x 3740
    public void A_refrigerant_is_weighed_anew_by_what_it_is_made_of(string gwp, string kilograms, string set, string basis)
    {
        var entry = EstimateVerb.Of(Text, "--gwp", gwp).Rows[0].Entry("direct");

        Assert.Equal((kilograms, set, basis), (entry.Text("co2e_kg"), entry.Text("gwp"), entry.Text("gwp_basis")));
    }

    [Fact]
    public void A_fuel_is_weighed_anew_from_its_gases_and_says_so()
    {
        var fuel = EstimateVerb.Of(Text, "--gwp", "ar6").Rows[1];

        // DESNZ 2025: 0.18259 kg CO2, 0.00028 kg CO2e of CH4 and 0.00009 of N2O under AR5 (28, 265), which AR6 weighs 27.9 and 273.
        var entry = fuel.Entry("direct");
        Assert.Equal(("ar6", "reweighted"), (entry.Text("gwp"), entry.Text("gwp_basis")));
        Assert.Equal(1000m * (0.18259m + (0.00028m / 28m * 27.9m) + (0.00009m / 265m * 273m)), entry.Kilograms(), 9);
        Assert.Equal(("ar5", "co2e-only"), (fuel.Entry("upstream").Text("gwp"), fuel.Entry("upstream").Text("gwp_basis")));
    }

    [Fact]
    public void A_factor_published_as_CO2e_only_keeps_its_figure_and_says_so()
    {
        var published = EstimateVerb.Of(Text).Rows[2].Entry("generation", "location");
        var weighed = EstimateVerb.Of(Text, "--gwp", "ar6").Rows[2].Entry("generation", "location");

        Assert.Equal(published.Text("co2e_kg"), weighed.Text("co2e_kg"));
        Assert.Equal("co2e-only", weighed.Text("gwp_basis"));
    }

    [Theory]
    [InlineData("2025-01-31", "2025-03", "0.20705", "desnz:2024", "estimated")]
    [InlineData("2025-12-31", "2025-03", "0.177", "desnz:2025", "calculated")]
    [InlineData("2025-12-31", "2024-03", "0.20705", "desnz:2024", "calculated")]
    public void What_was_published_later_is_not_known_yet(string asOf, string month, string kilograms, string edition, string disposition)
    {
        var row = EstimateVerb.Of($"kind,quantity,unit,region,start\nelectricity.grid,1,kWh,GB,{month}\n", "--as-of", asOf).Row;

        var entry = row.Entry("generation", "location");
        Assert.Equal((kilograms, edition, disposition), (entry.Text("co2e_kg"), entry.Text("edition"), row.Disposition()));
    }

    [Fact]
    public void Before_the_first_edition_there_is_no_factor()
    {
        var row = EstimateVerb.Of("kind,quantity,unit,region,start\nelectricity.grid,1,kWh,GB,2015\n", "--as-of", "2015-01-31").Row;

        Assert.Equal("factor.none-published", row.Code());
        Assert.Contains("--as-of", row.GetProperty("problem").Text("fix"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_policy_decides_between_the_edition_for_the_date_and_the_latest()
    {
        const string text = "kind,quantity,unit,region,start\nelectricity.grid,1,kWh,GB,2019-05-01\n";

        Assert.Equal("0.2556", EstimateVerb.Of(text, "--policy", "effective").Row.Entry("generation", "location").Text("co2e_kg"));
        Assert.Equal("0.177", EstimateVerb.Of(text, "--policy", "published", "--as-of", "2025-12-31").Row.Entry("generation", "location").Text("co2e_kg"));
    }

    [Fact]
    public void An_explanation_shows_expression_citation_and_what_was_passed_over()
    {
        var run = EstimateVerb.Of(Text, "--explain", "3");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Scope 1, direct: 182.96 kg CO2e", run.Output, StringComparison.Ordinal);
        Assert.Contains("= 1000 x 1 kWh-gross x 0.18296 kg CO2e/kWh-gross", run.Output, StringComparison.Ordinal);
        Assert.Contains("read as gross calorific value", run.Output, StringComparison.Ordinal);
        Assert.Contains("UK Government GHG Conversion Factors for Company Reporting 2025, Factors by Category, row 83", run.Output, StringComparison.Ordinal);
        Assert.Contains("desnz:2024:1_100_1004_6: is valid from 2024-01-01", run.Output, StringComparison.Ordinal);
        Assert.Contains("Scope 3, category 3, upstream: 30.21 kg CO2e", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Explaining_a_row_that_is_not_there_is_a_fault()
    {
        var run = EstimateVerb.Of(Text, "--explain", "99");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no row 99", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Strict_fails_when_a_row_was_rejected_and_only_then()
    {
        Assert.Equal(0, EstimateVerb.Of(Text, "--strict").ExitCode);
        Assert.Equal(3, EstimateVerb.Of(Text + "\nfuel.diesel,1,gallon,GB,2025,2025\n", "--strict").ExitCode);
        Assert.Equal(0, EstimateVerb.Of(Text + "\nfuel.diesel,1,gallon,GB,2025,2025\n").ExitCode);
    }

    [Theory]
    [InlineData("estimate")]
    [InlineData("estimate", "x.csv", "--gwp", "ar7")]
    [InlineData("estimate", "x.csv", "--format", "pdf")]
    [InlineData("estimate", "x.csv", "--policy", "latest")]
    [InlineData("estimate", "x.csv", "--as-of", "yesterday")]
    [InlineData("estimate", "x.csv", "--nonsense")]
    [InlineData("estimat", "x.csv")]
    public void What_cannot_be_understood_ends_with_2(params string[] arguments)
    {
        var run = EstimateVerb.Run(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    [Fact]
    public void A_pack_that_is_not_there_ends_with_2_and_names_those_that_are()
    {
        var run = EstimateVerb.Of(Text, "--pack", "exiobase");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("ceda", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "file.empty")]
    [InlineData("a,b\n1,2\n", "file.header-missing")]
    public void A_file_that_is_no_table_is_a_fault_that_says_so(string text, string code)
    {
        var run = EstimateVerb.Of(text);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_a_fault_that_names_it()
    {
        var run = EstimateVerb.Run(["estimate", "/nowhere/activities.csv"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("file.missing: found /nowhere/activities.csv", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_format_says_the_same()
    {
        var ndjson = EstimateVerb.Of(Text);
        var json = JsonDocument.Parse(EstimateVerb.Of(Text, "--format", "json").Output).RootElement;
        var csv = EstimateVerb.Of(Text, "--format", "csv").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var table = EstimateVerb.Of(Text, "--format", "table").Output;

        Assert.Equal(ndjson.Rows.Select(row => row.GetRawText()), json.GetProperty("rows").EnumerateArray().Select(row => row.GetRawText()));
        Assert.Equal(ndjson.Rows.Sum(row => row.Entries().Count) + 1, csv.Length);
        Assert.All(ndjson.Rows.SelectMany(row => row.Entries()), entry => Assert.Contains(csv, line => line.Contains($",{entry.Text("co2e_kg")},", StringComparison.Ordinal)));
        Assert.All(ndjson.Rows.SelectMany(row => row.Entries()), entry => Assert.Contains(entry.Text("factor"), table, StringComparison.Ordinal));
    }
}
