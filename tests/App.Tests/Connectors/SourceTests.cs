using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Activities.Connectors;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Secrets;

namespace OffGridFlow.App.Tests.Connectors;

/// <summary>Sources are connected, changed and taken away; what opens them is never shown and goes nowhere else.</summary>
public sealed class SourceTests(SourceFixture api) : IClassFixture<SourceFixture>
{
    private const string Secret = "Bearer planted 5f0c2b7e";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_source_is_connected_changed_and_taken_away_by_its_own_organisation()
    {
        var name = SourceFixture.NewName();
        var made = await api.Acme.Post("/api/v1/sources", new { name, url = "https://files.example.org/bills.csv", header_name = "Authorization", header_value = Secret });
        var source = await made.Json(201);
        var (id, path) = (source.GetProperty("source_id").GetString()!, made.Headers.Location!.ToString());
        Assert.Equal($"/api/v1/sources/{id}", path);
        Assert.Equal(("https_file", "active", true, "Authorization", "Etc/UTC"), (
            source.GetProperty("type").GetString(), source.GetProperty("status").GetString(), source.GetProperty("has_secret").GetBoolean(), source.GetProperty("header_name").GetString(), source.GetProperty("time_zone").GetString()));
        Assert.Matches(@"^\d{1,2} [1-5] \* \* \*$", source.GetProperty("cron").GetString());
        Assert.True(source.GetProperty("next_fetch_at").GetDateTimeOffset() - TimeProvider.System.GetUtcNow() < TimeSpan.FromDays(1.1));
        Assert.Equal(1L, await Schedules(id));
        Assert.Contains((await (await api.Acme.Get("/api/v1/sources?limit=1000")).Json()).GetProperty("items").EnumerateArray(), one => one.GetProperty("source_id").GetString() == id);
        Assert.DoesNotContain((await (await api.Globex.Get("/api/v1/sources?limit=1000")).Json()).GetProperty("items").EnumerateArray(), one => one.GetProperty("source_id").GetString() == id);

        Assert.Equal("version.required", await (await api.Acme.Patch(path, new { cron = "0 6 * * 1" })).Problem(428));
        Assert.Equal("version.stale", await (await api.Acme.Patch(path, new { cron = "0 6 * * 1" }, ("If-Match", "\"7\""))).Problem(412));
        var changed = await api.Acme.Patch(path, new { cron = "0 6 * * 1", time_zone = "Europe/Berlin" }, ("If-Match", "\"1\""));
        Assert.Equal("\"2\"", changed.Headers.ETag!.Tag);
        Assert.Equal((2, "0 6 * * 1", name, true), (
            (await changed.Json()).GetProperty("version").GetInt32(), (await changed.Json()).GetProperty("cron").GetString(), (await changed.Json()).GetProperty("name").GetString(), (await changed.Json()).GetProperty("has_secret").GetBoolean()));
        Assert.Equal("source.name-taken", await (await api.Acme.Post("/api/v1/sources", new { name = name.ToUpperInvariant(), url = "https://files.example.org/x.csv" })).Problem(409));
        Assert.Equal(201, (int)(await api.Globex.Post("/api/v1/sources", new { name, url = "https://files.example.org/x.csv" })).StatusCode);

        var off = await (await api.Acme.Patch(path, new { enabled = false }, ("If-Match", "*"))).Json();
        Assert.Equal(("disabled", false), (off.GetProperty("status").GetString(), off.TryGetProperty("next_fetch_at", out _)));
        Assert.Equal(0L, await Schedules(id));
        Assert.Equal("source.disabled", await (await api.Acme.Post($"{path}/fetch")).Problem(409));

        Assert.Equal("source.not-found", await (await api.Globex.Delete(path, ("If-Match", "*"))).Problem(404));
        Assert.Equal(204, (int)(await api.Acme.Delete(path, ("If-Match", "*"))).StatusCode);
        Assert.Equal("source.not-found", await (await api.Acme.Get(path)).Problem(404));
        Assert.Equal(0L, await api.Scalar<long>($"select count(*) from activities.source_secrets where source_id = '{id}'"));
        Assert.Equal(201, (int)(await api.Acme.Post("/api/v1/sources", new { name, url = "https://files.example.org/x.csv" })).StatusCode);
    }

