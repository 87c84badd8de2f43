using System.CommandLine;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>Resolve and compute of rows whose names are already looked up, on two threads, beside plain doubles.</summary>
internal static class EngineBench
{
    private const int Threads = 2;
    private const int Batch = 256;
    private const int MostFigures = 64;
    private const double LeastMillions = 5;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { DefaultValueFactory = _ => 10_000_000, Description = "How many rows." };
        var data = DataFolder.Option();
        var command = new Verb("engine", "Rows a second of resolving a plan and computing every entry in decimals; at least 5 million on two cores.")
        {
            Examples = ["bench engine", "bench engine --rows 1000000"],
        };
        command.Add(rows);
        command.Add(data);
        command.SetAction(result => Run(result.GetValue(rows), DataFolder.Of(result, data)));
        return command;
    }

    private static int Run(int count, string dataFolder)
    {
        Report.Head($"engine: {count:#,0} mixed rows, {Threads} threads");
        var data = ReferenceData.Load(dataFolder);
        var estimator = new Estimator(data, new EstimateOptions(null, Mix.AsOf, DatePolicy.Effective));
        var rows = Mix.Rows(count, data);
        var (entries, figures) = Shape(rows, estimator);
        Report.Line($"  {(double)entries / count:0.00} entries and {(double)figures / count:0.0} decimal products a row, {rows.Select(row => row.Key).Distinct().Count():#,0} plans");

        var sums = new decimal[Threads];
        var limit = new double[Threads];
        var results = Enumerable.Range(0, Threads).Select(_ => new decimal[Batch * MostFigures]).ToArray();
        var (factors, quantities) = Doubles(rows, estimator);
        var allocated = 0L;
        var engine = Report.Time(() =>
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            InParallel(count, (thread, from, to) => sums[thread] = Compute(rows.AsSpan(from..to), estimator, results[thread]));
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        var plain = Report.Time(() => InParallel(count, (thread, from, to) => limit[thread] = Multiply(factors.AsSpan(from..to), quantities.AsSpan(from..to))));

        Report.AtLeast("resolve + compute", count / engine.Median / 1e6, LeastMillions, "million rows/s");
        Report.Figure("the same by processor time", count * Threads / engine.Processor / 1e6, "million rows/s, if both cores were free");
        Report.AtMost("allocated", (double)allocated / count, 0.01, "bytes/row");
        Report.Figure("limit: one double product and sum a row", count / plain.Median / 1e6, "million rows/s");
        Report.Figure("engine time / limit time", engine.Median / plain.Median, "times");
        Report.Figure("engine, a decimal product", engine.Median * Threads / figures * 1e9, "ns");
        Report.Line($"  {"sums agree to",-44} {Math.Abs((double)sums.Sum() / limit.Sum() - 1),9:0.0E+00} ({sums.Sum():0} kg CO2e)");
        return CommandLine.Done;
    }

    // What a caller does with each row: resolve, then every figure of every entry into its result. Results are taken a batch at
    // a time, as the writers take them, so that what is measured is computing and not the filling of gigabytes.
    private static decimal Compute(ReadOnlySpan<Mix.Row> rows, Estimator estimator, decimal[] results)
    {
        var sum = 0m;
        var used = 0;
        foreach (ref readonly var row in rows)
        {
            if (used + MostFigures > results.Length)
            {
                used = 0;
            }

            var formulas = estimator.PlanFor(row.Key).Formulas;
            foreach (var formula in formulas)
            {
                formula.Figures(row.Quantity, results.AsSpan(used));
                used += formula.FigureCount;
            }

            sum += results[used - formulas[^1].FigureCount + EntryFormula.Co2eAt];
        }

        return sum;
    }

    private static double Multiply(ReadOnlySpan<double> factors, ReadOnlySpan<double> quantities)
    {
        var sum = 0d;
        for (var i = 0; i < factors.Length; i++)
        {
            sum += factors[i] * quantities[i];
        }

        return sum;
    }

    private static (double[] Factors, double[] Quantities) Doubles(Mix.Row[] rows, Estimator estimator) => (
        Array.ConvertAll(rows, row => (double)estimator.PlanFor(row.Key).Formulas[^1].Co2e(1m)),
        Array.ConvertAll(rows, row => (double)row.Quantity));

    private static (long Entries, long Figures) Shape(Mix.Row[] rows, Estimator estimator)
    {
        var (entries, figures) = (0L, 0L);
        foreach (var row in rows)
        {
            var plan = estimator.PlanFor(row.Key);
            if (plan.Problem is { } problem)
            {
                throw new InvalidDataException($"{row.Kind.Key} in {row.Unit.Symbol} at {row.Region}: {problem.Code}, expected {problem.Expected}.");
            }

            entries += plan.Entries.Count;
            for (var i = 0; i < plan.Entries.Count; i++)
            {
                figures += plan.Entries[i].Formula.FigureCount;
            }
        }

        return (entries, figures);
    }

    private static void InParallel(int count, Action<int, int, int> work) =>
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
            work(thread, (int)((long)count * thread / Threads), (int)((long)count * (thread + 1) / Threads)));
}
