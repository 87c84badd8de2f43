using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Connectors;

/// <summary>A source's file on its way: taken in when it is new, left when it is not, and whatever goes wrong is said.</summary>
public sealed class FetchTests(SourceFixture api) : IClassFixture<SourceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_is_new_is_imported_and_one_that_is_not_makes_no_import()
    {
        var (name, first, second) = ($"{Guid.CreateVersion7():N}.csv", SourceFixture.Table(), SourceFixture.Table());
        var id = await SourceFixture.Source(api.Acme, api.Files.Put(name, first));

        var imported = await api.Fetch(api.Acme, id);
        Assert.Equal(("imported", 200, first.Length), (Outcome(imported), Status(imported), imported.GetProperty("size_bytes").GetInt32()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(first))), imported.GetProperty("sha256").GetString());
        var import = await Read(imported.GetProperty("import_id").GetString()!);
        Assert.Equal(("connector", id, name, 1, $"source:{id}"), (
            import.GetProperty("source").GetString(), import.GetProperty("source_id").GetString(), import.GetProperty("file_name").GetString(), import.GetProperty("rows").GetProperty("calculated").GetInt32(),
            import.GetProperty("created_by").GetString()));

        // By its tag and date, without the bytes.
        var same = await api.Fetch(api.Acme, id);
        Assert.Equal(("unchanged", 304, false), (Outcome(same), Status(same), same.TryGetProperty("size_bytes", out _)));

        // Touched: the bytes come, and are the same.
        api.Files.Put(name, first, hour: 1);
        var touched = await api.Fetch(api.Acme, id);
        Assert.Equal(("unchanged", 200, first.Length, false), (Outcome(touched), Status(touched), touched.GetProperty("size_bytes").GetInt32(), touched.TryGetProperty("import_id", out _)));

        api.Files.Put(name, second, hour: 2);
        Assert.Equal("imported", Outcome(await api.Fetch(api.Acme, id)));
        Assert.Equal(2L, await api.Scalar<long>($"select count(*) from activities.imports where source_id = '{id}'"));
        Assert.Equal(["imported", "unchanged", "unchanged", "imported"], (await api.Events("source.fetched", id)).Select(one => one.GetProperty("outcome").GetString()));
        Assert.Equal(0, (await SourceFixture.Shown(api.Acme, id)).GetProperty("failures").GetInt32());

        Assert.Equal("source.not-found", await (await api.Globex.Get($"/api/v1/sources/{id}/fetches")).Problem(404));
        Assert.Equal("import.not-found", await (await api.Globex.Get($"/api/v1/imports/{import.GetProperty("import_id").GetString()}")).Problem(404));
    }

    [Fact]
    public async Task It_is_fetched_when_its_time_has_come()
    {
        var id = await SourceFixture.Source(api.Globex, api.Files.Put($"{Guid.CreateVersion7():N}.csv", SourceFixture.Table()));
        Assert.Empty(await SourceFixture.Fetches(api.Globex, id));

        await api.Behind($"update platform.job_schedules set next_at = now() where name = 'source {id}'");

        Assert.Equal("imported", Outcome(await SourceFixture.Fetched(api.Globex, id, 1)));
        Assert.Equal(api.Database.Globex.Tenant.Value, await api.Scalar<Guid>($"select tenant_id from activities.imports where source_id = '{id}'"));
    }

    [Fact]
    public async Task The_secret_header_opens_the_file_and_without_it_the_fetch_fails_for_good()
    {
        var url = api.Files.Put($"private/{Guid.CreateVersion7():N}.csv", SourceFixture.Table());
        var id = await SourceFixture.Source(api.Acme, url, new { header_name = "X-Api-Key", header_value = "wrong" });

        var refused = await api.Fetch(api.Acme, id);
        Assert.Equal(("failed", 401, "source.refused"), (Outcome(refused), Status(refused), Code(refused)));
        Assert.Equal("dead", (await SourceFixture.Job(api.Acme, refused.GetProperty("job_id").GetString()!, "dead", "succeeded", "queued")).GetProperty("status").GetString());

        await (await api.Acme.Patch($"/api/v1/sources/{id}", new { header_value = FilesPeer.Key }, ("If-Match", "*"))).Json();
        Assert.Equal("imported", Outcome(await api.Fetch(api.Acme, id)));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Who_says_when_to_come_again_is_waited_for_and_until_then_it_has_failed(int status)
    {
        await using var peer = new ScriptedPeer(ScriptedPeer.Status(status, "Retry-After: 2"), ScriptedPeer.Ok(SourceFixture.Table()));
        var id = await SourceFixture.Source(api.Acme, peer.Address + "/file.csv");
        var asked = await (await api.Acme.Post($"/api/v1/sources/{id}/fetch")).Json(202);

        var busy = await SourceFixture.Fetched(api.Acme, id, 1);
        Assert.Equal(("failed", status, "source.busy"), (Outcome(busy), Status(busy), Code(busy)));
        Assert.Equal(TimeSpan.FromSeconds(2), busy.GetProperty("retry_at").GetDateTimeOffset() - busy.GetProperty("finished_at").GetDateTimeOffset());
        Assert.Equal("source.busy", Assert.Single(await api.Events("source.failed", id)).GetProperty("problem").GetProperty("code").GetString());
        Assert.Empty(await api.Events("source.fetched", id));

        var after = await SourceFixture.Fetched(api.Acme, id, 2);
        Assert.Equal("imported", Outcome(after));
        Assert.True(after.GetProperty("started_at").GetDateTimeOffset() >= busy.GetProperty("retry_at").GetDateTimeOffset().AddMilliseconds(-1));
        Assert.Equal("succeeded", (await SourceFixture.Job(api.Acme, asked.GetProperty("job_id").GetString()!, "succeeded", "dead")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Who_says_a_year_is_asked_again_after_a_day()
    {
        await using var peer = new ScriptedPeer(ScriptedPeer.Status(429, "Retry-After: 31536000"));
        var id = await SourceFixture.Source(api.Acme, peer.Address + "/file.csv");

        var busy = await api.Fetch(api.Acme, id);

        Assert.Equal(TimeSpan.FromDays(1), busy.GetProperty("retry_at").GetDateTimeOffset() - busy.GetProperty("finished_at").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n")]
    public async Task A_body_that_is_cut_short_is_a_failure_and_nothing_of_it_is_imported(string head)
    {
        await using var peer = new ScriptedPeer(head + SourceFixture.Table());
        var id = await SourceFixture.Source(api.Acme, peer.Address + "/file.csv");

        var cut = await api.Fetch(api.Acme, id);

        Assert.Equal(("failed", 200, "source.truncated", true), (Outcome(cut), Status(cut), Code(cut), cut.TryGetProperty("retry_at", out _)));
        Assert.Equal(0L, await api.Scalar<long>($"select count(*) from activities.imports where source_id = '{id}'"));
        Assert.Equal("queued", (await SourceFixture.Job(api.Acme, cut.GetProperty("job_id").GetString()!, "queued", "dead", "succeeded")).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData(401, "source.refused", false)]
    [InlineData(403, "source.refused", false)]
    [InlineData(404, "source.missing", false)]
    [InlineData(410, "source.missing", false)]
    [InlineData(204, "source.answer", false)]
    [InlineData(206, "source.answer", false)]
    [InlineData(304, "source.answer", false)]
    [InlineData(418, "source.answer", false)]
    [InlineData(408, "source.away", true)]
    [InlineData(500, "source.away", true)]
    [InlineData(502, "source.away", true)]
    public async Task Another_answer_fails_by_its_kind_and_is_told(int status, string code, bool comesBack)
    {
        await using var peer = new ScriptedPeer(ScriptedPeer.Status(status));
        var id = await SourceFixture.Source(api.Globex, peer.Address + "/file.csv?token=planted");

        var failed = await api.Fetch(api.Globex, id);

        Assert.Equal(("failed", status, code, comesBack), (Outcome(failed), Status(failed), Code(failed), failed.TryGetProperty("retry_at", out _)));
        var job = await SourceFixture.Job(api.Globex, failed.GetProperty("job_id").GetString()!, "queued", "dead", "succeeded");
        Assert.Equal((comesBack ? "queued" : "dead", code), (job.GetProperty("status").GetString(), job.GetProperty("problem").GetProperty("code").GetString()));
        var told = (await api.Events("source.failed", id))[0];
        Assert.Equal((status, code, 1), (told.GetProperty("http_status").GetInt32(), told.GetProperty("problem").GetProperty("code").GetString(), told.GetProperty("failures").GetInt32()));
        Assert.DoesNotContain("planted", told.ToString() + job, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_failure_that_comes_back()
    {
        var id = await SourceFixture.Source(api.Acme, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{S3Peer.FreePort()}/file.csv"));

        var failed = await api.Fetch(api.Acme, id);

        Assert.Equal(("failed", "source.away", false, true), (Outcome(failed), Code(failed), failed.TryGetProperty("http_status", out _), failed.TryGetProperty("retry_at", out _)));
    }

    [Theory]
    [InlineData("<!doctype html><title>Sign in</title><form></form>", "source.page")]
    [InlineData("\n<html><body>Please log in</body></html>", "source.page")]
    [InlineData("%PDF-1.7 bill", "file.unreadable")]
    [InlineData("", "file.empty")]
    public async Task What_is_no_table_by_its_bytes_is_refused_whatever_it_is_called(string body, string code)
    {
        await using var peer = new ScriptedPeer(ScriptedPeer.Ok(body, "Content-Type: text/csv"));
        var id = await SourceFixture.Source(api.Acme, peer.Address + "/file.csv");

        var failed = await api.Fetch(api.Acme, id);

        Assert.Equal(("failed", 200, code), (Outcome(failed), Status(failed), Code(failed)));
        Assert.Equal(0L, await api.Scalar<long>($"select count(*) from activities.imports where source_id = '{id}'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_is_no_larger_than_one_that_is_sent(bool saysSo)
    {
        var body = new string('x', SourceFixture.MostBytes + 1);
        await using var peer = new ScriptedPeer(saysSo ? ScriptedPeer.Ok(body) : $"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}");
        var id = await SourceFixture.Source(api.Acme, peer.Address + "/file.csv");

        var failed = await api.Fetch(api.Acme, id);

        Assert.Equal(("failed", "file.too-large"), (Outcome(failed), Code(failed)));
    }

    [Fact]
    public async Task Failures_are_counted_until_one_succeeds()
    {
        await using var peer = new ScriptedPeer(ScriptedPeer.Status(404), ScriptedPeer.Status(404), ScriptedPeer.Status(404), ScriptedPeer.Ok(SourceFixture.Table()));
        var id = await SourceFixture.Source(api.Acme, peer.Address + "/file.csv");
        var version = (await SourceFixture.Shown(api.Acme, id)).GetProperty("version").GetInt32();
        for (var failures = 1; failures <= 3; failures++)
        {
            await api.Fetch(api.Acme, id);
            Assert.Equal(failures, (await SourceFixture.Shown(api.Acme, id)).GetProperty("failures").GetInt32());
        }

        await api.Fetch(api.Acme, id);

        var shown = await SourceFixture.Shown(api.Acme, id);
        Assert.Equal((0, "imported", version), (shown.GetProperty("failures").GetInt32(), shown.GetProperty("last_fetch").GetProperty("outcome").GetString(), shown.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task A_changed_way_to_read_it_has_the_same_file_read_again()
    {
        var id = await SourceFixture.Source(api.Acme, api.Files.Put($"{Guid.CreateVersion7():N}.csv", SourceFixture.Table()));
        Assert.Equal("imported", Outcome(await api.Fetch(api.Acme, id)));

        await (await api.Acme.Patch($"/api/v1/sources/{id}", new { name = SourceFixture.NewName() }, ("If-Match", "*"))).Json();
        Assert.Equal("unchanged", Outcome(await api.Fetch(api.Acme, id)));
        await (await api.Acme.Patch($"/api/v1/sources/{id}", new { options = new { dates = "dmy" } }, ("If-Match", "*"))).Json();

        Assert.Equal("imported", Outcome(await api.Fetch(api.Acme, id)));
    }

    private static string Outcome(JsonElement fetch) => fetch.GetProperty("outcome").GetString()!;

    private static int Status(JsonElement fetch) => fetch.GetProperty("http_status").GetInt32();

    private static string Code(JsonElement fetch) => fetch.GetProperty("problem").GetProperty("code").GetString()!;

    private async Task<JsonElement> Read(string import)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        enough.CancelAfter(TimeSpan.FromSeconds(30));
        JsonElement found;
        while ((found = await (await api.Acme.Get($"/api/v1/imports/{import}")).Json()).GetProperty("status").GetString() is "queued" or "reading")
        {
            await Task.Delay(50, enough.Token);
        }

        return found;
    }
}
