using System.Globalization;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>What one entry's change is made of, kg CO2e. The parts add to the change exactly.</summary>
/// <param name="Entry">The entry taken back, or null for one that is new.</param>
internal sealed record EntryChange(string? Entry, Guid ActivityId, string Kind, int Scope, int? Category, Basis Basis, string Role, DateOnly Month, decimal Before, decimal After, decimal Gwp, decimal Factor);

/// <summary>An activity whose entries change: what is taken back and what comes instead.</summary>
internal sealed record ActivityChange(StoredActivity Activity, IReadOnlyList<(long Run, Entry Entry)> Back, IReadOnlyList<Entry> New, IReadOnlyList<EntryChange> Changes);

/// <summary>
/// Finds what another policy changes in a year without planning every activity again: the calculations in use are planned under both
/// policies, and only activities whose calculation comes out otherwise are read.
/// </summary>
internal sealed class RecalculationPlan(Estimators estimators, ActivityQueries activities, Period year, Policy policy, CancellationToken ct)
{
    private readonly ReferenceData data = estimators.Data;
    private readonly Dictionary<Guid, string> effective = [];

    /// <summary>The calendar as it will be.</summary>
    public static PeriodCalendar With(PeriodCalendar calendar, Period year, Policy policy) => new([.. calendar.All.Select(one =>
        one.StartsOn >= year.StartsOn && one.EndsOn <= year.EndsOn ? one with { Policy = policy } : one)]);

    /// <summary>Versions of activities that have to be looked at: all that can change, and few that do not.</summary>
    public async Task<List<(Guid Id, int Version)>> Suspects(Session session)
    {
        var used = await session.Query<Used>("""
            select calculation_id as calculation, month, whole_quantity is not null as is_spread, sum(case entry_type when 'reversal' then -1 else 1 end)::int as entries
            from ledger.entries where month between @from and @to and entry_type <> 'adjustment'
            group by 1, 2, 3 having sum(case entry_type when 'reversal' then -1 else 1 end) > 0
            """, new { from = MonthShares.MonthOf(year.StartsOn), to = year.EndsOn });
        var bodies = await EntryView.Bodies(session, [.. used.Select(one => one.Calculation).Distinct()]);
        foreach (var (id, body) in bodies)
        {
            effective[id] = Effective(body);
        }

        var changed = new HashSet<(Guid, DateOnly)>();
        var spread = new HashSet<Guid>();
        var workedOut = new List<Used>();
        foreach (var one in used)
        {
            var body = bodies[one.Calculation];
            if (body.Factor.Edition is null)
            {
                continue; // The row's own figure: no policy touches it.
            }

            if (body.Uncertainty.ActivityKey is null)
            {
                workedOut.Add(one);
            }
            else if (one.IsSpread ? Months().Any(month => Differs(one.Calculation, body, month)) : Differs(one.Calculation, body, one.Month))
            {
                _ = one.IsSpread ? spread.Add(one.Calculation) : changed.Add((one.Calculation, one.Month));
            }
        }

        foreach (var one in workedOut.Where(one => one.IsSpread))
        {
            spread.Add(one.Calculation); // Their middle day decides, which the entries do not tell.
        }

        await WorkedOut(session, workedOut.Where(one => !one.IsSpread).ToList(), changed);
        return await Holding(session, changed, spread);
    }

