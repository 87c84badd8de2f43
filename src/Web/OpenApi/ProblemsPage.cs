using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Platform;
using OffGridFlow.Web.Pages.Problems;

namespace OffGridFlow.Web.OpenApi;

/// <summary>Every problem code with its HTTP status and what to do: <c>/docs/problems</c>, where the <c>type</c> of a problem leads.</summary>
internal static class ProblemsPage
{
    private const string Resource = "OffGridFlow.Web.problems.tsv";

    public sealed record Line(string Code, ProblemKind Kind, string Expected, string Fix);

    /// <summary>As docs/problems.tsv has them, which a test keeps in step with the sources.</summary>
    public static IReadOnlyList<Line> Lines { get; } = Read();

    public static IResult Get() => new RazorComponentResult<ProblemList>();

    private static List<Line> Read()
    {
        using var stream = typeof(ProblemsPage).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is not part of the program.");
        using var reader = new StreamReader(stream);
        var lines = new List<Line>();
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('\t');
            lines.Add(new Line(cells[0], Enum.Parse<ProblemKind>(cells[1]), cells[2], cells[3]));
        }

        return lines;
    }
}
