using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Notices;

/// <summary>A notice of a breach, as the organisation's administrators see it.</summary>
public sealed class Notice
{
    internal const string Select = "select notice_id, reference, title, body, published_at, acknowledged_at, acknowledged_by from org.notices";

    public Guid NoticeId { get; init; }

    /// <summary>The operator's own name for the incident.</summary>
    public string Reference { get; init; } = "";

    public string Title { get; init; } = "";

    /// <summary>As the operator wrote it, in Markdown: nature, categories and numbers, contact, consequences, measures.</summary>
    public string Body { get; init; } = "";

    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>When an administrator said to have read it; null: nobody yet.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    public string? AcknowledgedBy { get; init; }

    /// <summary>Those nobody has acknowledged, the latest first.</summary>
    internal static Task<IReadOnlyList<Notice>> Open(Session session) => session.Query<Notice>($"{Select} where acknowledged_at is null order by published_at desc, notice_id desc");

    public static async Task<Result<Notice>> Find(Guid id, Session session) =>
        await session.First<Notice>($"{Select} where notice_id = @id", new { id }) is { } found ? found : Problem.NotFound("notice", id.ToString());

    /// <summary>All of them, the latest first.</summary>
    public static Task<IReadOnlyList<Notice>> All(Session session) => session.Query<Notice>($"{Select} order by published_at desc, notice_id desc limit 100");
}
