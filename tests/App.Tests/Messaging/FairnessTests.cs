using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;

namespace OffGridFlow.App.Tests.Messaging;

// A database of its own: what is running for other tests counts, too.
public sealed class FairnessTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_long_queue_of_one_tenant_does_not_hold_up_another()
    {
        for (var i = 0; i < 20; i++)
        {
            await test.Enqueue(test.Acme, new NewJob(JobType.Calculation, "fair", new { i }) { Priority = 5 });
        }

        for (var i = 0; i < 3; i++)
        {
            await test.Enqueue(test.Globex, new NewJob(JobType.Calculation, "fair", new { i }));
        }

        var leases = test.Leases("one at a time");
        var turns = new List<bool>();
        for (var i = 0; i < 8; i++)
        {
            var job = (await leases.Claim(["fair"], Ct))!;
            turns.Add(job.Caller.Tenant == test.Globex.Tenant);
            await leases.Finish(job, Ct);
        }

        // Globex had three: they come every second turn, not after Acme's twenty of a higher priority.
        Assert.Equal(3, turns.Take(6).Count(globex => globex));
        Assert.DoesNotContain(turns.Take(6).Zip(turns.Skip(1).Take(5)), pair => pair.First == pair.Second);
        Assert.All(turns.Skip(6), Assert.False);
    }

    [Fact]
    public async Task the_tenant_with_the_fewest_jobs_running_is_next()
    {
        for (var i = 0; i < 4; i++)
        {
            await test.Enqueue(test.Acme, new NewJob(JobType.Calculation, "running", new { i }));
            await test.Enqueue(test.Globex, new NewJob(JobType.Calculation, "running", new { i }));
        }

        var leases = test.Leases("many at once");
        var held = new List<LeasedJob>();
        for (var i = 0; i < 4; i++)
        {
            held.Add((await leases.Claim(["running"], Ct))!);
        }

        Assert.Equal(2, held.Count(job => job.Caller.Tenant == test.Acme.Tenant));
        // Both of Globex's end: the next two are Globex's, although it was served last.
        foreach (var job in held.Where(job => job.Caller.Tenant == test.Globex.Tenant))
        {
            await leases.Finish(job, Ct);
        }

        Assert.Equal(test.Globex.Tenant, (await leases.Claim(["running"], Ct))!.Caller.Tenant);
        Assert.Equal(test.Globex.Tenant, (await leases.Claim(["running"], Ct))!.Caller.Tenant);
    }
}
