using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Entities;

/// <summary>The tenant's entities with what it holds of them; the deleted ones apart; one by its id.</summary>
internal static class ListEntities
{
    private static readonly ListShape Shape = new ListShape("entity_id", FieldKind.Id, "code")
        .Filter("code").Sort("code").Filter("name").Sort("name").Filter("country").Filter("parent_entity_id", FieldKind.Id)
        .Sort("created_at", FieldKind.Instant).Range("created_at", FieldKind.Instant)
        .Sort("updated_at", FieldKind.Instant).Range("updated_at", FieldKind.Instant);

    internal static void Map(IEndpointRouteBuilder entities)
    {
        entities.MapGet("/", GetAll).Lists<EntityDetails>(Shape).WithName("ListEntities").WithSummary("List the entities with what the tenant holds of them.");
        entities.MapGet("/deleted", GetDeleted).Lists<EntityDetails>(Shape).WithName("ListDeletedEntities").WithSummary("List the deleted entities, which can be restored.");
        entities.MapGet("/{entity_id:guid}", GetOne).WithName("GetEntity").WithSummary("Show an entity.").Produces<EntityDetails>();
    }

    private static async Task<IResult> GetAll(ListQuery query, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => Handle(query, session), ct)).ToOk();

    private static async Task<IResult> GetDeleted(ListQuery query, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => query.Page<EntityDetails>(session, $"{EntityDetails.Select} where deleted_at is not null"), ct)).ToOk();

    private static async Task<IResult> GetOne(Guid entity_id, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => EntityDetails.Find(entity_id, session), ct)).ToOk();

    internal static Task<Page<EntityDetails>> Handle(ListQuery query, Session session) =>
        query.Page<EntityDetails>(session, $"{EntityDetails.Select} where deleted_at is null");
}
