using System.Globalization;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Connectors;

/// <summary>What somebody says about a source, new or changed.</summary>
/// <param name="Name">1 to 200 characters; no other source has it.</param>
/// <param name="Url">Of the file: https.</param>
/// <param name="Type"><c>https_file</c>.</param>
/// <param name="HeaderName">Of a request header that opens the file: <c>Authorization</c>, <c>X-Api-Key</c>.</param>
/// <param name="HeaderValue">The secret: it is sealed, and never shown again. Left out on a change, the one that is set stays.</param>
/// <param name="TemplateId">A saved way to read its files.</param>
/// <param name="Options">As an import takes them; they go before the template's.</param>
/// <param name="Cron">Minute, hour, day of month, month, day of week; left out: every night.</param>
/// <param name="TimeZone">IANA name; left out: Etc/UTC.</param>
/// <param name="Enabled">Whether it is fetched at all; left out: yes.</param>
internal sealed record SourceForm(
    string? Name = null, string? Url = null, string? Type = null, string? HeaderName = null, string? HeaderValue = null, Guid? TemplateId = null, ImportOptions? Options = null, string? Cron = null,
    string? TimeZone = null, bool? Enabled = null)
{
    /// <summary>Sources are asked no oftener than that.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromMinutes(15);

    public const int LongestName = 200;
    public const int LongestValue = 4000;

    // Of a time table so many times in a row are looked at: at the least interval, a month.
    private const int LookedAt = 3000;

    // What the connection, the answer's form and what is asked for hang on is ours to say.
    private static readonly HashSet<string> OurHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization",
        "Accept-Encoding", "Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "User-Agent", "Date", "Via", "Forwarded", "HTTP2-Settings",
    };

    /// <summary>Every night, at a minute of the source's own: not all at once.</summary>
    public static string Nightly(Guid sourceId)
    {
        var draw = sourceId.ToByteArray()[15];
        return string.Create(CultureInfo.InvariantCulture, $"{draw % 60} {1 + (draw / 64)} * * *");
    }

    // A record would print its members.
    public override string ToString() => nameof(SourceForm);

    /// <summary>Everything that is wrong with it, or null.</summary>
    public async Task<Problem?> Check(Session session, OutboundHttp outbound, ReferenceData data) => Problem.All(
        string.IsNullOrWhiteSpace(Name) || Name.Length > LongestName || Name.Any(char.IsControl)
            ? new Problem("source.name", "name", Name ?? "", "a name of 1 to 200 characters", "Say what comes from there.") : null,
        Type is null or Source.HttpsFile ? null : new Problem("source.type", "type", Type, Source.HttpsFile, "Leave it out."),
        CheckUrl(outbound, Url),
        CheckHeader(),
        TemplateId is { } template && await ImportTemplates.Options(session, template) is null
            ? new Problem("source.template", "template_id", template.ToString(), "the id of a saved import template", "List the templates to find the right id.") : null,
        Options?.Check(data),
        CheckTimes());

    /// <summary>What is wrong with an address, by the rules of now.</summary>
    public static Problem? CheckUrl(OutboundHttp outbound, string? url) => outbound.Check("source.url", "url", url) is not { } wrong ? null
        : wrong.Code == "address.refused" ? wrong
        : new Problem("source.url", "url", url ?? "", "a public https address without a password", "Write it as in https://files.example.org/readings.csv.");

    /// <summary>What is wrong with the header, whatever is kept of it.</summary>
    public Problem? CheckHeader()
    {
        if (HeaderName is null)
        {
            return HeaderValue is null ? null : new Problem("source.header", "header_name", "", "the name of the header that the value belongs to", "Give header_name, too.");
        }

        using var request = new HttpRequestMessage();
        return HeaderName.Length is 0 or > 100 || !HeaderName.All(IsToken) || OurHeaders.Contains(HeaderName) || !request.Headers.TryAddWithoutValidation(HeaderName, "x")
            ? new Problem("source.header", "header_name", HeaderName, "a request header such as Authorization or X-Api-Key", "Take the name that the file's owner gave.")
            : HeaderValue is not null && (HeaderValue.Length is 0 or > LongestValue || HeaderValue.Trim() != HeaderValue || !HeaderValue.All(letter => letter is >= ' ' and <= '~'))
            ? new Problem("source.header-value", "header_value", "a value that no header carries", "1 to 4000 printable ASCII characters without blanks at the ends", "Copy it again, such as Bearer and the token.")
            : null;
    }

    private Problem? CheckTimes()
    {
        if (TimeZone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            return new Problem("schedule.time-zone", "time_zone", TimeZone, "an IANA time zone such as Europe/Berlin", "Take a name from the IANA list.");
        }

        if (Cron is null)
        {
            return null;
        }

        if (Cron.Length > 200 || !Platform.Messaging.Cron.Parse(Cron).TryValue(out var table, out var problem))
        {
            return new Problem("schedule.cron", "cron", Cron, "five fields such as \"30 2 * * 1-5\"", "Write minute, hour, day of month, month and day of week.");
        }

        var (at, end) = (new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 1, 2, 0, 0, 0, TimeSpan.Zero));
        for (var times = 0; times < LookedAt && at < end; times++)
        {
            var next = table.Next(at, TimeZoneInfo.Utc);
            if (times > 0 && next - at < LeastInterval)
            {
                return new Problem("source.interval", "cron", Cron, $"{LeastInterval.TotalMinutes:0} minutes or more between two times", "Have it fetched less often.");
            }

            at = next;
        }

        return null;
    }

    // RFC 9110, 5.6.2.
    private static bool IsToken(char letter) => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal);
}
