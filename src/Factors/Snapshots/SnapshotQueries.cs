using System.Text.Json;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Factors.Snapshots;

/// <summary>What the modules downstream ask of a tenant's snapshots, within their own transaction.</summary>
public static class SnapshotQueries
{
    /// <summary>A locked snapshot, ready for the resolver.</summary>
    /// <returns>A problem when there is none, when it is a draft, or when an edition it was locked with is missing or another now.</returns>
    public static async Task<Result<FactorSnapshot>> Locked(Session session, Guid id, ReferenceData data)
    {
        if (await SnapshotDetails.Find(id, session) is not { } found)
        {
            return Problem.NotFound("factor-snapshot", id.ToString());
        }

        if (found.LockedAt is null)
        {
            return new Problem("snapshot.draft", "snapshot_id", found.Name, "a locked snapshot", "Lock it first: what rests on it must not change.") { Kind = ProblemKind.Conflict };
        }

        var editions = JsonSerializer.Deserialize<Dictionary<string, string>>(found.EditionsJson!)!;
        var now = data.Library.Editions.ToDictionary(edition => edition.Key, data.Library.TableHash, StringComparer.Ordinal);
        if (editions.FirstOrDefault(edition => now.GetValueOrDefault(edition.Key) != edition.Value) is { Key: { } changed })
        {
            return new Problem(
                "snapshot.library-differs", "snapshot_id",
                now.TryGetValue(changed, out var hash) ? $"{changed} with table {hash}" : $"no {changed}", $"{changed} with table {editions[changed]}",
                "Run the program with the library release the snapshot was locked with, or make a new snapshot.") { Kind = ProblemKind.Conflict };
        }

        var overrides = await OverrideDetails.Of(id, session);
        return new FactorSnapshot(id, found.AsOf, editions.Keys, [.. overrides.Select(own => own.Row(found))]);
    }
}

/// <summary>Factors of a tenant's own, by the id that entries name.</summary>
public static class OwnFactors
{
    /// <summary><c>override:SNAPSHOT/N</c>, or null when it is not one of the tenant's.</summary>
    public static async Task<FactorRow?> Find(Session session, string id)
    {
        var start = FactorSnapshot.Publisher.Length + 1;
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        if (!id.StartsWith(FactorSnapshot.Publisher + ":", StringComparison.Ordinal) || slash < 0 || !Guid.TryParse(id.AsSpan(start, slash - start), out var snapshot)
            || await SnapshotDetails.Find(snapshot, session) is not { } found)
        {
            return null;
        }

        return (await OverrideDetails.Of(snapshot, session)).FirstOrDefault(own => own.FactorId == id)?.Row(found);
    }
}
