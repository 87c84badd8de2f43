using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Audit;

/// <summary>What leaves the program as a file leaves a row in the trail, whichever endpoint hands it out.</summary>
public sealed class LeavingTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Every endpoint that hands out something else than JSON, by its name in the API's description: what it leaves behind, and a path that reaches it.
    private Dictionary<string, (string Event, Func<HttpClient, Task<string>> Path)> Files => new(StringComparer.Ordinal)
    {
        ["ExportAudit"] = ("audit.exported", _ => Task.FromResult("/api/v1/audit/export?format=csv")),
        ["ExportTenant"] = ("data.exported", _ => Task.FromResult("/api/v1/governance/export")),
        ["FetchExport"] = ("export.fetched", Export),
        ["GetEvidence"] = ("evidence.fetched", Evidence),
        ["GetRejectedCsv"] = ("rejected_rows.exported", Rejected),
    };

    [Fact]
    public async Task Every_endpoint_that_hands_out_a_file_is_known_here()
    {
        var document = await (await api.Nobody.Get("/openapi/v1.json")).Json();
        var files = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Where(operation => operation.Name == "get")
            .Where(operation => operation.Value.GetProperty("responses").EnumerateObject().Where(answer => answer.Name.StartsWith('2') && answer.Value.TryGetProperty("content", out _))
                .SelectMany(answer => answer.Value.GetProperty("content").EnumerateObject()).Any(content => content.Name is not ("application/json" or "application/scim+json")))
            .Select(operation => operation.Value.GetProperty("operationId").GetString()!);

        Assert.Equal(Files.Keys.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_leaves_a_row_in_its_own_tenant_s_trail_that_says_who_took_it()
    {
        foreach (var (name, (happened, path)) in Files)
        {
            foreach (var (client, other) in new[] { (api.Acme, api.Globex), (api.Globex, api.Acme) })
            {
                var request = $"leaves-{Guid.CreateVersion7():N}";
                var answer = await client.Send(HttpMethod.Get, await path(client), null, ("X-Request-Id", request));
                Assert.Equal((name, 200), (name, (int)answer.StatusCode));
                await answer.Content.ReadAsByteArrayAsync(Ct);

                var row = Assert.Single(await Rows(client, request));
                Assert.Equal((name, happened), (name, row.GetProperty("operation").GetString()));
                Assert.StartsWith("key:", row.GetProperty("actor").GetString(), StringComparison.Ordinal);
                Assert.Empty(await Rows(other, request));
            }
        }
    }

    [Fact]
    public async Task A_piece_of_a_file_leaves_one_too()
    {
        var path = await Evidence(api.Acme);
        var request = $"piece-{Guid.CreateVersion7():N}";

        Assert.Equal(206, (int)(await api.Acme.Send(HttpMethod.Get, path, null, ("Range", "bytes=1-"), ("X-Request-Id", request))).StatusCode);

        Assert.Equal("bytes=1-", Assert.Single(await Rows(api.Acme, request)).GetProperty("new_values").GetProperty("range").GetString());
    }

    [Fact]
    public async Task A_test_of_a_webhook_leaves_one()
    {
        var hook = await (await api.Acme.Post("/api/v1/webhooks", new { url = "https://hooks.invalid/in", event_types = new[] { "import.undone" } })).Json(201);
        var id = hook.GetProperty("webhook").GetProperty("webhook_id").GetString();
        var request = $"hook-{Guid.CreateVersion7():N}";

        Assert.Equal("webhook.not-found", await (await api.Globex.Post($"/api/v1/webhooks/{id}/test", null, ("X-Request-Id", request))).Problem(404));
        await (await api.Acme.Post($"/api/v1/webhooks/{id}/test", null, ("X-Request-Id", request))).Json(202);

        var row = Assert.Single(await Rows(api.Acme, request));
        Assert.Equal(("webhook.tested", id), (row.GetProperty("operation").GetString(), row.GetProperty("new_values").GetProperty("webhook_id").GetString()));
        Assert.Empty(await Rows(api.Globex, request));
    }

    private static async Task<List<JsonElement>> Rows(HttpClient client, string request) =>
        [.. (await (await client.Get($"/api/v1/audit?request_id={request}")).Json()).GetProperty("items").EnumerateArray()];

    private static async Task<string> Export(HttpClient client)
    {
        var asked = await (await client.Post("/api/v1/governance/exports")).Json(202);
        var path = $"/api/v1/governance/exports/{asked.GetProperty("export_id").GetString()}";
        JsonElement made;
        while (!(made = await (await client.Get(path)).Json()).TryGetProperty("file", out var file) || file.ValueKind == JsonValueKind.Null)
        {
            await Task.Delay(50, Ct);
        }

        return made.GetProperty("file").GetString()!;
    }

    private static async Task<string> Evidence(HttpClient client)
    {
        var bill = new { kind = "electricity.grid", quantity = $"{Guid.CreateVersion7().GetHashCode() & 0xFFFFFF}", unit = "kWh", region = "GB", facility = "LDS", start = "2025-01-01", end = "2025-01-31" };
        var activity = (await (await client.Post("/api/v1/activities", bill)).Json(201)).GetProperty("activities")[0].GetProperty("activity_id").GetString();
        var attached = await (await client.Post($"/api/v1/activities/{activity}/evidence?file_name=bill.txt", new StringContent("bill", Encoding.UTF8, "application/octet-stream"))).Json(201);
        return $"/api/v1/activities/{activity}/evidence/{attached.GetProperty("evidence_id").GetString()}";
    }

    private async Task<string> Rejected(HttpClient client)
    {
        var import = await api.Import(client, $"id,kind,quantity,unit,start,end\n{Guid.CreateVersion7()},unknown.kind,x,kWh,2025-01-01,2025-01-31\n");
        return $"/api/v1/imports/{import.GetProperty("import_id").GetString()}/rejected.csv";
    }
}
