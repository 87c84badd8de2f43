using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Facilities;

/// <summary>Changes a facility. What has been posted for it stays with the entity and the place it was posted for.</summary>
public static class ChangeFacility
{
    internal static void Map(IEndpointRouteBuilder facilities) => facilities.MapPatch("/{facility_id:guid}", Patch)
        .WithName("ChangeFacility").WithSummary("Change a facility.").Produces<FacilityDetails>();

    private static async Task<IResult> Patch(
        Guid facility_id, MergePatch<CreateFacility.Request> patch, IfMatch version, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(facility_id, patch, version, session, clock), ct)).ToOk();

    public static async Task<Result<FacilityDetails>> Handle(
        Guid id, MergePatch<CreateFacility.Request> patch, IfMatch version, Session session, TimeProvider clock)
    {
        if (await FacilityDetails.Hold(id, session) is not { DeletedAt: null } now)
        {
            return Problem.NotFound("facility", id.ToString());
        }

        if (version.Check(now.Version) is { } stale)
        {
            return stale;
        }

        var request = patch.ApplyTo(new CreateFacility.Request(
            now.EntityId, now.Code, now.Name, now.Address, now.Region, now.GridRegion, now.FloorAreaM2, now.Headcount));
        if (await CreateFacility.Check(request, session) is { } problem)
        {
            return problem;
        }

        if (await session.First<bool>("select exists (select from org.facilities where code = @Code and facility_id <> @id)", new { request.Code, id }))
        {
            return await CreateFacility.Taken(request.Code!, session);
        }

        await session.Execute("""
            update org.facilities set entity_id = @EntityId, code = @Code, name = @Name, address = @Address, region = @Region, grid_region = @GridRegion,
                   floor_area_m2 = @FloorAreaM2, headcount = @Headcount, version = version + 1, updated_at = @At
            where facility_id = @id
            """, new
        {
            request.EntityId, request.Code, request.Name, request.Address, request.Region, request.GridRegion, request.FloorAreaM2, request.Headcount, id,
            At = clock.GetUtcNow(),
        });
        return await FacilityDetails.Get(id, session);
    }
}
