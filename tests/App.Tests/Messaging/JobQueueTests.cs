using System.Collections.Concurrent;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Messaging;

public sealed class JobQueueTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ten_claimers_never_claim_a_job_twice_and_leave_none()
    {
        for (var i = 0; i < 200; i++)
        {
            await test.Enqueue(i % 3 == 0 ? test.Globex : test.Acme, new NewJob(JobType.Calculation, "count", new { i }));
        }

        var claimed = new ConcurrentBag<Guid>();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async worker =>
        {
            var leases = test.Leases($"worker-{worker}");
            while (await leases.Claim(["count"], Ct) is { } job)
            {
                claimed.Add(job.JobId);
            }
        }));

        Assert.Equal(200, claimed.Count);
        Assert.Equal(200, claimed.Distinct().Count());
    }

    [Fact]
    public async Task within_a_tenant_priority_goes_before_age_and_nothing_before_its_time()
    {
        var plain = await test.Enqueue(test.Acme, new NewJob(JobType.Export, "ordered", new { }));
        var urgent = await test.Enqueue(test.Acme, new NewJob(JobType.Export, "ordered", new { }) { Priority = 9 });
        var later = await test.Enqueue(test.Acme, new NewJob(JobType.Export, "ordered", new { }) { Priority = 99, NotBefore = new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero) });

        var leases = test.Leases("orderly");

        Assert.Equal(urgent, (await leases.Claim(["ordered"], Ct))!.JobId);
        Assert.Equal(plain, (await leases.Claim(["ordered"], Ct))!.JobId);
        Assert.Null(await leases.Claim(["ordered"], Ct));
        Assert.Equal("queued", (await test.Job(test.Acme, later)).Status);
    }

    [Fact]
    public async Task a_key_makes_one_job_until_it_has_ended()
    {
        var job = new NewJob(JobType.Calculation, "keyed", new { }) { Key = "once" };
        var first = await test.Enqueue(test.Acme, job);
        var again = await test.Enqueue(test.Acme, job);
        var others = await test.Enqueue(test.Globex, job);
        var leases = test.Leases("keys");
        while (await leases.Claim(["keyed"], Ct) is { } claimed)
        {
            Assert.Equal(claimed.Caller.Tenant == test.Acme.Tenant ? first : others, await test.Enqueue(claimed.Caller, job));
            await leases.Finish(claimed, Ct);
        }

        var next = await test.Enqueue(test.Acme, job);

        Assert.Equal(first, again);
        Assert.NotEqual(first, others);
        Assert.NotEqual(first, next);
    }

    [Fact]
    public async Task a_job_of_a_transaction_that_is_undone_was_never_there()
    {
        Guid id = default;
        await test.Database.Write<int>(
            test.Acme,
            async session =>
            {
                id = await JobQueue.Enqueue(session, new NewJob(JobType.Calculation, "undone", new { }));
                return new Problem("test.undone", "x", "x", "y", "z");
            },
            Ct);

        Assert.Null(await test.Leases("eager").Claim(["undone"], Ct));
        Assert.Equal("job.not-found", (await JobEndpoints.Show(id, test.Acme, test.Database, Ct)).Problem!.Code);
    }

    [Fact]
    public async Task a_worker_that_lost_its_lease_cannot_commit()
    {
        var id = await test.Enqueue(test.Acme, new NewJob(JobType.Ingestion, "lost", new { }));
        var slow = (await test.Leases("slow", TimeSpan.Zero).Claim(["lost"], Ct))!;
        var other = test.Leases("other");
        await other.ReturnExpired(Ct);
        var taken = (await other.Claim(["lost"], Ct))!;

        await using (var session = await Write(slow, "slow"))
        {
            await Assert.ThrowsAsync<LeaseLostException>(() => slow.Save(session, new { row = 1 }, 1, 2));
        }

        await using (var session = await Write(taken, "other"))
        {
            await taken.Save(session, new { row = 2 }, 2, 2);
            await session.Commit();
        }

        var late = await test.Leases("slow").Finish(slow, Ct);

        Assert.Equal(id, taken.JobId);
        Assert.False(late);
        Assert.Equal("lost-other", await test.Admin<string>("select string_agg(code, ' ') from org.entities where code in ('lost-slow', 'lost-other')"));
        Assert.Equal("running", (await test.Job(test.Acme, id)).Status);
    }

    [Fact]
    public async Task a_job_in_the_midst_of_a_save_is_neither_returned_nor_called_lost()
    {
        await test.Enqueue(test.Acme, new NewJob(JobType.Ingestion, "saving", new { }));
        var leases = test.Leases("saver", TimeSpan.Zero);
        var job = (await leases.Claim(["saving"], Ct))!;
        await using var session = await Write(job, "saving");
        await job.Save(session, new { row = 1 }, 1, null);

        // Its lease, as others see it, has run out; but its row is locked.
        Assert.Equal(0, await test.Leases("other").ReturnExpired(Ct));
        Assert.Empty(await leases.Keep([job], Ct));

        await session.Commit();
        Assert.Equal(1, await test.Leases("other").ReturnExpired(Ct));
        Assert.Equal([job.JobId], await leases.Keep([job], Ct));
    }

    [Fact]
    public async Task a_tenant_can_neither_see_nor_touch_another_s_jobs()
    {
        var id = await test.Enqueue(test.Acme, new NewJob(JobType.Calculation, "secret", new { }));

        var seen = await JobEndpoints.List(null, null, null, null, test.Globex, test.Database, Ct);
        var shown = await JobEndpoints.Show(id, test.Globex, test.Database, Ct);
        var cancelled = await test.Database.Write(test.Globex, session => JobQueue.Cancel(session, id, TimeProvider.System), Ct);
        var requeued = await test.Database.Write(test.Globex, session => JobQueue.Requeue(session, id), Ct);

        Assert.DoesNotContain(seen.Value.Items, job => job.Name == "secret");
        Assert.All([shown.Problem!.Code, cancelled.Problem!.Code, requeued.Problem!.Code], code => Assert.Equal("job.not-found", code));
        Assert.Equal("queued", (await test.Job(test.Acme, id)).Status);
    }

    private async Task<Session> Write(LeasedJob job, string code)
    {
        var session = await test.Database.Open(job.Caller, System.Data.IsolationLevel.ReadCommitted, Ct);
        await session.Execute(
            "insert into org.entities (tenant_id, entity_id, code, name) values (@Tenant, @Id, @Code, 'x')",
            new { Tenant = session.Tenant.Value, Id = Guid.CreateVersion7(), Code = $"lost-{code}" });
        return session;
    }
}
