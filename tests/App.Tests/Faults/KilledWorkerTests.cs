using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Faults;

public sealed class KilledWorkerTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const int Kills = 50;
    private const int Chunk = 20;

    [Fact]
    public async Task workers_killed_at_50_moments_of_importing_and_posting_lose_nothing_and_count_nothing_twice()
    {
        await using var installation = Installation.On(test);
        var draw = new Random(1903);
        installation.Work(Chunk);
        installation.Work(Chunk);

        for (var kills = 0; kills < Kills;)
        {
            if (await installation.InHand() < 3)
            {
                await installation.Import(600);
            }

            if (await installation.AtWork() is not [var worker, ..])
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
                continue;
            }

            // A job takes some hundred milliseconds: now here, now there.
            await Task.Delay(draw.Next(120), TestContext.Current.CancellationToken);
            worker.Kill();
            kills++;
            installation.Work(Chunk);
        }

        await installation.Settled();
        Assert.True(await installation.Ask<long?>("select count(*) from platform.jobs where attempt > 1 and name = 'read-import'") > 5, "Too few kills met an import.");
        Assert.True(await installation.Ask<long?>("select count(*) from platform.jobs where attempt > 1 and name = 'post-import'") > 5, "Too few kills met a posting.");
        await installation.AssertIntact();
    }
}
