using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OffGridFlow.App.Tests.Estimates;

/// <summary>What every run promises: each row once and in order, decimals as strings, and a summary that ties it to the file.</summary>
public sealed partial class EstimateContractTests
{
    private const string Text = """
        id,Kind,Quantity,UNIT,region,start,end,Cost centre
        a,electricity.grid,1000,kWh,GB,2025-01-01,2025-12-31,4711
        b,fuel.diesel,10,litre,GB,2025-01-01,2025-12-31,
        b,fuel.diesel,10,litre,GB,2025-01-01,2025-12-31,
        b,fuel.diesel,11,litre,GB,2025-01-01,2025-12-31,
        ,fuel.diesel,0,litre,GB,2025-01-01,2025-12-31,
        ,fuel.diesel,-10,litre,GB,2025-01-01,2025-12-31,credit
        ,fuel.diesel,,litre,GB,2025-01-01,2025-12-31,

        g,goods.spend.naics-541511,100,USD,DE,2022-01-01,2022-12-31,
        Total,,1031,,,,,
        """;

    private static readonly Lazy<EstimateRunResult> Run = new(() => EstimateVerb.Of(Text));

    [Fact]
    public void Every_row_is_there_once_in_order_with_its_number_in_the_file()
    {
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 10, 11], Run.Value.Rows.Select(row => row.GetProperty("row").GetInt32()));
        Assert.Equal(
            ["calculated", "calculated", "duplicate", "calculated", "calculated", "calculated", "rejected", "estimated", "excluded"],
            Run.Value.Rows.Select(row => row.Disposition()));
        Assert.Equal(["a", "b", "b", "b", "null", "null", "null", "g", "Total"], Run.Value.Rows.Select(row => row.Text("id")));
    }

    [Fact]
    public void Rows_that_do_not_count_say_why()
    {
        Assert.Equal("same as row 3", Run.Value.Rows[2].Text("reason"));
        Assert.Equal("total", Run.Value.Rows[8].Text("reason"));
        Assert.Equal("number.blank", Run.Value.Rows[6].Code());
        Assert.All(new[] { 2, 6, 8 }, row => Assert.Empty(Run.Value.Rows[row].Entries()));
    }

    [Fact]
    public void Zero_is_a_figure_and_a_credit_is_negative()
    {
        Assert.Equal("0", Run.Value.Rows[4].Entry("direct").Text("co2e_kg"));

        var credit = Run.Value.Rows[5].Entry("direct");
        Assert.Equal("-25.7082", credit.Text("co2e_kg"));
        Assert.True(Number(credit, "low_kg") < -25.7082m && Number(credit, "high_kg") > -25.7082m);
    }

    [Fact]
    public void An_entry_has_every_field_and_its_figures_are_text()
    {
        string[] fields =
        [
            "scope", "category", "role", "basis", "co2e_kg", "gases_kg", "unsplit_co2e_kg", "biogenic_co2_kg", "low_kg", "high_kg",
            "quality", "tier", "method", "factor", "edition", "citation", "gwp", "gwp_basis",
        ];

        var entries = Run.Value.Rows.SelectMany(row => row.Entries()).ToList();

        Assert.NotEmpty(entries);
        Assert.All(entries, entry =>
        {
            Assert.Equal(fields, entry.EnumerateObject().Select(property => property.Name));
            Assert.All(fields.Where(field => field.EndsWith("_kg", StringComparison.Ordinal) && field != "gases_kg").Append("quality"), field =>
                Assert.Matches(Decimal(), entry.GetProperty(field).GetString()!));
            Assert.All(entry.GetProperty("gases_kg").EnumerateObject(), gas => Assert.Matches(Decimal(), gas.Value.GetString()!));
            Assert.True(Number(entry, "low_kg") <= Number(entry, "co2e_kg") && Number(entry, "co2e_kg") <= Number(entry, "high_kg"));
        });
    }

    [Fact]
    public void Columns_that_nobody_knows_go_through_under_their_own_name()
    {
        Assert.Equal("4711", Run.Value.Rows[0].GetProperty("columns").Text("Cost centre"));
        Assert.Equal("credit", Run.Value.Rows[5].GetProperty("columns").Text("Cost centre"));
        Assert.False(Run.Value.Rows[1].TryGetProperty("columns", out _));
    }

    [Fact]
    public void Columns_that_another_kind_would_read_are_not_lost()
    {
        var row = EstimateVerb.Of("kind,quantity,unit,region,start,instrument,from\nfuel.diesel,1,litre,GB,2025,biomethane certificate,Leeds\n").Row;

        Assert.Equal("biomethane certificate", row.GetProperty("columns").Text("instrument"));
        Assert.Equal("Leeds", row.GetProperty("columns").Text("from"));
    }

    [Fact]
    public void The_summary_ties_rows_and_quantities_to_the_file()
    {
        var summary = Run.Value.Error;

        Assert.Contains("SHA-256  " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text))), summary, StringComparison.Ordinal);
        Assert.Contains("Rows     9 = 5 calculated + 1 estimated + 1 excluded + 1 duplicate + 1 rejected", summary, StringComparison.Ordinal);
        Assert.Matches("11 L +in 4 rows calculated", summary);
        Assert.Matches("10 L +in 1 rows duplicate", summary);
        Assert.Matches("1000 kWh +in 1 rows calculated", summary);
        Assert.Matches("100 USD +in 1 rows estimated", summary);
        Assert.Contains("1 x number.blank", summary, StringComparison.Ordinal);
        Assert.Contains("Share of CO2e by tier: country ", summary, StringComparison.Ordinal);
        Assert.Contains("Largest rows\n  row 2 ", summary, StringComparison.Ordinal);
        Assert.Contains("desnz:2025: Contains public sector information", summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8-bom")]
    [InlineData("windows-1252")]
    [InlineData("semicolons")]
    [InlineData("tabs")]
    [InlineData("pipe")]
    public void The_same_rows_come_to_the_same_however_the_file_is_written(string written)
    {
        const string plain = "kind,quantity,unit,region,start,site\nelectricity.grid,\"1234.5\",kWh,GB,2025-01-01,Werk Köln\nfuel.diesel,2000.25,litre,GB,2025-01-01,Büro\n";
        var semicolons = plain.Replace("\"1234.5\"", "1.234,5", StringComparison.Ordinal).Replace(",kWh", ";kWh", StringComparison.Ordinal)
            .Replace("2000.25", "2.000,25", StringComparison.Ordinal);
        semicolons = "kind;quantity;unit;region;start;site\nelectricity.grid;1.234,5;kWh;GB;01.01.2025;Werk Köln\nfuel.diesel;2.000,25;litre;GB;01.01.2025;Büro\n";

        var run = written switch
        {
            "utf-8-bom" => EstimateVerb.File("a.csv", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(plain)]),
            "windows-1252" => EstimateVerb.File("a.csv", Encoding.Latin1.GetBytes(plain)),
            "semicolons" => EstimateVerb.File("a.csv", Encoding.UTF8.GetBytes(semicolons)),
            "tabs" => EstimateVerb.File("a.tsv", Encoding.UTF8.GetBytes(plain.Replace("\"", "", StringComparison.Ordinal).Replace(',', '\t'))),
            "pipe" => EstimateVerb.Run(["estimate", "-", "--format", "ndjson"], Encoding.UTF8.GetBytes(plain)),
            _ => throw new ArgumentOutOfRangeException(nameof(written)),
        };

        Assert.Equal(218.5065m, run.Rows[0].Entry("generation", "location").Kilograms());
        Assert.Equal(2000.25m * 2.57082m, run.Rows[1].Entry("direct").Kilograms());
        Assert.Equal(["Werk Köln", "Büro"], run.Rows.Select(row => row.TryGetProperty("columns", out var columns) ? columns.Text("site") : row.Text("id")));
    }

    private static decimal Number(JsonElement entry, string field) =>
        decimal.Parse(entry.Text(field), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex("^-?[0-9]+(\\.[0-9]*[1-9])?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Decimal();
}
