using System.Diagnostics;
using System.Globalization;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A file server (npm's serve-static), installed into the state folder when a test first needs it. It answers conditional requests, and asks for a key under <c>private/</c>.</summary>
public sealed class FilesPeer : IAsyncLifetime
{
    public const string Key = "k3y / of + theirs";

    private Process? server;

    /// <summary>What it serves.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("offgridflow-served").FullName;

    public string Address { get; private set; } = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "private"));
        var packages = await NpmPackages.Install("Files", Ct);
        server = Process.Start(new ProcessStartInfo("node", [Path.Combine(NpmPackages.Source("Files"), "serve.cjs"), Folder, Key]) { WorkingDirectory = packages, UseShellExecute = false, RedirectStandardOutput = true })!;
        var port = int.Parse(await server.StandardOutput.ReadLineAsync(Ct) ?? throw new InvalidOperationException("The file server ended."), CultureInfo.InvariantCulture);
        Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
    }

    /// <summary>Puts a file there, as of an instant that no other one of the name has; its address.</summary>
    public string Put(string name, string content, int hour = 0)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 2, hour, 0, 0, DateTimeKind.Utc));
        return $"{Address}/{name}";
    }

    public ValueTask DisposeAsync()
    {
        server?.Kill();
        server?.WaitForExit();
        server?.Dispose();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
