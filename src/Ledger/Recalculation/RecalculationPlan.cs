using System.Globalization;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>
/// Finds what another policy changes in a year without planning every activity again: the calculations in use are planned under both
/// policies, and only activities whose calculation comes out otherwise are read.
/// </summary>
/// <param name="year">With the policy as it was.</param>
/// <param name="mapping">Kinds that activities get, or null.</param>
/// <param name="head">The last run that counts: the same question as of the same run has the same answer for ever.</param>
internal sealed class RecalculationPlan(Estimators estimators, ActivityQueries activities, PeriodCalendar calendar, Period year, Policy policy, KindMapping? mapping, long head, CancellationToken ct)
{
    private readonly ReferenceData data = estimators.Data;
    private readonly RunPlanner planner = new(estimators);
    private readonly Dictionary<Guid, Guid> effective = [];
    private readonly Dictionary<PlanKey, (Planned[] Was, Planned[] Now)> planned = [];
    private readonly PeriodCalendar after = With(calendar, year, policy);
    private readonly PeriodCalendar byGwp = With(calendar, year, year.Policy with { GwpSet = policy.GwpSet });

    // What a plan's entry amounts to, whatever the policy it was found under.
    private readonly record struct Planned(string Role, Basis Basis, Guid Effective);

    /// <summary>The calendar as it will be.</summary>
    public static PeriodCalendar With(PeriodCalendar calendar, Period year, Policy policy) => new([.. calendar.All.Select(one =>
        one.StartsOn >= year.StartsOn && one.EndsOn <= year.EndsOn ? one with { Policy = policy } : one)]);

    /// <summary>Versions of activities that have to be looked at: all that can change, and few that do not. In one order.</summary>
    /// <param name="used">The calculations of the year's entries, with the months they are used in.</param>
    public async Task<List<(Guid Id, int Version)>> Suspects(Session session, IReadOnlyList<UsedCalculation> used)
    {
        var changed = new HashSet<(Guid Id, DateOnly Month)>();
        var spread = new HashSet<Guid>();
        var workedOut = new List<(Guid Id, DateOnly Month)>();
        foreach (var (body, id, months, kinds) in used)
        {
            if (mapping is not null && kinds.Any(mapping.Kinds.ContainsKey))
            {
                changed.UnionWith(months.Select(month => (id, month)));
                spread.Add(id);
                continue;
            }

            if (body.Factor.Edition is null)
            {
                continue; // The row's own figure: no policy touches it.
            }

            effective[id] = Effective(body);
            if (body.Uncertainty.ActivityKey is null)
            {
                workedOut.AddRange(months.Select(month => (id, month)));
                spread.Add(id); // Their middle day decides, which the entries do not tell.
                continue;
            }

            // A part of an activity that spans months was planned by another month than its own.
            var differing = Months().Where(month => Differs(id, body, month)).ToList();
            changed.UnionWith(differing.Intersect(months).Select(month => (id, month)));
            if (differing.Exists(month => WasPlanned(id, body, month)) || !Months().Any(month => WasPlanned(id, body, month)))
            {
                spread.Add(id);
            }
        }

        await WorkedOut(session, workedOut, changed);
        return await Holding(session, changed, spread);
    }

    /// <summary>What comes of activities under the new policy, and what it takes the place of.</summary>
    /// <param name="found">Suspects, some thousand at a time.</param>
    /// <returns>Those that change, in the order given, and problems of those that could not be calculated any more.</returns>
    public async Task<(List<ActivityChange> Changes, List<Unposted> Lost)> Changes(Session session, IReadOnlyCollection<(Guid Id, int Version)> found)
    {
        var rows = await activities.ByVersion(session, found);
        var standing = (await Reversals.Standing(session, rows.GroupBy(row => row.ActivityId).ToDictionary(
            group => group.Key, group => (From: group.Min(row => row.StartOn), To: group.Max(row => row.EndOn))), ct, head))
            .Where(one => one.Entry.Type == EntryType.Posting).ToLookup(one => (one.Entry.ActivityId, one.Entry.ActivityVersion));
        var mapped = mapping is null ? [] : rows.Select(row => (row, Next: mapping.Next(row))).Where(one => one.Next is not null).ToDictionary(one => (one.row.ActivityId, one.row.Version), one => one.Next!);
        using var draft = planner.Plan([.. rows.Select(row => mapped.GetValueOrDefault((row.ActivityId, row.Version), row))], after, finishes: false);
        await Learn(session, standing.SelectMany(group => group).Select(one => one.Entry.CalculationId));
        foreach (var (id, text) in draft.Calculations)
        {
            Learn(id, text);
        }

        Calculations = draft.Calculations;
        Workings = draft.Workings;

        // Under one GWP set there is nothing between the two.
        var middle = year.Policy.GwpSet == policy.GwpSet ? [] : ActivityComparison.Emissions(planner.Plan(rows, byGwp, finishes: false));

        // What the new policy alone would have made of those that are mapped.
        var unmapped = mapped.Count == 0
            ? []
            : ActivityComparison.Emissions(planner.Plan([.. rows.Where(row => mapped.ContainsKey((row.ActivityId, row.Version)))], after, finishes: false));
        return (new ActivityComparison(effective, middle, unmapped).Of(rows, found, mapped, standing, draft.Entries), draft.Unposted);
    }

    /// <summary>Texts of the calculations that the last part's new entries name.</summary>
    public IReadOnlyDictionary<Guid, string> Calculations { get; private set; } = new Dictionary<Guid, string>();

    public IReadOnlyDictionary<Guid, string> Workings { get; private set; } = new Dictionary<Guid, string>();

