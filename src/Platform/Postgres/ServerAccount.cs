using System.Diagnostics;

namespace OffGridFlow.Platform.Postgres;

/// <summary>Who runs the server's programs: ourselves, or another account when we are root, which PostgreSQL refuses to be.</summary>
/// <param name="Name">The account, or null for ourselves.</param>
internal sealed record ServerAccount(string? Name)
{
    public static ServerAccount Ourselves { get; } = new((string?)null);

    /// <summary>As root: the owner of what is there already, else <c>postgres</c>, else <c>nobody</c>.</summary>
    public static ServerAccount For(string cluster)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return Ourselves;
        }

        var owner = Directory.Exists(cluster) ? Ourselves.Run("stat", "-c", "%U", cluster).Output.Trim() : "root";
        return new ServerAccount(
            owner is not ("root" or "UNKNOWN" or "") ? owner :
            Ourselves.Run("id", "-u", "postgres").Code == 0 ? "postgres" : "nobody");
    }

    /// <summary>Runs a program to its end and returns its exit code and all it printed.</summary>
    public (int Code, string Output) Run(string program, params IEnumerable<string> arguments)
    {
        var command = Name is null ? [program, .. arguments] : As(Name, [program, .. arguments]);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/", // Another account may not be allowed where we are.
        };
        start.Environment["LC_ALL"] = "C"; // Messages are read.
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }

    /// <summary>Makes a folder the account's own, with all that is in it.</summary>
    public void Own(string path)
    {
        if (Name is not null)
        {
            var group = Ourselves.Run("id", "-g", Name).Output.Trim();
            Ourselves.Run("chown", "-R", $"{Name}:{group}", path);
        }
    }

    public bool CanWrite(string folder) => Name is null || Run("test", "-w", folder, "-a", "-x", folder).Code == 0;

    public bool CanRun(string program) => Name is null || Run("test", "-x", program).Code == 0;

    // Whichever is there: util-linux has the first two, everything else the third.
    private static string[] As(string name, string[] command)
    {
        if (Tool("setpriv") is { } setpriv)
        {
            var group = Ourselves.Run("id", "-g", name).Output.Trim();
            return [setpriv, "--reuid", Ourselves.Run("id", "-u", name).Output.Trim(), "--regid", group, "--clear-groups", "--", .. command];
        }

        if (Tool("runuser") is { } runuser)
        {
            return [runuser, "-u", name, "--", .. command];
        }

        return ["su", "-s", "/bin/sh", name, "-c", string.Join(' ', command.Select(word => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'"))];
    }

    private static string? Tool(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/bin").Append("/usr/sbin").Append("/sbin")
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
