using OffGridFlow.Engine;
using OffGridFlow.Engine.Uncertainty;
using OffGridFlow.Factors;

namespace OffGridFlow.Web.Estimates;

/// <summary>What a file comes to: sums that tie to its rows, by scope, category and tier, with a range and the largest rows.</summary>
internal sealed class Totals
{
    private const int LargestKept = 10;

    // Any number does; a fixed one makes the simulation repeatable.
    private const ulong Seed = 20_061_995;

    private readonly Dictionary<Plan, PlanSum> plans = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Alike, EntrySum> entries = [];
    private readonly Dictionary<(string Unit, Disposition Disposition), (decimal Sum, long Rows)> quantities = [];
    private readonly List<Largest> largest = new(LargestKept + 1);
    private Plan? lastPlan;
    private PlanSum? lastSum;
    private decimal smallestKept = -1m;
    private (Interval Propagated, Simulation Simulated)[]? simulated;

    /// <summary>Rows by how they ended.</summary>
    public long[] Rows { get; } = new long[Enum.GetValues<Disposition>().Length];

    /// <summary>Problems by code.</summary>
    public Dictionary<string, long> Problems { get; } = new(StringComparer.Ordinal);

    /// <summary>Sum of quantities by unit and disposition: what came in and how it ended. Rows whose unit or quantity could not be read count as rows only.</summary>
    public IReadOnlyList<(string Unit, Disposition Disposition, decimal Quantity, long Rows)> Quantities() => quantities
        .Select(pair => (pair.Key.Unit, pair.Key.Disposition, pair.Value.Sum, pair.Value.Rows))
        .Concat(plans.Where(pair => pair.Key.Unit is not null).Select(pair => (pair.Key.Unit!.Symbol, pair.Key.Disposition, pair.Value.Quantity, pair.Value.Rows)))
        .GroupBy(part => (part.Item1, part.Item2))
        .Select(group => (group.Key.Item1, group.Key.Item2, group.Sum(part => part.Item3), group.Sum(part => part.Item4)))
        .OrderBy(sum => sum.Item1, StringComparer.Ordinal).ThenBy(sum => sum.Item2).ToList();

    public long RowCount => Rows.Sum();

    /// <summary>The rows that emit most, largest first: Scope 2 counts location-based.</summary>
    public IReadOnlyList<Largest> LargestRows => largest;

    /// <summary>One of the largest rows.</summary>
    public sealed record Largest(int Row, string? Id, decimal Co2eKg, string What);

    /// <summary>A sum of entries.</summary>
    public sealed record Sum(int Scope, int? Category, Basis Basis, decimal Co2eKg, decimal BiogenicCo2Kg, long Entries);

    /// <summary>Counts one row.</summary>
    public void Add(in RowOutcome outcome, RowBatch batch, int row, int idAt)
    {
        simulated = null;
        Rows[(int)outcome.Disposition]++;
        if (outcome.Problem is { } problem)
        {
            Problems[problem.Code] = Problems.GetValueOrDefault(problem.Code) + 1;
        }

        if (outcome.Unit is { } unit && (outcome.Plan?.Unit is null || outcome.EntryCount == 0))
        {
            var (sum, rows) = quantities.GetValueOrDefault((unit.Symbol, outcome.Disposition));
            quantities[(unit.Symbol, outcome.Disposition)] = (sum + outcome.Quantity, rows + 1);
        }

        if (outcome.EntryCount == 0)
        {
            return;
        }

        var co2e = 0m;
        string? what = null;
        if (outcome.Plan is { } plan)
        {
            var sum = SumOf(plan);
            sum.Rows++;
            sum.Quantity += outcome.Quantity;
            var quantity = (double)outcome.Quantity;
            sum.Squares += quantity * quantity;
            var formulas = plan.Formulas;
            for (var i = 0; i < formulas.Length; i++)
            {
                var kilograms = formulas[i].Co2e(outcome.Quantity);
                sum.Entries[i].Add(kilograms, formulas[i].BiogenicCo2(outcome.Quantity));
                co2e += plan.Entries[i].Basis == Basis.Market ? 0m : kilograms;
            }

            what = plan.Entries[0].Factor?.Kind;
        }
        else
        {
            for (var i = 0; i < outcome.EntryCount; i++)
            {
                var entry = outcome.Entry(i);
                var kilograms = entry.Plan.Formula.Co2e(entry.Quantity);
                var alike = Alike.Of(entry.Plan, kilograms);
                var sum = entries.TryGetValue(alike, out var known) ? known : entries[alike] = new EntrySum { Plan = entry.Plan };
                sum.Entries++;
                sum.Squares += (double)kilograms * (double)kilograms;
                sum.Kilograms.Add(kilograms, entry.Plan.Formula.BiogenicCo2(entry.Quantity));
                co2e += entry.Plan.Basis == Basis.Market ? 0m : kilograms;
                what ??= entry.Plan.Factor?.Kind ?? entry.Plan.FactorId;
            }
        }

        var size = Math.Abs(co2e);
        if (size > smallestKept)
        {
            Keep(new Largest(batch.Rows[row], batch.Text(row, idAt), co2e, what ?? ""), size);
        }
    }

