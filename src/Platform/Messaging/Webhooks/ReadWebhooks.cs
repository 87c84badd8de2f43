using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging.Webhooks;

/// <summary>Lists webhooks, shows one, and lists what was sent to it, the last first.</summary>
internal static class ReadWebhooks
{
    internal sealed record Delivery
    {
        public Guid DeliveryId { get; init; }

        public Guid EventId { get; init; }

        public string EventType { get; init; } = "";

        /// <summary>Requeue it to send the event again.</summary>
        public Guid JobId { get; init; }

        public DateTime At { get; init; }

        public int DurationMs { get; init; }

        public int? StatusCode { get; init; }

        public string? Error { get; init; }

        public string? Answer { get; init; }
    }

    internal static void Map(IEndpointRouteBuilder webhooks)
    {
        webhooks.MapGet("/", async (string? cursor, int? limit, Caller caller, Database database, CancellationToken ct) =>
            (await List(cursor, limit, caller, database, ct)).ToOk()).WithName("listWebhooks").Produces<Page<Webhook>>();
        webhooks.MapGet("/{id:guid}", async (Guid id, HttpContext context, Caller caller, Database database, CancellationToken ct) =>
        {
            var found = await Show(id, caller, database, ct);
            if (found.Problem is null)
            {
                context.Response.Headers.ETag = $"\"{found.Value.Version}\"";
            }

            return found.ToOk();
        }).WithName("showWebhook").Produces<Webhook>();
        webhooks.MapGet("/{id:guid}/deliveries", async (Guid id, string? cursor, int? limit, Caller caller, Database database, CancellationToken ct) =>
            (await Deliveries(id, cursor, limit, caller, database, ct)).ToOk()).WithName("listDeliveries").Produces<Page<Delivery>>();
    }

    internal static async Task<Result<Page<Webhook>>> List(string? cursor, int? limit, Caller caller, Database database, CancellationToken ct)
    {
        if (!IdPage.Read(cursor, limit).TryValue(out var page, out var problem))
        {
            return problem;
        }

        var found = await database.Read(
            caller,
            session => session.Query<Webhook>(
                $"select {Webhook.Columns} from platform.webhooks where deleted_at is null and webhook_id < @Before order by webhook_id desc limit @Limit + 1", page),
            ct);
        return page.Of(found, webhook => webhook.WebhookId);
    }

    internal static async Task<Result<Webhook>> Show(Guid id, Caller caller, Database database, CancellationToken ct) =>
        await database.Read(caller, session => Webhook.Find(session, id), ct) is { } found ? found : Problem.NotFound("webhook", id.ToString());

    internal static async Task<Result<Page<Delivery>>> Deliveries(Guid id, string? cursor, int? limit, Caller caller, Database database, CancellationToken ct)
    {
        if (!IdPage.Read(cursor, limit).TryValue(out var page, out var problem))
        {
            return problem;
        }

        var found = await database.Read(
            caller,
            async session => await Webhook.Find(session, id) is null ? null : await session.Query<Delivery>(
                """
                select d.delivery_id, d.event_id, o.type as event_type, d.job_id, d.at, d.duration_ms, d.status_code, d.error, d.answer
                from platform.deliveries d join platform.outbox o on o.tenant_id = d.tenant_id and o.event_id = d.event_id
                where d.webhook_id = @id and d.delivery_id < @Before order by d.delivery_id desc limit @Limit + 1
                """,
                new { id, page.Before, page.Limit }),
            ct);
        return found is null ? Problem.NotFound("webhook", id.ToString()) : page.Of(found, delivery => delivery.DeliveryId);
    }
}
