using System.Data;
using System.Globalization;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging;

/// <summary>What a part of a night's pruning has deleted.</summary>
/// <param name="Removed">Of each class it sees to, how much.</param>
/// <param name="HasMore">Whether it stopped at the most it deletes at a time.</param>
public sealed record Pruned(IReadOnlyDictionary<string, long> Removed, bool HasMore);

/// <summary>A module's part in the daily pruning of a tenant.</summary>
public interface IPruning
{
    /// <summary>Deletes what has served its time, up to so many of a sort.</summary>
    Task<Pruned> Prune(Session session, Retention retention, DateTimeOffset now, int most);
}

/// <summary>Once a day, for each tenant: deletes what the <see cref="Retention"/> no longer keeps.</summary>
public sealed class Prune(Database database, IEnumerable<IPruning> prunings, RetentionSettings settings, TimeProvider time) : IJobHandler
{
    private const string JobName = "prune";

    // Rows of a transaction.
    private const int Most = 5_000;

    public string Name => JobName;

    /// <summary>Gives a tenant its daily pruning, in the hours when least is done, each tenant at a minute of its own.</summary>
    public static async Task<Result<DateTimeOffset>> Schedule(Session session, TimeProvider time)
    {
        var minute = session.Tenant.Value.ToByteArray()[15];
        return await JobSchedules.Set(
            session,
            new NewSchedule(JobName, new NewJob(JobType.Maintenance, JobName, new { }), string.Create(CultureInfo.InvariantCulture, $"{minute % 60} {1 + (minute / 64)} * * *"), "Etc/UTC"),
            time);
    }

    /// <summary>Gives it to every tenant that has none: one that is older than the pruning, or than its schedule. What there is stays as it is.</summary>
    internal static async Task EnsureAll(Database database, TimeProvider time, CancellationToken ct)
    {
        var lacking = await database.Read(Caller.System(TenantId.None, "schedules"), session => session.Query<Guid>("select platform.tenants_without_schedule(@JobName)", new { JobName }), ct);
        foreach (var tenant in lacking)
        {
            await database.Write(Caller.System(new TenantId(tenant), "schedules"), session => Schedule(session, time), ct);
        }
    }

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var retention = await database.Read(job.Caller, session => Retention.Read(session, settings), ct);
        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var pruning in prunings)
        {
            Pruned part;
            do
            {
                await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
                part = await pruning.Prune(session, retention, time.GetUtcNow(), Most);
                foreach (var (name, count) in part.Removed)
                {
                    all[name] = all.GetValueOrDefault(name) + count;
                }

                await job.Save(session, new { }, all.Values.Sum(), total: null);
                await session.Commit();
            }
            while (part.HasMore);
        }

        await database.Write<int>(
            job.Caller,
            async session =>
            {
                await Retention.Note(session, all, time.GetUtcNow());
                return all.Count;
            },
            ct);
    }
}