    /// <summary>What comes of activities under the new policy, and what it takes the place of.</summary>
    /// <param name="found">Suspects, some thousand at a time.</param>
    /// <returns>Those that change, and problems of those that could not be calculated any more.</returns>
    public async Task<(List<ActivityChange> Changes, List<Unposted> Lost)> Changes(
        Session session, IReadOnlyCollection<(Guid Id, int Version)> found, PeriodCalendar before, PeriodCalendar after)
    {
        var rows = await activities.ByVersion(session, found);
        var standing = (await Reversals.Standing(session, rows.GroupBy(row => row.ActivityId).ToDictionary(
            group => group.Key, group => (From: group.Min(row => row.StartOn), To: group.Max(row => row.EndOn))), ct))
            .Where(one => one.Entry.Type == EntryType.Posting).ToLookup(one => (one.Entry.ActivityId, one.Entry.ActivityVersion));
        var planned = new RunPlanner(estimators).Plan(rows, after);
        var byGwp = new RunPlanner(estimators).Plan(rows, With(before, year, year.Policy with { GwpSet = policy.GwpSet }));
        await Learn(session, standing.SelectMany(group => group).Select(one => one.Entry.CalculationId));
        foreach (var (id, text) in planned.Calculations.Concat(byGwp.Calculations))
        {
            effective.TryAdd(id, Effective(CalculationBody.Read(text)));
        }

        Calculations = planned.Calculations;
        Workings = planned.Workings;
        var next = planned.Entries.ToArray().ToLookup(entry => (entry.ActivityId, entry.ActivityVersion));
        var middle = byGwp.Entries.ToArray().ToDictionary(entry => (entry.ActivityId, entry.ActivityVersion, entry.Slot, entry.Month), entry => entry.Co2eKg);
        var changes = new List<ActivityChange>();
        foreach (var row in rows)
        {
            var key = (row.ActivityId, row.Version);
            if (Change(row, [.. standing[key]], [.. next[key]], middle) is { } change)
            {
                changes.Add(change);
            }
        }

        return (changes, planned.Unposted);
    }

    /// <summary>Texts of the calculations that the last part's new entries name.</summary>
    public IReadOnlyDictionary<Guid, string> Calculations { get; private set; } = new Dictionary<Guid, string>();

    public IReadOnlyDictionary<Guid, string> Workings { get; private set; } = new Dictionary<Guid, string>();

    private ActivityChange? Change(
        StoredActivity row, List<(long Run, Entry Entry)> standing, List<Entry> next, Dictionary<(Guid, int, short, DateOnly), decimal> middle)
    {
        if (standing.Count == 0)
        {
            return null; // Taken back since.
        }

        var old = standing.ToDictionary(one => (one.Entry.Slot, one.Entry.Month));
        var back = new List<(long, Entry)>();
        var fresh = new List<Entry>();
        var changes = new List<EntryChange>();
        var revision = (short)(standing.Max(one => one.Entry.Revision) + 1);
        foreach (var entry in next)
        {
            var had = old.Remove((entry.Slot, entry.Month), out var was);
            if (had && was.Entry.Quantity == entry.Quantity && effective[was.Entry.CalculationId] == effective[entry.CalculationId])
            {
                continue;
            }

            if (had)
            {
                back.Add(was);
            }

            fresh.Add(entry with { Revision = revision });
            Add(had ? was : null, entry);
        }

        foreach (var gone in old.Values)
        {
            back.Add(gone);
            Add(gone, null);
        }

        return changes.Count == 0 ? null : new ActivityChange(row, back, fresh, changes);

        // One thing at a time: first the GWP set, then everything that decides the factor.
        void Add((long Run, Entry Entry)? was, Entry? now)
        {
            var one = now ?? was!.Value.Entry;
            var (start, end) = (was?.Entry.Co2eKg ?? 0m, now?.Co2eKg ?? 0m);
            var between = was is null ? 0m : middle.GetValueOrDefault((one.ActivityId, one.ActivityVersion, one.Slot, one.Month), start);
            changes.Add(new EntryChange(
                was is { } taken ? EntryView.IdOf(taken.Run, taken.Entry.Line) : null, one.ActivityId, one.Kind, one.Scope, one.Category, one.Basis, one.Role, one.Month, start, end, between - start, end - between));
        }
    }

