using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Trust;

namespace OffGridFlow.App.Tests.Trust;

/// <summary>docs/security/asvs.md: complete for levels 1 and 2, and what it names is there.</summary>
public sealed partial class AsvsTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security", "asvs.md"));

    // Requirements of level 1 and of level 2 that the standard's chapters 1 to 17 have.
    private static readonly (int One, int Two)[] Counts =
        [(8, 19), (4, 7), (8, 11), (2, 8), (4, 5), (13, 22), (6, 12), (4, 3), (4, 3), (5, 24), (3, 11), (3, 6), (1, 12), (2, 7), (3, 10), (0, 16), (0, 7)];

    [Fact]
    public void each_requirement_of_levels_1_and_2_is_answered_once()
    {
        Assert.Equal(Asvs.Lines.Count, Asvs.Lines.Select(line => line.Number).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Enumerable.Range(1, 17), Asvs.Chapters.Select(chapter => chapter.Number));
        Assert.Equal(Counts, Asvs.Chapters.Select(chapter => (Asvs.Lines.Count(line => line.Chapter == chapter.Number && line.Level == 1), Asvs.Lines.Count(line => line.Chapter == chapter.Number && line.Level == 2))));

        // The plain list at the document's end is the standard's; each number of it has its line, in that order.
        var listed = Numbers().Match(Text).Groups["list"].Value.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(253, listed.Length);
        Assert.Equal(listed, Asvs.Lines.Select(line => line.Number));
    }

    [Fact]
    public void no_line_of_a_table_is_passed_over() =>
        Assert.Equal(Text.Split('\n').Count(line => Regex.IsMatch(line, @"^\|\s*\d+\.\d+\.\d+", RegexOptions.None, TimeSpan.FromSeconds(1))), Asvs.Lines.Count);

    [Fact]
    public void each_answer_names_tests_and_files_there_are()
    {
        var tests = TestNames.Of(typeof(AsvsTests).Assembly);
        var wrong = new List<string>();
        foreach (var line in Asvs.Lines)
        {
            var named = Named().Matches(line.Evidence).Select(match => match.Groups["text"].Value).ToList();
            foreach (var name in named)
            {
                var isTest = TestName().IsMatch(name);
                if (TestClass().IsMatch(name))
                {
                    wrong.AddRange(tests.Any(test => Proof.Class(test) == name) ? [] : [$"{line.Number}: {name} is not there"]);
                    continue;
                }

                var isThere = isTest ? tests.Contains(name) || InBrowser(name) : !IsPath(name) || Path.Exists(Path.Combine(Repository.Root, name));
                wrong.AddRange(isThere ? [] : [$"{line.Number}: {name} is not there"]);
            }

            // What is met is shown by a test or a file; what is not met or does not apply has a reason.
            wrong.AddRange(line.Answer == Asvs.Yes ? named.Any(name => TestName().IsMatch(name) || TestClass().IsMatch(name) || IsPath(name)) ? [] : [$"{line.Number} is met by nothing"] : line.Evidence.Length > 10 ? [] : [$"{line.Number} has no reason"]);
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void the_summary_of_the_document_is_its_own_count()
    {
        var (yes, no, other) = (Asvs.Lines.Count(line => line.Answer == Asvs.Yes), Asvs.Lines.Count(line => line.Answer == Asvs.No), Asvs.Lines.Count(line => line.Answer == Asvs.NotApplicable));

        Assert.Contains($"{yes} met, {no} not, {other} not applicable", Text, StringComparison.Ordinal);
        Assert.All(Asvs.Chapters, chapter => Assert.Contains($"| V{chapter.Number} | {Counts[chapter.Number - 1].One} | {Counts[chapter.Number - 1].Two} | {chapter.Yes} | {chapter.No} | {chapter.NotApplicable} |", Text, StringComparison.Ordinal));
    }

    private static bool IsPath(string name) => name.Contains('/', StringComparison.Ordinal) && !name.StartsWith('/') && name.Split('/')[0] is "src" or "docs" or "tests" or "db" or "data" or "bench";

    [Fact]
    public void the_threat_model_names_tests_there_are()
    {
        var classes = TestNames.Of(typeof(AsvsTests).Assembly).Select(Proof.Class).Concat(TestNames.InBrowser).ToHashSet(StringComparer.Ordinal);
        var named = Named().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "security", "threat-model.md"))).Select(match => match.Groups["text"].Value).Where(name => TestClass().IsMatch(name)).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(named.Count > 30);
        Assert.Empty(named.Except(classes, StringComparer.Ordinal));
    }

    // The sources of the tests in a browser: that their methods are tests, their own program checks.
    private static bool InBrowser(string name)
    {
        var path = Path.Combine(Repository.Root, "tests", "Web.Tests", Proof.Class(name) + ".cs");
        return TestNames.InBrowser.Contains(Proof.Class(name), StringComparer.Ordinal) && File.Exists(path) && File.ReadAllText(path).Contains($" {name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]}(", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"`(?<text>[^`\n]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();

    [GeneratedRegex(@"^[A-Z]\w*Tests\.\w+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();

    [GeneratedRegex(@"^[A-Z]\w*Tests$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestClass();

    [GeneratedRegex("```numbers\n(?<list>[^`]+)```", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbers();
}
