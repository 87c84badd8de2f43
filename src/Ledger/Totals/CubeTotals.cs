using System.Globalization;
using System.Runtime.InteropServices;
using OffGridFlow.Engine.Uncertainty;

namespace OffGridFlow.Ledger.Totals;

/// <summary>The share of an entity that counts in a month; null stands for what belongs to no entity.</summary>
internal delegate decimal ShareOf(Guid? entity, DateOnly month);

/// <summary>Answers a question from a cube.</summary>
internal static class CubeTotals
{
    public static TotalsAnswer Of(LedgerCube cube, TotalsQuestion question, ShareOf? shares)
    {
        var byGas = question.GroupBy.Contains(Dimension.Gas);
        var showsBases = question.GroupBy.Contains(Dimension.Basis);
        var other = question.Basis == Basis.Market ? Basis.Location : Basis.Market;
        var total = new Sum();
        var groups = new Dictionary<GroupKey, Sum>();
        foreach (var cell in cube.Cells.Values)
        {
            if (!Asked(cell, question))
            {
                continue;
            }

            var share = shares?.Invoke(cell.Key.Entity, cell.Key.Month) ?? 1m;
            var counts = cell.Facts.Body.Basis != other;
            if (counts)
            {
                total.Add(cell, share);
            }

            if (question.GroupBy.Count == 0 || (!counts && !showsBases))
            {
                continue;
            }

            var key = GroupKey.Of(cell, question.GroupBy);
            if (!byGas)
            {
                Group(groups, key).Add(cell, share);
                continue;
            }

            foreach (var (gas, mass) in cell.Facts.Gases(cell.Sums.Quantity.Value))
            {
                if (mass != 0m)
                {
                    Group(groups, key with { Gas = gas }).Mass += mass * share;
                }
            }
        }

        return new TotalsAnswer(
            cube.Run, Month(question.From), Month(question.To), question.Basis, question.Consolidate, total.Total(),
            groups.OrderBy(group => group.Key, GroupKey.Order).Select(group => group.Key.ToGroup(byGas ? null : group.Value.Total(), byGas ? group.Value.Mass : null)).ToList());
    }

    private static string? Month(DateOnly? month) => month?.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static bool Asked(CubeCell cell, TotalsQuestion asked)
    {
        var body = cell.Facts.Body;
        return (asked.From is not { } from || cell.Key.Month >= from) && (asked.To is not { } to || cell.Key.Month <= to)
            && (asked.Scope is not { } scope || body.Scope == scope) && (asked.Category is not { } category || body.Category == category)
            && (asked.Entity is not { } entity || cell.Key.Entity == entity) && (asked.Facility is not { } facility || cell.Key.Facility == facility)
            && (asked.Kind is not { } kind || cell.Key.Kind == kind) && (asked.Tier is not { } tier || body.Tier == tier)
            && (asked.Role is not { } role || body.Role == role) && (asked.Status is not { } status || (status == "estimated") == cell.Key.IsEstimated);
    }

