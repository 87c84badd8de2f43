using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Notices;

/// <summary>Lists the notices of breaches that concern the organisation, and acknowledges one: from then on no page shows it above everything else.</summary>
public static class NoticeEndpoints
{
    private static readonly ListShape Shape = new ListShape("notice_id", FieldKind.Id, "-notice_id").Filter("reference").Range("published_at", FieldKind.Instant).Sort("published_at", FieldKind.Instant);

    internal static void Map(IEndpointRouteBuilder governance)
    {
        var notices = governance.MapGroup("/notices").Needing(Permission.DataExport);
        notices.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) => (await database.Read(caller, session => query.Page<Notice>(session, Notice.Select), ct)).ToOk())
            .Lists<Notice>(Shape).WithName("ListNotices").WithSummary("List the notices of breaches that concern your organisation.");
        notices.MapGet("/{notice_id:guid}", async (Guid notice_id, Caller caller, Database database, CancellationToken ct) => (await database.Read(caller, session => Notice.Find(notice_id, session), ct)).ToOk())
            .WithName("GetNotice").WithSummary("Show a notice.").Produces<Notice>();
        notices.MapPost("/{notice_id:guid}/acknowledge", async (Guid notice_id, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
                (await database.Write(caller, session => Acknowledge(notice_id, session, clock), ct)).ToOk())
            .WithName("AcknowledgeNotice").WithSummary("Say that you have read a notice.").Produces<Notice>();
    }

    /// <summary>Again: it stays as it was first acknowledged.</summary>
    public static async Task<Result<Notice>> Acknowledge(Guid id, Session session, TimeProvider clock)
    {
        await session.Execute(
            "update org.notices set acknowledged_at = @now, acknowledged_by = @Actor where notice_id = @id and acknowledged_at is null", new { id, now = clock.GetUtcNow(), session.Caller.Actor });
        return await Notice.Find(id, session);
    }
}
