using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Estimates;

/// <summary>Figures read off the official publications by hand, through the program from a spreadsheet to its NDJSON.</summary>
public sealed class OfficialValuesTests
{
    private static readonly IReadOnlyList<DataRow> Values =
        DataFile.Rows(Path.Combine(Repository.Root, "tests", "App.Tests", "Estimates", "official-values.csv")).ToList();

    private static readonly Lazy<EstimateRunResult> Run = new(() => EstimateVerb.Of(Spreadsheet(), "--pack", "ceda"));

    public static IEnumerable<TheoryDataRow<int, string>> Lines => Values.Select((value, index) => new TheoryDataRow<int, string>(
        index, $"{value.Required("quantity")} {value.Required("unit")} {value.Required("kind")} {value.Required("region")} {value.Required("start")[..4]} {value.Required("role")}"));

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_row_comes_to_what_the_publication_prints(int index, string what)
    {
        var value = Values[index];
        var row = Run.Value.Rows[index];

        var entry = Assert.Single(row.Entries(), entry => entry.Text("role") == value.Required("role") && entry.Text("basis") == value.Required("basis"));

        Assert.True(value.Required("co2e_kg") == entry.Text("co2e_kg"), $"{what}: {value.Required("source")} gives {value.Required("co2e_kg")} kg, the program {entry.Text("co2e_kg")} by {entry.Text("factor")}.");
        Assert.Equal(value.Required("scope"), entry.Text("scope"));
        Assert.Equal(value.Text("category") ?? "null", entry.Text("category"));
        Assert.Equal(value.Required("disposition"), row.Disposition());
    }

    [Fact]
    public void Every_publication_of_the_library_is_among_the_values()
    {
        var publishers = Directory.GetDirectories(Path.Combine(Repository.Data, "factors")).Select(folder => Path.GetFileName(folder)).Append("ceda");

        var used = Run.Value.Rows.SelectMany(row => row.Entries()).Select(entry => entry.Text("edition").Split(':')[0]);

        Assert.Empty(publishers.Except(used, StringComparer.Ordinal));
        Assert.True(Values.Count >= 60);
    }

    [Theory]
    [InlineData("electricity.grid", "GB", "2025", "0.177")]
    [InlineData("electricity.grid", "GB", "2024", "0.20705")]
    [InlineData("electricity.grid", "GB", "2019", "0.2556")]
    [InlineData("electricity.grid", "AU-NSW", "2025", "0.64")]
    [InlineData("fuel.natural-gas", "GB", "2025", "0.18296")]
    [InlineData("fuel.diesel", "GB", "2025", "2.57082")]
    [InlineData("goods.spend.naics-541511", "US", "2022", "0.084")]
    public void The_values_hold_the_ones_everybody_checks_first(string kind, string region, string year, string kilograms)
    {
        Assert.Single(Values, value => value.Required("kind") == kind && value.Required("region") == region && value.Required("quantity") == "1"
            && value.Required("start")[..4] == year && value.Required("co2e_kg") == kilograms);
    }

    [Fact]
    public void Every_value_names_the_table_it_was_read_from()
    {
        Assert.All(Values, value => Assert.Matches("!|table|line|Equation|eq\\.|annex|record|by province|coefficients", value.Required("source")));
    }

    [Fact]
    public void Open_CEDA_is_attributed_wherever_its_figures_go()
    {
        var rows = Run.Value.Rows.SelectMany(row => row.Entries()).Where(entry => entry.Text("edition") == "ceda:2024").ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, entry => Assert.Contains("CEDA by Watershed (CC BY-SA 4.0)", entry.Text("citation"), StringComparison.Ordinal));
        Assert.Contains("ceda:2024: CEDA by Watershed (CC BY-SA 4.0)", Run.Value.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CEDA_is_not_used_unless_asked_for()
    {
        var run = EstimateVerb.Of("kind,quantity,unit,region,price_year\ngoods.spend.ceda-541511,1,USD,GB,2022\n");

        Assert.Equal("kind.unknown", run.Row.Code());
        Assert.DoesNotContain("ceda:2024", run.Error, StringComparison.Ordinal);
    }

    // Columns besides the common ones are written name=value in 'others'.
    private static string Spreadsheet()
    {
        var others = Values.SelectMany(Others).Select(other => other.Key).Distinct(StringComparer.Ordinal).ToList();
        var lines = Values.Select(value => string.Join(',', new[] { "kind", "quantity", "unit", "region", "start", "end" }.Select(value.Required)
            .Concat(others.Select(name => Others(value).FirstOrDefault(other => other.Key == name).Value ?? ""))));
        return $"kind,quantity,unit,region,start,end,{string.Join(',', others)}\n{string.Join('\n', lines)}\n";
    }

    private static IEnumerable<KeyValuePair<string, string>> Others(DataRow value) =>
        (value.Text("others") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Select(pair => KeyValuePair.Create(pair[0], pair[1]));
}
