using System.Collections.Concurrent;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Factors.Snapshots;

/// <summary>
/// The estimators of the program, one for each policy and snapshot, kept with the plans they have worked out: what an import checks
/// its rows with is what posting counts them with.
/// </summary>
public sealed class EstimatorPool(ReferenceData data)
{
    // A policy is a day of knowledge and a few choices: a year of tenants has some hundreds.
    private const int MostKept = 64;

    private readonly ConcurrentDictionary<EstimateOptions, Estimator> kept = new();
    private readonly ConcurrentDictionary<(Guid Tenant, Guid Snapshot), FactorSnapshot> snapshots = new();

    public ReferenceData Data => data;

    /// <summary>The estimator of the choices: the same one every time, as long as it is kept.</summary>
    public Estimator Of(EstimateOptions options)
    {
        if (kept.TryGetValue(options, out var known))
        {
            return known;
        }

        if (kept.Count >= MostKept)
        {
            kept.Clear();
        }

        return kept.GetOrAdd(options, new Estimator(data, options));
    }

    /// <summary>
    /// Adds a tenant's locked snapshot to the choices of a policy. Its day of knowledge narrows the policy's. Null stands for the library as
    /// released.
    /// </summary>
    /// <returns>A problem when there is no such snapshot, when it is a draft, or when the library of this program is not the one it was locked with.</returns>
    public async Task<Result<EstimateOptions>> With(EstimateOptions options, Guid? snapshotId, Session session)
    {
        if (snapshotId is not { } id)
        {
            return options with { Snapshot = null };
        }

        if (!snapshots.TryGetValue((session.Tenant.Value, id), out var snapshot))
        {
            var found = await SnapshotQueries.Locked(session, id, data);
            if (!found.TryValue(out snapshot, out var problem))
            {
                return problem;
            }

            snapshots[(session.Tenant.Value, id)] = snapshot;
        }

        return With(options, snapshot);
    }

    /// <summary>The choices with a snapshot that was found before.</summary>
    public static EstimateOptions With(EstimateOptions options, FactorSnapshot snapshot) =>
        options with { Snapshot = snapshot, AsOf = snapshot.AsOf < options.AsOf ? snapshot.AsOf : options.AsOf };
}
