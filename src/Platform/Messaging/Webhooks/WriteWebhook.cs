using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging.Webhooks;

/// <summary>Adds, changes and removes a webhook. Its secret is answered once, when it is added.</summary>
internal static partial class WriteWebhook
{
    internal sealed record Request(string Url, string[]? EventTypes = null, string? Description = null, string? Status = null);

    internal sealed record Created(Webhook Webhook, string Secret);

    internal static void Map(IEndpointRouteBuilder webhooks)
    {
        webhooks.MapPost("/", async (Request request, Caller caller, Database database, OutboundHttp outbound, Seals seals, CancellationToken ct) =>
            (await Create(request, caller, database, outbound, seals, ct)).ToCreated(made => $"/api/v1/webhooks/{made.Webhook.WebhookId}")).WithName("createWebhook").Produces<Created>(StatusCodes.Status201Created).WithMetadata(new AnswersWithSecret());
        webhooks.MapPut("/{id:guid}", async (Guid id, Request request, [FromHeader(Name = "If-Match")] string? ifMatch, Caller caller, Database database, OutboundHttp outbound, CancellationToken ct) =>
            (await Change(id, request, ifMatch, caller, database, outbound, ct)).ToOk()).WithName("changeWebhook").Produces<Webhook>();
        webhooks.MapDelete("/{id:guid}", async (Guid id, Caller caller, Database database, CancellationToken ct) =>
            (await Delete(id, caller, database, ct)) is { Problem: { } problem } ? (IResult)new ProblemResponse(problem) : TypedResults.NoContent()).WithName("deleteWebhook").Produces(StatusCodes.Status204NoContent);
    }

    internal static async Task<Result<Created>> Create(Request request, Caller caller, Database database, OutboundHttp outbound, Seals seals, CancellationToken ct)
    {
        if (Wrong(request, outbound) is { } problem)
        {
            return problem;
        }

        return await database.Write<Created>(
            caller,
            async session =>
            {
                var row = new { Tenant = session.Tenant.Value, Id = Guid.CreateVersion7(), request.Url, EventTypes = request.EventTypes ?? [], request.Description, Status = request.Status ?? "active", Secret = WebhookSignature.NewSecret() };
                var made = await session.First<Webhook>(
                    $"insert into platform.webhooks (tenant_id, webhook_id, url, event_types, description, status) values (@Tenant, @Id, @Url, @EventTypes, @Description, @Status) returning {Webhook.Columns}",
                    row);
                await session.Execute(
                    "insert into platform.webhook_secrets (tenant_id, webhook_id, secret) values (@Tenant, @Id, @secret)",
                    new { row.Tenant, row.Id, secret = await seals.Seal(session, WebhookSignature.Purpose(row.Id), row.Secret) });
                return new Created(made!, WebhookSignature.Show(row.Secret));
            },
            ct);
    }

    // Set to active again it starts afresh: its failures are forgotten.
    internal static async Task<Result<Webhook>> Change(
        Guid id, Request request, string? ifMatch, Caller caller, Database database, OutboundHttp outbound, CancellationToken ct)
    {
        if (Wrong(request, outbound) is { } problem)
        {
            return problem;
        }

        return await database.Write<Webhook>(
            caller,
            async session =>
            {
                var there = await session.First<Webhook>($"select {Webhook.Columns} from platform.webhooks where webhook_id = @id and deleted_at is null for update", new { id });
                if (there is null)
                {
                    return Problem.NotFound("webhook", id.ToString());
                }

                if (ifMatch is not null && ifMatch != "*" && ifMatch.Trim('"') != $"{there.Version}")
                {
                    return new Problem("webhook.changed", "If-Match", ifMatch, $"\"{there.Version}\"", "Read it again and repeat the change.") { Kind = ProblemKind.Stale };
                }

                var changed = await session.First<Webhook>(
                    $"""
                    update platform.webhooks set url = @Url, event_types = @EventTypes, description = @Description, status = @Status,
                        disabled_reason = case when @Status = 'disabled' then coalesce(disabled_reason, 'By its owner.') end,
                        failing_since = case when @Status = 'disabled' then failing_since end, updated_at = clock_timestamp(), version = version + 1
                    where webhook_id = @id returning {Webhook.Columns}
                    """,
                    new { id, request.Url, EventTypes = request.EventTypes ?? [], request.Description, Status = request.Status ?? there.Status });
                return changed!;
            },
            ct);
    }

    internal static Task<Result<bool>> Delete(Guid id, Caller caller, Database database, CancellationToken ct) => database.Write<bool>(
        caller,
        async session =>
        {
            var deleted = await session.Execute(
                "update platform.webhooks set deleted_at = clock_timestamp(), status = 'disabled', version = version + 1 where webhook_id = @id and deleted_at is null", new { id });
            await session.Execute("delete from platform.webhook_secrets where webhook_id = @id", new { id });
            return deleted == 1 ? true : Problem.NotFound("webhook", id.ToString());
        },
        ct);

    private static Problem? Wrong(Request request, OutboundHttp outbound)
    {
        if (outbound.Check("webhook.url", "url", request.Url) is { } unusable)
        {
            return unusable;
        }

        return (request.EventTypes ?? []).FirstOrDefault(type => !EventType().IsMatch(type)) is { } wrong
            ? new Problem("webhook.event-type", "event_types", wrong, "a noun and a verb such as import.read", "Leave event_types out to hear all.")
            : request.Status is null or "active" or "disabled" ? null
            : new Problem("webhook.status", "status", request.Status, "active or disabled", "Leave it out to keep it.");
    }

    [GeneratedRegex(@"\A[a-z][a-z-]*(\.[a-z][a-z-]*)+\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EventType();
}
