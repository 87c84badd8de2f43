using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>The activities that a recalculation changes, kept in parts; what changes of each is worked out when a page of it is asked for.</summary>
internal static class RecalculationParts
{
    private const int Size = 5_000;

    // Worked out together for a page.
    private const int Stretch = 200;

    public static void Map(IEndpointRouteBuilder ledger) => ledger.MapGet("/recalculations/{recalculation_id:guid}/changes", Get)
        .WithName("ListRecalculationChanges").WithSummary("Every entry that a recalculation changes, page by page").Produces<Page<EntryDelta>>();

    private static async Task<IResult> Get(
        Guid recalculation_id, string? cursor, int? limit, Caller caller, Database database, ActivityQueries activities, Estimators estimators, TimeProvider time, CancellationToken ct) =>
        limit is < 1 or > Cursor.MostLimit
            ? new ProblemResponse(new Problem("parameter.invalid", "limit", FormattableString.Invariant($"{limit}"), FormattableString.Invariant($"1 to {Cursor.MostLimit}"), "Correct limit, or leave it out."))
            : (await database.Read(caller, session => Page(recalculation_id, cursor, limit ?? Cursor.DefaultLimit, session, activities, estimators, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), ct), ct)).ToOk();

    /// <summary>A page, as of the run the recalculation was worked out from: posting it changes nothing of it.</summary>
    public static async Task<Result<Page<EntryDelta>>> Page(
        Guid id, string? cursor, int limit, Session session, ActivityQueries activities, Estimators estimators, DateOnly today, CancellationToken ct)
    {
        if (!(await RecalculationDetails.Find(id, session)).TryValue(out var found, out var problem))
        {
            return problem;
        }

        // Place of an activity among all, and how many of its entries were listed.
        var (place, listed) = (0, 0);
        if (cursor is not null && (Cursor.Read(cursor, 2) is not [var at, var of]
            || !int.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out place) || !int.TryParse(of, NumberStyles.None, CultureInfo.InvariantCulture, out listed)))
        {
            return Cursor.Bad(cursor);
        }

        var calendar = await OrganizationQueries.Periods(session);
        var year = calendar.All.First(one => one.PeriodId == found.PeriodId) with { Policy = RecalculationDetails.Whole(found.PolicyBefore, today) };
        var policy = RecalculationDetails.Whole(found.Policy, today);
        if (await estimators.Ready(session, [.. calendar.All.Select(one => one.Policy), year.Policy, policy]) is { } unready)
        {
            return unready;
        }

        var plan = new RecalculationPlan(estimators, activities, calendar, year, policy, found.Mapping, found.Run, ct);
        var items = new List<EntryDelta>();
        while (await Read(session, id, place / Size) is { } part)
        {
            foreach (var stretch in part.Skip(place % Size).Chunk(Math.Min(Stretch, limit)))
            {
                var (changes, _) = await plan.Changes(session, stretch);
                var byKey = changes.ToDictionary(change => (change.Activity.ActivityId, change.Activity.Version));
                foreach (var key in stretch)
                {
                    var of_activity = byKey.TryGetValue(key, out var change) ? change.Changes : [];
                    for (; listed < of_activity.Count; listed++)
                    {
                        if (items.Count == limit)
                        {
                            return new Page<EntryDelta>(items, Cursor.Write(place.ToString(CultureInfo.InvariantCulture), listed.ToString(CultureInfo.InvariantCulture)));
                        }

                        items.Add(EntryDelta.Of(of_activity[listed]));
                    }

                    (place, listed) = (place + 1, 0);
                }
            }

            if (place % Size != 0)
            {
                break;
            }
        }

        return new Page<EntryDelta>(items, null);
    }

    public static async Task Write(Session session, Guid id, IReadOnlyList<(Guid Id, int Version)> changed)
    {
        foreach (var (part, no) in changed.Chunk(Size).Select((part, no) => (part, no)))
        {
            await session.Execute("""
                insert into ledger.recalculation_parts (tenant_id, recalculation_id, part_no, activity_ids, activity_versions) values (@tenant, @id, @no, @ids, @versions)
                """, new { tenant = session.Tenant.Value, id, no, ids = Array.ConvertAll(part, one => one.Id), versions = Array.ConvertAll(part, one => one.Version) });
        }
    }

    /// <summary>A part, or null after the last.</summary>
    public static async Task<(Guid Id, int Version)[]?> Read(Session session, Guid id, int no) =>
        await session.First<Part>("select activity_ids, activity_versions from ledger.recalculation_parts where recalculation_id = @id and part_no = @no", new { id, no }) is { } part
            ? [.. part.ActivityIds.Zip(part.ActivityVersions)]
            : null;

    private sealed class Part
    {
        public Guid[] ActivityIds { get; init; } = [];

        public int[] ActivityVersions { get; init; } = [];
    }
}
