using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;

namespace OffGridFlow.Ledger.Posting;

/// <summary>Plans and computes activities: rows in, the draft of a run out. No database, no clock; one for each thread.</summary>
internal sealed class RunPlanner(Estimators estimators)
{
    private readonly ReferenceData data = estimators.Data;
    private readonly Dictionary<string, Kind?> kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Unit?> units = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> regions = new(StringComparer.Ordinal);
    private readonly List<(DateOnly Month, decimal Quantity)> months = [];
    private readonly EntryText text = new();

    // Rows come with few policies: the last one is nearly always the next one.
    private Period? lastPeriod;
    private PolicyEstimator? lastEstimator;

    /// <param name="rows">In the order of their import.</param>
    /// <param name="calendar">Holds a year for each of their days: see <see cref="MissingYears"/>.</param>
    /// <param name="finishes">Whether the draft's lines are numbered and hashed.</param>
    public RunDraft Plan(IReadOnlyList<StoredActivity> rows, PeriodCalendar calendar, bool finishes = true)
    {
        var draft = new RunDraft { ThroughRow = rows.Count == 0 ? 0 : rows[^1].RowNo, Activities = rows.Count };
        foreach (var row in rows)
        {
            draft.Sources.Add((row.ActivityId, row.Version));
            if (row.Version > 1)
            {
                draft.Replaced.Add(row.ActivityId);
            }

            if (!row.Withdrawn && Post(row, calendar, draft) is { } problem)
            {
                draft.Unposted.Add(new Unposted(row, problem));
            }
        }

        // What is replaced is read under the ledger's lock: such a run is finished there.
        if (finishes && draft.Replaced.Count == 0)
        {
            draft.Finish(text);
        }

        return draft;
    }

    /// <summary>Days of rows that no fiscal year of the tenant holds yet.</summary>
    public static IReadOnlyList<DateOnly> MissingYears(IReadOnlyList<StoredActivity> rows, PeriodCalendar calendar)
    {
        var missing = new HashSet<DateOnly>();
        foreach (var row in rows)
        {
            for (var day = row.StartOn; ; day = MonthShares.MonthOf(day).AddMonths(1))
            {
                if (day > row.EndOn)
                {
                    break;
                }

                if (calendar.YearOf(day) is not { } year)
                {
                    missing.Add(MonthShares.MonthOf(day));
                }
                else if (year.EndsOn >= row.EndOn)
                {
                    break;
                }
            }
        }

        return [.. missing.Order()];
    }

    private Problem? Post(StoredActivity row, PeriodCalendar calendar, RunDraft draft)
    {
        if (Find(kinds, row.Kind, data.Kinds.Find) is not { } kind)
        {
            return new Problem("kind.unknown", "kind", row.Kind, "a kind of this release", "Correct the activity: its kind has been renamed since it was recorded.");
        }

        if (Find(units, row.Unit, written => data.Units.Find(written).Unit) is not { } unit)
        {
            return new Problem("unit.unknown", "unit", row.Unit, "a unit of this release", "Correct the activity.");
        }

        var region = row.Region is null ? null : Find(regions, row.Region, data.Regions.Find);
        if (region is null && row.Region is not null)
        {
            return new Problem("region.unknown", "region", row.Region, "a place of this release", "Correct the activity.");
        }

        return IsPlain(row, kind)
            ? Plain(row, new PlanKey(kind, unit, region, 0, row.Quality ?? 0), calendar, draft)
            : WorkedOut(row, kind, unit, region, calendar, draft);
    }

    // Days of several fiscal years are planned for each year by itself: its factors, its policy.
    private Problem? Plain(StoredActivity row, PlanKey key, PeriodCalendar calendar, RunDraft draft)
    {
        var left = row.Quantity;
        var days = row.EndOn.DayNumber - row.StartOn.DayNumber + 1;
        var kept = draft.Count;
        for (var from = row.StartOn; from <= row.EndOn;)
        {
            var year = calendar.YearOf(from)!;
            var to = year.EndsOn < row.EndOn ? year.EndsOn : row.EndOn;
            var covered = to.DayNumber - from.DayNumber + 1;
            var quantity = to == row.EndOn ? left : decimal.Round(row.Quantity * covered / days, Math.Max((int)row.Quantity.Scale, 6));
            left -= quantity;
            var policy = EstimatorOf(year);
            var plan = policy.Estimator.PlanFor(key with { Month = PlanKey.MonthOf(from.AddDays((covered - 1) / 2)) });
            if (plan.Problem is not null)
            {
                draft.Cut(kept);
                return plan.Problem;
            }

            draft.Periods.Add(year);
            var calculations = policy.Calculations.Of(plan);
            MonthShares.Of(quantity, from, to, months);
            for (var slot = 0; slot < calculations.Length; slot++)
            {
                Add(row, slot, calculations[slot], quantity, plan.Disposition == Disposition.Estimated, null, draft);
            }

            from = to.AddDays(1);
        }

        return null;
    }

