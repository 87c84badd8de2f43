using System.Runtime.CompilerServices;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Support;

/// <summary>The temporary folder of a run: whatever tests, and the programs they start, put under the system's is in here, and goes with it.</summary>
internal static class RunFolder
{
    private const string Prefix = "offgridflow-tests-";

    // Programs of other accounts pass through it.
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static FileStream? held;

    public static string Path { get; private set; } = "";

    [ModuleInitializer]
    internal static void Begin()
    {
        var outer = System.IO.Path.GetTempPath();
        Tidy(outer);
        Path = Directory.CreateTempSubdirectory(Prefix).FullName;
        File.SetUnixFileMode(Path, Passable);
        held = Hold(Path);
        Environment.SetEnvironmentVariable("TMPDIR", Path);
        // A killed program would leave the sockets of its diagnostics.
        Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
    }

    public static void Delete()
    {
        held?.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    // What a killed run left: its lock went with it.
    private static void Tidy(string outer)
    {
        foreach (var folder in Directory.GetDirectories(outer, Prefix + "*"))
        {
            using var left = Hold(folder);
            if (left is not null)
            {
                EmbeddedServer.Delete(folder);
                left.Dispose();
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static FileStream? Hold(string folder)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(folder, "held"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception another) when (another is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
