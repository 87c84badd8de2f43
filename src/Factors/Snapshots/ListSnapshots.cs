using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Factors.Snapshots;

/// <summary>The tenant's snapshots; one of them; its own factors.</summary>
internal static class ListSnapshots
{
    private static readonly ListShape Shape = new ListShape("snapshot_id", FieldKind.Id, "-created_at")
        .Filter("name").Sort("name").Filter("is_locked", FieldKind.Boolean).Range("as_of", FieldKind.Day).Sort("as_of", FieldKind.Day)
        .Sort("created_at", FieldKind.Instant).Range("created_at", FieldKind.Instant);

    private static readonly ListShape Overrides = new ListShape("override_no", FieldKind.Integer)
        .Filter("kind").Sort("kind").Filter("stage").Filter("region").Range("valid_from", FieldKind.Day);

    internal static void Map(IEndpointRouteBuilder snapshots)
    {
        snapshots.MapGet("/", GetAll).Lists<SnapshotDetails>(Shape).WithName("ListFactorSnapshots").WithSummary("List the factor snapshots.");
        snapshots.MapGet("/{snapshot_id:guid}", GetOne).WithName("GetFactorSnapshot").WithSummary("Show a factor snapshot.").Produces<SnapshotDetails>();
        snapshots.MapGet("/{snapshot_id:guid}/overrides", GetOverrides).Lists<OverrideDetails>(Overrides)
            .WithName("ListFactorOverrides").WithSummary("List the tenant's own factors in a snapshot.");
    }

    private static async Task<IResult> GetAll(ListQuery query, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => query.Page<SnapshotDetails>(session, SnapshotDetails.Select), ct)).ToOk();

    private static async Task<IResult> GetOne(Guid snapshot_id, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => SnapshotDetails.Get(snapshot_id, session), ct)).ToOk();

    private static async Task<IResult> GetOverrides(Guid snapshot_id, ListQuery query, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => Of(snapshot_id, query, session), ct)).ToOk();

    private static async Task<Result<Page<OverrideDetails>>> Of(Guid id, ListQuery query, Session session) =>
        await SnapshotDetails.Find(id, session) is null
            ? Problem.NotFound("factor-snapshot", id.ToString())
            : await query.Page<OverrideDetails>(session, $"{OverrideDetails.Select} where snapshot_id = @id", new { id });
}
