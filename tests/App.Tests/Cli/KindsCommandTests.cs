using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Cli;

public sealed class KindsCommandTests
{
    [Fact]
    public void show_tells_how_to_write_a_row_and_who_serves_it_where()
    {
        var (code, output, _) = Run("kinds", "show", "electricity.grid");

        Assert.Equal(0, code);
        Assert.Matches("scope +2", output);
        Assert.Contains("kWh", output, StringComparison.Ordinal);
        Assert.Contains("electricity.grid,250000,kWh,GB", output, StringComparison.Ordinal);
        Assert.Matches("column +instrument +\\S", output);
        Assert.Contains(Offgridflow.Lines(output), line => line.StartsWith("DE ", StringComparison.Ordinal) && line.Contains("jrc 2024", StringComparison.Ordinal));
    }

    [Fact]
    public void show_answers_to_a_synonym_and_to_a_family()
    {
        Assert.Contains("fuel.diesel", Run("kinds", "show", "gazole").Output, StringComparison.Ordinal);
        Assert.Equal(0, Run("kinds", "show", "waste.*").Code);
        using var json = JsonDocument.Parse(Run("kinds", "show", "diesel", "--format", "json").Output);
        Assert.Equal("fuel.diesel", json.RootElement.GetProperty("kind").GetProperty("key").GetString());
    }

    [Fact]
    public void a_kind_that_is_not_there_is_said_with_one_like_it()
    {
        var (code, _, error) = Run("kinds", "show", "fuel.deisel");

        Assert.Equal(1, code);
        Assert.Contains("fuel.diesel", error, StringComparison.Ordinal);
    }

    [Fact]
    public void search_forgives_spelling() =>
        Assert.StartsWith("fuel.natural-gas", Offgridflow.Lines(Run("kinds", "search", "natral", "gas").Output)[1], StringComparison.Ordinal);

    [Fact]
    public void list_keeps_to_a_scope_and_category()
    {
        var kinds = Offgridflow.Lines(Run("kinds", "list", "--scope", "3", "--category", "6", "--format", "csv").Output).Skip(1).ToList();

        Assert.NotEmpty(kinds);
        Assert.All(kinds, line => Assert.Contains(",3.6,", line, StringComparison.Ordinal));
    }

    [Fact]
    public void every_column_a_kind_reads_has_a_meaning()
    {
        var known = DataFile.Rows(Path.Combine(Repository.Data, "kinds", "columns.csv")).Select(row => row.Required("column")).ToHashSet();
        var used = DataFile.Rows(Path.Combine(Repository.Data, "kinds", "kinds.csv")).SelectMany(row => row.Text("columns")?.Split(';') ?? []).Distinct();

        Assert.Subset(known, used.ToHashSet());
    }

    private static (int Code, string Output, string Error) Run(params string[] args) => Offgridflow.Run([.. args, "--data", Repository.Data]);
}
