using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Entities;

/// <summary>Changes an entity's code, name, country or parent. What has been posted for it stays as it is.</summary>
public static class ChangeEntity
{
    internal static void Map(IEndpointRouteBuilder entities) => entities.MapPatch("/{entity_id:guid}", Patch)
        .WithName("ChangeEntity").WithSummary("Change an entity.").Produces<EntityDetails>();

    private static async Task<IResult> Patch(
        Guid entity_id, MergePatch<CreateEntity.Request> patch, IfMatch version, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(entity_id, patch, version, session, clock), ct)).ToOk();

    public static async Task<Result<EntityDetails>> Handle(
        Guid id, MergePatch<CreateEntity.Request> patch, IfMatch version, Session session, TimeProvider clock)
    {
        if (await EntityDetails.Hold(id, session) is not { DeletedAt: null } now)
        {
            return Problem.NotFound("entity", id.ToString());
        }

        if (version.Check(now.Version) is { } stale)
        {
            return stale;
        }

        var request = patch.ApplyTo(new CreateEntity.Request(now.Code, now.Name, now.Country, now.ParentEntityId));
        if (await CreateEntity.Check(request, id, session) is { } problem)
        {
            return problem;
        }

        if (await session.First<bool>("select exists (select from org.entities where code = @Code and entity_id <> @id)", new { request.Code, id }))
        {
            return await CreateEntity.Taken(request.Code!, session);
        }

        await session.Execute("""
            update org.entities set code = @Code, name = @Name, country = @Country, parent_entity_id = @ParentEntityId,
                   version = version + 1, updated_at = @At
            where entity_id = @id
            """, new { request.Code, request.Name, request.Country, request.ParentEntityId, id, At = clock.GetUtcNow() });
        return await EntityDetails.Get(id, session);
    }
}
