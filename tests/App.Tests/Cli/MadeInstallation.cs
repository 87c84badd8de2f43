using System.Globalization;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Cli;

/// <summary>A state folder on a path with spaces, after its first <c>up --detach</c> and <c>down</c> (<c>IClassFixture</c>).</summary>
public sealed class MadeInstallation : IAsyncLifetime
{
    internal static readonly Dictionary<string, string> Plain = [];

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private readonly string root = Path.Combine(Path.GetTempPath(), "offgridflow it's up");

    public string State => Path.Combine(root, "a state");

    /// <summary>What the first <c>up</c> printed.</summary>
    public string First { get; private set; } = "";

    internal int Server => JsonDocument.Parse(File.ReadAllText(Path.Combine(State, "server.json"))).RootElement.GetProperty("Process").GetInt32();

    internal int Database => EmbeddedServer.Status(State).Process!.Value;

    internal bool HasPidFile => File.Exists(Path.Combine(EmbeddedServer.Status(State).Folder!, "data", "postmaster.pid"));

    /// <summary>Processes that were started for this folder and are still there.</summary>
    internal IReadOnlyList<string> Left => LeftOf(root);

    public async ValueTask InitializeAsync()
    {
        TestPostgres.ChooseBinaries();
        Directory.CreateDirectory(State);
        First = await Up();
        await Down();
    }

    public async ValueTask DisposeAsync()
    {
        await Down();
        EmbeddedServer.Delete(State);
        Directory.Delete(root, recursive: true);
    }

    /// <summary><c>up --detach</c> on any free port; what it printed.</summary>
    internal async Task<string> Up()
    {
        var (code, output) = await Run("up", "--detach", "--port", "0");
        Assert.True(code == 0, output);
        return output;
    }

    internal async Task<string> Down()
    {
        var (code, output) = await Run("down");
        Assert.True(code == 0, output);
        return output;
    }

    internal Task<(int Code, string Output)> Run(params string[] arguments) => StartedProgram.Run(Plain, [.. arguments, "--data", State]);

    internal StartedProgram Start(params string[] arguments) => StartedProgram.Start(Plain, [.. arguments, "--data", State]);

    /// <summary>Until it answers that it is ready, or answers otherwise for a minute.</summary>
    internal static Task Ready(string address) => Messaging.Queue.Until(() => Status($"{address}/health/ready"), status => status == 200, status => $"/health/ready answers {status}");

    internal static async Task<int> Status(string url, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        try
        {
            using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    internal static void Kill(int process)
    {
        using var killed = System.Diagnostics.Process.GetProcessById(process);
        killed.Kill();
        killed.WaitForExit();
    }

    internal static IReadOnlyList<string> LeftOf(string folder) =>
    [
        .. Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out _)).Select(Command)
            .Where(command => command.Contains(folder, StringComparison.Ordinal)),
    ];

    private static string Command(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
