using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging.Webhooks;

/// <summary>Sends an event <c>webhook.tested</c> to one webhook, whatever types it hears: its deliveries show what came of it.</summary>
internal static class TestWebhook
{
    internal sealed record Response(Guid EventId, Guid JobId);

    internal static void Map(IEndpointRouteBuilder webhooks) =>
        webhooks.MapPost("/{id:guid}/test", async (Guid id, Caller caller, Database database, TimeProvider time, CancellationToken ct) =>
            (await Handle(id, caller, database, time, ct)).ToAccepted(sent => $"/api/v1/jobs/{sent.JobId}")).WithName("testWebhook").Produces<Response>(StatusCodes.Status202Accepted);

    internal static Task<Result<Response>> Handle(Guid id, Caller caller, Database database, TimeProvider time, CancellationToken ct) => database.Write<Response>(
        caller,
        async session =>
        {
            var webhook = await Webhook.Find(session, id);
            if (webhook is null)
            {
                return Problem.NotFound("webhook", id.ToString());
            }

            if (webhook.Status != "active")
            {
                return new Problem("webhook.inactive", "status", webhook.Status, "active", "Set its status to active first.") { Kind = ProblemKind.Conflict };
            }

            // Sent already, as far as the dispatcher is concerned: nobody else is to hear it.
            var eventId = Guid.CreateVersion7();
            await Outbox.Write(session, eventId, "webhook.tested", new { webhook.WebhookId }, time.GetUtcNow(), sent: true);
            await Audit.Trail.Record(session, "webhook.tested", new { webhook.WebhookId, event_id = eventId });
            return new Response(eventId, await JobQueue.Enqueue(session, DeliverWebhook.Job(id, eventId)));
        },
        ct);
}
