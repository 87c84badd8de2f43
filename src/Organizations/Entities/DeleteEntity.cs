using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Entities;

/// <summary>
/// Deletes an entity so that it can be restored: lists and imports no longer know it, and its code stays taken. What has been posted
/// for it stays in the totals under its name, for a figure must not change by tidying up. Deleting it again changes nothing.
/// </summary>
public static class DeleteEntity
{
    internal static void Map(IEndpointRouteBuilder entities)
    {
        entities.MapDelete("/{entity_id:guid}", Delete)
            .WithName("DeleteEntity").WithSummary("Delete an entity; it can be restored.").Produces(StatusCodes.Status204NoContent);
        entities.MapPost("/{entity_id:guid}/restore", PostRestore)
            .WithName("RestoreEntity").WithSummary("Restore a deleted entity.").Produces<EntityDetails>();
    }

    private static async Task<IResult> Delete(Guid entity_id, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(entity_id, session, clock), ct)).ToNoContent();

    private static async Task<IResult> PostRestore(Guid entity_id, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Restore(entity_id, session, clock), ct)).ToOk();

    public static async Task<Result<EntityDetails>> Handle(Guid id, Session session, TimeProvider clock)
    {
        if (await EntityDetails.Hold(id, session) is not { } now)
        {
            return Problem.NotFound("entity", id.ToString());
        }

        var below = await session.Query<string>("""
            select code from org.facilities where entity_id = @id and deleted_at is null
            union all
            select code from org.entities where parent_entity_id = @id and deleted_at is null
            order by 1
            """, new { id });
        if (now.DeletedAt is null && below.Count > 0)
        {
            return new Problem("entity.in-use", "entity_id", string.Join(", ", below), "an entity without facilities and without entities below it", "Delete those first, or move them to another entity.") { Kind = ProblemKind.Conflict };
        }

        await session.Execute(
            "update org.entities set deleted_at = @At, version = version + 1, updated_at = @At where entity_id = @id and deleted_at is null",
            new { id, At = clock.GetUtcNow() });
        return await EntityDetails.Get(id, session);
    }

    /// <summary>It is as it was. Restoring one that is there changes nothing.</summary>
    public static async Task<Result<EntityDetails>> Restore(Guid id, Session session, TimeProvider clock)
    {
        if (await EntityDetails.Hold(id, session) is not { } now)
        {
            return Problem.NotFound("entity", id.ToString());
        }

        if (now.ParentEntityId is { } parent && await session.First<bool>("select deleted_at is not null from org.entities where entity_id = @parent", new { parent }))
        {
            return new Problem("entity.parent-deleted", "parent_entity_id", parent.ToString(), "a parent that is there", "Restore the parent first.") { Kind = ProblemKind.Conflict };
        }

        await session.Execute(
            "update org.entities set deleted_at = null, version = version + 1, updated_at = @At where entity_id = @id and deleted_at is not null",
            new { id, At = clock.GetUtcNow() });
        return await EntityDetails.Get(id, session);
    }
}
