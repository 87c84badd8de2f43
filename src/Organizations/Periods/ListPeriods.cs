using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Periods;

/// <summary>The tenant's periods; the deleted ones apart; one by its id.</summary>
internal static class ListPeriods
{
    private static readonly ListShape Shape = new ListShape("period_id", FieldKind.Id, "starts_on")
        .Filter("code").Sort("code").Filter("granularity").Filter("status").Filter("is_base_year", FieldKind.Boolean).Filter("has_entries", FieldKind.Boolean)
        .Sort("starts_on", FieldKind.Day).Range("starts_on", FieldKind.Day).Sort("ends_on", FieldKind.Day).Range("ends_on", FieldKind.Day)
        .Sort("updated_at", FieldKind.Instant).Range("updated_at", FieldKind.Instant);

    internal static void Map(IEndpointRouteBuilder periods)
    {
        periods.MapGet("/", GetAll).Lists<PeriodDetails>(Shape).WithName("ListPeriods").WithSummary("List the reporting periods with their policies.");
        periods.MapGet("/deleted", GetDeleted).Lists<PeriodDetails>(Shape).WithName("ListDeletedPeriods").WithSummary("List the deleted periods, which can be restored.");
        periods.MapGet("/{period_id:guid}", GetOne).WithName("GetPeriod").WithSummary("Show a reporting period with its policy.").Produces<PeriodDetails>();
    }

    private static async Task<IResult> GetAll(ListQuery query, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => Handle(query, session), ct)).ToOk();

    private static async Task<IResult> GetDeleted(ListQuery query, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => query.Page<PeriodDetails>(session, $"{PeriodDetails.Select} where deleted_at is not null"), ct)).ToOk();

    private static async Task<IResult> GetOne(Guid period_id, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => PeriodDetails.Find(period_id, session), ct)).ToOk();

    internal static Task<Page<PeriodDetails>> Handle(ListQuery query, Session session) =>
        query.Page<PeriodDetails>(session, $"{PeriodDetails.Select} where deleted_at is null");
}
