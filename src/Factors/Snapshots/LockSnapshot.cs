using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Factors.Snapshots;

/// <summary>
/// Locks a snapshot: from now on nothing of it changes, and periods can be calculated with it. The editions that count are written
/// down with the hash of their tables, so that a later release of the library cannot change what the snapshot means.
/// </summary>
public static class LockSnapshot
{
    internal static void Map(IEndpointRouteBuilder snapshots) => snapshots.MapPost("/{snapshot_id:guid}/lock", Post)
        .WithName("LockFactorSnapshot").Needing(Permission.FactorsLock).WithSummary("Lock a factor snapshot for good.").Produces<SnapshotDetails>();

    private static async Task<IResult> Post(Guid snapshot_id, IfMatch version, Caller caller, Database database, ReferenceData data, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(snapshot_id, version, session, data, clock), ct)).ToOk();

    public static async Task<Result<SnapshotDetails>> Handle(Guid id, IfMatch version, Session session, ReferenceData data, TimeProvider clock)
    {
        if (!(await SnapshotDetails.Draft(id, session)).TryValue(out var now, out var problem))
        {
            return problem;
        }

        if (version.Check(now.Version) is { } stale)
        {
            return stale;
        }

        var pinned = now.Pinned;
        var editions = data.Library.Editions
            .Where(edition => edition.Published <= now.AsOf && (!pinned.TryGetValue(edition.Publisher, out var names) || names.Contains(edition.Name, StringComparer.Ordinal)))
            .ToDictionary(edition => edition.Key, data.Library.TableHash, StringComparer.Ordinal);
        if (pinned.SelectMany(publisher => publisher.Value.Select(name => $"{publisher.Key}:{name}")).FirstOrDefault(key => !editions.ContainsKey(key)) is { } later)
        {
            return new Problem(
                "snapshot.edition-later", "pinned", later, FormattableString.Invariant($"an edition published by {now.AsOf:yyyy-MM-dd}"),
                "Choose a later as_of, or another edition.") { Kind = ProblemKind.Conflict };
        }

        await session.Execute("""
            update factors.snapshots set editions = @Editions::jsonb, library_release = @Release, library_sha256 = @Sha256,
                   locked_at = @At, locked_by = @By, version = version + 1, updated_at = @At
            where snapshot_id = @id
            """, new
        {
            Editions = JsonSerializer.Serialize(editions), Release = data.Release?.Number, Sha256 = data.Library.ContentHash,
            At = clock.GetUtcNow(), By = session.Caller.Actor, id,
        });
        return await SnapshotDetails.Get(id, session);
    }
}
