using System.Text.Json;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging;

/// <summary>What sort of work a job is.</summary>
public enum JobType
{
    Calculation,
    Ingestion,
    ReportGeneration,
    Export,
    Notification,
    Maintenance,
}

/// <summary>Work to be done later, by whichever worker is free.</summary>
/// <param name="Type">Its sort.</param>
/// <param name="Name">Which handler takes it: <c>read-import</c>, <c>post-import</c>.</param>
/// <param name="Arguments">Serialized as JSON (snake_case).</param>
public sealed record NewJob(JobType Type, string Name, object Arguments)
{
    /// <summary>Higher goes first within a tenant.</summary>
    public int Priority { get; init; }

    /// <summary>Not before this instant; null: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>A second job of the same key, while one is waiting or running, is the first one. Null: every job is its own.</summary>
    public string? Key { get; init; }
}

/// <summary>Does the jobs of one name. It may be run again after a crash: it goes on from <see cref="JobRun.Cursor"/>.</summary>
public interface IJobHandler
{
    /// <summary>As in <see cref="NewJob.Name"/>.</summary>
    string Name { get; }

    /// <summary>How often and when it is tried again.</summary>
    RetryPolicy Retries => RetryPolicy.Default;

    /// <summary>
    /// Does the work. A <see cref="PermanentJobException"/> is not tried again, nor is anything else that <see cref="JobErrors"/> calls
    /// permanent; any other exception is, later.
    /// </summary>
    /// <param name="job">What to do, and where to go on.</param>
    /// <param name="ct">Cancelled when the program stops or the lease is lost: let the exception out, the job is returned and goes on
    /// from the cursor.</param>
    Task Run(JobRun job, CancellationToken ct);
}

/// <summary>Trying again would not help: the job goes to the dead letters with the problem.</summary>
public sealed class PermanentJobException(Problem problem) : Exception($"{problem.Code}: {problem.Found}. {problem.Fix}")
{
    public Problem Problem => problem;
}

/// <summary>Trying again may help: the job waits as long as <see cref="Problem.RetryAfter"/> says, else as its <see cref="RetryPolicy"/> does.</summary>
public sealed class TransientJobException(Problem problem) : Exception($"{problem.Code}: {problem.Found}. {problem.Fix}")
{
    public Problem Problem => problem;
}

/// <summary>One run of a job, as its handler sees it. The lease is kept alive while it runs.</summary>
public abstract class JobRun
{
    public abstract Guid JobId { get; }

    /// <summary>The tenant's caller, named after the job.</summary>
    public abstract Caller Caller { get; }

    public abstract JsonElement Arguments { get; }

    /// <summary>Failures in a row before this run; none once it has saved.</summary>
    public virtual int Failures => 0;

    /// <summary>What the handler last saved, or null at the first run.</summary>
    public abstract JsonElement? Cursor { get; }

    /// <summary>
    /// Saves the cursor and the progress within the caller's transaction, and checks that this worker still holds the lease: when
    /// another has taken the job over, it throws <see cref="LeaseLostException"/>, and the transaction must not be committed.
    /// </summary>
    /// <param name="session">The transaction that did the work up to the cursor.</param>
    /// <param name="cursor">Where to go on.</param>
    /// <param name="done">Units of work done, for people.</param>
    /// <param name="total">Units in all, or null while unknown.</param>
    public abstract Task Save(Session session, object cursor, long done, long? total);
}

/// <summary>Another worker has the job now, or it was cancelled: stop, and commit nothing more.</summary>
public sealed class LeaseLostException() : Exception("The lease of this job is held by another worker, or the job was cancelled.");
