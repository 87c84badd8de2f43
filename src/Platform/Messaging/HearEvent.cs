using System.Data;
using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Messaging;

/// <summary>Lets one subscriber hear one event. It may run twice; what the subscriber does is committed once, with the note that it has heard.</summary>
internal sealed class HearEvent(Database database, IEnumerable<IEventSubscriber> subscribers) : IJobHandler
{
    private readonly Dictionary<string, IEventSubscriber> subscribers = subscribers.ToDictionary(subscriber => subscriber.Name, StringComparer.Ordinal);

    private sealed record Arguments(string Subscriber, Guid EventId);

    public string Name => "hear-event";

    internal static NewJob Job(IEventSubscriber subscriber, Guid eventId) =>
        new(JobType.Notification, "hear-event", new Arguments(subscriber.Name, eventId)) { Priority = 10, Key = $"hear-event {subscriber.Name} {eventId}" };

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var asked = job.Arguments.Deserialize<Arguments>(Json.Options)!;
        if (!subscribers.TryGetValue(asked.Subscriber, out var subscriber))
        {
            throw new PermanentJobException(new Problem(
                "event.subscriber-unknown", "subscriber", asked.Subscriber, "a subscriber of this version of the program", "Requeue it with a version that has the subscriber."));
        }

        await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
        // Before the subscriber does anything: a second one waits here for the first, and then finds it heard.
        var first = await session.Execute(
            "insert into platform.heard (tenant_id, subscriber, event_id) values (@Tenant, @Subscriber, @EventId) on conflict do nothing",
            new { Tenant = session.Tenant.Value, asked.Subscriber, asked.EventId });
        if (first == 1)
        {
            await subscriber.Hear((await Outbox.Find(session, asked.EventId))!, session);
            await job.Save(session, asked.EventId, done: 1, total: 1);
            await session.Commit();
        }
    }
}
