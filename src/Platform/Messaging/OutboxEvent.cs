using System.Text.Json;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Messaging;

/// <summary>Something that has happened to a tenant, told in the transaction in which it happened.</summary>
/// <param name="EventId">Time-ordered.</param>
/// <param name="Type">Noun and past tense: <c>import.read</c>, <c>period.closed</c>.</param>
/// <param name="Body">JSON, snake_case.</param>
/// <param name="At">When.</param>
public sealed record OutboxEvent(Guid EventId, string Type, JsonElement Body, DateTimeOffset At);

/// <summary>Hears events of one type, at least once each, in a transaction of its own that is bound to the event's tenant.</summary>
public interface IEventSubscriber
{
    /// <summary>Stable name of the subscriber: what it has heard is kept under it.</summary>
    string Name { get; }

    string EventType { get; }

    Task Hear(OutboxEvent happened, Session session);
}
