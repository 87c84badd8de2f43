using OffGridFlow.Activities;
using OffGridFlow.Activities.Connectors;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Imports;

/// <summary>How far an import is, from the file's first row to the ledger's last entry.</summary>
internal sealed class ImportStates(Database database, ActivityQueries activities, ReferenceData data, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public Task<string> Organization(Caller caller, CancellationToken ct) =>
        database.Read(caller, async session => (await OrganizationQueries.Tenant(session)).Name, ct);

    // An import may have had nothing to take back, or its entries went with a correction: then there is nothing to wait for.
    private async Task<bool> IsTakingBack(Session session, Guid id, long entries, DateTimeOffset undone) =>
        clock.GetUtcNow() - undone < Patience && (await PostedImport.Find(session, Ledger.Posting.PostImport.WithdrawalOf(id))).Entries < entries;

    private FlagView Flag(OffGridFlow.Activities.Flags.ShowFlags.Details found) => new(
        found.FlagId, found.Flag.Reason, (found.Flag.Reason == "meter-overlap" ? found.Activity.Meter : found.Activity.Columns.GetValueOrDefault("invoice")) ?? "",
        found.Flag.OverlapDays, found.Flag.Co2eKg, Flagged(found.Activity), Flagged(found.Other));

    private FlaggedActivity Flagged(StoredActivity activity) => new(
        activity.ActivityId, activity.ImportId, activity.RowNo,
        $"{Print.Plain(activity.Quantity)} {activity.Unit}, {Words.Kind(data.Kinds, activity.Kind)} ({activity.Kind}), {Print.Day(activity.StartOn)}{(activity.EndOn == activity.StartOn ? "" : $" to {Print.Day(activity.EndOn)}")}");

    // Rows that were given their facility are posted once more, by the corrections that did it.
    private static async Task<(bool Is, long Entries)> Placing(Session session, ImportSummary import)
    {
        var (waits, entries) = (import.UnknownPlaces.Any(place => place is { PlaceId: not null, Placed: false }), 0L);
        if (import.UnknownPlaces.Any(place => place.PlaceId is not null))
        {
            foreach (var placement in await ImportLists.Placements(session, import.ImportId))
            {
                var posted = await PostedImport.Find(session, placement);
                entries += posted.Entries;
                waits |= posted.ThroughRow < await ImportLists.LastTaken(session, placement);
            }
        }

        return (waits, entries);
    }

    public Task<ImportView?> Find(Caller caller, Guid id, int problems, CancellationToken ct) => database.Read(
        caller,
        async session =>
        {
            if (await activities.Import(session, id) is not { } import)
            {
                return null;
            }

            var rows = problems == 0 ? [] : await ImportLists.NotTaken(session, id, problems);
            var posted = await PostedImport.Find(session, id);
            var last = await ImportLists.LastTaken(session, id);
            var asks = problems > 0 && import.UnknownPlaces.Count > 0;
            var sites = asks ? await OrganizationQueries.Facilities(session) : new([]);
            var entities = asks ? await OrganizationQueries.Entities(session) : new([]);
            var within = caller.FacilitiesFor(Permission.ImportsWrite);
            var own = sites.All.Where(site => within is null || within.Contains(site.FacilityId)).ToList();
            var period = posted.Month is { } month ? (await OrganizationQueries.Periods(session)).YearOf(month)?.Code : null;
            var (isPlacing, placed) = import.UndoneAt is null ? await Placing(session, import) : (false, 0);
            var posting = import.UndoneAt is { } undone ? await IsTakingBack(session, id, posted.Entries, undone) : posted.ThroughRow < last || isPlacing;
            return new ImportView(import, posting, posted.Entries + placed, period, [.. rows.Select(row => new RowProblem(
                row.RowNo, row.Disposition, row.Code, row.Problem?.Column, row.Problem?.Found, row.Problem?.Expected, row.Problem?.Fix))])
            {
                Flags = problems == 0 ? [] : [.. (await ImportLists.OpenFlags(session, id, problems, activities)).Select(Flag)],
                Facilities = [.. own.Select(one => (one.Code, one.Name))],
                Entities = [.. entities.All.Where(entity => within is null || own.Exists(site => site.EntityId == entity.EntityId)).Select(one => (one.Code, one.Name))],
                MayMake = within is null,
                Source = import.SourceId is { } source ? await Source.NameOf(session, source) : null,
                Places = import.UnknownPlaces.Select(place => place.PlaceId).OfType<Guid>().Distinct()
                    .ToDictionary(place => place, place => (sites.Find(place) as INamed ?? entities.Find(place))?.Name ?? ""),
            };
        },
        ct);
}
