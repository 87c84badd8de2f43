using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Cli;
using OffGridFlow.Web.Estimates;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.App.Tests.Guards;

/// <summary>Documents that list what the code or the data holds list all of it, and nothing that is gone.</summary>
public sealed class DocumentsTests
{
    private static readonly string EstimateGuide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "estimate.md"));

    [Fact]
    public void the_guide_explains_every_code_of_a_problem_or_note_and_no_other()
    {
        // What reading and estimating a file can say; docs/problems.tsv has the codes of everything else, too.
        string[] estimating = ["Engine", "Factors", "Activities/Intake", "Activities/Rows", "Web/Estimates"];
        var source = estimating.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, "src", folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/Snapshots/", StringComparison.Ordinal)).Select(File.ReadAllText).ToList();
        var codes = source.SelectMany(CodesIn).ToHashSet(StringComparer.Ordinal);
        var explained = Regex.Matches(EstimateGuide[EstimateGuide.IndexOf("## Problems", StringComparison.Ordinal)..], @"`([a-z-]+\.[a-z0-9-]+)`")
            .Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        Assert.Contains("unit.ambiguous", codes);
        Assert.Equal(codes.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void a_code_is_seen_whichever_way_it_is_written() => Assert.Equal(
        ["a.one", "b.two", "c.three", "d.four-and-co2"],
        CodesIn("new Problem(\"a.one\", x); x => new(\"b.two\", y); new Factors.Problem(\n    \"c.three\"); new Note(\"d.four-and-co2\", $\"\");"));

    [Fact]
    public void the_guide_names_every_column_of_the_intake_and_no_named_column_that_is_gone()
    {
        var intake = Tables.Read("intake/columns.csv").Select(row => row.Required("column")).ToHashSet(StringComparer.Ordinal);
        var known = Tables.Read("kinds/columns.csv").Select(row => row.Required("column")).Concat(intake).ToHashSet(StringComparer.Ordinal);
        var start = EstimateGuide.IndexOf("## Named columns", StringComparison.Ordinal);
        var named = Regex.Matches(EstimateGuide[start..EstimateGuide.IndexOf("## Problems", StringComparison.Ordinal)], "`([a-z]+(_[a-z]+)*)`").Select(match => match.Groups[1].Value).ToList();

        Assert.All(intake, column => Assert.Contains($"`{column}`", EstimateGuide, StringComparison.Ordinal));
        Assert.Contains("kwh_per_use", named);
        Assert.All(named.Except(["person"]), column => Assert.Contains(column, known));
    }

    [Fact]
    public void the_guide_names_every_field_of_the_output()
    {
        var fields = Directory.GetFiles(Path.Combine(Repository.Data, "examples")).SelectMany(FieldsOf).Distinct(StringComparer.Ordinal).ToList();

        Assert.Contains("unsplit_co2e_kg", fields);
        Assert.All(fields, field => Assert.Contains($"`{field}`", EstimateGuide, StringComparison.Ordinal));
    }

    [Fact]
    public void the_licences_name_every_publisher_and_every_reference_table()
    {
        var licences = File.ReadAllText(Path.Combine(Repository.Data, "factors", "LICENSES.md"));
        var folders = Folders("factors").Concat(Folders("packs")).Concat(Folders("").Where(folder => folder is not ("factors" or "packs"))).ToList();

        Assert.Contains("desnz", folders);
        Assert.Contains("fx", folders);
        Assert.All(folders, folder => Assert.Contains($"`{folder}`", licences, StringComparison.Ordinal));
    }

    [Fact]
    public void the_licences_hold_each_edition_s_licence_and_each_publisher_s_latest_attribution()
    {
        var licences = Regex.Replace(File.ReadAllText(Path.Combine(Repository.Data, "factors", "LICENSES.md")), @"\s+", " ");
        var publishers = Directory.GetDirectories(Path.Combine(Repository.Data, "factors")).Concat(Directory.GetDirectories(Path.Combine(Repository.Data, "packs")))
            .Where(folder => File.Exists(Path.Combine(folder, "editions.csv"))).Select(Edition.Load).ToList();

        Assert.NotEmpty(publishers);
        Assert.All(publishers.SelectMany(editions => editions), edition => Assert.Contains(edition.Licence, licences, StringComparison.Ordinal));
        Assert.All(publishers, editions => Assert.Contains(editions.MaxBy(edition => edition.Published)!.Attribution, licences, StringComparison.Ordinal));
    }

    [Fact]
    public void every_link_between_documents_leads_somewhere()
    {
        var documents = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Repository.Root, "README.md")).Append(Path.Combine(Repository.Data, "factors", "LICENSES.md"));
        var links = documents.SelectMany(path => Regex.Matches(File.ReadAllText(path), @"\]\((?!http)([^)#]+)\)")
            .Select(match => Path.Combine(Path.GetDirectoryName(path)!, match.Groups[1].Value))).ToList();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(link), link));
    }

    [Fact]
    public void documents_are_as_short_as_they_promise_and_decisions_are_dated()
    {
        var decisions = Directory.GetFiles(Path.Combine(Repository.Root, "docs", "decisions")).Select(File.ReadAllLines).ToList();

        Assert.InRange(File.ReadAllLines(Path.Combine(Repository.Root, "README.md")).Length, 1, 80);
        Assert.NotEmpty(decisions);
        Assert.All(decisions, lines => Assert.InRange(lines.Length, 1, 60));
        Assert.All(decisions, lines => Assert.Matches(@"^\d{4}-\d\d-\d\d, (accepted|replaced by \d+)$", lines[2]));
    }

    private static IEnumerable<string> CodesIn(string source) =>
        Regex.Matches(source, @"new(?: [\w.]+)?\(\s*""([a-z-]+\.[a-z0-9-]+)""").Select(match => match.Groups[1].Value);

    private static IEnumerable<string> Folders(string below) =>
        Directory.GetDirectories(Path.Combine(Repository.Data, below)).Select(folder => Path.GetFileName(folder)!);

    private static IEnumerable<string> FieldsOf(string file)
    {
        var data = ReferenceData.Load(Repository.Data);
        var estimator = new Estimator(data, new EstimateOptions(null, new DateOnly(2026, 6, 30), DatePolicy.Effective));
        using var table = ActivityTable.Open(file);
        using var output = new MemoryStream();
        new EstimateRun(table, data, estimator).Run(output, EstimateCommand.WriterOf("ndjson", new RowReader(table, data, estimator)));
        foreach (var line in Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var row = JsonDocument.Parse(line);
            foreach (var field in row.RootElement.EnumerateObject())
            {
                yield return field.Name;
                var inner = field.Name switch
                {
                    "problem" => field.Value.EnumerateObject(),
                    "entries" or "notes" when field.Value.GetArrayLength() > 0 => field.Value[0].EnumerateObject(),
                    _ => default,
                };
                foreach (var name in inner.Select(property => property.Name).ToList())
                {
                    yield return name;
                }
            }
        }
    }
}
