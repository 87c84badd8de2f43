using System.Collections.Concurrent;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;

namespace OffGridFlow.App.Tests.Messaging;

public sealed class JobWorkerTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly RetryPolicy AtOnce = new(3, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));

    [Fact]
    public async Task three_workers_run_every_job_once()
    {
        var ran = new ConcurrentBag<Guid>();
        var handler = new Handler("share", (job, _) =>
        {
            ran.Add(job.JobId);
            return Task.CompletedTask;
        });
        var ids = new List<Guid>();
        for (var i = 0; i < 100; i++)
        {
            ids.Add(await test.Enqueue(i % 2 == 0 ? test.Acme : test.Globex, new NewJob(JobType.Calculation, "share", new { i })));
        }

        var workers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Working.Start(test.Database, Working.Quick, handler)));
        await Queue.Until(() => Count("share", "succeeded"), ended => ended == 100, ended => $"{ended} of 100 ended");
        await Task.WhenAll(workers.Select(worker => worker.Stop()));

        Assert.Equal(ids.Order(), ran.Order());
    }

    [Fact]
    public async Task a_waiting_worker_is_woken_by_the_commit()
    {
        var ran = new TaskCompletionSource();
        // It would look again by itself in an hour.
        await using var working = await Working.Start(test.Database, new JobWorkerOptions { Slots = 1, Poll = TimeSpan.FromHours(1) }, new Handler("woken", (_, _) =>
        {
            ran.TrySetResult();
            return Task.CompletedTask;
        }));

        await test.Enqueue(test.Acme, new NewJob(JobType.Calculation, "woken", new { }));

        await ran.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);
    }

    [Fact]
    public async Task the_job_of_a_killed_worker_is_taken_over_where_it_last_saved()
    {
        var id = await test.Enqueue(test.Acme, new NewJob(JobType.Ingestion, "killed", new { }));
        var killed = (await test.Leases("killed", TimeSpan.FromMilliseconds(1)).Claim(["killed"], Ct))!;
        await using (var session = await test.Database.Open(killed.Caller, System.Data.IsolationLevel.ReadCommitted, Ct))
        {
            await killed.Save(session, new { row = 41 }, 41, 100);
            await session.Commit();
        }

        var from = new TaskCompletionSource<JsonElement?>();
        await using var working = await Working.Start(test.Database, Working.Quick, new Handler("killed", (job, _) =>
        {
            from.TrySetResult(job.Cursor);
            return Task.CompletedTask;
        }));

        var cursor = await from.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);
        var job = await test.JobIs(test.Acme, id, "succeeded");

        Assert.Equal(41, cursor!.Value.GetProperty("row").GetInt32());
        Assert.Equal((2, 41L, 100L), (job.Attempt, job.Done, job.Total));
    }

    [Fact]
    public async Task a_long_job_keeps_its_lease()
    {
        var beats = new SemaphoreSlim(0);
        var runs = 0;
        var id = await test.Enqueue(test.Acme, new NewJob(JobType.Ingestion, "long", new { }));
        var first = default(DateTimeOffset);
        var handler = new Handler("long", async (_, ct) =>
        {
            Interlocked.Increment(ref runs);
            await beats.WaitAsync(ct);
        });
        await using var one = await Working.Start(test.Database, Working.Quick, handler);
        await using var two = await Working.Start(test.Database, Working.Quick, handler);
        async Task<DateTimeOffset> Until() => await test.Admin<DateTime?>("select leased_until from platform.jobs where job_id = @id", new { id }) ?? default(DateTimeOffset);
        first = await Queue.Until(Until, until => until != default, _ => "not begun");

        // Five leases long.
        await Queue.Until(Until, until => until > first + (5 * Working.Quick.Lease), until => $"{first} {until}");
        beats.Release();
        var job = await test.JobIs(test.Acme, id, "succeeded");

        Assert.Equal((1, 1), (runs, job.Attempt));
    }

    [Fact]
    public async Task what_may_pass_is_tried_again_until_it_goes_to_the_dead_letters_and_a_requeue_brings_it_back()
    {
        var broken = true;
        var runs = 0;
        var id = await test.Enqueue(test.Acme, new NewJob(JobType.Export, "flaky", new { }));
        await using var working = await Working.Start(test.Database, Working.Quick, new Handler(
            "flaky",
            (_, _) =>
            {
                Interlocked.Increment(ref runs);
                return broken ? throw new IOException("The disk is full.") : Task.CompletedTask;
            },
            AtOnce));

        var dead = await test.JobIs(test.Acme, id, "dead");
        broken = false;
        var requeued = await test.Database.Write(test.Acme, session => JobQueue.Requeue(session, id), Ct);
        await test.JobIs(test.Acme, id, "succeeded");

        Assert.Equal((3, 3), (dead.Attempt, dead.Failures));
        Assert.Contains("The disk is full.", dead.Problem!.Value.GetProperty("found").GetString(), StringComparison.Ordinal);
        Assert.Equal("queued", requeued.Value.Status);
        Assert.Equal(4, runs);
        Assert.Equal(1, await test.Admin<int>("select count(*)::int from platform.outbox where type = 'job.dead' and body ->> 'job_id' = @id", new { id = id.ToString() }));
    }

    [Fact]
    public async Task what_cannot_pass_goes_to_the_dead_letters_at_once_with_its_problem()
    {
        var id = await test.Enqueue(test.Acme, new NewJob(JobType.Export, "wrong", new { }));
        await using var working = await Working.Start(test.Database, Working.Quick, new Handler(
            "wrong", (_, _) => throw new PermanentJobException(new Problem("sheet.missing", "sheet", "Tabelle 2", "Tabelle 1", "Name the sheet.")), AtOnce));

        var dead = await test.JobIs(test.Acme, id, "dead");

        Assert.Equal(1, dead.Attempt);
        Assert.Equal("sheet.missing", dead.Problem!.Value.GetProperty("code").GetString());
    }

    [Fact]
    public async Task work_saved_in_between_starts_the_count_of_failures_again()
    {
        var id = await test.Enqueue(test.Acme, new NewJob(JobType.Ingestion, "steps", new { }));
        await using var working = await Working.Start(test.Database, Working.Quick, new Handler(
            "steps",
            async (job, ct) =>
            {
                var row = (job.Cursor?.GetProperty("row").GetInt32() ?? 0) + 1;
                await using (var session = await test.Database.Open(job.Caller, System.Data.IsolationLevel.ReadCommitted, ct))
                {
                    await job.Save(session, new { row }, row, 10);
                    await session.Commit();
                }

                if (row < 10)
                {
                    throw new TimeoutException();
                }
            },
            AtOnce));

        var job = await test.JobIs(test.Acme, id, "succeeded");

        Assert.Equal((10, 10L), (job.Attempt, job.Done));
    }

    [Fact]
    public async Task a_job_that_kills_its_workers_ends_among_the_dead_letters()
    {
        var id = await test.Enqueue(test.Acme, new NewJob(JobType.Ingestion, "deadly", new { }));
        for (var i = 0; i < AtOnce.Most; i++)
        {
            Assert.NotNull(await test.Leases("victim", TimeSpan.Zero).Claim(["deadly"], Ct));
            await test.Leases("other").ReturnExpired(Ct);
        }

        await using var working = await Working.Start(test.Database, Working.Quick, new Handler("deadly", (_, _) => Task.CompletedTask, AtOnce));
        var dead = await test.JobIs(test.Acme, id, "dead");

        Assert.Equal("job.worker-lost", dead.Problem!.Value.GetProperty("code").GetString());
    }

    [Fact]
    public async Task a_running_job_that_is_cancelled_is_told_at_once_and_saves_nothing_more()
    {
        var begun = new TaskCompletionSource();
        var refused = new TaskCompletionSource<Exception>();
        var id = await test.Enqueue(test.Acme, new NewJob(JobType.Ingestion, "endless", new { }));
        // The heartbeat would tell in twenty minutes.
        await using var working = await Working.Start(test.Database, Working.Quick with { Lease = TimeSpan.FromHours(1) }, new Handler("endless", async (job, ct) =>
        {
            begun.TrySetResult();
            var stopped = new TaskCompletionSource();
            await using var registered = ct.Register(stopped.SetResult);
            await stopped.Task;
            await using var session = await test.Database.Open(job.Caller, System.Data.IsolationLevel.ReadCommitted, CancellationToken.None);
            refused.SetResult(await Assert.ThrowsAsync<LeaseLostException>(() => job.Save(session, new { }, 1, null)));
            throw new OperationCanceledException(ct);
        }));
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);

        var cancelled = await test.Database.Write(test.Acme, session => JobQueue.Cancel(session, id, TimeProvider.System), Ct);
        await refused.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);
        await working.Stop();
        var again = await test.Database.Write(test.Acme, session => JobQueue.Cancel(session, id, TimeProvider.System), Ct);
        var job = await test.Job(test.Acme, id);

        Assert.Equal("cancelled", cancelled.Value.Status);
        Assert.Equal(("cancelled", 0L), (job.Status, job.Done));
        Assert.Equal("job.ended", again.Problem!.Code);
    }

    [Fact]
    public async Task a_stopping_worker_returns_the_job_in_hand_as_if_it_had_not_failed()
    {
        var saved = new TaskCompletionSource();
        var id = await test.Enqueue(test.Acme, new NewJob(JobType.Ingestion, "interrupted", new { }));
        var working = await Working.Start(test.Database, Working.Quick with { Lease = TimeSpan.FromHours(1) }, new Handler("interrupted", async (job, ct) =>
        {
            await using (var session = await test.Database.Open(job.Caller, System.Data.IsolationLevel.ReadCommitted, ct))
            {
                await job.Save(session, new { row = 1 }, 1, 2);
                await session.Commit();
            }

            saved.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
        }));
        await saved.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);
        await working.Stop();
        var returned = await test.Job(test.Acme, id);

        await using var next = await Working.Start(test.Database, Working.Quick, new Handler("interrupted", (_, _) => Task.CompletedTask));
        await test.JobIs(test.Acme, id, "succeeded");

        Assert.Equal(("queued", 0, 1L), (returned.Status, returned.Failures, returned.Done));
        Assert.Null(returned.Problem);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(5, 32)]
    [InlineData(30, 600)]
    public void waits_double_up_to_the_longest_and_are_drawn_from_the_whole_of_it(int failures, double ceiling)
    {
        var policy = new RetryPolicy(8, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10));

        Assert.Equal(TimeSpan.Zero, policy.Wait(failures, 0));
        Assert.Equal(TimeSpan.FromSeconds(ceiling / 4), policy.Wait(failures, 0.25));
        Assert.Equal(TimeSpan.FromSeconds(ceiling), policy.Wait(failures, 1));
    }

    private Task<int> Count(string name, string status) =>
        test.Admin<int>("select count(*)::int from platform.jobs where name = @name and status = @status", new { name, status });
}
