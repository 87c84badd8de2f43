using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace OffGridFlow.Web.Cli;

/// <summary>What a running server wrote of itself into the state folder: <c>server.json</c>.</summary>
/// <param name="Process">Its process id.</param>
/// <param name="Address">Where it answers.</param>
internal sealed record ServerRecord(int Process, string Address)
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);

    public static void Write(string state, ServerRecord record) => File.WriteAllText(PathOf(state), JsonSerializer.Serialize(record));

    public static void Forget(string state) => File.Delete(PathOf(state));

    /// <summary>The server of a state folder, or null when none runs: a record outlives a killed server.</summary>
    public static async Task<ServerRecord?> Running(string state, CancellationToken ct)
    {
        var record = Read(state);
        return record is not null && IsAlive(record.Process) && await record.Answers("/health/live", ct) ? record : null;
    }

    /// <summary>Whether it answers with success.</summary>
    public async Task<bool> Answers(string path, CancellationToken ct)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address), Timeout = Glance };
        try
        {
            using var response = await client.GetAsync(path, ct);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception away) when (away is HttpRequestException || (away is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Asks it to stop and waits until it has. False when it does not.</summary>
    public async Task<bool> Stop(TimeSpan patience, CancellationToken ct)
    {
        Process server;
        try
        {
            server = System.Diagnostics.Process.GetProcessById(Process);
        }
        catch (ArgumentException)
        {
            return true; // Gone already.
        }

        using (server)
        {
            using var asked = System.Diagnostics.Process.Start("kill", ["-TERM", Process.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(patience);
            try
            {
                await server.WaitForExitAsync(limit.Token);
                return true;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    private static string PathOf(string state) => Path.Combine(state, "server.json");

    private static ServerRecord? Read(string state)
    {
        try
        {
            return JsonSerializer.Deserialize<ServerRecord>(File.ReadAllText(PathOf(state)));
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }
}
