using System.Globalization;
using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Messaging;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>The server, and where it keeps its files, for programs that are started beside it.</summary>
public sealed class LedgerApiFixture(TestPostgres postgres) : ApiFixture(postgres)
{
    public string State { get; private set; } = "";

    internal override HostSettings Settings(HostSettings settings)
    {
        State = settings.StateFolder;
        return settings;
    }

    /// <summary>A file, imported and posted.</summary>
    public async Task Post(HttpClient client, string csv)
    {
        var before = await Run(client);
        var started = await (await ImportFixture.Start(client, Encoding.UTF8.GetBytes(csv), "rows.csv", null)).Json(202);
        var import = await ImportFixture.Ended(client, started.GetProperty("import_id").GetString()!);
        Assert.Equal("read", import.GetProperty("status").GetString());
        await Queue.Until(() => Run(client), run => run > before, run => $"still at run {run}");
    }

    public static async Task<long> Run(HttpClient client) => (await (await client.Get("/api/v1/ledger/totals")).Json()).GetProperty("run").GetInt64();
}

/// <summary>Snapshots, recalculations and the bridge over HTTP, and bundles as people make and check them: by programs of their own.</summary>
public sealed class LedgerApiTests(LedgerApiFixture api) : IClassFixture<LedgerApiFixture>
{
    private const string Recalculations = "/api/v1/ledger/recalculations";

    [Fact]
    public async Task a_factor_of_one_s_own_restates_the_year_and_as_of_still_tells_what_was_known()
    {
        await api.Post(api.Acme, "id,kind,quantity,unit,region,start,end\n1,fuel.diesel,100,L,GB,2022-03-01,2022-03-31\n2,electricity.grid,500,kWh,GB,2022-03-01,2022-03-31\n3,fuel.diesel,120,L,GB,2023-03-01,2023-03-31\n");
        var snapshot = await Snapshot(api.Acme, "Supplier");
        var before = await Totals("");
        var then = before.GetProperty("as_of_now").GetString()!;

        var preview = await (await api.Acme.Post(Recalculations, new { period = "2022", policy = new { snapshot_id = snapshot } })).Json(201);

        var path = $"{Recalculations}/{preview.GetProperty("recalculation_id").GetString()}";
        var location = preview.GetProperty("result").GetProperty("totals")[0];
        Assert.Equal(Kilograms(before, "co2e_kg"), Kilograms(await Totals(""), "co2e_kg"));
        Assert.Equal("previewed", (await (await api.Acme.Get(path)).Json()).GetProperty("status").GetString());
        var first = await (await api.Acme.Get($"{path}/changes?limit=1")).Json();
        var second = await (await api.Acme.Get($"{path}/changes?limit=1&cursor={first.GetProperty("next").GetString()}")).Json();
        Assert.Equal(2, preview.GetProperty("result").GetProperty("changed_entries").GetInt32());
        Assert.Equal(["direct", "upstream"], new[] { first, second }.Select(page => page.GetProperty("items")[0].GetProperty("role").GetString()!).Order());
        Assert.False(second.TryGetProperty("next", out _), "two entries are two pages");
        Assert.Equal("recalculation.reason", await (await api.Acme.Post($"{path}/post", new { reason = " " })).Problem(400));
        foreach (var refused in new[] { await api.Globex.Get(path), await api.Globex.Get($"{path}/changes"), await api.Globex.Post($"{path}/post", new { reason = "not theirs" }) })
        {
            Assert.Equal("recalculation.not-found", await refused.Problem(404));
        }

        var accepted = await (await api.Acme.Post($"{path}/post", new { reason = "the supplier's letter" })).Json(202);

        Assert.True(accepted.TryGetProperty("job_id", out _));
        await Queue.Until(async () => (await (await api.Acme.Get(path)).Json()).GetProperty("status").GetString(), status => status == "posted", status => $"it is {status}");
        var after = await Totals("");
        Assert.Equal(Kilograms(before, "co2e_kg") + Decimal(location, "change"), Kilograms(after, "co2e_kg"));
        Assert.NotEqual(0m, Decimal(location, "factor"));
        Assert.Equal(Kilograms(before, "co2e_kg"), Kilograms(await Totals("&as_of=" + Uri.EscapeDataString(then)), "co2e_kg"));
        Assert.Equal("recalculation.stale", await (await api.Acme.Post($"{path}/post", new { reason = "again" })).Problem(409));
        var bridge = (await (await api.Acme.Get("/api/v1/ledger/bridge?from=2022&to=2023")).Json()).GetProperty("total");
        Assert.Equal(Decimal(bridge, "change"), new[] { "activity", "factor", "gwp", "boundary", "mapping" }.Sum(part => Decimal(bridge, part)));
        Assert.Equal(Kilograms(after, "co2e_kg"), Decimal(bridge, "before") + Decimal(bridge, "after"));
        Assert.Equal("period.not-found", await (await api.Globex.Get("/api/v1/ledger/bridge?from=2022&to=2023")).Problem(404));

        async Task<JsonElement> Totals(string asOf)
        {
            var now = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
            // Of the two years alone: the class's other tests post into others.
            var totals = await (await api.Acme.Get("/api/v1/ledger/totals?from=2022-01&to=2023-12" + asOf)).Json();
            return JsonSerializer.SerializeToElement(new { total = totals.GetProperty("total"), as_of_now = now });
        }
    }

