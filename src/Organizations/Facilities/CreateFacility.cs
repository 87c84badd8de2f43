using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Facilities;

/// <summary>Adds a site of an entity.</summary>
public static class CreateFacility
{
    private const int LongestAddress = 500;

    /// <param name="EntityId">Whose it is.</param>
    /// <param name="Code">Short and unique: files name the facility by it.</param>
    /// <param name="Name">As people write it; files may use it too.</param>
    /// <param name="Region">ISO 3166-1 or 3166-2: where its activities happen that name no place.</param>
    /// <param name="GridRegion">eGRID or NGA subregion, such as US-CAMX: taken before the region.</param>
    /// <param name="FloorAreaM2">Square metres.</param>
    /// <param name="Headcount">People who work there, full-time equivalents.</param>
    public sealed record Request(
        Guid? EntityId = null, string? Code = null, string? Name = null, string? Address = null, string? Region = null, string? GridRegion = null, decimal? FloorAreaM2 = null,
        decimal? Headcount = null);

    internal static void Map(IEndpointRouteBuilder facilities) => facilities.MapPost("/", Post)
        .WithName("CreateFacility").WithSummary("Add a facility of an entity.").Produces<FacilityDetails>(StatusCodes.Status201Created);

    private static async Task<IResult> Post(Request request, Caller caller, Database database, CancellationToken ct) =>
        (await database.Write(caller, session => Handle(request, session), ct)).ToCreated(made => $"/api/v1/facilities/{made.FacilityId}");

    public static async Task<Result<FacilityDetails>> Handle(Request request, Session session)
    {
        if (await Check(request, session) is { } problem)
        {
            return problem;
        }

        var id = Guid.CreateVersion7();
        var made = await session.Execute("""
            insert into org.facilities (tenant_id, facility_id, entity_id, code, name, address, region, grid_region, floor_area_m2, headcount)
            values (@Tenant, @id, @EntityId, @Code, @Name, @Address, @Region, @GridRegion, @FloorAreaM2, @Headcount)
            on conflict (tenant_id, code) do nothing
            """, new
        {
            Tenant = session.Tenant.Value, id, request.EntityId, request.Code, request.Name, request.Address, request.Region, request.GridRegion,
            request.FloorAreaM2, request.Headcount,
        });
        return made == 1 ? await FacilityDetails.Get(id, session) : await Taken(request.Code!, session);
    }

    /// <summary>
    /// Everything that is wrong with a facility, new or changed, but that its code is taken. Places are checked by their form: whether
    /// the library knows them shows when an activity is read.
    /// </summary>
    internal static async Task<Problem?> Check(Request request, Session session) => Problem.All(
        request.EntityId is { } entity && await IsThere(entity, session) ? null
            : new Problem("facility.entity", "entity_id", request.EntityId?.ToString() ?? "", "the id of an entity", "List the entities to find the right id."),
        Forms.IsCode(request.Code) ? null : new Problem("facility.code", "code", request.Code ?? "", Forms.CodeForm, "Correct the code."),
        Forms.IsName(request.Name) ? null : new Problem("facility.name", "name", request.Name ?? "", Forms.NameForm, "Correct the name."),
        request.Address is null || (request.Address.Length is > 0 and <= LongestAddress && !request.Address.Contains('\0', StringComparison.Ordinal)) ? null
            : new Problem("facility.address", "address", $"{request.Address.Length} characters", "1 to 500 characters", "Correct the address, or leave it out."),
        request.Region is null || Forms.IsPlace(request.Region) ? null : new Problem("facility.region", "region", request.Region, Forms.PlaceForm, "Correct the region, or leave it out."),
        request.GridRegion switch
        {
            null => null,
            _ when !Forms.IsGridRegion(request.GridRegion) => new Problem("facility.grid-region", "grid_region", request.GridRegion, "a country and its subregion, such as US-CAMX or AU-NSW", "Correct the subregion, or leave it out."),
            _ when request.Region is { Length: >= 2 } region && region[..2] != request.GridRegion[..2] => new Problem("facility.grid-region-country", "grid_region", request.GridRegion, $"a subregion of {region[..2]}", "Correct the subregion or the region."),
            _ => null,
        },
        request.FloorAreaM2 is < 0 ? new Problem("facility.floor-area", "floor_area_m2", Text(request.FloorAreaM2), "square metres, 0 or more", "Correct the floor area.") : null,
        request.Headcount is < 0 ? new Problem("facility.headcount", "headcount", Text(request.Headcount), "people, 0 or more", "Correct the headcount.") : null);

    internal static async Task<Problem> Taken(string code, Session session) =>
        await session.First<bool>("select deleted_at is not null from org.facilities where code = @code", new { code })
            ? new Problem("facility.code-deleted", "code", code, "a code no facility has, not even a deleted one", "Restore the deleted facility (GET /api/v1/facilities/deleted, then POST its /restore), or choose another code.") { Kind = ProblemKind.Conflict }
            : new Problem("facility.code-taken", "code", code, "a code no other facility has", "Choose another code, or change the facility that has it.") { Kind = ProblemKind.Conflict };

    // Held, so that the entity is not deleted meanwhile.
    internal static async Task<bool> IsThere(Guid entity, Session session) =>
        await session.First<Guid?>("select entity_id from org.entities where entity_id = @entity and deleted_at is null for share", new { entity }) is not null;

    private static string Text(decimal? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
