using System.Globalization;

namespace OffGridFlow.Activities.Connectors;

/// <summary>Why a file did not come. Addresses are told by their host alone: the rest of one may hold what opens it.</summary>
/// <param name="Problem">For people; <see cref="Problem.RetryAfter"/> where the other side said when.</param>
/// <param name="Status">What was answered; null: nothing.</param>
/// <param name="IsTransient">Whether it may pass by itself.</param>
internal sealed record SourceFailure(Problem Problem, int? Status, bool IsTransient)
{
    /// <summary>However long the other side asks us to wait, on the next day it is tried again.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public static SourceFailure Answered(int status, string host, TimeSpan? retryAfter)
    {
        var found = string.Create(CultureInfo.InvariantCulture, $"{host} answers {status}");
        return status switch
        {
            401 or 403 => new(
                new Problem("source.refused", "url", found, "a file, for who sends the header", "Set the header and its value anew, or ask the file's owner for access."), status, IsTransient: false),
            404 or 410 => new(new Problem("source.missing", "url", found, "a file at the address", "Correct the address."), status, IsTransient: false),
            429 or 503 => new(
                new Problem("source.busy", "url", found, "a file", "Nothing: it is tried again when the server has said. If it stays so, have it fetched less often.")
                {
                    Kind = ProblemKind.Unavailable, RetryAfter = retryAfter is { } told && told > LongestWait ? LongestWait : retryAfter,
                },
                status, IsTransient: true),
            408 or 425 or >= 500 => new(Away(found), status, IsTransient: true),
            _ => new(new Problem("source.answer", "url", found, "a file (200)", "Check the address with whoever gave it."), status, IsTransient: false),
        };
    }

    public static SourceFailure Unreachable(string host, string why) => new(Away($"{host}: {why}"), null, IsTransient: true);

    public static SourceFailure Truncated(long arrived, long? length, int status) => new(
        new Problem(
            "source.truncated", "url", string.Create(CultureInfo.InvariantCulture, $"{arrived} bytes, then the connection broke off"),
            length is { } whole ? string.Create(CultureInfo.InvariantCulture, $"{whole} bytes") : "the whole file", "Nothing: it is tried again. If it stays so, tell the file's owner.") { Kind = ProblemKind.Unavailable },
        status, IsTransient: true);

    public static SourceFailure Slow(long arrived, int status) => new(
        new Problem("source.slow", "url", string.Create(CultureInfo.InvariantCulture, $"{arrived} bytes, and too long to wait for the next ones"), "100 kB a second, and no pause of 30 seconds", "Nothing: it is tried again. If it stays so, have the file made smaller.")
        {
            Kind = ProblemKind.Unavailable,
        },
        status, IsTransient: true);

    public static SourceFailure Redirected(string found, int status) => new(
        new Problem("source.redirect", "url", found, "the file, after five redirects at most, each to a public https address", "Give the address that the file is at."), status, IsTransient: false);

    /// <summary>Of what is wrong with the file's bytes.</summary>
    public static SourceFailure Unusable(Problem problem, int status) => new(
        problem.Code == "file.html"
            ? new Problem("source.page", "url", "a web page, as where one has to sign in", "a .csv, .tsv, .xlsx or .xls file", "Give the address of the file itself, and the header that opens it.")
            : problem, status, IsTransient: false);

    private static Problem Away(string found) =>
        new Problem("source.away", "url", found, "a server that answers with the file", "Nothing: it is tried again. If it stays so, check the address.") { Kind = ProblemKind.Unavailable };
}
