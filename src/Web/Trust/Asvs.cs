using System.Text.RegularExpressions;

namespace OffGridFlow.Web.Trust;

/// <summary>One requirement of the OWASP Application Security Verification Standard and how it is met.</summary>
/// <param name="Number"><c>6.2.1</c>.</param>
/// <param name="Level">1 or 2.</param>
/// <param name="Says">In our own words.</param>
/// <param name="Answer"><c>yes</c>, <c>no</c> or <c>n/a</c>.</param>
/// <param name="Evidence">Tests and files, or the reason.</param>
internal sealed record AsvsLine(string Number, int Level, string Says, string Answer, string Evidence)
{
    public int Chapter => int.Parse(Number[..Number.IndexOf('.', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A chapter of the standard and how its requirements are met.</summary>
internal sealed record AsvsChapter(int Number, string Title, int Yes, int No, int NotApplicable);

/// <summary>docs/security/asvs.md, read: the page counts what the document says.</summary>
internal static partial class Asvs
{
    public const string Edition = "5.0.0";
    public const string Yes = "yes";
    public const string No = "no";
    public const string NotApplicable = "n/a";

    private const string Resource = "OffGridFlow.Web.asvs.md";

    private static readonly Lazy<(IReadOnlyList<AsvsLine> Lines, IReadOnlyList<AsvsChapter> Chapters)> Document = new(Read);

    public static IReadOnlyList<AsvsLine> Lines => Document.Value.Lines;

    public static IReadOnlyList<AsvsChapter> Chapters => Document.Value.Chapters;

    private static (IReadOnlyList<AsvsLine>, IReadOnlyList<AsvsChapter>) Read()
    {
        using var stream = typeof(Asvs).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is not part of the program.");
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var lines = Requirement().Matches(text).Select(match => new AsvsLine(
            match.Groups["number"].Value, match.Groups["level"].Value[0] - '0', match.Groups["says"].Value.Trim(), match.Groups["answer"].Value, match.Groups["evidence"].Value.Trim())).ToList();
        var chapters = Heading().Matches(text).Select(match =>
        {
            var number = int.Parse(match.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture);
            int Count(string answer) => lines.Count(line => line.Chapter == number && line.Answer == answer);
            return new AsvsChapter(number, match.Groups["title"].Value.Trim(), Count(Yes), Count(No), Count(NotApplicable));
        }).ToList();
        return (lines, chapters);
    }

    [GeneratedRegex(@"^\| (?<number>\d+\.\d+\.\d+) \| (?<level>[12]) \| (?<says>[^|\n]+) \| (?<answer>yes|no|n/a) \| (?<evidence>[^|\n]+) \|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 2000)]
    private static partial Regex Requirement();

    [GeneratedRegex(@"^## V(?<number>\d+) (?<title>[^\n]+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 2000)]
    private static partial Regex Heading();
}
