using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Faults;

public sealed class KilledWorkerTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const int Kills = 50;
    private const int Chunk = 20;

    private const string Reading = "read-import";
    private const string Posting = "post-import";

    [Fact]
    public async Task workers_killed_at_50_moments_of_importing_and_posting_lose_nothing_and_count_nothing_twice()
    {
        await using var installation = Installation.On(test);
        var draw = new Random(1903);
        installation.Work(Chunk);
        installation.Work(Chunk);

        // A kill counts when it met the job it was meant for: five that read, five that post, and so on.
        var since = System.Diagnostics.Stopwatch.StartNew();
        for (var kills = 0; kills < Kills;)
        {
            await installation.AssertAlive(since);
            var job = kills / 5 % 2 == 0 ? Reading : Posting;
            if (await installation.InHand() == 0 || (job == Reading && !await installation.Waits(Reading)))
            {
                await installation.Import(400);
            }

            // From its first moments to the middle of a later chunk.
            if (await installation.FurtherBy(draw.Next(4) * Chunk, job) is not { } worker)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
                continue;
            }

            // Most leases end at once, to save the time; one in ten ends by itself.
            await Task.Delay(draw.Next(20), TestContext.Current.CancellationToken);
            if (await installation.Kill(worker, job, endsLease: kills % 10 > 0))
            {
                kills++;
                since.Restart();
            }

            installation.Work(Chunk);
        }

        await installation.Settled();
        await installation.AssertIntact();
    }
}
