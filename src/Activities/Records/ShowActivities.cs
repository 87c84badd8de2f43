using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Records;

/// <summary>Lists activities as they stand now, and shows one with all its versions.</summary>
internal static class ShowActivities
{
    /// <param name="Versions">The first one first.</param>
    public sealed record History(Guid ActivityId, int Version, IReadOnlyList<StoredActivity> Versions) : IVersioned;

    internal static readonly ListShape Shape = new ListShape("activity_id", FieldKind.Id)
        .Filter("kind").Filter("region").Filter("facility_id", FieldKind.Id).Filter("entity_id", FieldKind.Id).Filter("meter").Filter("import_id", FieldKind.Id)
        .Filter("disposition").Filter("withdrawn", FieldKind.Boolean).Range("start_on", FieldKind.Day).Range("end_on", FieldKind.Day).Sort("start_on", FieldKind.Day);

    private const string Now = """
        select activity_id, version, import_id, row_no, kind, quantity, unit, region, start_on, end_on, quality::int as quality, entity_id, facility_id,
            meter, factor_id, factor_value, columns::text as columns, disposition, withdrawn, recorded_at, recorded_by
        from activities.activities now
        where (@within::uuid[] is null or now.facility_id = any(@within)) and (@asOf::timestamptz is null or now.recorded_at <= @asOf) and not exists (
            select from activities.activities later
            where later.tenant_id = now.tenant_id and later.activity_id = now.activity_id and later.version > now.version
                and (@asOf::timestamptz is null or later.recorded_at <= @asOf))
        """;

    /// <summary>Of an activity called <c>last</c>: its last version is of one of the facilities <c>@within</c>; null: of any.</summary>
    internal const string LastWithin = """
        (@within::uuid[] is null or (last.facility_id = any(@within) and not exists (
            select from activities.activities later where later.tenant_id = last.tenant_id and later.activity_id = last.activity_id and later.version > last.version)))
        """;

    public static void Map(IEndpointRouteBuilder activities)
    {
        activities.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => Standing(session, query, within: caller.FacilitiesFor(Permission.ActivitiesRead)), ct)).ToOk())
            .Lists<StoredActivity>(Shape).WithinFacilities().WithName("ListActivities").WithSummary("Activities as they stand now.");
        activities.MapGet("/{id:guid}", async (Guid id, Caller caller, Database database, ActivityQueries queries, CancellationToken ct) =>
            (await database.Read<Result<History>>(
                caller,
                async session => await queries.Versions(session, id) is { Count: > 0 } versions && IsWithin(versions[^1], caller.FacilitiesFor(Permission.ActivitiesRead)) ? new History(id, versions[^1].Version, versions) : Problem.NotFound("activity", id.ToString()),
                ct)).ToOk())
            .WithinFacilities().WithName("GetActivity").WithSummary("An activity with all its versions.").Produces<History>();
    }

    /// <summary>Whether an activity is of one of some facilities; null: of all.</summary>
    internal static bool IsWithin(StoredActivity activity, IReadOnlySet<Guid>? facilities) => facilities is null || (activity.FacilityId is { } facility && facilities.Contains(facility));

    /// <summary>A page of them as they stood at an instant, or now; within a transaction of the tenant.</summary>
    internal static async Task<Page<StoredActivity>> Standing(Session session, ListQuery query, DateTimeOffset? asOf = null, IReadOnlySet<Guid>? within = null)
    {
        var page = await query.Page<Row>(session, Now, new { asOf, within = within?.ToArray() });
        return new([.. page.Items.Select(row => row.Shown())], page.Next);
    }

    private sealed class Row
    {
        public Guid ActivityId { get; init; }

        public int Version { get; init; }

        public Guid ImportId { get; init; }

        public long RowNo { get; init; }

        public string Kind { get; init; } = "";

        public decimal Quantity { get; init; }

        public string Unit { get; init; } = "";

        public string? Region { get; init; }

        public DateOnly StartOn { get; init; }

        public DateOnly EndOn { get; init; }

        public int? Quality { get; init; }

        public Guid? EntityId { get; init; }

        public Guid? FacilityId { get; init; }

        public string? Meter { get; init; }

        public string? FactorId { get; init; }

        public decimal? FactorValue { get; init; }

        public string? Columns { get; init; }

        public string Disposition { get; init; } = "";

        public bool Withdrawn { get; init; }

        public DateTimeOffset RecordedAt { get; init; }

        public string RecordedBy { get; init; } = "";

        public StoredActivity Shown() => new(
            ActivityId, Version, ImportId, RowNo, Kind, Quantity, Unit, Region, StartOn, EndOn, Quality, EntityId, FacilityId, Meter, FactorId, FactorValue,
            Columns is null ? Activity.NoColumns : JsonSerializer.Deserialize<Dictionary<string, string>>(Columns)!, Enum.Parse<Disposition>(Disposition, ignoreCase: true),
            Withdrawn, RecordedAt, RecordedBy);
    }
}
