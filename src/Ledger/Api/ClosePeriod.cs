using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Api;

/// <summary>Closes a period at the ledger's last run, or opens it again. What is posted into a closed period later is a restatement.</summary>
internal static class ClosePeriod
{
    internal sealed record Request(string? Reason = null);

    /// <param name="Run">The last run that the closed figures hold.</param>
    /// <param name="Hash">Its hash: with it the whole ledger up to there is fixed.</param>
    internal sealed record Closing(Guid PeriodId, string Action, long Run, string Hash, DateTimeOffset At, string? Reason);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/periods/{id:guid}/close", (Guid id, Request? request, Caller caller, Database database, TimeProvider time, CancellationToken ct) =>
            Post(id, true, request, caller, database, time, ct)).WithName("ClosePeriod").Needing(Permission.PeriodsClose).WithTags("Periods").WithSummary("Closes a period at the last run").Produces<Closing>();
        api.MapPost("/periods/{id:guid}/reopen", (Guid id, Request? request, Caller caller, Database database, TimeProvider time, CancellationToken ct) =>
            Post(id, false, request, caller, database, time, ct)).WithName("ReopenPeriod").Needing(Permission.PeriodsClose).WithTags("Periods").WithSummary("Opens a closed period again").Produces<Closing>();
    }

    private static async Task<IResult> Post(Guid id, bool close, Request? request, Caller caller, Database database, TimeProvider time, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(id, close, request?.Reason, session, time), ct)).ToOk();

    internal static async Task<Result<Closing>> Handle(Guid id, bool close, string? reason, Session session, TimeProvider time)
    {
        // Postings wait: an entry is either in what is closed, or restates it.
        await LedgerHead.Lock(session);
        var calendar = await OrganizationQueries.Periods(session);
        if (calendar.All.FirstOrDefault(one => one.PeriodId == id) is not { } period)
        {
            return Problem.NotFound("period", id.ToString());
        }

        if (period.IsClosed == close)
        {
            return new Problem(
                close ? "period.closed" : "period.open", "id", period.Code, close ? "an open period" : "a closed period", close ? "It is closed already." : "It is open already.")
            { Kind = ProblemKind.Conflict };
        }

        var at = RunHash.Microseconds(time.GetUtcNow());
        var head = await LedgerHead.Read(session);
        var action = close ? "close" : "reopen";
        await OrganizationQueries.SetClosed(session, id, close, at);
        await session.Execute(
            """
            insert into ledger.closings (tenant_id, closing_id, period_id, action, run_no, hash, reason, at, by_actor)
            values (@tenant, @closing, @id, @action, @RunNo, @Hash, @reason, @at, @actor)
            """,
            new { tenant = session.Tenant.Value, closing = Guid.CreateVersion7(), id, action, head.RunNo, head.Hash, reason, at, actor = session.Caller.Actor });
        await Outbox.Tell(session, close ? "period.closed" : "period.reopened", new { period_id = id, run = head.RunNo }, time);
        return new Closing(id, action, head.RunNo, Convert.ToHexStringLower(head.Hash), at, reason);
    }
}
