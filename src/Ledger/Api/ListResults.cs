using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Api;

/// <summary>Activities as they stand now, each with what the ledger counts of it.</summary>
internal static class ListResults
{
    /// <summary>An activity and what it emits. Amounts are kg, and the sums of its entries.</summary>
    /// <param name="Status">
    /// <c>posted</c>; <c>waiting</c>: this version is not in the ledger yet, and the figures are those of the version before;
    /// <c>unposted</c>: no entry could be made of it; <c>withdrawn</c>.
    /// </param>
    /// <param name="Co2eLocationKg">With Scope 2 by the location-based method.</param>
    /// <param name="Co2eMarketKg">With Scope 2 by the market-based method.</param>
    /// <param name="BiogenicCo2Kg">Outside the scopes.</param>
    /// <param name="Entries">The entries that count for it.</param>
    /// <param name="Problem">Why no entry could be made of it, or null.</param>
    internal sealed record ActivityResult(
        StoredActivity Activity, string Status, decimal Co2eLocationKg, decimal Co2eMarketKg, decimal BiogenicCo2Kg, IReadOnlyList<ResultEntry> Entries, Problem? Problem);

    /// <summary>An entry, shortly. Its id leads to all of it.</summary>
    internal sealed record ResultEntry(string Id, string Month, int Scope, int? Category, Basis Basis, string Role, decimal Co2eKg);

    public static void Map(IEndpointRouteBuilder emissions) => emissions
        .MapGet("/activities", async (ListQuery query, [FromQuery(Name = "as_of")] string? asOf, Caller caller, Database database, ActivityQueries activities, CancellationToken ct) =>
        {
            var read = new Parameters();
            var instant = read.Instant("as_of", asOf);
            return read.Problem is { } problem ? new ProblemResponse(problem) : (await database.Read(caller, session => Handle(query, instant, session, activities, ct), ct)).ToOk();
        })
        .Lists<ActivityResult>(ActivityQueries.Listed).WithName("ListActivityResults").WithSummary("Activities as they stand, or stood at an instant, with what they emit");

    /// <summary>Within a transaction of the tenant.</summary>
    internal static async Task<Page<ActivityResult>> Handle(ListQuery query, DateTimeOffset? asOf, Session session, ActivityQueries activities, CancellationToken ct)
    {
        var page = await activities.Standing(session, query, asOf);
        var ids = page.Items.Select(activity => activity.ActivityId).ToArray();
        var entries = (await Reversals.Standing(session, RunWriter.DaysOf(await activities.Earlier(session, ids)), ct, await LedgerHead.At(session, asOf))).ToLookup(found => found.Entry.ActivityId);
        var unposted = (await session.Query<(Guid ActivityId, int Version, string Problem)>(
            "select activity_id, activity_version, problem::text from ledger.unposted where activity_id = any(@ids) and (@asOf::timestamptz is null or recorded_at <= @asOf)", new { ids, asOf })).ToLookup(row => row.ActivityId);
        return new(
            [.. page.Items.Select(activity => Of(
                activity, [.. entries[activity.ActivityId]], unposted[activity.ActivityId].FirstOrDefault(row => row.Version == activity.Version).Problem))],
            page.Next);
    }

    private static ActivityResult Of(StoredActivity activity, List<PostedEntry> standing, string? problem)
    {
        var isPosted = standing.Exists(found => found.Entry.ActivityVersion == activity.Version);
        var status = isPosted ? "posted"
            : problem is not null ? "unposted"
            : activity.Withdrawn && standing.Count == 0 ? "withdrawn"
            : "waiting";
        return new(
            activity, status, Sum(Basis.Location), Sum(Basis.Market), standing.Sum(found => found.Entry.Basis == Basis.Market ? 0m : found.Entry.BiogenicCo2Kg),
            standing.ConvertAll(found => new ResultEntry(
                EntryView.IdOf(found.Run, found.Entry.Line), found.Entry.Month.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture), found.Entry.Scope, found.Entry.Category,
                found.Entry.Basis, found.Entry.Role, found.Entry.Co2eKg)),
            isPosted || problem is null ? null : JsonSerializer.Deserialize<Problem>(problem, Json.Options));

        decimal Sum(Basis basis) => standing.Sum(found => found.Entry.Basis == Basis.Single || found.Entry.Basis == basis ? found.Entry.Co2eKg : 0m);
    }
}
