using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>One preview as it is worked out, as of one run: in many transactions, for what they read changes no more.</summary>
/// <param name="year">With the policy as it was.</param>
internal sealed class RecalculationWork(
    Database database, ActivityQueries activities, LedgerQueries queries, Estimators estimators, PeriodCalendar calendar, Period year, Policy policy,
    KindMapping? mapping, long head, CancellationToken ct)
{
    private const int Part = 4_000;
    private const int MostEntries = 100;
    private const int MostLost = 100;

    private readonly RecalculationPlan plan = new(estimators, activities, calendar, year, policy, mapping, head, ct);
    private readonly List<(Guid Id, int Version)> changed = [];

    public long Head => head;

    /// <summary>The activities that change, in one order.</summary>
    public IReadOnlyList<(Guid Id, int Version)> Changed => changed;

    /// <summary>What has to be looked at, or why the policy cannot be used.</summary>
    public async Task<Result<List<(Guid Id, int Version)>>> Suspects(Caller caller)
    {
        var used = await queries.Used(caller, year, head, ct);
        return await database.Read(
            caller,
            async session => await estimators.Ready(session, [.. calendar.All.Select(one => one.Policy), year.Policy, policy]) is { } unready
                ? (Result<List<(Guid, int)>>)unready
                : await plan.Suspects(session, used),
            ct);
    }

    public async Task<RecalculationResult> Of(Caller caller, List<(Guid Id, int Version)> suspects, Func<long, long, Task> progress)
    {
        var entities = await database.Read(caller, OrganizationQueries.Entities, ct);
        var sums = new CauseSums(new BoundaryShares(entities.All, year.Policy.Boundary, policy.Boundary));
        var largest = new PriorityQueue<EntryDelta, decimal>();
        var lost = new List<Problem>();
        var (done, entries) = (0, 0);
        foreach (var part in suspects.Chunk(Part))
        {
            var (changes, unposted) = await database.Read(caller, session => plan.Changes(session, part), ct);
            lost.AddRange(unposted.Select(one => one.Problem).Take(MostLost - lost.Count));
            foreach (var change in changes)
            {
                changed.Add((change.Activity.ActivityId, change.Activity.Version));
                foreach (var one in change.Changes)
                {
                    entries++;
                    sums.Add(one, change.Activity.EntityId);
                    var weight = Math.Abs(one.After - one.Before);
                    if (largest.Count < MostEntries || (largest.TryPeek(out _, out var least) && weight > least))
                    {
                        largest.Enqueue(EntryDelta.Of(one), weight);
                        if (largest.Count > MostEntries)
                        {
                            largest.Dequeue();
                        }
                    }
                }
            }

            done += part.Length;
            await progress(done, suspects.Count);
        }

        var baseYear = calendar.All.FirstOrDefault(one => one is { IsBaseYear: true, Granularity: Granularity.Year }) ?? year;
        var baseTotal = (await Totals(caller, baseYear, Basis.Location, consolidate: true)).Total.Co2eKg;
        var causes = new List<ChangeByCause>();
        foreach (var basis in (Basis[])[Basis.Location, Basis.Market])
        {
            causes.Add(sums.Of(basis, await Totals(caller, year, basis, consolidate: false, Dimension.Entity, Dimension.Month, Dimension.Basis)));
        }

        var share = baseTotal == 0m ? 0m : Math.Abs(causes[0].Change) / Math.Abs(baseTotal);
        var significant = share >= year.Policy.SignificanceThreshold && causes[0].Change != 0m;
        return new RecalculationResult(
            suspects.Count, changed.Count, entries, causes, baseTotal, year.Policy.SignificanceThreshold, share, significant,
            [.. largest.UnorderedItems.Select(item => item.Element).OrderByDescending(delta => Math.Abs(delta.Change)).ThenBy(delta => delta.Entry, StringComparer.Ordinal)],
            lost, RestatementNote.Draft(year, policy, mapping, causes[0], baseYear, baseTotal, share, significant, changed.Count, entries));
    }

    private Task<TotalsAnswer> Totals(Caller caller, Period of, Basis basis, bool consolidate, params Dimension[] groupBy) => queries.Totals(
        caller, new TotalsQuestion { From = of.StartsOn, To = MonthShares.MonthOf(of.EndsOn), Basis = basis, Consolidate = consolidate, GroupBy = groupBy }, head, ct);
}
