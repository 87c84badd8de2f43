using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.App.Tests.Cli;

/// <summary>The program on a database server of one's own: migrated, served and worked on by separate processes, then by one.</summary>
public sealed class OwnDatabaseTests(TestPostgres postgres) : IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly string state = Directory.CreateTempSubdirectory("offgridflow its own").FullName;
    private readonly Dictionary<string, string> environment = [];
    private string name = "";

    public async ValueTask InitializeAsync()
    {
        name = await postgres.Empty();
        var server = await postgres.Server();
        environment[DatabaseSettings.Variable] = Url(server.Admin(name));
        environment[DatabaseSettings.ApplicationVariable] = server.Application(name).ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        await postgres.Drop(name);
        Directory.Delete(state, recursive: true);
    }

    [Fact]
    public async Task it_is_migrated_served_and_worked_on_apart()
    {
        var pending = await Run("migrate", "--check");
        var tooEarly = await Run("serve", "--port", "0");
        var migrated = await Run("migrate");
        var upToDate = await Run("migrate", "--check");

        Assert.Equal(1, pending.Code);
        Assert.Contains("pending 0001_platform", pending.Output, StringComparison.Ordinal);
        Assert.Equal(1, tooEarly.Code);
        Assert.Contains("'./offgridflow migrate' applies them", tooEarly.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0, "The data model is up to date."), (migrated.Code, upToDate.Code, upToDate.Output.Trim()));

        var key = Regex.Match((await Run("tenant", "create", "--slug", "acme", "--name", "Acme")).Output, @"ogf_live_\S+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
        using var serve = Start("serve", "--port", "0");
        using var client = Client(StartedProgram.Address(await serve.Says("Ctrl-C stops it.")), key);
        var import = (await Json(client.PostAsync("imports?file_name=a.csv", new StringContent("kind,quantity,unit,region,start,end\nfuel.diesel,10,litre,GB,2025-01-01,2025-01-31\n", new MediaTypeHeaderValue("text/csv")), Ct))).GetProperty("import_id").GetString();

        Assert.Equal("queued", (await Json(client.GetAsync($"imports/{import}", Ct))).GetProperty("status").GetString());
        using var work = Start("work");
        await Messaging.Queue.Until(
            async () => (await Json(client.GetAsync("jobs?limit=10", Ct))).GetProperty("items").EnumerateArray().Select(job => job.GetProperty("status").GetString()).ToList(),
            jobs => jobs.Count >= 3 && jobs.TrueForAll(status => status == "succeeded"),
            jobs => $"The jobs are {string.Join(", ", jobs)}.\n{work.Output}");
        var entries = await Json(client.GetAsync("ledger/entries?period=2025", Ct));

        Assert.NotEmpty(entries.GetProperty("items").EnumerateArray());
        Assert.Equal((0, 0), (await work.Interrupt(), await serve.Interrupt()));
        Assert.Null(EmbeddedServer.Status(state).Folder);
    }

    [Fact]
    public async Task up_migrates_and_uses_it()
    {
        using var up = Start("up", "--port", "0");
        var address = StartedProgram.Address(await up.Says("Ctrl-C stops it."));
        await MadeInstallation.Ready(address);
        var status = await Run("status");

        Assert.Equal(0, status.Code);
        Assert.Contains($"the one of {DatabaseSettings.Variable}", status.Output, StringComparison.Ordinal);
        Assert.Equal(0, await up.Interrupt());
        Assert.Null(EmbeddedServer.Status(state).Folder);
    }

    [Fact]
    public async Task a_server_that_does_not_answer_is_said_without_its_password()
    {
        environment[DatabaseSettings.Variable] = "postgresql://owner:hush-hush@127.0.0.1:1/nowhere";

        var (code, output) = await Run("migrate");

        Assert.Equal(1, code);
        Assert.StartsWith($"The server of {DatabaseSettings.Variable} does not let us in: ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", output, StringComparison.Ordinal);
    }

    private static string Url(NpgsqlConnectionStringBuilder where) =>
        $"postgresql://{where.Username}:{Uri.EscapeDataString(where.Password!)}@{where.Host}:{where.Port}/{where.Database}";

    private static HttpClient Client(string address, string key)
    {
        var client = new HttpClient { BaseAddress = new Uri($"{address}/api/v1/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task<JsonElement> Json(Task<HttpResponseMessage> asked)
    {
        using var response = await asked;
        return await response.Json((int)response.EnsureSuccessStatusCode().StatusCode);
    }

    private Task<(int Code, string Output)> Run(params string[] arguments) => StartedProgram.Run(environment, [.. arguments, "--data", state]);

    private StartedProgram Start(params string[] arguments) => StartedProgram.Start(environment, [.. arguments, "--data", state]);
}
