using System.Text.Json;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Connectors;

/// <summary>Where an organisation's file is fetched from, as the API shows it: of its secret only whether there is one.</summary>
/// <param name="SourceId">Its id.</param>
/// <param name="Name">As people call it.</param>
/// <param name="Type"><c>https_file</c>.</param>
/// <param name="Status"><c>active</c>, <c>disabled</c>, or <c>needs_secret</c>: the header's value is not here, and nothing is fetched until it is set.</param>
/// <param name="Url">Of the file.</param>
/// <param name="HeaderName">Of the request header that is sent along.</param>
/// <param name="HasSecret">Whether the header's value is set.</param>
/// <param name="TemplateId">How its files are read.</param>
/// <param name="Options">Of the imports; they go before the template's.</param>
/// <param name="Cron">When it is fetched: minute, hour, day of month, month, day of week.</param>
/// <param name="TimeZone">Of the time table.</param>
/// <param name="Enabled">Whether it is fetched by its time table.</param>
/// <param name="NextFetchAt">When the time table has it fetched next; null: it does not.</param>
/// <param name="Failures">In a row, up to now.</param>
/// <param name="LastFetch">What came of the last attempt.</param>
/// <param name="CreatedAt">When it was connected.</param>
/// <param name="CreatedBy">By whom.</param>
/// <param name="UpdatedAt">When somebody last changed it.</param>
/// <param name="Version">Rises with every change by somebody, and with no fetch.</param>
public sealed record Source(
    Guid SourceId, string Name, string Type, string Status, string Url, string? HeaderName, bool HasSecret, Guid? TemplateId, ImportOptions Options, string Cron, string TimeZone, bool Enabled,
    DateTimeOffset? NextFetchAt, int Failures, SourceFetch? LastFetch, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset UpdatedAt, int Version) : IVersioned
{
    /// <summary>The one there is.</summary>
    public const string HttpsFile = "https_file";

    /// <summary>From so many failures in a row on, people are told on the page.</summary>
    public const int ManyFailures = 3;

    internal const string Select = $"""
        select s.source_id, s.name, s.type, s.url, s.header_name, x.source_id is not null as has_secret, s.template_id, s.options::text as options, s.cron, s.time_zone, s.enabled, s.failures,
            s.etag, s.last_modified, s.sha256, (select i.status from activities.imports i where i.source_id = s.source_id order by i.import_id desc limit 1) as last_import, s.created_at, s.created_by, s.updated_at, s.version,
            (select row_to_json(f)::text from ({SourceFetch.Select} where source_id = s.source_id order by fetch_id desc limit 1) f) as last_fetch
        from activities.sources s left join activities.source_secrets x on x.source_id = s.source_id
        where s.deleted_at is null
        """;

    internal static async Task<Result<Source>> Find(Session session, Guid id, TimeProvider time) =>
        await session.First<Row>($"{Select} and s.source_id = @id", new { id }) is { } row ? row.Shown(time.GetUtcNow()) : Problem.NotFound("source", id.ToString());

    /// <summary>What it is or was called: of one that was taken away, too.</summary>
    public static Task<string?> NameOf(Session session, Guid id) => session.First<string?>("select name from activities.sources where source_id = @id", new { id });

    /// <summary>Whether nothing is left of the file that was imported last: its import was undone, or failed.</summary>
    public static async Task<bool> IsTakenBack(Session session, Guid id) => await Read(session, id) is { IsTakenBack: true };

    /// <summary>As the database keeps it, or null.</summary>
    internal static Task<Row?> Read(Session session, Guid id) => session.First<Row>($"{Select} and s.source_id = @id", new { id });

    /// <summary>The same, kept still until the transaction ends.</summary>
    internal static Task<Row?> Hold(Session session, Guid id) => session.First<Row>($"{Select} and s.source_id = @id for update of s", new { id });

    internal sealed class Row
    {
        public Guid SourceId { get; init; }

        public string Name { get; init; } = "";

        public string Type { get; init; } = "";

        public string Url { get; init; } = "";

        public string? HeaderName { get; init; }

        public bool HasSecret { get; init; }

        public Guid? TemplateId { get; init; }

        public string Options { get; init; } = "{}";

        public string Cron { get; init; } = "";

        public string TimeZone { get; init; } = "";

        public bool Enabled { get; init; }

        public int Failures { get; init; }

        public string? Etag { get; init; }

        public string? LastModified { get; init; }

        public byte[]? Sha256 { get; init; }

        /// <summary>Status of the last import that was made of it.</summary>
        public string? LastImport { get; init; }

        /// <summary>Whether nothing is left of the file that was imported last.</summary>
        public bool IsTakenBack => LastImport is "undone" or "failed";

        public DateTimeOffset CreatedAt { get; init; }

        public string CreatedBy { get; init; } = "";

        public DateTimeOffset UpdatedAt { get; init; }

        public int Version { get; init; }

        public string? LastFetch { get; init; }

        public bool NeedsSecret => HeaderName is not null && !HasSecret;

        public ImportOptions ReadOptions() => JsonSerializer.Deserialize<ImportOptions>(Options, Json.Options)!;

        public Source Shown(DateTimeOffset now) => new(
            SourceId, Name, Type, !Enabled ? "disabled" : NeedsSecret ? "needs_secret" : "active", Url, HeaderName, HasSecret, TemplateId, ReadOptions(), Cron, TimeZone, Enabled,
            Enabled && !NeedsSecret && Platform.Messaging.Cron.Parse(Cron).TryValue(out var table, out _) && TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? table.Next(now, zone) : null,
            Failures, LastFetch is null ? null : JsonSerializer.Deserialize<SourceFetch>(LastFetch, Json.Options), CreatedAt, CreatedBy, UpdatedAt, Version);
    }
}
