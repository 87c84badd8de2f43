using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Reporting.Reports;

/// <summary>
/// Approves or rejects a report that was submitted, for good. Where the organisation asks for four eyes, nobody decides on a report that
/// they submitted, and keys, behind which anybody may stand, neither submit nor decide.
/// </summary>
internal static class DecideReport
{
    private const int MostReason = 2000;

    /// <param name="Reason">Why. A rejection needs one.</param>
    internal sealed record Request(string? Reason = null);

    public static void Map(IEndpointRouteBuilder reports)
    {
        reports.MapPost("/{id:guid}/approve", async (Guid id, Request? request, IfMatch version, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(id, true, request?.Reason, version, session, clock), ct)).ToOk())
            .WithName("ApproveReport").Needing(Permission.ReportsApprove).WithSummary("Approve a report that was submitted.").Produces<Report>();
        reports.MapPost("/{id:guid}/reject", async (Guid id, Request? request, IfMatch version, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(id, false, request?.Reason, version, session, clock), ct)).ToOk())
            .WithName("RejectReport").Needing(Permission.ReportsApprove).WithSummary("Reject a report that was submitted, with a reason.").Produces<Report>();
    }

    internal static async Task<Result<Report>> Handle(Guid id, bool approves, string? reason, IfMatch version, Session session, TimeProvider clock)
    {
        var why = string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();
        if (!(await Report.Hold(id, version, session)).TryValue(out var report, out var problem))
        {
            return problem;
        }

        if (why is { Length: > MostReason })
        {
            return new Problem("report.reason", "reason", $"{why.Length} characters", $"at most {MostReason}", "Shorten it.");
        }

        if (!approves && why is null)
        {
            return new Problem("report.reason", "reason", "", "why it is rejected", "Say what has to change before it can be approved.");
        }

        if (report.Status != "submitted")
        {
            return report.NotIn("submitted", "Only what was submitted, and not decided on, is approved or rejected.");
        }

        if (await OrganizationQueries.FourEyes(session) && report.FourEyes(session.Caller) is { } refused)
        {
            return refused;
        }

        var status = approves ? "approved" : "rejected";
        await session.Execute(
            "update reporting.reports set status = @status, decided_at = @now, decided_by = @actor, reason = @why, version = version + 1 where report_id = @id",
            new { id, status, why, now = clock.GetUtcNow(), actor = session.Caller.Actor });
        await Outbox.Tell(session, $"report.{status}", new { report_id = id, period = report.Period }, clock);
        return await Report.Find(id, session);
    }
}