    private bool Differs(Guid id, CalculationBody body, DateOnly month)
    {
        if (data.Kinds.Find(body.Asked.Kind) is not { } kind || data.Units.Find(body.Asked.Unit).Unit is not { } unit)
        {
            return true;
        }

        var key = new PlanKey(kind, unit, body.Asked.Region is { } region ? data.Regions.Find(region) : null, PlanKey.MonthOf(month), body.Asked.Quality);
        var (was, now) = (Of(year.Policy), Of(policy));
        return now.Length != was.Length || !Array.Exists(now, one => one.Role == body.Role && one.Basis == body.Basis && EffectiveOf(one) == effective[id])
            || !was.Select(EffectiveOf).SequenceEqual(now.Select(EffectiveOf), StringComparer.Ordinal);

        Calculation[] Of(Policy under)
        {
            var estimator = estimators.Of(under);
            return estimator.Calculations.Of(estimator.Estimator.PlanFor(key));
        }
    }

    // One activity of each calculation and month stands for all: what differs between them is quantities.
    private async Task WorkedOut(Session session, List<Used> used, HashSet<(Guid, DateOnly)> changed)
    {
        var found = await session.Query<(Guid Calculation, DateOnly Month, Guid Activity, int Version)>("""
            select distinct on (calculation_id, month) calculation_id, month, activity_id, activity_version from ledger.entries
            where calculation_id = any(@ids) and month between @from and @to and whole_quantity is null and entry_type = 'posting'
            """, new { ids = used.Select(one => one.Calculation).Distinct().ToArray(), from = MonthShares.MonthOf(year.StartsOn), to = year.EndsOn });
        var rows = (await activities.ByVersion(session, [.. found.Select(one => (one.Activity, one.Version)).Distinct()])).ToDictionary(row => (row.ActivityId, row.Version));
        foreach (var (calculation, month, activity, version) in found)
        {
            var estimate = Estimate(policy);
            var was = Estimate(year.Policy);
            if (estimate.Count != was.Count || !estimate.Contains(effective[calculation]) || !was.SequenceEqual(estimate, StringComparer.Ordinal))
            {
                changed.Add((calculation, month));
            }

            List<string> Estimate(Policy under)
            {
                var estimator = estimators.Of(under);
                return [.. estimator.Estimator.Estimate(rows[(activity, version)].ToActivity(data)).Entries.Select(entry => EffectiveOf(estimator.Calculations.Of(entry.Plan)))];
            }
        }
    }

    private async Task<List<(Guid, int)>> Holding(Session session, HashSet<(Guid Id, DateOnly Month)> changed, HashSet<Guid> spread) =>
        [.. await session.Query<(Guid, int)>("""
            select distinct activity_id, activity_version from ledger.entries e
            join unnest(@ids::uuid[], @months::date[]) as c (id, month) on e.calculation_id = c.id and e.month = c.month
            where e.whole_quantity is null and e.entry_type = 'posting'
            union
            select distinct activity_id, activity_version from ledger.entries
            where calculation_id = any(@spread) and whole_quantity is not null and entry_type = 'posting' and month between @from and @to
            order by 1, 2
            """, new
        {
            ids = changed.Select(one => one.Id).ToArray(), months = changed.Select(one => one.Month).ToArray(), spread = spread.ToArray(),
            from = MonthShares.MonthOf(year.StartsOn), to = year.EndsOn,
        })];

    private async Task Learn(Session session, IEnumerable<Guid> ids)
    {
        foreach (var (id, body) in await EntryView.Bodies(session, [.. ids.Where(id => !effective.ContainsKey(id)).Distinct()]))
        {
            effective[id] = Effective(body);
        }
    }

    private string EffectiveOf(Calculation calculation) =>
        effective.TryGetValue(calculation.Id, out var known) ? known : effective[calculation.Id] = Effective(CalculationBody.Read(calculation.Text));

    // Without the policy: two days of knowledge that find the same factor calculate the same.
    private static string Effective(CalculationBody body) => Calculation.Of(body with { Policy = new CalculationPolicy(null, default, default, null) }).Text;

    private IEnumerable<DateOnly> Months()
    {
        for (var month = MonthShares.MonthOf(year.StartsOn); month <= year.EndsOn; month = month.AddMonths(1))
        {
            yield return month;
        }
    }

    private sealed class Used
    {
        public Guid Calculation { get; init; }

        public DateOnly Month { get; init; }

        public bool IsSpread { get; init; }

        public int Entries { get; init; }
    }
}
