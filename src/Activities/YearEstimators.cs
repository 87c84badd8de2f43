using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities;

/// <summary>What a tenant's activities come to: for each year the estimator of its policy, with the factors it has locked. The same that posting counts with.</summary>
public sealed class YearEstimators
{
    private readonly IReadOnlyList<(DateOnly First, DateOnly Last, Estimator Estimator)> years;
    private readonly Estimator otherwise;

    private YearEstimators(IReadOnlyList<(DateOnly First, DateOnly Last, Estimator Estimator)> years, Estimator otherwise) => (this.years, this.otherwise) = (years, otherwise);

    /// <param name="session">The tenant's transaction.</param>
    /// <param name="pool">The program's estimators.</param>
    /// <param name="today">Day of knowledge where no year says another.</param>
    /// <returns>A problem when a year's policy names factors that cannot be used.</returns>
    public static async Task<Result<YearEstimators>> Read(Session session, EstimatorPool pool, DateOnly today)
    {
        var known = new List<(DateOnly, DateOnly, Estimator)>();
        foreach (var year in (await OrganizationQueries.Periods(session)).All.Where(period => period.Granularity == Granularity.Year))
        {
            if (!(await pool.With(Choices(year.Policy), year.Policy.SnapshotId, session)).TryValue(out var options, out var problem))
            {
                return problem;
            }

            known.Add((year.StartsOn, year.EndsOn, pool.Of(options)));
        }

        return new YearEstimators(known, pool.Of(Choices(Policy.Default(today))));
    }

    /// <summary>A policy as the estimator takes it, but for the factors it has locked.</summary>
    public static EstimateOptions Choices(Policy policy) => new(
        FactorTable.ParseGwp(policy.GwpSet?.ToLowerInvariant()), policy.FactorDate, policy.FactorDates == "published" ? DatePolicy.Published : DatePolicy.Effective)
    {
        Preference = policy.SourcePreference.ByCountry,
    };

    /// <summary>By the policy of the year that holds the day.</summary>
    public Estimator For(DateOnly day)
    {
        foreach (var (first, last, estimator) in years)
        {
            if (first <= day && day <= last)
            {
                return estimator;
            }
        }

        return otherwise;
    }
}
