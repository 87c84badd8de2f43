using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Facilities;

/// <summary>
/// Deletes a facility so that it can be restored: lists and imports no longer know it, and its code stays taken. What has been posted
/// for it stays in the totals. Deleting it again changes nothing.
/// </summary>
public static class DeleteFacility
{
    internal static void Map(IEndpointRouteBuilder facilities)
    {
        facilities.MapDelete("/{facility_id:guid}", Delete)
            .WithName("DeleteFacility").WithSummary("Delete a facility; it can be restored.").Produces(StatusCodes.Status204NoContent);
        facilities.MapPost("/{facility_id:guid}/restore", PostRestore)
            .WithName("RestoreFacility").WithSummary("Restore a deleted facility.").Produces<FacilityDetails>();
    }

    private static async Task<IResult> Delete(Guid facility_id, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(facility_id, session, clock), ct)).ToNoContent();

    private static async Task<IResult> PostRestore(Guid facility_id, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Restore(facility_id, session, clock), ct)).ToOk();

    public static async Task<Result<FacilityDetails>> Handle(Guid id, Session session, TimeProvider clock)
    {
        if (await FacilityDetails.Hold(id, session) is null)
        {
            return Problem.NotFound("facility", id.ToString());
        }

        await session.Execute(
            "update org.facilities set deleted_at = @At, version = version + 1, updated_at = @At where facility_id = @id and deleted_at is null",
            new { id, At = clock.GetUtcNow() });
        return await FacilityDetails.Get(id, session);
    }

    /// <summary>It is as it was. Restoring one that is there changes nothing.</summary>
    public static async Task<Result<FacilityDetails>> Restore(Guid id, Session session, TimeProvider clock)
    {
        if (await FacilityDetails.Hold(id, session) is not { } now)
        {
            return Problem.NotFound("facility", id.ToString());
        }

        if (!await CreateFacility.IsThere(now.EntityId, session))
        {
            return new Problem("facility.entity-deleted", "entity_id", now.EntityCode, "an entity that is there", "Restore the entity first.") { Kind = ProblemKind.Conflict };
        }

        await session.Execute(
            "update org.facilities set deleted_at = null, version = version + 1, updated_at = @At where facility_id = @id and deleted_at is not null",
            new { id, At = clock.GetUtcNow() });
        return await FacilityDetails.Get(id, session);
    }
}
