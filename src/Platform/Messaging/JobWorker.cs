using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Messaging;

/// <summary>How a worker works.</summary>
public sealed record JobWorkerOptions
{
    /// <summary>Jobs run at once.</summary>
    public int Slots { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>How long a job stays with a worker that gives no sign of life.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it looks without being woken: for jobs whose time has come.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>Runs jobs. Any number of workers, in any number of processes, work on one queue.</summary>
internal sealed class JobWorker : BackgroundService
{
    private readonly Dictionary<string, IJobHandler> handlers;
    private readonly string[] names;
    private readonly JobLeases leases;
    private readonly JobWorkerOptions options;
    private readonly Bell bell;
    private readonly ILogger<JobWorker> log;
    private readonly ConcurrentDictionary<Guid, (LeasedJob Job, CancellationTokenSource Stop)> running = new();

    public JobWorker(Database database, IEnumerable<IJobHandler> handlers, Bell bell, JobWorkerOptions options, TimeProvider time, ILogger<JobWorker> log)
    {
        this.handlers = handlers.ToDictionary(handler => handler.Name, StringComparer.Ordinal);
        names = [.. this.handlers.Keys];
        leases = new JobLeases(database, $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.CreateVersion7():N}", options.Lease, time);
        (this.options, this.bell, this.log) = (options, bell, log);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var cancelled = bell.Listen(Bell.JobCancelled, StopJob);
        using var free = new SemaphoreSlim(options.Slots);
        using var stopped = new CancellationTokenSource();
        var heartbeat = Heartbeat(stopped.Token);
        try
        {
            await ClaimAll(free, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Below: the jobs in hand have been told to stop, too.
        }

        for (var slot = 0; slot < options.Slots; slot++)
        {
            await free.WaitAsync(CancellationToken.None);
        }

        await stopped.CancelAsync();
        await heartbeat;
    }

    // One job after another into free slots; with nothing to do, until it rings.
    private async Task ClaimAll(SemaphoreSlim free, CancellationToken ct)
    {
        using var ear = bell.Listen(Bell.Jobs);
        while (true)
        {
            await free.WaitAsync(ct);
            LeasedJob? job = null;
            try
            {
                // Not cancelled half way: a claim whose answer is lost would wait for its lease to end.
                ct.ThrowIfCancellationRequested();
                job = await leases.Claim(names, CancellationToken.None);
            }
            catch (Exception outage) when (outage is NpgsqlException or IOException or TimeoutException)
            {
                log.LogWarning(outage, "No job could be claimed; trying again.");
            }
            finally
            {
                if (job is null)
                {
                    free.Release();
                }
            }

            if (job is null)
            {
                await ear.Wait(options.Poll, ct);
                continue;
            }

            _ = Task.Run(() => RunInSlot(job, free, ct), CancellationToken.None);
        }
    }

    private async Task RunInSlot(LeasedJob job, SemaphoreSlim free, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        running[job.JobId] = (job, stop);
        try
        {
            await Run(job, stop.Token, stopping);
        }
        catch (Exception bug)
        {
            log.LogError(bug, "Job {Job} ended in a way that was not foreseen; its lease will expire.", job.JobId);
        }
        finally
        {
            running.TryRemove(job.JobId, out _);
            free.Release();
        }
    }

    private async Task Run(LeasedJob job, CancellationToken stop, CancellationToken stopping)
    {
        var handler = handlers[job.Name];
        if (job.Failures >= handler.Retries.Most)
        {
            var lost = new Problem("job.worker-lost", "job", $"{job.Failures} workers that died at it", "a worker that lives", "Find out what it asks too much of, then requeue it.");
            await Record(job, ct => leases.Bury(job, lost, ct));
            return;
        }

        try
        {
            await handler.Run(job, stop);
        }
        catch (LeaseLostException)
        {
            return;
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // Whatever it was interrupted with: what was not saved was undone.
            await Record(job, ct => leases.Return(job, ct));
            return;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure)
        {
            await Fail(job, handler.Retries, failure);
            return;
        }

        await Record(job, ct => leases.Finish(job, ct));
    }

    private Task Fail(LeasedJob job, RetryPolicy retries, Exception failure)
    {
        var problem = JobErrors.Describe(failure);
        if (JobErrors.IsPermanent(failure) || job.Failures + 1 >= retries.Most)
        {
            log.LogError(failure, "Job {Job} {Name} goes to the dead letters.", job.JobId, job.Name);
            return Record(job, ct => leases.Bury(job, problem, ct));
        }

        var wait = failure is TransientJobException { Problem.RetryAfter: { } told } ? told : retries.Wait(job.Failures + 1, Random.Shared.NextDouble());
        log.LogWarning(failure, "Job {Job} {Name} failed and is tried again in {Wait}.", job.JobId, job.Name, wait);
        return Record(job, ct => leases.Retry(job, problem, wait, ct));
    }

    // Through an outage, as long as the lease may last; after that the job is returned by itself.
    private async Task Record(LeasedJob job, Func<CancellationToken, Task<bool>> record)
    {
        using var end = new CancellationTokenSource(options.Lease);
        while (true)
        {
            try
            {
                await record(end.Token);
                return;
            }
            catch (Exception outage) when (outage is NpgsqlException or IOException or TimeoutException && !end.IsCancellationRequested)
            {
                log.LogWarning(outage, "How job {Job} ended could not be written; trying again.", job.JobId);
                await Task.Delay(options.Poll, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Heartbeat(CancellationToken ct)
    {
        using var beat = new PeriodicTimer(options.Lease / 3);
        try
        {
            while (await beat.WaitForNextTickAsync(ct))
            {
                try
                {
                    await leases.ReturnExpired(ct);
                    if (!running.IsEmpty)
                    {
                        foreach (var lost in await leases.Keep([.. running.Values.Select(held => held.Job)], ct))
                        {
                            StopJob(lost);
                        }
                    }
                }
                catch (Exception outage) when (outage is NpgsqlException or IOException or TimeoutException)
                {
                    log.LogWarning(outage, "The leases could not be prolonged; trying again.");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The worker has stopped.
        }
    }

    private void StopJob(string jobId) => StopJob(Guid.Parse(jobId));

    private void StopJob(Guid jobId)
    {
        if (running.TryGetValue(jobId, out var held))
        {
            try
            {
                held.Stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended.
            }
        }
    }
}