    /// <summary>Adds what other rows of the file came to.</summary>
    public void Add(Totals other)
    {
        simulated = null;
        for (var i = 0; i < Rows.Length; i++)
        {
            Rows[i] += other.Rows[i];
        }

        foreach (var (code, count) in other.Problems)
        {
            Problems[code] = Problems.GetValueOrDefault(code) + count;
        }

        foreach (var (key, (sum, rows)) in other.quantities)
        {
            var (before, count) = quantities.GetValueOrDefault(key);
            quantities[key] = (before + sum, count + rows);
        }

        foreach (var (plan, sum) in other.plans)
        {
            SumOf(plan).Add(sum);
        }

        foreach (var (alike, sum) in other.entries)
        {
            if (!entries.TryAdd(alike, sum))
            {
                entries[alike].Add(sum);
            }
        }

        foreach (var row in other.largest)
        {
            Keep(row, Math.Abs(row.Co2eKg));
        }
    }

    /// <summary>Sums by scope, category and basis, in that order.</summary>
    public IReadOnlyList<Sum> ByScope() => Entries()
        .GroupBy(e => (e.Plan.Scope, e.Plan.Category, e.Plan.Basis))
        .Select(group => new Sum(
            group.Key.Scope, group.Key.Category, group.Key.Basis,
            ExactSum.Of(group.Select(e => e.Sum.Kilograms.Co2e)),
            ExactSum.Of(group.Select(e => e.Sum.Kilograms.Biogenic)),
            group.Sum(e => e.Sum.Entries)))
        .OrderBy(sum => sum.Scope).ThenBy(sum => sum.Category ?? 0).ThenBy(sum => sum.Basis).ToList();

    /// <summary>kg CO2e by tier and editions used, Scope 2 location-based.</summary>
    public IReadOnlyList<(Tier Tier, decimal Co2eKg)> ByTier() => Entries()
        .Where(e => e.Plan.Basis != Basis.Market)
        .GroupBy(e => e.Plan.Tier)
        .Select(group => (group.Key, ExactSum.Of(group.Select(e => e.Sum.Kilograms.Co2e))))
        .OrderBy(tier => tier.Key).ToList();

    /// <summary>Editions whose factors were used, for attribution.</summary>
    public IReadOnlyList<Edition> Editions() => Entries()
        .Select(e => e.Plan.Factor?.Edition).OfType<Edition>().Distinct().OrderBy(edition => edition.Key, StringComparer.Ordinal).ToList();

    /// <summary>Total kg CO2e with its 95 % range: entries of one factor are fully correlated, activities are independent.</summary>
    /// <param name="market">Scope 2 market-based instead of location-based.</param>
    public (Interval Propagated, Simulation Simulated) Total(bool market)
    {
        // Both are always asked for: the two simulations share two cores.
        if (simulated is null)
        {
            var both = new (Interval, Simulation)[2];
            Parallel.For(0, 2, i => both[i] = Simulate(market: i == 1));
            simulated = both;
        }

        return simulated[market ? 1 : 0];
    }

    private (Interval Propagated, Simulation Simulated) Simulate(bool market)
    {
        // The order of the rows decides neither the last digit of the total nor the draws of the simulation.
        var terms = Terms(market).OrderBy(term => term.FactorKey, StringComparer.Ordinal).ThenBy(term => term.Value).ThenBy(term => term.ActivityKey, StringComparer.Ordinal).ToList();
        var exactly = ExactSum.Of(Entries().Where(e => e.Plan.Basis != (market ? Basis.Location : Basis.Market)).Select(e => e.Sum.Kilograms.Co2e));
        return (Propagation.Total(terms) with { Value = exactly }, MonteCarlo.Simulate(terms, Seed));
    }

