using System.Globalization;
using System.Text;

namespace OffGridFlow.Platform.Mail;

/// <summary>A letter to one person: what it says as plain text and as HTML.</summary>
/// <param name="To">One address.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">Plain, with <c>\n</c> at line ends.</param>
/// <param name="Html">The same as a whole HTML document.</param>
public sealed record Letter(string To, string Subject, string Text, string Html)
{
    private const int EncodedLine = 76;

    /// <summary>As RFC 5322 has it, with two bodies of MIME (RFC 2046, 5.1.4); lines end with CRLF and are short; nothing but ASCII.</summary>
    /// <param name="from">The sender's address.</param>
    /// <param name="id">Told apart by it; the same when the same letter is sent once more.</param>
    /// <param name="at">When it was written.</param>
    public string ToMessage(string from, Guid id, DateTimeOffset at)
    {
        var boundary = $"=_{id:N}";
        var domain = from[(from.LastIndexOf('@') + 1)..].TrimEnd('>');
        return string.Create(CultureInfo.InvariantCulture, $"""
            Date: {at.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} +0000
            From: {Header(from)}
            To: {Header(To)}
            Subject: {Encoded(Subject)}
            Message-ID: <{id:N}@{domain}>
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: multipart/alternative;
             boundary="{boundary}"

            --{boundary}
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: base64

            {Base64(Text)}
            --{boundary}
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: base64

            {Base64(Html)}
            --{boundary}--

            """).ReplaceLineEndings("\r\n");
    }

    // A line break in a header would begin another header.
    private static string Header(string text) => text.Any(char.IsControl) ? throw new ArgumentException("An address of one line is needed.", nameof(text)) : text;

    // RFC 2047: words of whole characters, short enough for a line of 78 (RFC 5322, 2.1.1).
    private static string Encoded(string text)
    {
        var plain = string.Concat(text.Where(letter => !char.IsControl(letter)));
        if (Ascii.IsValid(plain) && plain.Length <= 60)
        {
            return plain;
        }

        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in plain.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(word.ToString()) + rune.Utf8SequenceLength > 36)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            word.Append(rune.ToString());
        }

        words.Add(word.ToString());
        return string.Join("\n ", words.Select(part => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(part))}?="));
    }

    private static string Base64(string text) =>
        string.Join('\n', Convert.ToBase64String(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"))).Chunk(EncodedLine).Select(line => new string(line)));
}
