using System.Diagnostics;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Faults;

/// <summary>PostgreSQL dies. It is a server of the test's own, with its safety on.</summary>
public sealed class KilledServerTests : IDisposable
{
    private const int Kills = 10;

    private readonly string folder = Directory.CreateTempSubdirectory("offgridflow-killed").FullName;

    public KilledServerTests() => TestPostgres.ChooseBinaries();

    [Fact]
    public async Task a_server_killed_at_10_moments_loses_nothing_and_the_worker_lives_through_it()
    {
        var server = await Start();
        await using var installation = await Installation.On(server);
        var draw = new Random(1215);
        var worker = installation.Work(20);

        for (var kills = 0; kills < Kills;)
        {
            if (await installation.InHand() < 2)
            {
                await installation.Import(600);
            }

            if (await installation.AtWork() is [])
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
                continue;
            }

            await Task.Delay(draw.Next(150), TestContext.Current.CancellationToken);
            Kill();
            kills++;
            Assert.Equal(server.Port, (await Start()).Port);
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
