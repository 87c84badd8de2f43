using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OffGridFlow.App.Tests.Support;

/// <summary>An S3-compatible server of its own (npm's @20minutes/s3rver), installed into the state folder when a test first needs it. It verifies signatures.</summary>
public sealed class S3Peer : IAsyncLifetime
{
    public const string Bucket = "raw-files";
    public const string Key = "S3RVER"; // And secret: the one account it has.

    private readonly string folder = Directory.CreateTempSubdirectory("offgridflow-s3").FullName;
    private Process? server;

    public int Port { get; private set; }

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
        var packages = await NpmPackages.Install("S3", Cancelled);
        server = Process.Start(new ProcessStartInfo("node", [Path.Combine(NpmPackages.Source("S3"), "serve.cjs"), Objects, Bucket]) { WorkingDirectory = packages, UseShellExecute = false, RedirectStandardOutput = true })!;
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
}
