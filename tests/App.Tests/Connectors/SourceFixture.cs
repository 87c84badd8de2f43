using System.Net;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Connectors;

/// <summary>A server with small limits, and what tests of sources do again and again.</summary>
public sealed class SourceFixture(TestPostgres postgres) : FetchingFixture(postgres)
{
    public const string Header = "id,kind,quantity,unit,region,start,end\n";
    public const int MostBytes = 200_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal override HostSettings Settings(HostSettings settings) => base.Settings(settings) with { MostFileBytes = MostBytes };

    /// <summary>A table of one row that no other has.</summary>
    public static string Table() => $"{Header}{Guid.CreateVersion7()},electricity.grid,1000,kWh,GB,2025-01-01,2025-01-31\n";

    public static string NewName() => $"S-{Guid.CreateVersion7():N}";

    /// <summary>A source that is fetched when somebody asks, and else once a year; its id.</summary>
    public static async Task<string> Source(HttpClient client, string url, object? more = null)
    {
        var body = JsonSerializer.SerializeToNode(new { name = NewName(), url, cron = "0 0 1 1 *" })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
        {
            body[name] = value?.DeepClone();
        }

        return (await (await client.Post("/api/v1/sources", body)).Json(201)).GetProperty("source_id").GetString()!;
    }

    /// <summary>Has it fetched now; the attempt that came of it.</summary>
    public async Task<JsonElement> Fetch(HttpClient client, string id)
    {
        var before = (await Fetches(client, id)).Count;
        await (await client.Post($"/api/v1/sources/{id}/fetch")).Json(202);
        return await Fetched(client, id, before + 1);
    }

    /// <summary>An attempt by its place, from 1 on, once it was made.</summary>
    public static async Task<JsonElement> Fetched(HttpClient client, string id, int count)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        enough.CancelAfter(Patience);
        IReadOnlyList<JsonElement> fetches;
        while ((fetches = await Fetches(client, id)).Count < count)
        {
            await Task.Delay(50, enough.Token);
        }

        return fetches[^count];
    }

    public static async Task<IReadOnlyList<JsonElement>> Fetches(HttpClient client, string id) =>
        [.. (await (await client.Get($"/api/v1/sources/{id}/fetches")).Json()).GetProperty("items").EnumerateArray()];

    public static async Task<JsonElement> Shown(HttpClient client, string id) => await (await client.Get($"/api/v1/sources/{id}")).Json();

    /// <summary>A job, once it has one of the statuses.</summary>
    public static async Task<JsonElement> Job(HttpClient client, string id, params string[] statuses)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        enough.CancelAfter(Patience);
        var job = await (await client.Get($"/api/v1/jobs/{id}")).Json();
        while (!Array.Exists(statuses, one => one == job.GetProperty("status").GetString()))
        {
            await Task.Delay(50, enough.Token);
            job = await (await client.Get($"/api/v1/jobs/{id}")).Json();
        }

        return job;
    }

    /// <summary>Bodies of the events of a type about a source.</summary>
    public async Task<IReadOnlyList<JsonElement>> Events(string type, string id)
    {
        await using var command = Database.Admin.CreateCommand("select body::text from platform.outbox where type = $1 and body->>'source_id' = $2 order by event_id");
        command.Parameters.AddWithValue(type);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var events = new List<JsonElement>();
        while (await reader.ReadAsync(Ct))
        {
            events.Add(JsonDocument.Parse(reader.GetString(0)).RootElement);
        }

        return events;
    }

    public async Task<T> Scalar<T>(string sql)
    {
        await using var command = Database.Admin.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }

    public async Task Behind(string sql)
    {
        await using var command = Database.Admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
