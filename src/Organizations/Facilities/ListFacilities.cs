using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Facilities;

/// <summary>The tenant's facilities; the deleted ones apart; one by its id.</summary>
internal static class ListFacilities
{
    private static readonly ListShape Shape = new ListShape("facility_id", FieldKind.Id, "code")
        .Filter("code").Sort("code").Filter("name").Sort("name").Filter("entity_id", FieldKind.Id).Filter("entity_code").Sort("entity_code")
        .Filter("region").Filter("grid_region").Range("floor_area_m2", FieldKind.Decimal).Range("headcount", FieldKind.Decimal)
        .Sort("created_at", FieldKind.Instant).Range("created_at", FieldKind.Instant)
        .Sort("updated_at", FieldKind.Instant).Range("updated_at", FieldKind.Instant);

    internal static void Map(IEndpointRouteBuilder facilities)
    {
        facilities.MapGet("/", GetAll).Lists<FacilityDetails>(Shape).WithName("ListFacilities").WithSummary("List the facilities.");
        facilities.MapGet("/deleted", GetDeleted).Lists<FacilityDetails>(Shape).WithName("ListDeletedFacilities").WithSummary("List the deleted facilities, which can be restored.");
        facilities.MapGet("/{facility_id:guid}", GetOne).WithName("GetFacility").WithSummary("Show a facility.").Produces<FacilityDetails>();
    }

    private static async Task<IResult> GetAll(ListQuery query, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => Handle(query, session), ct)).ToOk();

    private static async Task<IResult> GetDeleted(ListQuery query, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => query.Page<FacilityDetails>(session, $"{FacilityDetails.Select} where f.deleted_at is not null"), ct)).ToOk();

    private static async Task<IResult> GetOne(Guid facility_id, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => FacilityDetails.Find(facility_id, session), ct)).ToOk();

    internal static Task<Page<FacilityDetails>> Handle(ListQuery query, Session session) =>
        query.Page<FacilityDetails>(session, $"{FacilityDetails.Select} where f.deleted_at is null");
}
