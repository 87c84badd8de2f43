using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Governance;

/// <summary>
/// Asks for the organisation to be erased, shows when that happens, and thinks again. For 30 days nothing changes and everything works, so that thinking again
/// costs nothing; then it is erased for good.
/// </summary>
internal static class RequestErasure
{
    /// <param name="Reason">Why: it stays on the certificate.</param>
    public sealed record Request(string Reason);

    /// <summary>What was asked for.</summary>
    public sealed class Response
    {
        public Guid ErasureId { get; init; }

        /// <summary><c>waiting</c>, <c>due</c> or <c>cancelled</c>.</summary>
        public string Status { get; init; } = "";

        public string Reason { get; init; } = "";

        public string RequestedBy { get; init; } = "";

        public DateTimeOffset RequestedAt { get; init; }

        /// <summary>From then on it cannot be taken back.</summary>
        public DateTimeOffset DeletionDate { get; init; }

        /// <summary>Days between the two.</summary>
        public int RetentionDays { get; init; }

        public DateTimeOffset? CancelledAt { get; init; }

        public string? CancelledBy { get; init; }
    }

    private const string Select = """
        select erasure_id, case when cancelled_at is not null then 'cancelled' when due_at <= clock_timestamp() then 'due' else 'waiting' end as status, reason,
            requested_by, requested_at, due_at as deletion_date, extract(day from due_at - requested_at)::int as retention_days, cancelled_at, cancelled_by
        from org.erasures
        """;

    public static void Map(IEndpointRouteBuilder governance)
    {
        var deletion = governance.MapGroup("/deletion").Needing(Permission.DataErase);
        deletion.MapPost("/", async (Request request, Caller caller, Database database, CancellationToken ct) =>
                (await Ask(request, caller, database, ct)).ToCreated(_ => "/api/v1/governance/deletion"))
            .WithName("RequestDeletion").WithSummary("Have your organisation erased for good, 30 days from now.").Produces<Response>(StatusCodes.Status201Created);
        deletion.MapGet("/", async (Caller caller, Database database, CancellationToken ct) => (await database.Read(caller, Show, ct)).ToOk())
            .WithName("GetDeletion").WithSummary("Show whether, and when, your organisation is erased.").Produces<Response>();
        deletion.MapDelete("/", async (Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
                (await database.Write(caller, session => Cancel(session, clock), ct)).ToOk())
            .WithName("CancelDeletion").WithSummary("Take the request back.").Produces<Response>();
    }

    public static async Task<Result<Response>> Ask(Request request, Caller caller, Database database, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 2000)
        {
            return new Problem("deletion.reason", "reason", request.Reason, "a reason of 1 to 2000 characters", "Say why the organisation is to be erased.");
        }

        try
        {
            return await database.Write(
                caller,
                async session =>
                {
                    // The database sets the dates.
                    await session.Execute(
                        """
                        insert into org.erasures (tenant_id, erasure_id, reason, requested_at, requested_by, due_at)
                        values (@Tenant, @id, @Reason, clock_timestamp(), @Actor, clock_timestamp())
                        """,
                        new { Tenant = session.Tenant.Value, id = Guid.CreateVersion7(), request.Reason, session.Caller.Actor });
                    var asked = (await Show(session)).Value;
                    await JobQueue.Enqueue(session, EraseTenant.Job(asked.ErasureId, asked.DeletionDate));
                    return (Result<Response>)asked;
                },
                ct);
        }
        catch (PostgresException twice) when (twice.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Problem("deletion.requested", "deletion", "a request that stands", "none", "It has been asked for already; GET shows when it happens.") { Kind = ProblemKind.Conflict };
        }
    }

    /// <summary>The last request.</summary>
    public static async Task<Result<Response>> Show(Session session) =>
        await session.First<Response>($"{Select} order by requested_at desc, erasure_id desc limit 1") is { } asked ? asked
            : new Problem("deletion.not-found", "deletion", "no request", "a request that was made", "Nobody has asked for it.") { Kind = ProblemKind.NotFound };

    public static async Task<Result<Response>> Cancel(Session session, TimeProvider clock)
    {
        var cancelled = await session.First<Guid?>(
            "update org.erasures set cancelled_at = clock_timestamp(), cancelled_by = @Actor where cancelled_at is null and due_at > clock_timestamp() returning erasure_id",
            new { session.Caller.Actor });
        if (cancelled is not { } id)
        {
            return (await Show(session)).TryValue(out var there, out var none) && there.Status == "due"
                ? new Problem("deletion.due", "deletion", "a window that is over", "a request that waits", "It is being carried out and cannot be taken back.") { Kind = ProblemKind.Conflict }
                : none ?? new Problem("deletion.not-found", "deletion", "no request that stands", "one", "There is nothing to take back.") { Kind = ProblemKind.NotFound };
        }

        if (await EraseTenant.Waiting(id, session) is { } job)
        {
            await JobQueue.Cancel(session, job, clock);
        }

        return await Show(session);
    }
}
