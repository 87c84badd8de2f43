using System.Net;
using OffGridFlow.Platform.Mail;

namespace OffGridFlow.Organizations;

/// <summary>What letters of the product look like: sentences, one link, and why it came.</summary>
internal static class Letters
{
    /// <param name="to">One address.</param>
    /// <param name="subject">One line.</param>
    /// <param name="said">Paragraphs before the link.</param>
    /// <param name="link">What it is called and where it leads; null: none.</param>
    /// <param name="after">Paragraphs after the link.</param>
    public static Letter Write(string to, string subject, IReadOnlyList<string> said, (string Title, string Address)? link, params IReadOnlyList<string> after)
    {
        var text = string.Join("\n\n", said.Concat(link is { } at ? [$"{at.Title}:\n{at.Address}"] : []).Concat(after)) + "\n";
        var html = $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>{Safe(subject)}</title></head>
            <body style="font-family:Georgia,serif;font-size:17px;line-height:1.5;max-width:34em;margin:2em auto;padding:0 1em">
            {string.Concat(said.Select(Paragraph))}{(link is { } button ? $"<p><a href=\"{Safe(button.Address)}\" style=\"font-weight:bold\">{Safe(button.Title)}</a></p>\n" : "")}{string.Concat(after.Select(Paragraph))}</body></html>

            """;
        return new Letter(to, subject, text, html);
    }

    private static string Paragraph(string text) => $"<p>{Safe(text)}</p>\n";

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
