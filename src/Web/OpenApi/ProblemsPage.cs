using System.Text;
using System.Text.Encodings.Web;
using OffGridFlow.Platform;
using OffGridFlow.Platform.Http;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.OpenApi;

/// <summary>Every problem code with its HTTP status and what to do: <c>/docs/problems</c>, where the <c>type</c> of a problem leads.</summary>
internal static class ProblemsPage
{
    private const string Resource = "OffGridFlow.Web.problems.tsv";

    public sealed record Line(string Code, ProblemKind Kind, string Expected, string Fix);

    /// <summary>As docs/problems.tsv has them, which a test keeps in step with the sources.</summary>
    public static IReadOnlyList<Line> Lines { get; } = Read();

    public static IResult Get(HttpContext context)
    {
        var nonce = context.Features.Get<PageNonce>()!.Text;
        var page = new StringBuilder($$"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Problems · OffGridFlow API</title>
            <style nonce="{{nonce}}">
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif } body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
            table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
            code { white-space: nowrap } tr:target { background: color-mix(in srgb, gold 25%, transparent) } .wide { overflow-x: auto }
            </style></head><body><h1>Problems</h1>
            <p>Every failure is an RFC 9457 document (<code>application/problem+json</code>). Its <code>code</code> is stable: programs may rely on it.
            <code>errors</code> names each thing that is wrong. <a href="/docs">The API</a></p>
            <div class="wide"><table><thead><tr><th>Code</th><th>Status</th><th>What is expected</th><th>What to do</th></tr></thead><tbody>
            """);
        foreach (var line in Lines)
        {
            page.Append("<tr id=\"").Append(Html(line.Code)).Append("\"><td><code>").Append(Html(line.Code)).Append("</code></td><td>").Append(ProblemResponse.Status(line.Kind))
                .Append("</td><td>").Append(Html(line.Expected)).Append("</td><td>").Append(Html(line.Fix)).Append("</td></tr>\n");
        }

        return TypedResults.Content(page.Append("</tbody></table></div></body></html>\n").ToString(), "text/html; charset=utf-8");
    }

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);

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
