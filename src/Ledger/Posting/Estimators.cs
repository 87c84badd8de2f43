using System.Collections.Concurrent;
using OffGridFlow.Ledger.Calculations;

namespace OffGridFlow.Ledger.Posting;

/// <summary>An estimator for each policy, kept: its plans are the same for every tenant.</summary>
internal sealed class Estimators(Lazy<ReferenceData> reference)
{
    // A policy is a day of knowledge and a few choices: a year of tenants has some hundreds.
    private const int MostKept = 64;

    private readonly ConcurrentDictionary<string, PolicyEstimator> kept = new(StringComparer.Ordinal);

    public ReferenceData Data => reference.Value;

    public PolicyEstimator Of(Policy policy)
    {
        var key = FormattableString.Invariant($"{policy.GwpSet} {policy.FactorDate:yyyy-MM-dd} {policy.FactorDates} {policy.SourcePreference.Json}");
        if (kept.TryGetValue(key, out var known))
        {
            return known;
        }

        if (kept.Count >= MostKept)
        {
            kept.Clear();
        }

        return kept.GetOrAdd(key, new PolicyEstimator(Data, Options(policy)));
    }

    /// <summary>A period's policy as the estimator takes it.</summary>
    public static EstimateOptions Options(Policy policy) => new(
        FactorTable.ParseGwp(policy.GwpSet), policy.FactorDate, policy.FactorDates == "published" ? DatePolicy.Published : DatePolicy.Effective)
    {
        Preference = policy.SourcePreference.ByCountry,
    };
}

/// <summary>An estimator with the calculations of its plans.</summary>
internal sealed class PolicyEstimator(ReferenceData data, EstimateOptions options)
{
    public Estimator Estimator { get; } = new(data, options);

    public CalculationCache Calculations => field ??= new CalculationCache(Estimator, data);
}
