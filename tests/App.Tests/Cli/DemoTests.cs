using System.Globalization;
using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Cli;
using OffGridFlow.Web.Estimates;

namespace OffGridFlow.App.Tests.Cli;

public sealed class DemoTests
{
    private static readonly string[] Plain = Lines(colour: false);

    [Fact]
    public void every_row_of_the_examples_is_counted_once()
    {
        var written = Directory.GetFiles(Path.Combine(Repository.Data, "examples")).Sum(file => File.ReadAllLines(file).Length - 1);

        var counts = Plain.SkipWhile(line => line != "FILES").First(line => Regex.IsMatch(line, @"^ {20,}\d")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToList();

        Assert.Equal(written, counts[0]);
        Assert.Equal(counts[0], counts.Skip(1).Sum());
        Assert.DoesNotContain(0, counts);
    }

    [Fact]
    public void the_examples_reach_every_scope_and_all_fifteen_categories() =>
        Assert.Equal(["1", "2", .. Enumerable.Range(1, 15).Select(n => n.ToString(CultureInfo.InvariantCulture))], Sums().Select(sum => sum.Key));

    [Fact]
    public void printed_parts_add_up_to_the_printed_total() =>
        Assert.Equal(Figure(Plain.Single(line => line.StartsWith("  Total, Scope 2 location", StringComparison.Ordinal))), Sums().Sum(sum => sum.Tonnes));

    [Fact]
    public void no_line_is_wider_than_a_hundred_columns_or_ends_in_blanks()
    {
        Assert.All(Plain, line => Assert.InRange(line.Length, 0, Page.Width));
        Assert.All(Plain, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void a_pipe_gets_the_words_of_a_terminal_without_its_colours()
    {
        Assert.DoesNotContain(Plain, line => line.Contains('\e'));
        Assert.Contains(Lines(colour: true), line => line.Contains('\e'));
        Assert.Equal(Plain, Lines(colour: true).Select(line => Regex.Replace(line, "\e\\[[0-9;]*m", "")));
    }

    [Theory]
    [InlineData("0.04", "40", "0.04")]
    [InlineData("0.00", "0.3", "< 0.01")]
    [InlineData("0.00", "0", "0.00")]
    [InlineData("1234.5", "1234500", "1,234.50")]
    public void a_small_figure_is_not_shown_as_nothing(string tonnes, string kilograms, string shown) =>
        Assert.Equal(shown, FootprintText.Tonnes(decimal.Parse(tonnes, CultureInfo.InvariantCulture), decimal.Parse(kilograms, CultureInfo.InvariantCulture)));

    [Fact]
    public void the_picture_in_the_readme_is_what_the_demo_prints()
    {
        var readme = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));
        var picture = readme.SkipWhile(line => line != "FOOTPRINT").TakeWhile(line => line != "```").ToList();

        Assert.NotEmpty(picture);
        Assert.All(picture, line => Assert.True(Plain.Contains(line), $"README.md shows a line that the demo does not print; paste it anew: {line}"));
    }

    private static List<(string Key, decimal Tonnes)> Sums() => Plain
        .Select(line => (Line: line, Key: Regex.Match(line, @"^  (?:Scope ([12])  | {5}([ 1]\d)  )")))
        .Where(line => line.Key.Success)
        .Select(line => ((line.Key.Groups[1].Value + line.Key.Groups[2].Value).Trim(), Figure(line.Line))).ToList();

    // The first figure with two places on the line.
    private static decimal Figure(string line) =>
        decimal.Parse(Regex.Match(line, @"[\d,]+\.\d\d").Value, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static string[] Lines(bool colour)
    {
        using var text = new StringWriter();
        DemoCommand.Write(Repository.Data, new Page(text, colour));
        return text.ToString().Split('\n');
    }
}
