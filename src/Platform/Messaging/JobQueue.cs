using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Messaging;

/// <summary>Puts jobs into the queue, within the transaction that makes them necessary: undone with it, seen with its commit.</summary>
public static class JobQueue
{
    /// <summary>Adds a job and returns its id, or the id of the one that has its key and is waiting or running.</summary>
    public static async Task<Guid> Enqueue(Session session, NewJob job)
    {
        while (true)
        {
            var added = await session.First<Guid?>(
                """
                insert into platform.jobs (tenant_id, job_id, type, name, key, arguments, priority, not_before, created_by)
                values (@Tenant, @Id, @Type, @Name, @Key, @Arguments::jsonb, @Priority, coalesce(@NotBefore, clock_timestamp()), @Actor)
                on conflict (tenant_id, key) where key is not null and status in ('queued', 'running') do nothing
                returning job_id
                """,
                new
                {
                    Tenant = session.Tenant.Value,
                    Id = Guid.CreateVersion7(),
                    Type = TypeName(job.Type),
                    job.Name,
                    job.Key,
                    Arguments = JsonSerializer.Serialize(job.Arguments, Json.Options),
                    job.Priority,
                    job.NotBefore,
                    session.Caller.Actor,
                });
            var there = added ?? await session.First<Guid?>(
                "select job_id from platform.jobs where key = @Key and status in ('queued', 'running')", new { job.Key });
            if (there is { } id)
            {
                return id;
            }

            // The one with the key has ended in between.
        }
    }

    /// <summary>The last dead letter about something: whoever waits for it waits in vain.</summary>
    /// <param name="session">The tenant's transaction.</param>
    /// <param name="argument">Of the jobs: <c>import_id</c>.</param>
    /// <param name="value">What the argument is.</param>
    public static Task<JobView?> Dead(Session session, string argument, string value) => session.First<JobView>(
        $"select {JobView.Columns} from platform.jobs where status = 'dead' and arguments->>@argument = @value order by finished_at desc limit 1", new { argument, value });

    /// <summary>The job that has a key and is waiting or running, or null.</summary>
    public static Task<Guid?> Waiting(Session session, string key) =>
        session.First<Guid?>("select job_id from platform.jobs where key = @key and status in ('queued', 'running')", new { key });

    /// <summary>How far a job is; null: it ended long ago, or there is none.</summary>
    public static Task<string?> Status(Session session, Guid jobId) => session.First<string?>("select status from platform.jobs where job_id = @jobId", new { jobId });

    /// <summary>Whether something is being done for the tenant, or is to be soon; what the clock makes does not count.</summary>
    public static Task<bool> IsBusy(Session session) => session.First<bool>(
        "select exists (select from platform.jobs where (status = 'running' or (status = 'queued' and not_before < clock_timestamp() + interval '1 day')) and (key is null or key not like 'schedule %'))");

    /// <summary>Stops a job: a waiting one never runs, a running one saves nothing more. It is told as <c>job.cancelled</c>.</summary>
    public static async Task<Result<JobView>> Cancel(Session session, Guid jobId, TimeProvider time)
    {
        var cancelled = await session.First<JobView>(
            $"""
            update platform.jobs set status = 'cancelled', worker = null, leased_until = null, finished_at = clock_timestamp()
            where job_id = @jobId and status in ('queued', 'running')
            returning {JobView.Columns}
            """,
            new { jobId });
        if (cancelled is null)
        {
            return await Refusal(session, jobId, "job.ended", "queued or running", "A job that has ended cannot be cancelled.");
        }

        await Tell(session, "job.cancelled", cancelled, time);
        return cancelled;
    }

    /// <summary>Lets a dead letter, or a cancelled job, run again, from where it last saved.</summary>
    public static async Task<Result<JobView>> Requeue(Session session, Guid jobId)
    {
        // With the key's other job waiting or running there would be two of them.
        var queued = await session.First<JobView>(
            $"""
            update platform.jobs as j set status = 'queued', not_before = clock_timestamp(), failures = 0, finished_at = null, problem = null
            where job_id = @jobId and status in ('dead', 'cancelled')
              and not exists (select from platform.jobs o where o.key = j.key and o.status in ('queued', 'running'))
            returning {JobView.Columns}
            """,
            new { jobId });
        return queued is null
            ? await Refusal(session, jobId, "job.not-dead", "dead or cancelled, with no other job of its key waiting", "Only dead letters and cancelled jobs are requeued.")
            : queued;
    }

    internal static string TypeName(JobType type) => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.ToString());

    internal static Task Tell(Session session, string type, JobView job, TimeProvider time) =>
        Outbox.Tell(session, type, new { job.JobId, job.Name, job.Arguments, job.Problem }, time);

    private static async Task<Problem> Refusal(Session session, Guid jobId, string code, string expected, string fix)
    {
        var status = await session.First<string>("select status from platform.jobs where job_id = @jobId", new { jobId });
        return status is null
            ? Problem.NotFound("job", jobId.ToString())
            : new Problem(code, "status", status, expected, fix) { Kind = ProblemKind.Conflict };
    }
}
