using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Factors.Snapshots;

/// <summary>Begins a snapshot of the library as it is, and changes it while it is a draft.</summary>
public static class DraftSnapshot
{
    private const int LongestName = 200;

    /// <param name="Name">Unique within the tenant.</param>
    /// <param name="AsOf">Editions published later do not count; today when absent.</param>
    /// <param name="Pinned">Publisher to the editions that alone count of it.</param>
    public sealed record Request(string? Name, DateOnly? AsOf = null, IReadOnlyDictionary<string, IReadOnlyList<string>>? Pinned = null);

    internal static void Map(IEndpointRouteBuilder snapshots)
    {
        snapshots.MapPost("/", Post).WithName("CreateFactorSnapshot").WithSummary("Begin a factor snapshot.").Produces<SnapshotDetails>(StatusCodes.Status201Created);
        snapshots.MapPut("/{snapshot_id:guid}", Put).WithName("ChangeFactorSnapshot").WithSummary("Change a draft of a factor snapshot.").Produces<SnapshotDetails>();
        snapshots.MapDelete("/{snapshot_id:guid}", Delete).WithName("DeleteFactorSnapshot").WithSummary("Delete a draft of a factor snapshot.").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> Post(Request request, Caller caller, Database database, ReferenceData data, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(request, session, data, clock), ct)).ToCreated(made => $"/api/v1/factor-snapshots/{made.SnapshotId}");

    private static async Task<IResult> Put(
        Guid snapshot_id, Request request, IfMatch version, Caller caller, Database database, ReferenceData data, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Change(snapshot_id, request, version, session, data, clock), ct)).ToOk();

    private static async Task<IResult> Delete(Guid snapshot_id, Caller caller, Database database, CancellationToken ct) =>
        (await database.Write(caller, session => Remove(snapshot_id, session), ct)).ToNoContent();

    public static async Task<Result<SnapshotDetails>> Handle(Request request, Session session, ReferenceData data, TimeProvider clock)
    {
        if (Check(request, data) is { } problem)
        {
            return problem;
        }

        var id = Guid.CreateVersion7();
        var made = await session.Execute("""
            insert into factors.snapshots (tenant_id, snapshot_id, name, library_release, library_sha256, as_of, pinned, created_at, updated_at)
            values (@Tenant, @id, @Name, @Release, @Sha256, @AsOf, @Pinned::jsonb, @At, @At)
            on conflict (tenant_id, name) do nothing
            """, new
        {
            Tenant = session.Tenant.Value, id, request.Name, Release = data.Release?.Number, Sha256 = data.Library.ContentHash,
            AsOf = request.AsOf ?? Today(clock), Pinned = Text(request), At = clock.GetUtcNow(),
        });
        return made == 1 ? await SnapshotDetails.Get(id, session) : Taken(request.Name!);
    }

    public static async Task<Result<SnapshotDetails>> Change(
        Guid id, Request request, IfMatch version, Session session, ReferenceData data, TimeProvider clock)
    {
        if (!(await SnapshotDetails.Draft(id, session)).TryValue(out var now, out var problem))
        {
            return problem;
        }

        if ((version.Check(now.Version) ?? Check(request, data)) is { } wrong)
        {
            return wrong;
        }

        if (await session.First<bool>("select exists (select from factors.snapshots where name = @Name and snapshot_id <> @id)", new { request.Name, id }))
        {
            return Taken(request.Name!);
        }

        await session.Execute("""
            update factors.snapshots set name = @Name, as_of = @AsOf, pinned = @Pinned::jsonb, version = version + 1, updated_at = @At where snapshot_id = @id
            """, new { request.Name, AsOf = request.AsOf ?? now.AsOf, Pinned = Text(request), At = clock.GetUtcNow(), id });
        return await SnapshotDetails.Get(id, session);
    }

    public static async Task<Result<Guid>> Remove(Guid id, Session session)
    {
        if (!(await SnapshotDetails.Draft(id, session)).TryValue(out _, out var problem))
        {
            return problem;
        }

        await session.Execute("delete from factors.overrides where snapshot_id = @id", new { id });
        await session.Execute("delete from factors.snapshots where snapshot_id = @id", new { id });
        return id;
    }

    private static Problem? Check(Request request, ReferenceData data)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > LongestName || request.Name.Any(char.IsControl))
        {
            return new Problem("snapshot.name", "name", request.Name ?? "", "1 to 200 characters, with a letter or digit among them", "Correct the name.");
        }

        foreach (var (publisher, names) in request.Pinned ?? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal))
        {
            var known = data.Library.Editions.Where(edition => edition.Publisher == publisher).Select(edition => edition.Name).ToList();
            if (known.Count == 0)
            {
                return new Problem("snapshot.publisher", "pinned", publisher, string.Join(", ", data.Library.Editions.Select(edition => edition.Publisher).Distinct(StringComparer.Ordinal)), "Name a publisher of the library.");
            }

            if (names is null || names.Count == 0 || names.Except(known, StringComparer.Ordinal).Any())
            {
                return new Problem("snapshot.edition", "pinned", $"{publisher}: {string.Join(", ", names ?? [])}", $"some of {string.Join(", ", known)}", $"Name editions of {publisher}, or leave it out: then all of them count.");
            }
        }

        return null;
    }

    private static string Text(Request request) => JsonSerializer.Serialize(request.Pinned ?? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));

    private static DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private static Problem Taken(string name) =>
        new("snapshot.name-taken", "name", name, "a name no other snapshot has", "Choose another name.") { Kind = ProblemKind.Conflict };
}