    [Fact]
    public async Task a_policy_names_a_locked_snapshot_of_the_tenant_s_own_or_none()
    {
        var draft = await (await api.Acme.Post("/api/v1/factor-snapshots", new { name = "Never locked" })).Json(201);
        var locked = await Snapshot(api.Acme, "Locked for a policy");

        Assert.Equal("factor-snapshot.not-found", await (await Year(api.Acme, 2041, Guid.CreateVersion7().ToString())).Problem(404));
        Assert.Equal("snapshot.draft", await (await Year(api.Acme, 2041, draft.GetProperty("snapshot_id").GetString()!)).Problem(409));
        Assert.Equal("factor-snapshot.not-found", await (await Year(api.Globex, 2041, locked)).Problem(404));
        var year = await (await Year(api.Acme, 2041, locked)).Json(201);
        var path = $"/api/v1/periods/{year.GetProperty("period_id").GetString()}/policy";
        Assert.Equal("factor-snapshot.not-found", await (await api.Acme.Patch(path, new { snapshot_id = Guid.CreateVersion7() }, ("If-Match", "*"))).Problem(404));
        Assert.Equal("factor-snapshot.not-found", await (await api.Acme.Post(Recalculations, new { period = year.GetProperty("code").GetString(), policy = new { snapshot_id = Guid.CreateVersion7() } })).Problem(404));
        Assert.Equal(200, (int)(await api.Acme.Patch(path, new { gwp_set = "AR6" }, ("If-Match", "*"))).StatusCode);

        static Task<HttpResponseMessage> Year(HttpClient client, int year, string snapshot) =>
            client.Post("/api/v1/periods", new { granularity = "year", starts_on = $"{year}-01-01", policy = new { snapshot_id = snapshot } });
    }

    [Fact]
    public async Task a_bundle_written_by_one_program_is_verified_by_another_without_the_database()
    {
        await api.Post(api.Acme, "id,kind,quantity,unit,region,start,end\nA1,fuel.diesel,10.5,L,GB,2020-03-01,2020-03-31\nA2,electricity.grid,50,kWh,DE,2020-02-10,2020-05-20\n");
        await api.Post(api.Globex, "id,kind,quantity,unit,region,start,end\nG1,fuel.petrol,7,L,GB,2020-03-01,2020-03-31\n");
        var folder = Directory.CreateTempSubdirectory("offgridflow-bundles").FullName;
        try
        {
            var (acme, globex) = (Path.Combine(folder, "acme.zip"), Path.Combine(folder, "globex.zip"));
            var written = Program(true, "bundle", "--tenant", "acme", "--period", "2020", acme, "--data", api.State);
            Assert.True(written.Code == 0, written.Output);
            Assert.Equal(0, Program(true, "bundle", "--tenant", "globex", "--period", "2020", globex, "--data", api.State).Code);
            Assert.Equal(2, Program(true, "bundle", "--tenant", "acme", "--period", "1999", Path.Combine(folder, "none.zip"), "--data", api.State).Code);

            var (code, output) = Program(false, "verify", acme);
            var number = written.Output.Split('\n').Single(line => line.StartsWith("sha256", StringComparison.Ordinal)).Split(' ')[^1].Trim();

            Assert.True(code == 0, output);
            Assert.Contains(number, output, StringComparison.Ordinal);
            Assert.Equal(0, Program(false, "verify", globex).Code);
            Assert.NotEqual(await File.ReadAllBytesAsync(acme, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(globex, TestContext.Current.CancellationToken));
            var bytes = await File.ReadAllBytesAsync(acme, TestContext.Current.CancellationToken);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(acme, bytes, TestContext.Current.CancellationToken);
            var (broken, difference) = Program(false, "verify", acme);
            Assert.Equal(1, broken);
            Assert.Contains("DIFFERENCE", difference, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A program of its own. verify is told of no database.
    private (int Code, string Output) Program(bool knowsDatabase, params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.ArgumentList.Add(Path.Combine(Repository.Root, "src", "Web", "bin", "Release", "net10.0", "OffGridFlow.Web.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["OFFGRIDFLOW_HOME"] = Repository.Root;
        start.Environment["OFFGRIDFLOW_DATA"] = Repository.Data;
        start.Environment[DatabaseSettings.Variable] = knowsDatabase ? api.Database.AdminConnection.ConnectionString : "postgres://nobody@127.0.0.1:1/none";
        using var process = System.Diagnostics.Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private static async Task<string> Snapshot(HttpClient client, string name)
    {
        var id = (await (await client.Post("/api/v1/factor-snapshots", new { name })).Json(201)).GetProperty("snapshot_id").GetString()!;
        await (await client.Post($"/api/v1/factor-snapshots/{id}/overrides", new
        {
            kind = "fuel.diesel", stage = "direct", region = "GB", unit = "L", valid_from = "2022-01-01", citation = "Letter of the supplier", tier = "supplier", co2e = "1.5",
        })).Json(201);
        await (await client.Post($"/api/v1/factor-snapshots/{id}/lock", null, ("If-Match", "*"))).Json();
        return id;
    }

    private static decimal Kilograms(JsonElement totals, string name) => Decimal(totals.GetProperty("total"), name);

    private static decimal Decimal(JsonElement of, string name) => decimal.Parse(of.GetProperty(name).GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
}
