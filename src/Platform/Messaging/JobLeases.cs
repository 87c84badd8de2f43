using System.Text.Json;
using Dapper;
using Npgsql;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging;

/// <summary>What a worker does to the queue: claims a job, keeps its lease, and says how it ended. Every word names the attempt.</summary>
internal sealed class JobLeases(Database database, string worker, TimeSpan lease, TimeProvider time)
{
    private const string Held = "job_id = @JobId and attempt = @Attempt and worker = @worker and status = 'running'";

    internal string Worker => worker;

    internal TimeSpan Lease => lease;

    /// <summary>The next job of one of these names that no other worker has, or null.</summary>
    internal async Task<LeasedJob?> Claim(string[] names, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var claim = new NpgsqlCommand("select tenant_id, job_id, name, arguments::text, cursor::text, attempt, failures from platform.claim_job($1, $2, $3)", connection);
        claim.Parameters.Add(new NpgsqlParameter<string> { TypedValue = worker });
        claim.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = names });
        claim.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        await using var row = await claim.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct)
            ? new LeasedJob(
                this,
                new TenantId(row.GetGuid(0)),
                row.GetGuid(1),
                row.GetString(2),
                JsonElement.Parse(row.GetString(3)),
                await row.IsDBNullAsync(4, ct) ? null : JsonElement.Parse(row.GetString(4)),
                row.GetInt32(5),
                row.GetInt32(6))
            : null;
    }

    /// <summary>Prolongs all leases; returns the jobs that are this worker's no longer.</summary>
    internal async Task<IReadOnlyCollection<Guid>> Keep(IReadOnlyCollection<LeasedJob> jobs, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<Guid>(new CommandDefinition(
            "select * from platform.keep_leases(@worker, @Tenants, @Jobs, @Attempts, @lease)",
            new
            {
                worker,
                Tenants = jobs.Select(job => job.Caller.Tenant.Value).ToArray(),
                Jobs = jobs.Select(job => job.JobId).ToArray(),
                Attempts = jobs.Select(job => job.Attempt).ToArray(),
                lease,
            },
            cancellationToken: ct))).AsList();
    }

    /// <summary>Returns the jobs of workers that were killed; how many.</summary>
    internal async Task<long> ReturnExpired(CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var expired = new NpgsqlCommand("select platform.return_expired_jobs()", connection);
        return (long)(await expired.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Within the transaction that did the work. Locks the job's row until it ends, so that nobody takes the job over meanwhile.</summary>
    internal async Task Save(LeasedJob job, Session session, string cursor, long done, long? total)
    {
        var saved = await session.Execute(
            $"""
            update platform.jobs set cursor = @cursor::jsonb, done = @done, total = @total, failures = 0, leased_until = clock_timestamp() + @lease
            where {Held}
            """,
            new { cursor, done, total, lease, job.JobId, job.Attempt, worker });
        if (saved == 0)
        {
            throw new LeaseLostException();
        }
    }

    internal async Task<bool> Finish(LeasedJob job, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var finish = new NpgsqlCommand("select platform.finish_job($1, $2, $3, $4)", connection);
        finish.Parameters.Add(new NpgsqlParameter<string> { TypedValue = worker });
        finish.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = job.Caller.Tenant.Value });
        finish.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = job.JobId });
        finish.Parameters.Add(new NpgsqlParameter<int> { TypedValue = job.Attempt });
        return (bool)(await finish.ExecuteScalarAsync(ct))!;
    }

    /// <summary>As if it had not been begun: the program stops.</summary>
    internal Task<bool> Return(LeasedJob job, CancellationToken ct) => Change(job, "status = 'queued'", problem: null, wait: default, ct);

    internal Task<bool> Retry(LeasedJob job, Problem problem, TimeSpan wait, CancellationToken ct) =>
        Change(job, "status = 'queued', failures = failures + 1, problem = @problem::jsonb, not_before = clock_timestamp() + @wait", problem, wait, ct);

    /// <summary>To the dead letters. It is told as <c>job.dead</c>.</summary>
    internal Task<bool> Bury(LeasedJob job, Problem problem, CancellationToken ct) =>
        Change(job, "status = 'dead', failures = failures + 1, problem = @problem::jsonb, finished_at = clock_timestamp()", problem, wait: default, ct);

    // False: the job is another's by now, and nothing has changed.
    private async Task<bool> Change(LeasedJob job, string set, Problem? problem, TimeSpan wait, CancellationToken ct)
    {
        await using var session = await database.Open(job.Caller, System.Data.IsolationLevel.ReadCommitted, ct);
        var changed = await session.First<JobView>(
            $"update platform.jobs set {set}, worker = null, leased_until = null where {Held} returning {JobView.Columns}",
            new { problem = problem is null ? null : JsonSerializer.Serialize(problem, Json.Options), wait, job.JobId, job.Attempt, worker });
        if (changed?.Status == "dead")
        {
            await JobQueue.Tell(session, "job.dead", changed, time);
        }

        await session.Commit();
        return changed is not null;
    }
}