    private static Sum Group(Dictionary<GroupKey, Sum> groups, GroupKey key)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, key, out _);
        return sum ??= new Sum();
    }

    // Terms that err alike are joined before the range is worked out: by factor, and by what was measured.
    private readonly record struct Alike(string FactorKey, decimal FactorHalfWidth, decimal ActivityHalfWidth, string? ActivityKey);

    private sealed class Sum
    {
        private readonly Dictionary<Alike, (decimal Value, double Squares)> terms = [];
        private ExactSum co2e;
        private ExactSum biogenic;
        private long entries;

        public decimal Mass { get; set; }

        public void Add(CubeCell cell, decimal share)
        {
            if (share == 0m)
            {
                return;
            }

            var value = cell.Sums.Co2eKg.Value;
            if (share == 1m)
            {
                co2e.Add(cell.Sums.Co2eKg);
                biogenic.Add(cell.Sums.BiogenicCo2Kg);
            }
            else
            {
                value *= share;
                co2e.Add(value);
                biogenic.Add(cell.Sums.BiogenicCo2Kg.Value * share);
            }

            entries += cell.Sums.Entries;
            var facts = cell.Facts;
            ref var term = ref CollectionsMarshal.GetValueRefOrAddDefault(
                terms, new Alike(facts.FactorKey, facts.FactorHalfWidth, facts.ActivityHalfWidth, facts.ActivityKey), out _);
            term = (term.Value + value, term.Squares + (cell.Sums.Squares * (double)share * (double)share));
        }

        public Total Total()
        {
            var value = co2e.Value;
            var reach = Propagation.HalfWidth(Terms());
            var range = value == 0m ? new Interval(-(decimal)reach, 0m, (decimal)reach) : Interval.Of(value, reach / (double)Math.Abs(value));
            return new Total(value, range.Low, range.High, biogenic.Value, entries);
        }

        // The factor's error goes with the sum, the activities' with the root of their squares: two terms, so that charges and credits
        // that cancel out leave their activities' errors.
        private List<Term> Terms()
        {
            var list = new List<Term>(terms.Count * 2);
            foreach (var (alike, (value, squares)) in terms)
            {
                list.Add(new Term(value, 0, (double)alike.FactorHalfWidth, alike.FactorKey));
                if (squares > 0)
                {
                    var measured = alike.ActivityKey is { } key ? FormattableString.Invariant($"{key}, {alike.ActivityHalfWidth}") : null;
                    list.Add(new Term((value < 0m ? -1 : 1) * (decimal)Math.Sqrt(squares), (double)alike.ActivityHalfWidth, 0, null, measured));
                }
            }

            return list;
        }
    }

    private readonly record struct GroupKey(
        int? Scope, int? Category, Guid? Entity, Guid? Facility, string? Kind, DateOnly? Month, string? Gas, Tier? Tier, Basis? Basis, string? Role, bool? IsEstimated)
    {
        public static IComparer<GroupKey> Order { get; } = Comparer<GroupKey>.Create((a, b) => a.Sortable().CompareTo(b.Sortable()));

        public static GroupKey Of(CubeCell cell, IReadOnlyList<Dimension> asked)
        {
            var body = cell.Facts.Body;
            var key = default(GroupKey);
            foreach (var dimension in asked)
            {
                key = dimension switch
                {
                    Dimension.Scope => key with { Scope = body.Scope },
                    Dimension.Category => key with { Category = body.Category },
                    Dimension.Entity => key with { Entity = cell.Key.Entity },
                    Dimension.Facility => key with { Facility = cell.Key.Facility },
                    Dimension.Kind => key with { Kind = cell.Key.Kind },
                    Dimension.Month => key with { Month = cell.Key.Month },
                    Dimension.Gas => key,
                    Dimension.Tier => key with { Tier = body.Tier },
                    Dimension.Basis => key with { Basis = body.Basis },
                    Dimension.Role => key with { Role = body.Role },
                    Dimension.Status => key with { IsEstimated = cell.Key.IsEstimated },
                };
            }

            return key;
        }

        public TotalsGroup ToGroup(Total? total, decimal? mass) => new(
            Scope, Category, Entity, Facility, Kind, CubeTotals.Month(Month), Gas, Tier, Basis, Role, IsEstimated switch { true => "estimated", false => "calculated", null => null }, total, mass);

        // In the order of their members; ordinal, so that it is the same everywhere.
        private ((int, int, Guid, Guid, OrdinalText), (DateOnly, OrdinalText, int, int, OrdinalText, bool)) Sortable() => (
            (Scope ?? 0, Category ?? 0, Entity ?? Guid.Empty, Facility ?? Guid.Empty, new OrdinalText(Kind)),
            (Month ?? DateOnly.MinValue, new OrdinalText(Gas), (int?)Tier ?? -1, (int?)Basis ?? -1, new OrdinalText(Role), IsEstimated ?? false));
    }

    private readonly record struct OrdinalText(string? Text) : IComparable<OrdinalText>
    {
        public int CompareTo(OrdinalText other) => string.CompareOrdinal(Text, other.Text);
    }
}
