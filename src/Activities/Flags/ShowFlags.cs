using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Activities.Records;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Flags;

/// <summary>Lists what may be there twice, and shows one with both activities as they stand.</summary>
internal static class ShowFlags
{
    /// <param name="Activity">The later of the two, its last version.</param>
    /// <param name="Other">The earlier of the two, its last version.</param>
    public sealed record Details(Guid FlagId, Flag Flag, StoredActivity Activity, StoredActivity Other) : IVersioned
    {
        int IVersioned.Version => Flag.Version;
    }

    private static readonly ListShape Shape = new ListShape("flag_id", FieldKind.Id)
        .Filter("status").Filter("reason").Filter("import_id", FieldKind.Id).Filter("activity_id", FieldKind.Id).Filter("other_activity_id", FieldKind.Id)
        .Range("co2e_kg", FieldKind.Decimal).Range("raised_at", FieldKind.Instant).Sort("raised_at", FieldKind.Instant);

    /// <summary>Both activities are of the facilities <c>@within</c>: whoever sees one alone cannot tell. Null: of any.</summary>
    internal const string Within = $"""
        (@within::uuid[] is null or 2 = (
            select count(*) from activities.activities last
            where last.tenant_id = flags.tenant_id and last.activity_id in (flags.activity_id, flags.other_activity_id) and {ShowActivities.LastWithin}))
        """;

    public static void Map(IEndpointRouteBuilder flags)
    {
        flags.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, async session => Shown(await query.Page<FlagRow>(session, $"select {Flag.Columns} from activities.flags where {Within}", new { within = caller.FacilitiesFor(Permission.ActivitiesRead)?.ToArray() })), ct)).ToOk())
            .Lists<Flag>(Shape).WithinFacilities().WithName("ListFlags").WithSummary("Activities that may be there twice: both count until somebody decides.");
        flags.MapGet("/{id:guid}", async (Guid id, Caller caller, Database database, ActivityQueries queries, CancellationToken ct) =>
            (await database.Read(caller, session => Find(id, session, queries), ct)).ToOk())
            .WithinFacilities().WithName("GetFlag").WithSummary("A flag with its two activities as they stand now.").Produces<Details>();
    }

    /// <summary>Within a transaction of the tenant.</summary>
    public static async Task<Result<Details>> Find(Guid id, Session session, ActivityQueries queries)
    {
        if (await session.First<FlagRow>(
            $"select {Flag.Columns} from activities.flags where flag_id = @id and {Within}", new { id, within = session.Caller.FacilitiesFor(Permission.ActivitiesRead)?.ToArray() }) is not { } row)
        {
            return Problem.NotFound("flag", id.ToString());
        }

        var last = (await queries.Earlier(session, [row.ActivityId, row.OtherActivityId])).GroupBy(one => one.ActivityId)
            .ToDictionary(versions => versions.Key, versions => versions.MaxBy(one => one.Version)!);
        return new Details(id, row.Shown(), last[row.ActivityId], last[row.OtherActivityId]);
    }

    private static Page<Flag> Shown(Page<FlagRow> page) => new([.. page.Items.Select(row => row.Shown())], page.Next);
}
