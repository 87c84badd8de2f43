using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Messaging;

/// <summary>What an operator has kept for longer or shorter than the schedule says; null: as it says. What the law or the ledger keeps is not theirs to change.</summary>
public sealed record RetentionSettings
{
    /// <summary>Jobs that ended well or were cancelled, events that were handed on, deliveries of webhooks.</summary>
    public TimeSpan? Ended { get; init; }

    /// <summary>Dead letters: somebody may still requeue them.</summary>
    public TimeSpan? DeadLetters { get; init; }

    /// <summary>Uploads in pieces to which nothing was added any more.</summary>
    public TimeSpan? Uploads { get; init; }

    internal TimeSpan? Of(string name) => name switch { Retention.Jobs => Ended, Retention.DeadLetters => DeadLetters, Retention.Uploads => Uploads, _ => null };
}

/// <summary>A class of data and how long it is kept.</summary>
public sealed class DataClass
{
    /// <summary>Stable, for programs.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is.</summary>
    public string Holds { get; init; } = "";

    /// <summary>How long; null: until the organisation is erased.</summary>
    public int? Days { get; set; }

    /// <summary>What starts the time.</summary>
    public string From { get; init; } = "";

    /// <summary>What happens after it.</summary>
    public string Then { get; init; } = "";

    /// <summary>Why it is kept: the purpose, and the law where one asks for it.</summary>
    public string Why { get; init; } = "";

    /// <summary>The setting by which an operator changes it, or null.</summary>
    public string? Setting { get; init; }

    /// <summary>When the nightly job last saw to it; null: it has not run yet, or there is nothing for it to do.</summary>
    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>How much it removed then.</summary>
    public long? Removed { get; init; }

    /// <summary>How much it has removed in all.</summary>
    public long? RemovedInAll { get; init; }
}

/// <summary>How long everything is kept: the table <c>platform.retention</c>, with what the operator has set. The nightly job, the endpoint and the page read it here.</summary>
public sealed class Retention
{
    public const string Activities = "activities";
    public const string Answers = "answers";
    public const string Audit = "audit";
    public const string DeadLetters = "dead_letters";
    public const string Erasure = "erasure";
    public const string Exports = "exports";
    public const string Fetches = "fetches";
    public const string Invitations = "invitations";
    public const string Jobs = "jobs";
    public const string Ledger = "ledger";
    public const string Sessions = "sessions";
    public const string Tokens = "tokens";
    public const string Uploads = "uploads";

    private readonly Dictionary<string, TimeSpan> periods;

    private Retention(IReadOnlyList<DataClass> classes, RetentionSettings settings)
    {
        Classes = classes;
        periods = new(StringComparer.Ordinal);
        foreach (var one in classes.Where(one => one.Days is not null))
        {
            periods[one.Name] = settings.Of(one.Name) ?? TimeSpan.FromDays(one.Days!.Value);
            one.Days = (int)Math.Ceiling(periods[one.Name].TotalDays);
        }
    }

    /// <summary>Every class, with what the job last did about it for the bound tenant.</summary>
    public IReadOnlyList<DataClass> Classes { get; }

    /// <summary>How long a class is kept.</summary>
    public TimeSpan this[string name] => periods[name];

    public static async Task<Retention> Read(Session session, RetentionSettings settings) => new(
        await session.Query<DataClass>(
            """
            select r.name, r.holds, r.days, r.starts as "from", r.ends as "then", r.why, r.setting, n.ran_at as last_run_at, n.removed, n.removed_in_all
            from platform.retention r left join platform.retention_runs n on n.name = r.name order by r.place
            """),
        settings);

    /// <summary>Notes what a night's pruning has removed.</summary>
    internal static async Task Note(Session session, IReadOnlyDictionary<string, long> removed, DateTimeOffset now) => await session.Execute(
        """
        insert into platform.retention_runs (tenant_id, name, ran_at, removed, removed_in_all)
        select @Tenant, r.name, @now, r.removed, r.removed from unnest(@Names, @Removed) as r (name, removed)
        on conflict (tenant_id, name) do update set ran_at = excluded.ran_at, removed = excluded.removed, removed_in_all = retention_runs.removed_in_all + excluded.removed
        """,
        new { Tenant = session.Tenant.Value, now, Names = removed.Keys.ToArray(), Removed = removed.Values.ToArray() });
}
