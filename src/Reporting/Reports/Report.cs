using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Reporting.Reports;

/// <summary>A period's figures as they were at one run of the ledger, and how far they are on the way to being approved.</summary>
public sealed class Report : IVersioned
{
    public const string Inventory = "ghg_inventory";

    internal const string Select = """
        select report_id, kind, period_id, period, run_no, encode(sha256, 'hex') as sha256, status, made_at, made_by, submitted_at, submitted_by, decided_at, decided_by, reason, version
        from reporting.reports
        """;

    public Guid ReportId { get; init; }

    /// <summary><c>ghg_inventory</c>: the GHG Protocol corporate inventory.</summary>
    public string Kind { get; init; } = "";

    public Guid PeriodId { get; init; }

    /// <summary>The period's code when the report was made.</summary>
    public string Period { get; init; } = "";

    /// <summary>The last run of the ledger that is in it.</summary>
    public long RunNo { get; init; }

    /// <summary>Of the content's bytes, in lower-case hexadecimal.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary><c>draft</c>, <c>submitted</c>, <c>approved</c> or <c>rejected</c>.</summary>
    public string Status { get; init; } = "";

    public DateTimeOffset MadeAt { get; init; }

    public string MadeBy { get; init; } = "";

    public DateTimeOffset? SubmittedAt { get; init; }

    public string? SubmittedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public string? DecidedBy { get; init; }

    /// <summary>Why it was approved or rejected.</summary>
    public string? Reason { get; init; }

    public int Version { get; init; }

    internal static async Task<Result<Report>> Find(Guid id, Session session) =>
        await session.First<Report>($"{Select} where report_id = @id", new { id }) is { } found ? found : Problem.NotFound("report", id.ToString());

    /// <summary>The same, and nobody else changes it until the transaction ends.</summary>
    internal static async Task<Result<Report>> Hold(Guid id, IfMatch version, Session session)
    {
        var found = await session.First<Report>($"{Select} where report_id = @id for no key update", new { id });
        return found is null ? Problem.NotFound("report", id.ToString())
            : version.Check(found.Version) is { } stale ? stale
            : found;
    }

    /// <summary>It is not where it would have to be.</summary>
    internal Problem NotIn(string status, string fix) => new("report.status", "status", Status, status, fix) { Kind = ProblemKind.Conflict };

    /// <summary>Whether it may be decided by somebody, where a second person decides.</summary>
    internal Problem? FourEyes(Caller caller) =>
        caller.User is null ? Person(caller)
        : SubmittedBy == caller.Actor ? new Problem("report.four-eyes", "submitted_by", SubmittedBy!, "a report that somebody else has submitted", "Have a colleague decide: nobody approves what they have submitted.") { Kind = ProblemKind.Forbidden }
        : null;

    /// <summary>Where four eyes are asked for, a program has none.</summary>
    internal static Problem Person(Caller caller) =>
        new("report.person", "actor", caller.Actor, "a person who is signed in", "Sign in yourself: where a second person approves, a key neither submits nor decides.") { Kind = ProblemKind.Forbidden };
}
