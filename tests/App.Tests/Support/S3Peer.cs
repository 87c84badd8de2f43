using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OffGridFlow.App.Tests.Support;

/// <summary>An S3-compatible server of its own (npm's @20minutes/s3rver), installed into the state folder when a test first needs it. It verifies signatures.</summary>
public sealed class S3Peer : IAsyncLifetime
{
    public const string Bucket = "raw-files";
    public const string Key = "S3RVER"; // And secret: the one account it has.

    // Several runs at once wait for one another, and the last to come finds it done.
    private const string Install = """
        command -v npm >/dev/null || { echo 'npm is needed to test the file store (https://nodejs.org); it is not on PATH.' >&2; exit 1; }
        exec 8>lock; flock 8 2>/dev/null || true
        if [ ! installed -nt "$1/package-lock.json" ]; then
          cp "$1/package.json" "$1/package-lock.json" . && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error 8>&- && touch installed
        fi
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("offgridflow-s3").FullName;
    private Process? server;

    public int Port { get; private set; }

    private static string Source => Path.Combine(Repository.Root, "tests", "App.Tests", "Support", "S3");

    /// <summary>Where its objects lie: <c>bucket/key._S3rver_object</c>.</summary>
    public string Objects => Path.Combine(folder, "objects");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public Uri Place(string bucket = Bucket, int? port = null) =>
        new($"s3://{bucket}/tenants?endpoint=http://127.0.0.1:{(port ?? Port).ToString(CultureInfo.InvariantCulture)}");

    public string NewFolder() => Directory.CreateDirectory(Path.Combine(folder, Guid.CreateVersion7().ToString("N"))).FullName;

    /// <summary>A port on which nothing listens.</summary>
    public static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    public async ValueTask InitializeAsync()
    {
        var packages = Directory.CreateDirectory(Path.Combine(Repository.Root, ".offgridflow", "s3")).FullName;
        var (code, said) = await Run(packages, "bash", "-c", Install, "install", Source);
        Assert.True(code == 0, $"npm cannot install the S3 server: {said}");
        server = Process.Start(new ProcessStartInfo("node", [Path.Combine(Source, "serve.cjs"), Objects, Bucket]) { WorkingDirectory = packages, UseShellExecute = false, RedirectStandardOutput = true })!;
        Port = int.Parse(await server.StandardOutput.ReadLineAsync(Cancelled) ?? throw new InvalidOperationException("The S3 server ended."), CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync()
    {
        server?.Kill();
        server?.WaitForExit();
        server?.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<(int Code, string Said)> Run(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = new StringBuilder();
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(Cancelled);
        return (process.ExitCode, said.ToString());

        void Hear(string? line)
        {
            lock (said)
            {
                said.AppendLine(line);
            }
        }
    }
}
