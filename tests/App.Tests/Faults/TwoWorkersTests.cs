using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Faults;

public sealed class TwoWorkersTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task two_workers_on_one_queue_do_everything_once()
    {
        await using var installation = Installation.On(test);
        for (var file = 0; file < 8; file++)
        {
            await installation.Import(400);
        }

        installation.Work(50);
        installation.Work(50);
        var seen = new HashSet<int>();
        await installation.Settled(async () => seen.UnionWith((await installation.AtWork()).Select(worker => worker.Id)));

        Assert.Equal(2, seen.Count);
        await installation.AssertIntact();
    }

    [Fact]
    public async Task a_posting_that_two_workers_do_at_once_is_posted_once()
    {
        // A lease that ended early: the one who lost it does not know yet.
        await using var installation = Installation.On(test);
        await installation.Import(2000);
        installation.Work(25);
        installation.Work(25);
        var draw = new Random(7);

        await installation.Settled(async () =>
        {
            if (draw.Next(4) > 0)
            {
                return;
            }

            // Only one that has saved since it was last taken away: a job that is taken away eight times in a row goes to the dead letters.
            await installation.Ask<long?>("update platform.jobs set leased_until = clock_timestamp() - interval '1 s' where status = 'running' and failures = 0 and name in ('read-import', 'post-import')");
            await installation.Ask<long?>("select platform.return_expired_jobs()");
        });

        Assert.True(await installation.Ask<int?>("select max(attempt) from platform.jobs where name in ('read-import', 'post-import')") > 2);
        await installation.AssertIntact();
    }
}
