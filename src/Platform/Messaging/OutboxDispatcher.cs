using System.Data;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OffGridFlow.Platform.Messaging.Webhooks;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging;

/// <summary>
/// Hands events on: one job for each subscriber and each webhook that hears it, in the transaction that marks the event as sent. So
/// each is retried, and given up, by itself. This is the one place where events leave: a message broker would be one more way here.
/// </summary>
internal sealed class OutboxDispatcher(
    Database database, IEnumerable<IEventSubscriber> subscribers, Bell bell, TimeProvider time, ILogger<OutboxDispatcher> log) : BackgroundService
{
    private const int Turn = 100; // Events of one tenant before it is the next one's turn.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    private readonly ILookup<string, IEventSubscriber> subscribers = subscribers.ToLookup(subscriber => subscriber.EventType, StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ear = bell.Listen(Bell.Events);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var sent = 0;
                foreach (var tenant in await Tenants(stoppingToken))
                {
                    sent += await Send(tenant, stoppingToken);
                }

                if (sent == 0)
                {
                    await ear.Wait(Poll, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception outage) when (outage is NpgsqlException or IOException or TimeoutException)
            {
                log.LogWarning(outage, "Events could not be handed on; trying again.");
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<IReadOnlyList<Guid>> Tenants(CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<Guid>(new CommandDefinition("select * from platform.tenants_with_events()", cancellationToken: ct))).AsList();
    }

    // Events another dispatcher has in hand are skipped.
    private async Task<int> Send(Guid tenant, CancellationToken ct)
    {
        await using var session = await database.Open(Caller.System(new TenantId(tenant), "outbox"), IsolationLevel.ReadCommitted, ct);
        var waiting = await session.Query<Waiting>(
            "select event_id, type from platform.outbox where sent_at is null order by event_id limit @Turn for update skip locked", new { Turn });
        var webhooks = waiting.Count == 0 ? [] : await Webhook.Active(session);
        foreach (var told in waiting)
        {
            foreach (var subscriber in subscribers[told.Type])
            {
                await JobQueue.Enqueue(session, HearEvent.Job(subscriber, told.EventId));
            }

            foreach (var webhook in webhooks.Where(webhook => webhook.Hears(told.Type)))
            {
                await JobQueue.Enqueue(session, DeliverWebhook.Job(webhook.WebhookId, told.EventId));
            }
        }

        await session.Execute(
            "update platform.outbox set sent_at = @Now where event_id = any (@Ids)",
            new { Now = time.GetUtcNow(), Ids = waiting.Select(told => told.EventId).ToArray() });
        await session.Commit();
        return waiting.Count;
    }

    private sealed record Waiting(Guid EventId, string Type);
}
