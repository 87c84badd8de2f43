using OffGridFlow.Engine.Methods;

namespace OffGridFlow.Engine.Uncertainty;

/// <summary>What many draws of a total look like, in the unit of its terms.</summary>
public readonly record struct Simulation(double Mean, double StandardDeviation, double Low, double High);

/// <summary>
/// IPCC 2006 vol. 1 ch. 3 approach 2. Every activity and every factor is drawn once per round, shared ones once for all terms that share
/// them; normal up to <see cref="Interval.NormalUpTo"/>, log-normal with the same mean beyond. The same seed gives the same result everywhere.
/// </summary>
public static class MonteCarlo
{
    /// <summary>Draws a total that many times.</summary>
    /// <param name="terms">Entries, as for <see cref="Propagation"/>.</param>
    /// <param name="seed">Any number; recorded with the result.</param>
    /// <param name="draws">At least 1,000, so that 25 draws lie beyond either limit.</param>
    /// <returns>Mean, standard deviation and the 2.5th and 97.5th percentile.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Too few draws, or a half-width that is negative or not a number.</exception>
    public static Simulation Simulate(IReadOnlyList<Term> terms, ulong seed, int draws = 10_000)
    {
        if (draws < 1_000)
        {
            throw new ArgumentOutOfRangeException(nameof(draws), draws, "A 95 % range needs at least 1,000 draws.");
        }

        var plan = Plan(terms, out var sources);
        var random = new Xoshiro(seed);
        var (deviates, totals) = (new double[sources], new double[draws]);
        for (var draw = 0; draw < draws; draw++)
        {
            for (var source = 0; source < sources; source++)
            {
                deviates[source] = random.NextNormal();
            }

            var total = 0.0;
            foreach (var (value, activity, factor) in plan)
            {
                total += value * activity.At(deviates) * factor.At(deviates);
            }

            totals[draw] = total;
        }

        Array.Sort(totals);
        var mean = totals.Average();
        var variance = totals.Sum(total => (total - mean) * (total - mean)) / (draws - 1);
        return new Simulation(mean, Math.Sqrt(variance), Percentile(totals, 0.025), Percentile(totals, 0.975));
    }

    private static List<(double Value, Multiplier Activity, Multiplier Factor)> Plan(IReadOnlyList<Term> terms, out int sources)
    {
        var count = 0;
        var shared = new Dictionary<(bool IsFactor, string Key), int>();
        var plan = new List<(double, Multiplier, Multiplier)>(terms.Count);
        foreach (var term in terms)
        {
            plan.Add((
                (double)term.Value,
                Multiplier.Of(Require.NotNegative(term.ActivityHalfWidth, nameof(terms)), Source(term.ActivityKey, isFactor: false)),
                Multiplier.Of(Require.NotNegative(term.FactorHalfWidth, nameof(terms)), Source(term.FactorKey, isFactor: true))));
        }

        sources = count;
        return plan;

        int Source(string? key, bool isFactor)
        {
            if (key is null)
            {
                return count++;
            }

            if (!shared.TryGetValue((isFactor, key), out var source))
            {
                shared.Add((isFactor, key), source = count++);
            }

            return source;
        }
    }

    /// <summary>Linear between the two nearest ranks.</summary>
    private static double Percentile(double[] sorted, double share)
    {
        var rank = share * (sorted.Length - 1);
        var below = (int)rank;
        return sorted[below] + ((rank - below) * (sorted[below + 1] - sorted[below]));
    }

    /// <summary>1 plus an error, of mean 1.</summary>
    private readonly record struct Multiplier(int Source, double Sigma, bool IsLogNormal)
    {
        internal static Multiplier Of(double halfWidth, int source) =>
            halfWidth <= Interval.NormalUpTo
                ? new Multiplier(source, halfWidth / Interval.Z95, IsLogNormal: false)
                : new Multiplier(source, Interval.LogSigma(halfWidth), IsLogNormal: true);

        internal double At(double[] deviates) =>
            IsLogNormal ? Math.Exp((Sigma * deviates[Source]) - (Sigma * Sigma / 2)) : 1 + (Sigma * deviates[Source]);
    }
}