    // What a row works out need not grow with its quantity (a mass balance, a supplier's total): it is planned as a whole, by its
    // middle day, and what comes out is shared out over the months.
    private Problem? WorkedOut(
        StoredActivity row, Kind kind, Unit unit, string? region, PeriodCalendar calendar, RunDraft draft)
    {
        var activity = new Activity
        {
            Kind = kind, Quantity = row.Quantity, Unit = unit, Region = region, Start = row.StartOn, End = row.EndOn, Quality = row.Quality,
            Factor = row.FactorId, FactorValue = row.FactorValue, Columns = row.Columns,
        };
        var year = calendar.YearOf(activity.Day!.Value)!;
        var policy = EstimatorOf(year);
        var kept = draft.Count;
        try
        {
            var estimate = policy.Estimator.Estimate(activity);
            if (estimate.Problem is not null)
            {
                return estimate.Problem;
            }

            draft.Periods.Add(year);
            var workings = Workings.Of(activity, estimate);
            for (var slot = 0; slot < estimate.Entries.Count; slot++)
            {
                MonthShares.Of(estimate.Entries[slot].Quantity, row.StartOn, row.EndOn, months);
                Add(row, slot, policy.Calculations.Of(estimate.Entries[slot].Plan), estimate.Entries[slot].Quantity, estimate.Disposition == Disposition.Estimated, workings?.Id, draft);
            }

            if (workings is { } own)
            {
                draft.Workings.TryAdd(own.Id, own.Text);
            }

            return null;
        }
        catch (OverflowException)
        {
            draft.Cut(kept);
            return new Problem(
                "number.too-large", "quantity", FormattableString.Invariant($"{row.Quantity} {row.Unit}"), "an amount that a ledger can hold", "Check quantity, unit and the other figures of the row.");
        }
    }

    private void Add(StoredActivity row, int slot, Calculation calculation, decimal whole, bool estimated, Guid? workings, RunDraft draft)
    {
        draft.Name(calculation);
        var entry = new Entry
        {
            Type = EntryType.Posting, ActivityId = row.ActivityId, ActivityVersion = row.Version, Slot = (short)slot,
            EntityId = row.EntityId, FacilityId = row.FacilityId, Kind = row.Kind,
            Scope = (short)calculation.Scope, Category = (short?)calculation.Category, Basis = calculation.Basis, Role = calculation.Role,
            IsEstimated = estimated, CalculationId = calculation.Id, WorkingsId = workings,
            WholeQuantity = months.Count > 1 ? whole : null,
        };
        foreach (var (month, quantity) in months)
        {
            entry.Month = month;
            entry.Quantity = quantity;
            entry.Compute(calculation.Formula);
            draft.Add(entry);
        }
    }

    private PolicyEstimator EstimatorOf(Period year)
    {
        if (!ReferenceEquals(year, lastPeriod))
        {
            (lastPeriod, lastEstimator) = (year, estimators.Of(year.Policy));
        }

        return lastEstimator!;
    }

    private static bool IsPlain(StoredActivity row, Kind kind)
    {
        if (!Estimator.IsPlain(kind) || row.FactorId is not null || row.FactorValue is not null)
        {
            return false;
        }

        foreach (var (column, _) in row.Columns)
        {
            if (kind.Reads(column))
            {
                return false;
            }
        }

        return true;
    }

    private static T? Find<T>(Dictionary<string, T?> found, string written, Func<string, T?> find)
        where T : class
    {
        if (!found.TryGetValue(written, out var value))
        {
            found[written] = value = find(written);
        }

        return value;
    }
}
