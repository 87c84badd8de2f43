using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Reporting.Reports;

/// <summary>Hands a draft to those who approve, and takes it back while nobody has decided.</summary>
internal static class SubmitReport
{
    public static void Map(IEndpointRouteBuilder reports)
    {
        reports.MapPost("/{id:guid}/submit", async (Guid id, IfMatch version, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            (await database.Write(caller, session => Submit(id, version, session, clock), ct)).ToOk())
            .WithName("SubmitReport").Needing(Permission.ReportsSubmit).WithSummary("Submit a draft for approval.").Produces<Report>();
        reports.MapPost("/{id:guid}/recall", async (Guid id, IfMatch version, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            (await database.Write(caller, session => Recall(id, version, session, clock), ct)).ToOk())
            .WithName("RecallReport").Needing(Permission.ReportsSubmit).WithSummary("Take a report back that nobody has decided on: it is a draft again.").Produces<Report>();
    }

    internal static async Task<Result<Report>> Submit(Guid id, IfMatch version, Session session, TimeProvider clock)
    {
        if (!(await Report.Hold(id, version, session)).TryValue(out var report, out var problem))
        {
            return problem;
        }

        if (report.Status != "draft")
        {
            return report.NotIn("draft", "It is beyond that: make another report for figures that have changed.");
        }

        if (await OrganizationQueries.FourEyes(session) && session.Caller.User is null)
        {
            return Report.Person(session.Caller);
        }

        await session.Execute(
            "update reporting.reports set status = 'submitted', submitted_at = @now, submitted_by = @actor, version = version + 1 where report_id = @id",
            new { id, now = clock.GetUtcNow(), actor = session.Caller.Actor });
        await Outbox.Tell(session, "report.submitted", new { report_id = id, period = report.Period }, clock);
        return await Report.Find(id, session);
    }

    internal static async Task<Result<Report>> Recall(Guid id, IfMatch version, Session session, TimeProvider clock)
    {
        if (!(await Report.Hold(id, version, session)).TryValue(out var report, out var problem))
        {
            return problem;
        }

        if (report.Status != "submitted")
        {
            return report.NotIn("submitted", "Only what was submitted, and not decided on, is taken back.");
        }

        await session.Execute("update reporting.reports set status = 'draft', submitted_at = null, submitted_by = null, version = version + 1 where report_id = @id", new { id });
        await Outbox.Tell(session, "report.recalled", new { report_id = id, period = report.Period }, clock);
        return await Report.Find(id, session);
    }
}
