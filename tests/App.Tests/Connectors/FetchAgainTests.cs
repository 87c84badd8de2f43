using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Connectors;

/// <summary>A file whose import was undone, or failed, is read again when somebody asks: and by itself it never comes back.</summary>
public sealed class FetchAgainTests(SourceFixture api) : IClassFixture<SourceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task what_was_undone_is_read_again_when_somebody_asks_and_not_by_the_time_table()
    {
        var id = await SourceFixture.Source(api.Acme, api.Files.Put($"{Guid.CreateVersion7():N}.csv", SourceFixture.Table()));
        var first = (await api.Fetch(api.Acme, id)).GetProperty("import_id").GetString()!;
        await Ended(first, "read");
        await (await api.Acme.Post($"/api/v1/imports/{first}/undo", new { reason = "Read with the wrong facility" })).Json(202);
        await Ended(first, "undone");

        // The night's fetch: what somebody took back stays away.
        await api.Behind($"update platform.job_schedules set next_at = now() where name = 'source {id}'");
        var byItself = await SourceFixture.Fetched(api.Acme, id, 2);
        Assert.Equal(("unchanged", 304), (byItself.GetProperty("outcome").GetString(), byItself.GetProperty("http_status").GetInt32()));

        var asked = await api.Fetch(api.Acme, id);
        Assert.Equal(("imported", 200), (asked.GetProperty("outcome").GetString(), asked.GetProperty("http_status").GetInt32()));
        var second = await Ended(asked.GetProperty("import_id").GetString()!, "read");
        Assert.Equal(1, second.GetProperty("rows").GetProperty("calculated").GetInt32());

        // Now it is there, and asking once more makes no second one.
        Assert.Equal("unchanged", (await api.Fetch(api.Acme, id)).GetProperty("outcome").GetString());
        Assert.Equal(2L, await api.Scalar<long>($"select count(*) from activities.imports where source_id = '{id}'"));
    }

    [Fact]
    public async Task a_file_whose_import_failed_is_read_again_when_somebody_asks()
    {
        var id = await SourceFixture.Source(api.Globex, api.Files.Put($"{Guid.CreateVersion7():N}.csv", SourceFixture.Table()));
        var first = (await api.Fetch(api.Globex, id)).GetProperty("import_id").GetString()!;
        await Ended(first, "read", api.Globex);
        await api.Behind($"update activities.imports set status = 'failed' where import_id = '{first}'");

        Assert.Equal("imported", (await api.Fetch(api.Globex, id)).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task while_it_is_being_taken_back_nobody_asks_for_it_again()
    {
        var id = await SourceFixture.Source(api.Acme, api.Files.Put($"{Guid.CreateVersion7():N}.csv", SourceFixture.Table()));
        var import = (await api.Fetch(api.Acme, id)).GetProperty("import_id").GetString()!;
        await Ended(import, "read");
        await api.Behind($"update activities.imports set status = 'undoing' where import_id = '{import}'");

        Assert.Equal("source.undoing", await (await api.Acme.Post($"/api/v1/sources/{id}/fetch")).Problem(409));
    }

    [Theory]
    [InlineData("""{"columns":{"Menge":null}}""")]
    [InlineData("""{"constants":{"unit":null}}""")]
    public async Task options_with_a_hole_are_refused_where_they_are_new_and_a_hole_in_a_change_removes(string options)
    {
        var made = new { name = SourceFixture.NewName(), url = "https://files.example.org/x.csv", options = JsonDocument.Parse(options).RootElement };
        Assert.Equal("import.option", await (await api.Acme.Post("/api/v1/sources", made)).Problem(400));
        Assert.Equal("import.option", await (await api.Acme.Post("/api/v1/import-templates", new { made.name, made.options })).Problem(400));

        var id = await SourceFixture.Source(api.Acme, made.url, new { options = new { columns = new { Menge = "quantity" }, constants = new { unit = "kWh" } } });
        var changed = await (await api.Acme.Patch($"/api/v1/sources/{id}", new { made.options }, ("If-Match", "*"))).Json();

        Assert.Equal(options.Contains("columns", StringComparison.Ordinal) ? (0, 1) : (1, 0), (
            changed.GetProperty("options").GetProperty("columns").EnumerateObject().Count(), changed.GetProperty("options").GetProperty("constants").EnumerateObject().Count()));
    }

    private async Task<JsonElement> Ended(string import, string status, HttpClient? client = null)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        enough.CancelAfter(TimeSpan.FromSeconds(30));
        JsonElement found;
        while ((found = await (await (client ?? api.Acme).Get($"/api/v1/imports/{import}")).Json()).GetProperty("status").GetString() != status)
        {
            await Task.Delay(50, enough.Token);
        }

        return found;
    }
}
