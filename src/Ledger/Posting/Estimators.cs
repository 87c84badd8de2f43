using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Posting;

/// <summary>The estimators of policies with the calculations of their plans, from the pool that imports take theirs from too.</summary>
internal sealed class Estimators(Lazy<EstimatorPool> pool)
{
    private readonly ConditionalWeakTable<Estimator, PolicyEstimator> kept = [];
    private readonly ConcurrentDictionary<Guid, FactorSnapshot> snapshots = new();

    public ReferenceData Data => pool.Value.Data;

    /// <summary>Loads the factor snapshots of policies, under the tenant's fence, so that <see cref="Of"/> can be asked without the database.</summary>
    /// <returns>Null, or why a snapshot cannot be used.</returns>
    public async Task<Problem?> Ready(Session session, IEnumerable<Policy> policies)
    {
        foreach (var policy in policies.Where(policy => policy.SnapshotId is not null).DistinctBy(policy => policy.SnapshotId))
        {
            if (!(await pool.Value.With(YearEstimators.Choices(policy), policy.SnapshotId, session)).TryValue(out var options, out var problem))
            {
                return problem;
            }

            snapshots[policy.SnapshotId!.Value] = options.Snapshot!;
        }

        return null;
    }

    /// <summary>The estimator of a policy, whose snapshot is <see cref="Ready"/>.</summary>
    public PolicyEstimator Of(Policy policy) => kept.GetValue(pool.Value.Of(Options(policy)), estimator => new PolicyEstimator(estimator, Data));

    private EstimateOptions Options(Policy policy)
    {
        var options = YearEstimators.Choices(policy);
        return policy.SnapshotId is { } id
            ? EstimatorPool.With(options, snapshots.GetValueOrDefault(id) ?? throw new InvalidOperationException($"Factor snapshot {id} was not made ready."))
            : options;
    }
}

/// <summary>An estimator with the calculations of its plans.</summary>
internal sealed class PolicyEstimator(Estimator estimator, ReferenceData data)
{
    public Estimator Estimator => estimator;

    public CalculationCache Calculations { get; } = new(estimator, data);
}
