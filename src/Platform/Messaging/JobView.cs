using System.Text.Json;

namespace OffGridFlow.Platform.Messaging;

/// <summary>A job as the API shows it.</summary>
public sealed record JobView
{
    internal const string Columns =
        "job_id, type, name, status, priority, key, arguments::text as arguments_json, attempt, failures, done, total, problem::text as problem_json, created_at, created_by, not_before, claimed_at, finished_at";

    public Guid JobId { get; init; }

    public string Type { get; init; } = "";

    public string Name { get; init; } = "";

    public string Status { get; init; } = "";

    public int Priority { get; init; }

    public string? Key { get; init; }

    public JsonElement Arguments => JsonElement.Parse(ArgumentsJson);

    /// <summary>Times it was begun.</summary>
    public int Attempt { get; init; }

    /// <summary>Failures in a row since it last saved work.</summary>
    public int Failures { get; init; }

    /// <summary>Units of work done, and in all when known.</summary>
    public long Done { get; init; }

    public long? Total { get; init; }

    /// <summary>Why it last failed.</summary>
    public JsonElement? Problem => ProblemJson is null ? null : JsonElement.Parse(ProblemJson);

    public DateTime CreatedAt { get; init; }

    public string CreatedBy { get; init; } = "";

    public DateTime NotBefore { get; init; }

    /// <summary>When it was last begun.</summary>
    public DateTime? ClaimedAt { get; init; }

    public DateTime? FinishedAt { get; init; }

    // As the columns come, for the members above.
    internal string ArgumentsJson { get; init; } = "{}";

    internal string? ProblemJson { get; init; }
}
