using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A mail server of its own (npm's smtp-server), installed into the state folder when a test first needs it. What it takes, npm's postal-mime reads.</summary>
public sealed class SmtpPeer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("offgridflow-smtp").FullName;
    private Process? server;

    private SmtpPeer()
    {
    }

    public int Port { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="mode"><c>plain</c>, <c>starttls</c> or <c>tls</c>.</param>
    /// <param name="port">0: any that is free.</param>
    public static async Task<SmtpPeer> Start(string mode, int port = 0)
    {
        var packages = await NpmPackages.Install("Smtp", Ct);
        var peer = new SmtpPeer();
        peer.server = Process.Start(new ProcessStartInfo("node", [Path.Combine(NpmPackages.Source("Smtp"), "serve.cjs"), peer.folder, mode, port.ToString(CultureInfo.InvariantCulture)]) { WorkingDirectory = packages, UseShellExecute = false, RedirectStandardOutput = true })!;
        peer.Port = int.Parse(await peer.server.StandardOutput.ReadLineAsync(Ct) ?? throw new InvalidOperationException("The mail server ended."), CultureInfo.InvariantCulture);
        return peer;
    }

    /// <summary>The letters it has taken, the first one first.</summary>
    public IReadOnlyList<JsonElement> Taken() =>
        [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement)];

    public ValueTask DisposeAsync()
    {
        server?.Kill();
        server?.WaitForExit();
        server?.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
