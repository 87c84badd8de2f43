using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>
/// What counts of activities whose kind was corrected, less what would count had it not been: the same quantities as the first kind,
/// under the factors and the GWP set of now. So a policy that changed at the same time has no part in it.
/// </summary>
/// <param name="head">The last run that counts.</param>
internal sealed class CorrectedKinds(Session session, Estimators estimators, ActivityQueries activities, PeriodCalendar calendar, Basis account, long head)
{
    private const int Most = 5000;
    private readonly RunPlanner planner = new(estimators);

    /// <summary>kg CO2e of a period, by scope and category.</summary>
    public async Task<Dictionary<(int Scope, int? Category), decimal>> Changed(Period period, Func<Guid?, DateOnly, decimal> share)
    {
        var (from, to) = (MonthShares.MonthOf(period.StartsOn), MonthShares.MonthOf(period.EndsOn));
        var standing = await session.Query<Row>("""
            with corrected as (
                select activity_id from ledger.entries
                where run_no <= @head and activity_id in (select activity_id from ledger.entries where activity_version > 1 and month between @from and @to and run_no <= @head)
                group by activity_id having count(distinct kind) > 1)
            select e.activity_id, e.activity_version as version, e.kind, e.scope::int as scope, e.category::int as category, e.entity_id as entity, e.month, round(sum(e.co2e_kg), 15) as co2e_kg
            from ledger.entries e join corrected using (activity_id)
            where e.month between @from and @to and e.basis in ('single', @basis) and e.entry_type = 'posting' and e.run_no <= @head and not exists (
                select from ledger.entries r
                where r.month = e.month and r.activity_id = e.activity_id and r.activity_version = e.activity_version and r.slot = e.slot and r.revision = e.revision
                    and r.entry_type = 'reversal' and r.run_no <= @head)
            group by 1, 2, 3, 4, 5, 6, 7
            """, new { from, to, basis = Entry.Name(account), head });
        var changed = new Dictionary<(int, int?), decimal>();
        foreach (var part in standing.GroupBy(row => row.ActivityId).Chunk(Most))
        {
            var first = (await activities.Earlier(session, [.. part.Select(one => one.Key)])).GroupBy(row => row.ActivityId).ToDictionary(group => group.Key, group => group.MinBy(row => row.Version)!.Kind);
            var rows = part.SelectMany(one => one).Where(row => row.Kind != first[row.ActivityId]).ToList();
            foreach (var row in rows)
            {
                Add((row.Scope, row.Category), row.Entity, row.Month, row.Co2eKg);
            }

            var now = await activities.ByVersion(session, [.. rows.Select(row => (row.ActivityId, row.Version)).Distinct()]);
            foreach (var entry in planner.Plan([.. now.Select(row => row with { Kind = first[row.ActivityId] })], calendar, finishes: false).Entries.ToArray())
            {
                if ((entry.Basis == Basis.Single || entry.Basis == account) && from <= entry.Month && entry.Month <= to)
                {
                    Add((entry.Scope, entry.Category), entry.EntityId, entry.Month, -entry.Co2eKg);
                }
            }
        }

        return changed;

        void Add((int, int?) key, Guid? entity, DateOnly month, decimal kilograms) =>
            changed[key] = changed.GetValueOrDefault(key) + GetBridge.Fine(share(entity, month) * kilograms);
    }

    private sealed class Row
    {
        public Guid ActivityId { get; init; }

        public int Version { get; init; }

        public string Kind { get; init; } = "";

        public int Scope { get; init; }

        public int? Category { get; init; }

        public Guid? Entity { get; init; }

        public DateOnly Month { get; init; }

        public decimal Co2eKg { get; init; }
    }
}
