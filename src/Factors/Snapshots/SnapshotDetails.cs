using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Factors.Snapshots;

/// <summary>A factor snapshot as the API shows it.</summary>
public sealed class SnapshotDetails : IVersioned
{
    internal const string Select = """
        select snapshot_id, name, library_release, library_sha256, as_of, pinned::text as pinned_json, editions::text as editions_json,
               locked_at, locked_by, created_at, updated_at, version, locked_at is not null as is_locked,
               (select count(*)::int from factors.overrides o where o.snapshot_id = s.snapshot_id) as overrides
        from factors.snapshots s
        """;

    public Guid SnapshotId { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Number of the library's release it was made with; null for tables that no release has.</summary>
    public int? LibraryRelease { get; init; }

    /// <summary>SHA-256 of the library's tables.</summary>
    public string LibrarySha256 { get; init; } = "";

    /// <summary>Editions published later do not count.</summary>
    public DateOnly AsOf { get; init; }

    /// <summary>Publisher to the editions that alone count of it; all count of publishers not named.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Pinned => JsonSerializer.Deserialize<Dictionary<string, IReadOnlyList<string>>>(PinnedJson)!;

    /// <summary>Once locked: the editions that count, each with the SHA-256 of its table.</summary>
    public IReadOnlyDictionary<string, string>? Editions => EditionsJson is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(EditionsJson);

    /// <summary>How many factors of the tenant's own it has.</summary>
    public int Overrides { get; init; }

    public bool IsLocked { get; init; }

    public DateTimeOffset? LockedAt { get; init; }

    public string? LockedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public int Version { get; init; }

    internal string? EditionsJson { get; init; }

    private string PinnedJson { get; init; } = "{}";

    internal static Task<SnapshotDetails?> Find(Guid id, Session session) =>
        session.First<SnapshotDetails>($"{Select} where snapshot_id = @id", new { id });

    /// <summary>The draft as it is now, held until the transaction ends; a problem when it is not there or locked.</summary>
    internal static async Task<Result<SnapshotDetails>> Draft(Guid id, Session session)
    {
        await session.Execute("select from factors.snapshots where snapshot_id = @id for no key update", new { id });
        var found = await Find(id, session);
        return found is null ? Problem.NotFound("factor-snapshot", id.ToString())
            : found.LockedAt is { } at ? new Problem(
                "snapshot.locked", "snapshot_id", FormattableString.Invariant($"{found.Name}, locked at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z"), "a draft",
                "Make a new snapshot: entries rest on this one.") { Kind = ProblemKind.Conflict }
            : found;
    }

    internal static async Task<Result<SnapshotDetails>> Get(Guid id, Session session) =>
        await Find(id, session) is { } found ? found : Problem.NotFound("factor-snapshot", id.ToString());

    /// <summary>It has changed: the next version.</summary>
    internal static Task<int> Touch(Guid id, Session session, TimeProvider clock) => session.Execute(
        "update factors.snapshots set version = version + 1, updated_at = @At where snapshot_id = @id", new { id, At = clock.GetUtcNow() });
}
