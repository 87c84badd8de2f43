using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Messaging;

/// <summary>Tells what has happened, within the transaction in which it happened: undone with it, told with its commit.</summary>
public static class Outbox
{
    /// <summary>Tells subscribers and webhooks; returns the event's id.</summary>
    /// <param name="session">The transaction of the change.</param>
    /// <param name="type">Noun and past tense: <c>import.read</c>.</param>
    /// <param name="body">Serialized as JSON (snake_case).</param>
    /// <param name="time">The clock.</param>
    public static async Task<Guid> Tell(Session session, string type, object body, TimeProvider? time = null)
    {
        var id = Guid.CreateVersion7();
        await Write(session, id, type, body, (time ?? TimeProvider.System).GetUtcNow(), sent: false);
        return id;
    }

    internal static Task<int> Write(Session session, Guid id, string type, object body, DateTimeOffset at, bool sent) => session.Execute(
        "insert into platform.outbox (tenant_id, event_id, type, body, at, sent_at) values (@Tenant, @Id, @Type, @Body::jsonb, @At, case when @Sent then @At end)",
        new { Tenant = session.Tenant.Value, Id = id, Type = type, Body = JsonSerializer.Serialize(body, Json.Options), At = at, Sent = sent });

    /// <summary>The event, or null.</summary>
    internal static async Task<OutboxEvent?> Find(Session session, Guid eventId) =>
        await session.First<Row>("select event_id, type, body::text as body, at from platform.outbox where event_id = @eventId", new { eventId }) is { } row
            ? new OutboxEvent(row.EventId, row.Type, JsonElement.Parse(row.Body), new DateTimeOffset(row.At))
            : null;

    private sealed record Row(Guid EventId, string Type, string Body, DateTime At);
}
