using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Connectors;

/// <summary>One attempt to fetch a source's file.</summary>
public sealed class SourceFetch
{
    public const string Imported = "imported";
    public const string Unchanged = "unchanged";
    public const string Failed = "failed";

    internal const string Select = """
        select fetch_id, job_id, started_at, finished_at, outcome, http_status, size_bytes, encode(sha256, 'hex') as sha256, import_id, problem, retry_at
        from activities.source_fetches
        """;

    public Guid FetchId { get; init; }

    /// <summary>The job that did it.</summary>
    public Guid JobId { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset FinishedAt { get; init; }

    /// <summary><c>imported</c>, <c>unchanged</c> (the file is the one that was imported last) or <c>failed</c>.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>What was answered; null: nothing.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Of the file; null: none came.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Of the file, lower-case hexadecimal.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The import that was made of it.</summary>
    public Guid? ImportId { get; init; }

    /// <summary>Why it failed.</summary>
    public Problem? Problem { get; init; }

    /// <summary>From when on the job tries again; null: it does not.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Writes it down; its id.</summary>
    internal static async Task<Guid> Insert(Session session, Guid sourceId, SourceFetch fetch, byte[]? sha256)
    {
        var id = Guid.CreateVersion7(fetch.FinishedAt);
        await session.Execute(
            """
            insert into activities.source_fetches (tenant_id, source_id, fetch_id, job_id, started_at, finished_at, outcome, http_status, size_bytes, sha256, import_id, problem, retry_at)
            values (@tenant, @sourceId, @id, @JobId, @StartedAt, @FinishedAt, @Outcome, @HttpStatus, @SizeBytes, @sha256, @ImportId, @problem::jsonb, @RetryAt)
            """,
            new
            {
                tenant = session.Tenant.Value, sourceId, id, fetch.JobId, fetch.StartedAt, fetch.FinishedAt, fetch.Outcome, fetch.HttpStatus, fetch.SizeBytes, sha256, fetch.ImportId,
                problem = fetch.Problem is null ? null : JsonSerializer.Serialize(fetch.Problem, Json.Options), fetch.RetryAt,
            });
        return id;
    }
}
