using System.Diagnostics;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Servers of npm's that tests talk to, installed into the state folder when a test first needs them.</summary>
internal static class NpmPackages
{
    // Several runs at once wait for one another, and the last to come finds it done.
    private const string Script = """
        command -v npm >/dev/null || { echo 'npm is needed for this test (https://nodejs.org); it is not on PATH.' >&2; exit 1; }
        exec 8>lock; flock 8 2>/dev/null || true
        if [ ! installed -nt "$1/package-lock.json" ]; then
          cp "$1/package.json" "$1/package-lock.json" . && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error 8>&- && touch installed
        fi
        """;

    /// <summary>Where a peer's program and lock file are.</summary>
    public static string Source(string name) => Path.Combine(Repository.Root, "tests", "App.Tests", "Support", name);

    /// <summary>Where its packages are, from then on.</summary>
    public static async Task<string> Install(string name, CancellationToken ct)
    {
        var packages = Directory.CreateDirectory(Path.Combine(Repository.Root, ".offgridflow", name.ToLowerInvariant())).FullName;
        using var install = Process.Start(new ProcessStartInfo("bash", ["-c", Script, "install", Source(name)]) { WorkingDirectory = packages, UseShellExecute = false, RedirectStandardError = true })!;
        var said = await install.StandardError.ReadToEndAsync(ct);
        await install.WaitForExitAsync(ct);
        Assert.True(install.ExitCode == 0, $"npm cannot install {name}: {said}");
        return packages;
    }
}
