using System.Globalization;
using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>What tests of the ledger's endpoints do again and again: a file goes in at the front, and is waited for until all of it is posted.</summary>
internal static class LedgerApi
{
    public const string Header = "id,facility,kind,quantity,unit,start,end\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Imports a file and waits until it is posted; returns the import's id.</summary>
    public static async Task<Guid> Posted(this ImportFixture api, HttpClient client, string rows)
    {
        var import = await api.Import(client, Header + rows);
        Assert.Equal("read", import.GetProperty("status").GetString());
        await api.Database.Settled();
        return import.GetProperty("import_id").GetGuid();
    }

    /// <summary>Until no event waits to be handed on and no job waits or runs.</summary>
    public static Task Settled(this TestDatabase database) => database.SettledBut("");

    /// <summary>The same, with one job that waits for its day.</summary>
    public static async Task SettledBut(this TestDatabase database, string waiting)
    {
        const string Busy = """
            select (select count(*) from platform.outbox where sent_at is null) + (select count(*) from platform.jobs where status in ('queued', 'running') and name <> $1)
            """;
        while (true)
        {
            await using var command = database.Admin.CreateCommand(Busy);
            command.Parameters.AddWithValue(waiting);
            if ((long)(await command.ExecuteScalarAsync(Cancelled))! == 0)
            {
                break;
            }

            await Task.Delay(20, Cancelled);
        }

        await using var dead = database.Admin.CreateCommand("select string_agg(name || ': ' || problem::text, '; ') from platform.jobs where status = 'dead'");
        Assert.Null(await dead.ExecuteScalarAsync(Cancelled) as string);
    }

    public static async Task<JsonElement> Totals(this HttpClient client, string query = "") => await (await client.Get($"/api/v1/ledger/totals?{query}")).Json();

    public static async Task<decimal> Co2e(this HttpClient client, string query = "") => Number((await client.Totals(query)).GetProperty("total"), "co2e_kg");

    public static async Task<List<JsonElement>> Entries(this HttpClient client, string query = "") =>
        [.. (await (await client.Get($"/api/v1/ledger/entries?limit=1000&{query}")).Json()).GetProperty("items").EnumerateArray()];

    public static decimal Number(JsonElement of, string name) => decimal.Parse(of.GetProperty(name).GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);

    public static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    /// <summary>An activity of an import, by the id its row has.</summary>
    public static async Task<JsonElement> Activity(this HttpClient client, string id) =>
        (await (await client.Get("/api/v1/emissions/activities?limit=1000")).Json()).GetProperty("items").EnumerateArray()
        .Single(item => item.GetProperty("activity").GetProperty("columns").TryGetProperty("id", out var found) && found.GetString() == id);

    /// <summary>An instant of now, after which something else will happen.</summary>
    public static async Task<string> Now(this TestDatabase database)
    {
        await using var command = database.Admin.CreateCommand("select clock_timestamp()");
        var now = (DateTime)(await command.ExecuteScalarAsync(Cancelled))!;
        return Uri.EscapeDataString(now.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
    }

    /// <summary>A period of a tenant by its code.</summary>
    public static async Task<string> Period(this HttpClient client, string code) =>
        (await (await client.Get("/api/v1/periods?limit=1000")).Json()).GetProperty("items").EnumerateArray()
        .Single(period => Text(period, "code") == code).GetProperty("period_id").GetString()!;

    /// <summary>SHA-256 of a byte and two pieces, as the trees of runs join them.</summary>
    public static byte[] Hash(byte prefix, params byte[][] parts) =>
        System.Security.Cryptography.SHA256.HashData([prefix, .. parts.SelectMany(part => part)]);

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
