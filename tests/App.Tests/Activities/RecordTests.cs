using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Activities;

public sealed class RecordTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    [Fact]
    public async Task a_batch_keeps_its_order_and_an_item_fails_alone()
    {
        var answer = await (await api.Acme.Post("/api/v1/activities", new
        {
            activities = new object[]
            {
                new { id = "B-1", kind = "electricity.grid", quantity = "12.5", unit = "kWh", facility = "LDS", start = "2025-01-01", end = "2025-01-31" },
                new { id = "B-2", kind = "no such kind", quantity = "1", unit = "kWh", start = "2025-01-01" },
                "text",
                new { },
                new { id = "B-1", kind = "electricity.grid", quantity = "12.5", unit = "kWh", facility = "LDS", start = "2025-01-01", end = "2025-01-31" },
                new { kind = "flight", quantity = 2, unit = "person", region = "GB", start = "2025-03-04", from = "LHR", to = "FRA", @class = "economy" },
            },
        })).Json(201);

        var items = answer.GetProperty("activities").EnumerateArray().ToList();
        Assert.Equal(["calculated", "rejected", "rejected", "rejected", "duplicate", "calculated"], items.Select(item => item.GetProperty("disposition").GetString()!));
        Assert.Equal([1, 2, 3, 4, 5, 6], items.Select(item => item.GetProperty("row").GetInt32()));
        Assert.Equal("kind.unknown", items[1].GetProperty("problem").GetProperty("code").GetString());
        Assert.Equal(items[0].GetProperty("activity_id").GetString(), items[4].GetProperty("activity_id").GetString());
        var import = await (await api.Acme.Get($"/api/v1/imports/{answer.GetProperty("import_id")}")).Json();
        await api.Conserves(import);
        Assert.Equal(1, await api.Count("select count(*) from platform.outbox where type = 'import.read' and body->>'import_id' = $1", answer.GetProperty("import_id").GetString()!));
    }

    [Fact]
    public async Task one_activity_is_recorded_corrected_with_if_match_and_withdrawn()
    {
        var made = await (await api.Acme.Post("/api/v1/activities", new { kind = "fuel.diesel", quantity = "100", unit = "litre", facility = "LDS", start = "2025-02-01", end = "2025-02-28", note = "van" })).Json(201);
        var path = $"/api/v1/activities/{made.GetProperty("activities")[0].GetProperty("activity_id").GetString()}";

        Assert.Equal("activity.not-found", await (await api.Globex.Get(path)).Problem(404));
        Assert.Equal("activity.not-found", await (await api.Globex.Patch(path, new { quantity = "1" }, ("If-Match", "\"1\""))).Problem(404));
        Assert.Equal(428, (int)(await api.Acme.Patch(path, new { quantity = "90" })).StatusCode);
        Assert.Equal("unit.unknown", await (await api.Acme.Patch(path, new { unit = "xyzzy" }, ("If-Match", "\"1\""))).Problem(400));
        var corrected = await (await api.Acme.Patch(path, new { quantity = "90" }, ("If-Match", "\"1\""))).Json();
        Assert.Equal("version.stale", await (await api.Acme.Patch(path, new { quantity = "80" }, ("If-Match", "\"1\""))).Problem(412));
        var withdrawn = await (await api.Acme.Post($"{path}/withdraw", new { reason = "not ours" })).Json();
        Assert.Equal("activity.withdrawn", await (await api.Acme.Post($"{path}/withdraw", new { reason = "again" })).Problem(409));

        Assert.Equal("90", corrected.GetProperty("versions")[1].GetProperty("quantity").GetString());
        Assert.Equal("van", corrected.GetProperty("versions")[1].GetProperty("columns").GetProperty("note").GetString());
        Assert.Equal("GB", corrected.GetProperty("versions")[1].GetProperty("region").GetString());
        Assert.Equal([false, false, true], withdrawn.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("withdrawn").GetBoolean()));
        var listed = await (await api.Acme.Get("/api/v1/activities?kind=fuel.diesel&withdrawn=true")).Json();
        Assert.Equal(3, listed.GetProperty("items")[0].GetProperty("version").GetInt32());
        Assert.Equal(0, (await (await api.Globex.Get("/api/v1/activities?kind=fuel.diesel")).Json()).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task a_stream_answers_line_by_line_and_takes_a_source_key_once()
    {
        var lines = new StringBuilder();
        for (var i = 1; i <= 4500; i++)
        {
            lines.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""{"source_key":"N-{{i}}","kind":"electricity.grid","quantity":{{i}},"unit":"kWh","region":"GB","start":"2025-01-01"}""").Append('\n');
        }

        lines.Append("no json\n");

        var first = await Stream("/api/v1/activities/stream", lines.ToString());
        var again = await Stream("/api/v1/activities/stream?after=4400", lines.ToString());

        Assert.Equal(4501, first.Count);
        Assert.All(first.Take(4500), line => Assert.Equal("calculated", line.GetProperty("disposition").GetString()));
        Assert.Equal("rejected", first[4500].GetProperty("disposition").GetString());
        Assert.Equal([4401, 4501], [again[0].GetProperty("row").GetInt32(), again[^1].GetProperty("row").GetInt32()]);
        Assert.All(again.Take(100), line => Assert.Equal("duplicate", line.GetProperty("disposition").GetString()));
    }

    private async Task<List<JsonElement>> Stream(string path, string lines)
    {
        var answer = await api.Acme.Post(path, new StringContent(lines, Encoding.UTF8, "application/x-ndjson"));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
