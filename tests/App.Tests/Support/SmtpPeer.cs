using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A mail server of its own (npm's smtp-server), installed into the state folder when a test first needs it. What it takes, npm's postal-mime reads.</summary>
public sealed class SmtpPeer : IAsyncDisposable
{
    // Several runs at once wait for one another, and the last to come finds it done.
    private const string Install = """
        command -v npm >/dev/null || { echo 'npm is needed to test the mail (https://nodejs.org); it is not on PATH.' >&2; exit 1; }
        exec 8>lock; flock 8 2>/dev/null || true
        if [ ! installed -nt "$1/package-lock.json" ]; then
          cp "$1/package.json" "$1/package-lock.json" . && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error 8>&- && touch installed
        fi
        """;

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
        var source = Path.Combine(Repository.Root, "tests", "App.Tests", "Support", "Smtp");
        var packages = Directory.CreateDirectory(Path.Combine(Repository.Root, ".offgridflow", "smtp")).FullName;
        using var install = Process.Start(new ProcessStartInfo("bash", ["-c", Install, "install", source]) { WorkingDirectory = packages, UseShellExecute = false, RedirectStandardError = true })!;
        var said = await install.StandardError.ReadToEndAsync(Ct);
        await install.WaitForExitAsync(Ct);
        Assert.True(install.ExitCode == 0, $"npm cannot install the mail server: {said}");
        var peer = new SmtpPeer();
        peer.server = Process.Start(new ProcessStartInfo("node", [Path.Combine(source, "serve.cjs"), peer.folder, mode, port.ToString(CultureInfo.InvariantCulture)]) { WorkingDirectory = packages, UseShellExecute = false, RedirectStandardOutput = true })!;
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