    private bool Differs(Guid id, CalculationBody body, DateOnly month)
    {
        if (PlansOf(body, month) is not { } plans)
        {
            return true;
        }

        return !plans.Now.Contains(new Planned(body.Role, body.Basis, effective[id])) || !plans.Was.AsSpan().SequenceEqual(plans.Now);
    }

    private bool WasPlanned(Guid id, CalculationBody body, DateOnly month) =>
        PlansOf(body, month) is { } plans && plans.Was.Contains(new Planned(body.Role, body.Basis, effective[id]));

    // Each question once, however many calculations come of it. Null when it can be asked no more.
    private (Planned[] Was, Planned[] Now)? PlansOf(CalculationBody body, DateOnly month)
    {
        if (data.Kinds.Find(body.Asked.Kind) is not { } kind || data.Units.Find(body.Asked.Unit).Unit is not { } unit)
        {
            return null;
        }

        var key = new PlanKey(kind, unit, body.Asked.Region is { } region ? data.Regions.Find(region) : null, PlanKey.MonthOf(month), body.Asked.Quality);
        return planned.TryGetValue(key, out var known) ? known : planned[key] = (Of(year.Policy), Of(policy));

        Planned[] Of(Policy under)
        {
            var estimator = estimators.Of(under);
            return Array.ConvertAll(estimator.Calculations.Of(estimator.Estimator.PlanFor(key)), one => new Planned(one.Role, one.Basis, EffectiveOf(one)));
        }
    }

    // One activity of each calculation and month stands for all: what differs between them is quantities.
    private async Task WorkedOut(Session session, List<(Guid Id, DateOnly Month)> used, HashSet<(Guid Id, DateOnly Month)> changed)
    {
        var found = await session.Query<(Guid Calculation, DateOnly Month, Guid Activity, int Version)>("""
            select used.id, used.month, one.activity_id, one.activity_version from unnest(@ids::uuid[], @months::date[]) as used (id, month)
            cross join lateral (
                select activity_id, activity_version from ledger.entries e
                where e.tenant_id = (select current_setting('app.tenant_id')::uuid) and e.calculation_id = used.id and e.month = used.month
                    and e.whole_quantity is null and e.entry_type = 'posting' and e.run_no <= @head
                limit 1) one
            """, new { ids = used.Select(one => one.Id).ToArray(), months = used.Select(one => one.Month).ToArray(), head });
        var rows = (await activities.ByVersion(session, [.. found.Select(one => (one.Activity, one.Version)).Distinct()])).ToDictionary(row => (row.ActivityId, row.Version));
        foreach (var (calculation, month, activity, version) in found)
        {
            var (was, now) = (Estimate(year.Policy), Estimate(policy));
            if (!now.Contains(effective[calculation]) || !was.SequenceEqual(now))
            {
                changed.Add((calculation, month));
            }

            List<Guid> Estimate(Policy under)
            {
                var estimator = estimators.Of(under);
                return [.. estimator.Estimator.Estimate(rows[(activity, version)].ToActivity(data)).Entries.Select(entry => EffectiveOf(estimator.Calculations.Of(entry.Plan)))];
            }
        }
    }

    // By calculation through the index, whatever the planner knows of the table; the months are told apart on the way out.
    private async Task<List<(Guid Id, int Version)>> Holding(Session session, HashSet<(Guid Id, DateOnly Month)> changed, HashSet<Guid> spread)
    {
        var ids = changed.Select(one => one.Id).Concat(spread).Distinct().ToArray();
        return [.. (await session.Query<(Guid Id, int Version)>("""
            select distinct e.activity_id, e.activity_version from unnest(@ids::uuid[], @spread::bool[]) as one (id, is_spread)
            cross join lateral (
                select activity_id, activity_version, month, whole_quantity is not null as is_part from ledger.entries e
                where e.tenant_id = (select current_setting('app.tenant_id')::uuid) and e.calculation_id = one.id and e.month between @from and @to
                    and e.entry_type = 'posting' and e.run_no <= @head
                offset 0) e
            left join unnest(@changed::uuid[], @months::date[]) as touched (id, month) on touched.id = one.id and touched.month = e.month and not e.is_part
            where touched.id is not null or (one.is_spread and e.is_part)
            """, new
        {
            ids, spread = Array.ConvertAll(ids, spread.Contains), changed = changed.Select(one => one.Id).ToArray(), months = changed.Select(one => one.Month).ToArray(),
            from = MonthShares.MonthOf(year.StartsOn), to = year.EndsOn, head,
        })).Order()];
    }

    private async Task Learn(Session session, IEnumerable<Guid> ids)
    {
        foreach (var (id, body) in await EntryView.Bodies(session, [.. ids.Where(id => !effective.ContainsKey(id)).Distinct()]))
        {
            effective[id] = Effective(body);
        }
    }

    private void Learn(Guid id, string text)
    {
        if (!effective.ContainsKey(id))
        {
            effective[id] = Effective(CalculationBody.Read(text));
        }
    }

    private Guid EffectiveOf(Calculation calculation)
    {
        Learn(calculation.Id, calculation.Text);
        return effective[calculation.Id];
    }

    // Without the policy: two days of knowledge that find the same factor calculate the same.
    private static Guid Effective(CalculationBody body) => Calculation.Of(body with { Policy = new CalculationPolicy(null, default, default, null) }).Id;

    private IEnumerable<DateOnly> Months()
    {
        for (var month = MonthShares.MonthOf(year.StartsOn); month <= year.EndsOn; month = month.AddMonths(1))
        {
            yield return month;
        }
    }
}
