using System.Text.RegularExpressions;

namespace OffGridFlow.Organizations.Notices;

/// <summary>What a notice of a breach says, with the sections that GDPR Art. 33(3) asks for.</summary>
/// <param name="Title">Its first line: <c># …</c>.</param>
/// <param name="Sections">Heading and text of each, in their order.</param>
public sealed partial record NoticeText(string Title, string Body, IReadOnlyList<(string Heading, string Text)> Sections)
{
    /// <summary>Longer than any notice.</summary>
    public const int Longest = 50_000;

    // What each section's heading begins with or holds, and what it must say.
    private static readonly (string Word, string Says)[] Asked =
    [
        ("nature", "what happened: the nature of the breach (Art. 33(3)(a))"),
        ("categories", "categories and approximate numbers of persons and of records concerned (Art. 33(3)(a))"),
        ("contact", "name and contact details of who knows more (Art. 33(3)(b))"),
        ("consequences", "the likely consequences (Art. 33(3)(c))"),
        ("measures", "measures taken or proposed, also against ill effects (Art. 33(3)(d))"),
    ];

    /// <summary>Reads a file of Markdown.</summary>
    public static Result<NoticeText> Read(string text)
    {
        var body = text.ReplaceLineEndings("\n").Trim();
        if (body.Length > Longest || body.Contains('\0', StringComparison.Ordinal))
        {
            return new Problem("notice.text", "file", $"{body.Length} characters", $"text of at most {Longest} characters", "Say it shorter.");
        }

        if (Title1().Match(body) is not { Success: true } title || title.Groups["text"].Value.Length > 200)
        {
            return new Problem("notice.title", "file", body.Split('\n')[0], "a first line '# …' of at most 200 characters", "Begin with a title: '# Breach of …'.");
        }

        var sections = Section().Matches(body).Select(match => (Heading: match.Groups["heading"].Value.Trim(), Text: match.Groups["text"].Value.Trim())).ToList();
        var missing = Asked.Where(asked => !sections.Exists(section => section.Heading.Contains(asked.Word, StringComparison.OrdinalIgnoreCase) && section.Text.Length > 0))
            .Select(asked => new Problem(
                "notice.section-missing", asked.Word, sections.Exists(section => section.Heading.Contains(asked.Word, StringComparison.OrdinalIgnoreCase)) ? "a section with nothing in it" : "no such section",
                $"a section '## {char.ToUpperInvariant(asked.Word[0])}{asked.Word[1..]}' with {asked.Says}", "Write it, or say in it what is not known yet and when it will be."));
        return Problem.All([.. missing]) is { } incomplete ? incomplete : new NoticeText(title.Groups["text"].Value.Trim(), body, sections);
    }

    [GeneratedRegex(@"^# (?<text>[^\n]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Title1();

    [GeneratedRegex(@"^## (?<heading>[^\n]+)(\n|\z)(?<text>.*?)(?=^## |\z)", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Section();
}
