using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Messaging.Webhooks;

/// <summary>Where a tenant wants its events sent, as the API shows it.</summary>
public sealed record Webhook
{
    internal const string Columns =
        "webhook_id, url, event_types, description, status, disabled_reason, failing_since, created_at, updated_at, version";

    public Guid WebhookId { get; init; }

    public string Url { get; init; } = "";

    /// <summary>Empty: all.</summary>
    public string[] EventTypes { get; init; } = [];

    public string? Description { get; init; }

    /// <summary><c>active</c>, or <c>disabled</c> by its owner or after failing for long.</summary>
    public string Status { get; init; } = "";

    public string? DisabledReason { get; init; }

    /// <summary>Since when nothing has arrived; null: the last delivery arrived.</summary>
    public DateTime? FailingSince { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public int Version { get; init; }

    internal bool Hears(string eventType) => EventTypes.Length == 0 || EventTypes.Contains(eventType, StringComparer.Ordinal);

    internal static Task<IReadOnlyList<Webhook>> Active(Session session) =>
        session.Query<Webhook>($"select {Columns} from platform.webhooks where status = 'active' and deleted_at is null");

    internal static Task<Webhook?> Find(Session session, Guid webhookId) =>
        session.First<Webhook>($"select {Columns} from platform.webhooks where webhook_id = @webhookId and deleted_at is null", new { webhookId });
}