    [Theory]
    [InlineData("{}", "source.name")]
    [InlineData("""{"url":"https://127.0.0.1:99999/"}""", "source.url")]
    [InlineData("""{"url":"https://user:pass@files.example.org/x.csv"}""", "source.url")]
    [InlineData("""{"type":"s3"}""", "source.type")]
    [InlineData("""{"header_value":"x"}""", "source.header")]
    [InlineData("""{"header_name":"X-Api-Key"}""", "source.header-value")]
    [InlineData("""{"header_name":"X Api","header_value":"x"}""", "source.header")]
    [InlineData("""{"header_name":"Host","header_value":"x"}""", "source.header")]
    [InlineData("""{"header_name":"content-language","header_value":"x"}""", "source.header")]
    [InlineData("""{"header_name":"If-None-Match","header_value":"x"}""", "source.header")]
    [InlineData("""{"header_name":"X-Api-Key","header_value":"a\r\nHost: b"}""", "source.header-value")]
    [InlineData("""{"header_name":"X-Api-Key","header_value":"ü"}""", "source.header-value")]
    [InlineData("""{"template_id":"01938c2e-7a4b-7c31-9d5e-2f60a1b3c4d5"}""", "source.template")]
    [InlineData("""{"options":{"decimal":"dot"}}""", "import.option")]
    [InlineData("""{"cron":"every night"}""", "schedule.cron")]
    [InlineData("""{"cron":"*/10 * * * *"}""", "source.interval")]
    [InlineData("""{"cron":"0,59 0,23 * * *"}""", "source.interval")]
    [InlineData("""{"time_zone":"Mars/Olympus"}""", "schedule.time-zone")]
    public async Task What_cannot_be_meant_is_refused(string more, string code)
    {
        var body = JsonSerializer.SerializeToNode(new { url = "https://files.example.org/x.csv" })!.AsObject();
        if (more != "{}")
        {
            body["name"] = SourceFixture.NewName();
        }

        foreach (var (name, value) in JsonDocument.Parse(more).RootElement.EnumerateObject().Select(field => (field.Name, field.Value)))
        {
            body[name] = JsonSerializer.SerializeToNode(value);
        }

        var refused = await api.Acme.Post("/api/v1/sources", body);
        Assert.Equal(code, await refused.Problem(400));
        if (code == "source.header-value")
        {
            Assert.DoesNotContain("Host: b", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_secret_is_sealed_and_said_to_nobody()
    {
        var id = await SourceFixture.Source(api.Acme, "https://files.example.org/secret.csv", new { header_name = "Authorization", header_value = Secret });

        var stored = await api.Scalar<byte[]>($"select secret from activities.source_secrets where source_id = '{id}'");
        Assert.True(stored.AsSpan().IndexOf("planted"u8) < 0);
        foreach (var path in (string[])[$"/api/v1/sources/{id}", "/api/v1/sources?limit=1000", "/api/v1/audit?limit=1000"])
        {
            var said = await (await api.Acme.Get(path)).Content.ReadAsStringAsync(Ct);
            Assert.Contains(id, said, StringComparison.Ordinal);
            Assert.DoesNotContain("planted", said, StringComparison.Ordinal);
        }

        // It opens for its own tenant and source alone.
        var seals = api.Services.GetRequiredService<Seals>();
        Assert.Equal(Secret, await api.Database.Database.Read(api.Database.Acme, session => SourceSecrets.Open(session, seals, Guid.Parse(id)), Ct));
        Assert.Null(await api.Database.Database.Read(api.Database.Globex, session => SourceSecrets.Open(session, seals, Guid.Parse(id)), Ct));
    }

    [Fact]
    public async Task Whoever_changes_where_it_goes_gives_the_secret_again()
    {
        await using var theirs = new ScriptedPeer(ScriptedPeer.Ok(SourceFixture.Table()));
        var id = await SourceFixture.Source(api.Acme, "https://files.example.org/mine.csv", new { header_name = "Authorization", header_value = Secret });
        var path = $"/api/v1/sources/{id}";

        foreach (var change in (object[])[new { url = theirs.Address + "/x.csv" }, new { url = "https://files.example.org/echo" }, new { header_name = "X-Other" }])
        {
            Assert.Equal("source.secret-again", await (await api.Acme.Patch(path, change, ("If-Match", "*"))).Problem(400));
        }

        await (await api.Acme.Patch(path, new { url = theirs.Address + "/x.csv", header_value = "Bearer new" }, ("If-Match", "*"))).Json();
        await api.Fetch(api.Acme, id);
        Assert.Contains("Authorization: Bearer new\r\n", Assert.Single(theirs.Asked), StringComparison.Ordinal);

        // Without its header it has no secret any more.
        var open = await (await api.Acme.Patch(path, new Dictionary<string, object?>(StringComparer.Ordinal) { ["header_name"] = null }, ("If-Match", "*"))).Json();
        Assert.False(open.GetProperty("has_secret").GetBoolean());
        Assert.Equal(0L, await api.Scalar<long>($"select count(*) from activities.source_secrets where source_id = '{id}'"));
    }

    [Fact]
    public async Task A_source_that_was_brought_in_fetches_nothing_until_its_secret_is_set()
    {
        var id = await SourceFixture.Source(api.Acme, api.Files.Put($"private/{Guid.CreateVersion7():N}.csv", SourceFixture.Table()), new { header_name = "X-Api-Key", header_value = FilesPeer.Key });
        await api.Behind($"delete from activities.source_secrets where source_id = '{id}'"); // As it is after an import: secrets stay behind.

        var shown = await SourceFixture.Shown(api.Acme, id);
        Assert.Equal(("needs_secret", false), (shown.GetProperty("status").GetString(), shown.TryGetProperty("next_fetch_at", out _)));
        Assert.Equal("source.secret-missing", await (await api.Acme.Post($"/api/v1/sources/{id}/fetch")).Problem(409));
        Assert.Equal("source.secret-missing", await (await api.Acme.Post($"/api/v1/sources/{id}/check")).Problem(409));
        await api.Behind($"update platform.job_schedules set next_at = now() where name = 'source {id}'");
        var failed = await SourceFixture.Fetched(api.Acme, id, 1);
        Assert.Equal(("source.secret-missing", false), (failed.GetProperty("problem").GetProperty("code").GetString(), failed.TryGetProperty("http_status", out _)));

        await (await api.Acme.Patch($"/api/v1/sources/{id}", new { header_value = FilesPeer.Key }, ("If-Match", "*"))).Json();
        Assert.Equal("imported", (await api.Fetch(api.Acme, id)).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_template_that_a_source_reads_by_stays()
    {
        var template = (await (await api.Acme.Post("/api/v1/import-templates", new { name = SourceFixture.NewName(), options = new { columns = new Dictionary<string, string>(StringComparer.Ordinal) { ["Menge"] = "quantity" } } })).Json(201)).GetProperty("template_id").GetString();
        var table = $"id,kind,Menge,unit,region,start,end\n{Guid.CreateVersion7()},electricity.grid,1000,kWh,GB,2025-01-01,2025-01-31\n";
        var id = await SourceFixture.Source(api.Acme, api.Files.Put($"{Guid.CreateVersion7():N}.csv", table), new { template_id = template });

        Assert.Equal("template.in-use", await (await api.Acme.Delete($"/api/v1/import-templates/{template}")).Problem(409));
        var looked = await (await api.Acme.Post($"/api/v1/sources/{id}/check")).Json();
        Assert.Equal(("Menge", "quantity", "1"), looked.GetProperty("columns").EnumerateArray().Select(one => (one.GetProperty("name").GetString(), one.TryGetProperty("field", out var field) ? field.GetString() : null, one.GetProperty("confidence").GetString())).First(one => one.Item1 == "Menge"));

        Assert.Equal(204, (int)(await api.Acme.Delete($"/api/v1/sources/{id}", ("If-Match", "*"))).StatusCode);
        Assert.Equal(204, (int)(await api.Acme.Delete($"/api/v1/import-templates/{template}")).StatusCode);
    }

    private Task<long> Schedules(string id) => api.Scalar<long>($"select count(*) from platform.job_schedules where name = 'source {id}'");
}
