using System.Data;
using System.Globalization;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging;

/// <summary>How long is kept what is of use for a while only. What the law or the ledger keeps is not for an operator to change: see the schedule at /api/v1/governance/retention.</summary>
public sealed record Retention
{
    /// <summary>Jobs that ended well or were cancelled, events that were handed on, deliveries of webhooks.</summary>
    public TimeSpan Ended { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Dead letters: somebody may still requeue them.</summary>
    public TimeSpan DeadLetters { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Uploads in pieces to which nothing was added any more.</summary>
    public TimeSpan Uploads { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Answers to requests with an <c>Idempotency-Key</c>.</summary>
    public TimeSpan Answers { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Sessions that ended, with their devices and addresses.</summary>
    public TimeSpan Sessions { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Invitations that nobody accepted, after their expiry or revocation: they hold addresses.</summary>
    public TimeSpan Invitations { get; init; } = TimeSpan.FromDays(30);

    /// <summary>One-time tokens that have expired: of mails, and between two steps of a sign-in.</summary>
    public TimeSpan Tokens { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>A module's part in the daily pruning of a tenant.</summary>
public interface IPruning
{
    /// <summary>Deletes what has served its time, up to so many of a sort; how many there were at most of one sort.</summary>
    Task<int> Prune(Session session, Retention retention, DateTimeOffset now, int most);
}

/// <summary>Once a day, for each tenant: deletes what the <see cref="Retention"/> no longer keeps.</summary>
public sealed class Prune(Database database, IEnumerable<IPruning> prunings, Retention retention, TimeProvider time) : IJobHandler
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
        var done = 0L;
        foreach (var pruning in prunings)
        {
            int count;
            do
            {
                await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
                count = await pruning.Prune(session, retention, time.GetUtcNow(), Most);
                done += count;
                await job.Save(session, new { }, done, total: null);
                await session.Commit();
            }
            while (count == Most);
        }
    }
}