    // Rows of one factor are one term: their factor errs as one, their activities each by itself, which in sum is narrower.
    // A file of two years has plans for 24 months of the same few factors: joined, they are drawn once and not 24 times (0.8 s of
    // processor to 0.2 s for a mixed file). Credits stay apart from charges, so that no term is a small rest with a large error.
    private IEnumerable<Term> Terms(bool market)
    {
        var skipped = market ? Basis.Location : Basis.Market;
        return Entries()
            .Where(e => e.Plan.Basis != skipped)
            .Select(e => (e.Plan, Value: e.Sum.Kilograms.Co2e.Value, e.Sum.Squares, e.Activity))
            .Where(e => e.Value != 0m)
            .GroupBy(e => (e.Plan.CorrelationKey, e.Plan.ActivityHalfWidth, e.Plan.FactorHalfWidth, Credit: e.Value < 0m, e.Activity))
            .Select(group =>
            {
                var value = group.Sum(e => e.Value);
                var squares = group.Sum(e => e.Squares);
                var narrowing = Math.Sqrt(squares) / Math.Abs((double)value);
                var measured = group.Key.Activity is { } activity ? $"{activity}, {group.Key.ActivityHalfWidth}, {group.Key.Credit}" : null;
                return new Term(value, (double)group.Key.ActivityHalfWidth * narrowing, (double)group.Key.FactorHalfWidth, group.Key.CorrelationKey, measured);
            });
    }

    /// <summary>Every plan's entries with what they come to.</summary>
    /// <remarks>Activity names what the entries of one plan measure together: their quantities are the same, so they err as one.</remarks>
    public IEnumerable<(EntryPlan Plan, EntrySum Sum, string? Activity)> Entries() => plans
        .SelectMany(plan => plan.Key.Entries.Select((entry, i) => (
            entry,
            new EntrySum { Plan = entry, Squares = Square((double)entry.Formula.Co2e(1m)) * plan.Value.Squares, Entries = plan.Value.Rows, Kilograms = plan.Value.Entries[i] },
            (string?)plan.Key.Entries[0].CorrelationKey)))
        .Concat(entries.Values.Select(sum => (sum.Plan, sum, (string?)null)));

    private static double Square(double value) => value * value;

    // Rows with figures of their own have a plan each: they are summed by all that the totals tell apart, so that a million
    // supplier's factors take no more memory than one.
    private readonly record struct Alike(
        int Scope, int? Category, Basis Basis, Tier Tier, string Factor, decimal ActivityHalfWidth, decimal FactorHalfWidth, bool Credit)
    {
        public static Alike Of(EntryPlan plan, decimal kilograms) => new(
            plan.Scope, plan.Category, plan.Basis, plan.Tier, plan.CorrelationKey, plan.ActivityHalfWidth, plan.FactorHalfWidth, kilograms < 0m);
    }

    private PlanSum SumOf(Plan plan)
    {
        if (ReferenceEquals(plan, lastPlan))
        {
            return lastSum!;
        }

        lastPlan = plan;
        return lastSum = plans.TryGetValue(plan, out var sum) ? sum : plans[plan] = new PlanSum(plan.Entries.Count);
    }

    private void Keep(Largest row, decimal size)
    {
        // Of two alike the earlier row goes first, in whatever order they come.
        var at = largest.FindIndex(other => Math.Abs(other.Co2eKg) < size || (Math.Abs(other.Co2eKg) == size && row.Row < other.Row));
        largest.Insert(at < 0 ? largest.Count : at, row);
        if (largest.Count > LargestKept)
        {
            largest.RemoveAt(LargestKept);
        }

        smallestKept = largest.Count == LargestKept ? Math.Abs(largest[^1].Co2eKg) : -1m;
    }

    private sealed class PlanSum(int entries)
    {
        public KilogramSum[] Entries { get; } = new KilogramSum[entries];

        public long Rows { get; set; }

        public decimal Quantity { get; set; }

        public double Squares { get; set; }

        public void Add(PlanSum other)
        {
            Rows += other.Rows;
            Quantity += other.Quantity;
            Squares += other.Squares;
            for (var i = 0; i < Entries.Length; i++)
            {
                Entries[i].Add(other.Entries[i]);
            }
        }
    }
}
