using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Cli;

public sealed class FactorsCommandTests : IDisposable
{
    private readonly SmallLibrary small = new();

    public FactorsCommandTests() => small
        .With("office", 2024, Of(2024, "diesel", 2.5m), Of(2024, "petrol", 2.2m))
        .With("office", 2025, Of(2025, "diesel", 2.6m), Of(2025, "lpg", 1.5m) with { Gases = [new("co2", 1.4m, false), new("ch4", 0.003m, false)], BiogenicCo2 = 0.25m });

    public void Dispose() => small.Dispose();

    [Fact]
    public void check_fails_until_what_is_odd_is_accepted_and_released()
    {
        Assert.Equal(1, Run("factors", "check").Code);
        Assert.Equal(0, Run("factors", "release", "--date", "2026-01-31", "--note", "the first").Code);

        var (code, output, _) = Run("factors", "check");

        Assert.True(code == 0, output);
        Assert.Contains("4 factors, 0 genuine zeros", output, StringComparison.Ordinal);
    }

    [Fact]
    public void check_prints_each_finding_on_one_line_with_the_ratio()
    {
        small.With("office", 2026, Of(2026, "diesel", 2600m));

        var (code, output, _) = Run("factors", "check");

        Assert.Equal(1, code);
        Assert.Contains(Offgridflow.Lines(output), line => line.StartsWith("previous", StringComparison.Ordinal)
            && line.Contains("office:2026:diesel", StringComparison.Ordinal) && line.Contains("2600 kg/L", StringComparison.Ordinal)
            && line.Contains("2.6 in office:2025:diesel", StringComparison.Ordinal) && line.EndsWith("1000", StringComparison.Ordinal));
    }

    [Fact]
    public void diff_counts_what_changed_came_and_went()
    {
        var (code, output, _) = Run("factors", "diff", "office:2024", "office:2025");

        Assert.Equal(0, code);
        Assert.Equal("1 changed, 1 removed, 1 added, 0 the same", Offgridflow.Lines(output)[^1]);
        Assert.Equal(
            "change,kind,stage,region,unit,old,new,ratio,id",
            Offgridflow.Lines(Run("factors", "diff", "office:2024", "office:2025", "--format", "csv").Output)[0]);
    }

    [Fact]
    public void an_edition_nobody_has_is_a_mistake_of_the_caller()
    {
        var (code, _, error) = Run("factors", "diff", "office:2024", "office:1999");

        Assert.Equal(2, code);
        Assert.Contains("office:2024, office:2025", error, StringComparison.Ordinal);
    }

    [Fact]
    public void list_is_filtered_and_says_what_it_leaves_out()
    {
        Assert.Equal(2, Offgridflow.Lines(Run("factors", "list", "--edition", "office:2025").Output).Length - 1);
        var (_, output, error) = Run("factors", "list", "--kind", "fuel.diesel", "--limit", "1");

        Assert.Single(Offgridflow.Lines(output), line => line.StartsWith("office:", StringComparison.Ordinal));
        Assert.Contains("1 of 2", error, StringComparison.Ordinal);
        Assert.Equal(FactorTable.Header, Offgridflow.Lines(Run("factors", "list", "--format", "csv").Output)[0]);
    }

    [Fact]
    public void show_tells_everything_of_a_factor()
    {
        var (code, output, _) = Run("factors", "show", "office:2025:lpg");

        Assert.Equal(0, code);
        foreach (var expected in new[]
        {
            "1.5 kg CO2e/L, GWP set AR5", "ch4  0.003 kg/L", "0.25 kg/L, outside the scopes", "1.475 kg CO2e/L (published gases weighed anew)",
            "OGL", "Thanks to the Office.", "An Office, Factors 2025 (2025-06-01), Table 1, row 1, https://example.org/2025",
        })
        {
            Assert.Contains(expected, output, StringComparison.Ordinal);
        }

        Assert.Contains("office:2024  2024-01-01 to 2024-12-31  2.5 kg CO2e/L", Run("factors", "show", "office:2025:diesel").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void show_as_json_is_json()
    {
        using var json = JsonDocument.Parse(Run("factors", "show", "office:2025:diesel", "--format", "json").Output);

        Assert.Equal(2.6m, json.RootElement.GetProperty("factor").GetProperty("co2e").GetDecimal());
        Assert.Equal("office:2024", json.RootElement.GetProperty("otherEditions")[0].GetProperty("edition").GetString());
    }

    [Fact]
    public void a_factor_that_is_not_there_is_a_fault_with_advice()
    {
        var (code, output, error) = Run("factors", "show", "office:2025:ghost");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("factors search", error, StringComparison.Ordinal);
    }

    [Fact]
    public void search_finds_with_a_slip_of_spelling_and_says_when_nothing_is_like_it()
    {
        Assert.Contains("office:2025:diesel", Offgridflow.Lines(Run("factors", "search", "diesal").Output)[1], StringComparison.Ordinal);
        Assert.Equal(1, Run("factors", "search", "qwxyzzy").Code);
    }

    [Fact]
    public void sources_name_licence_and_attribution_and_add_up()
    {
        var output = Run("factors", "sources").Output;

        Assert.Contains("OGL", output, StringComparison.Ordinal);
        Assert.Contains("Thanks to the Office.", output, StringComparison.Ordinal);
        Assert.Contains("1 publishers, 2 editions, 4 factors", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("factors", "nonsense")]
    [InlineData("factors", "show")]
    [InlineData("factors", "list", "--limit", "many")]
    [InlineData("factors", "sources", "--format", "xml")]
    [InlineData("factors", "release", "--date", "soon", "--note", "x")]
    public void a_line_not_understood_is_code_2(params string[] args) => Assert.Equal(2, Run(args).Code);

    [Theory]
    [InlineData("build")]
    [InlineData("check")]
    [InlineData("diff")]
    [InlineData("list")]
    [InlineData("search")]
    [InlineData("show")]
    [InlineData("sources")]
    [InlineData("release")]
    public void every_verb_has_help_with_an_example_of_itself(string verb)
    {
        var (code, output, _) = Offgridflow.Run("factors", verb, "--help");

        Assert.Equal(0, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains($"  offgridflow factors {verb}", output, StringComparison.Ordinal);
    }

    private (int Code, string Output, string Error) Run(params string[] args) =>
        Offgridflow.Run(args[0] == "factors" && args[1] != "nonsense" ? [.. args, "--data", small.Data] : args);

    private static Factor Of(int year, string fuel, decimal co2e) => SmallLibrary.Factor("office", year, fuel, "fuel." + fuel, co2e, "L");
}
