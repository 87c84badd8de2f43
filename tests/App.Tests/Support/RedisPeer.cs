using System.Diagnostics;
using System.Globalization;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A Redis of its own (Debian's redis-server), which can be stopped and started again.</summary>
public sealed class RedisPeer : IAsyncLifetime
{
    private Process? server;

    public int Port { get; } = S3Peer.FreePort();

    public string Address => $"redis://:a-password@127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    public async ValueTask InitializeAsync() => await Start();

    public async Task Start()
    {
        try
        {
            server = Process.Start(new ProcessStartInfo(
                "redis-server", ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--requirepass", "a-password"])
            {
                UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath(),
            });
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Assert.Fail($"redis-server is needed to test shared rate limits (Debian: apt-get install redis-server): {missing.Message}");
        }

        string? line;
        while ((line = await server!.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)) is not null && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
        {
        }

        Assert.True(line is not null, "The Redis ended.");
    }

    public async Task Stop()
    {
        if (server is { } running)
        {
            running.Kill();
            await running.WaitForExitAsync(CancellationToken.None);
            running.Dispose();
            server = null;
        }
    }

    public async ValueTask DisposeAsync() => await Stop();
}
