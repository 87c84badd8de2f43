using System.Diagnostics;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Faults;

/// <summary>PostgreSQL dies. It is a server of the test's own, with its safety on.</summary>
public sealed class KilledServerTests : IDisposable
{
    private const int Kills = 10;
    private const int Chunk = 20;

    private const string Jobs = "%-import"; // That read and that post.

    private readonly string folder = Directory.CreateTempSubdirectory("offgridflow-killed").FullName;

    public KilledServerTests() => TestPostgres.ChooseBinaries();

    [Fact]
    public async Task a_server_killed_at_10_moments_loses_nothing_and_the_worker_lives_through_it()
    {
        var server = await Start();
        await using var installation = await Installation.On(server);
        var draw = new Random(1215);
        var worker = installation.Work(Chunk);

        var since = Stopwatch.StartNew();
        for (var kills = 0; kills < Kills;)
        {
            await installation.AssertAlive(since);
            if (await installation.InHand() < 2)
            {
                await installation.Import(600);
            }

            if (await installation.FurtherBy(draw.Next(4) * Chunk, Jobs) is null)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
                continue;
            }

            await Task.Delay(draw.Next(20), TestContext.Current.CancellationToken);
            Kill();
            Assert.Equal(server.Port, (await Start()).Port);
            installation.Reconnect();
            if (await installation.Ask<bool>($"select exists (select from platform.jobs where name like '{Jobs}' and attempt > 0 and status in ('running', 'queued'))"))
            {
                kills++;
                since.Restart();
            }
        }

        await installation.Settled();
        Assert.False(worker.HasExited, worker.Said);
        await installation.AssertIntact();
    }

    public void Dispose()
    {
        EmbeddedServer.Delete(folder);
        Directory.Delete(folder, recursive: true);
    }

    private Task<EmbeddedServer> Start() => EmbeddedServer.Start(folder, durable: true, TestContext.Current.CancellationToken);

    private void Kill()
    {
        using var process = Process.GetProcessById(EmbeddedServer.Status(folder).Process!.Value);
        process.Kill();
        process.WaitForExit();
    }
}
