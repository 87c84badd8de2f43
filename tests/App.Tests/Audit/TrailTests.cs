using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Audit;

/// <summary>Who did what, as the trail tells it: to be searched, taken out, and checked.</summary>
public sealed class TrailTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Audit = "/api/v1/audit";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_is_told_with_who_what_and_from_where()
    {
        var entity = await Entity(api.Acme, "Old works");
        var id = entity.GetProperty("entity_id").GetString();
        var changed = await api.Acme.Patch($"/api/v1/entities/{id}", new { name = "New works" }, ("If-Match", "*"), ("X-Request-Id", "trail-0001"), ("User-Agent", "trail-test/1.0"));
        await changed.Json();

        var row = Assert.Single((await (await api.Acme.Get($"{Audit}?request_id=trail-0001")).Json()).GetProperty("items").EnumerateArray().ToList());
        var one = await (await api.Acme.Get($"{Audit}/{row.GetProperty("audit_id").GetString()}")).Json();

        Assert.Equal("update org.entities", $"{one.GetProperty("operation").GetString()} {one.GetProperty("table").GetString()}");
        Assert.Equal("Old works > New works", $"{one.GetProperty("old_values").GetProperty("name").GetString()} > {one.GetProperty("new_values").GetProperty("name").GetString()}");
        Assert.StartsWith("key:", one.GetProperty("actor").GetString(), StringComparison.Ordinal);
        Assert.Equal("trail-test/1.0", one.GetProperty("user_agent").GetString());
        Assert.Contains(one.GetProperty("address").GetString(), (string[])["127.0.0.1", "::1", "::ffff:127.0.0.1"]);
        Assert.Empty((await (await api.Globex.Get($"{Audit}?request_id=trail-0001")).Json()).GetProperty("items").EnumerateArray());
        Assert.Equal("audit.not-found", await (await api.Globex.Get($"{Audit}/{row.GetProperty("audit_id").GetString()}")).Problem(404));
    }

    [Fact]
    public async Task The_trail_is_narrowed_down_by_text_table_operation_and_time_and_read_page_by_page()
    {
        for (var i = 0; i < 5; i++)
        {
            await Entity(api.Acme, $"Needle {i} 100%_sure");
        }

        Assert.Equal(5, await Count("text=needle"));
        Assert.Equal(1, await Count("text=Needle 3"));
        Assert.Equal(5, await Count("text=100%25_sure"));
        Assert.Equal(0, await Count("text=100%25%25sure"));
        Assert.Equal(5, await Count("text=needle&table=org.entities&operation=insert"));
        Assert.Equal(0, await Count("text=needle&operation=delete"));
        Assert.Equal(0, await Count("text=needle&at_to=2020-01-01"));
        var (seen, cursor) = (new HashSet<string>(StringComparer.Ordinal), "");
        do
        {
            var page = await (await api.Acme.Get($"{Audit}?text=needle&limit=2{cursor}")).Json();
            Assert.True(page.GetProperty("items").EnumerateArray().All(item => seen.Add(item.GetProperty("audit_id").GetString()!)));
            cursor = page.TryGetProperty("next", out var next) ? $"&cursor={next.GetString()}" : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(5, seen.Count);
    }

    [Fact]
    public async Task What_a_search_finds_can_be_taken_out_and_that_is_told_too()
    {
        await Entity(api.Acme, "=cmd|'/c calc'!A1");
        var csv = await (await api.Acme.Send(HttpMethod.Get, $"{Audit}/export?text=calc", null, ("X-Request-Id", "trail-0002"))).Content.ReadAsStringAsync(Ct);
        var lines = (await (await api.Acme.Get($"{Audit}/export?text=calc&format=ndjson")).Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.StartsWith("audit_id,at,operation,table,actor,address,user_agent,request_id,old_values,new_values\r\n", csv.TrimStart('\ufeff'), StringComparison.Ordinal);
        Assert.Equal("=cmd|'/c calc'!A1", Assert.Single(lines.Select(line => JsonDocument.Parse(line).RootElement), row => row.TryGetProperty("table", out _)).GetProperty("new_values").GetProperty("name").GetString());
        Assert.Equal("audit.exported", Assert.Single((await (await api.Acme.Get($"{Audit}?request_id=trail-0002")).Json()).GetProperty("items").EnumerateArray().ToList()).GetProperty("operation").GetString());
        Assert.Equal("audit.format", await (await api.Acme.Get($"{Audit}/export?format=pdf")).Problem(400));
    }

    [Fact]
    public async Task A_formula_in_an_exported_field_is_neutralised()
    {
        await api.Acme.Send(HttpMethod.Post, "/api/v1/entities", new { code = Code(), name = "Plain" }, ("User-Agent", "=HYPERLINK(1)"), ("X-Request-Id", "trail-0003"));

        var csv = await (await api.Acme.Get($"{Audit}/export?request_id=trail-0003")).Content.ReadAsStringAsync(Ct);

        Assert.Contains(",'=HYPERLINK(1),", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_are_told_once_and_then_counted()
    {
        var viewer = api.Client((await api.Database.Database.Write(
            api.Database.Acme, session => CreateApiKey.Handle(new CreateApiKey.Request("viewer", Role: "viewer"), session, TimeProvider.System), Ct)).Value.Key);
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal("permission.missing", await (await viewer.Post("/api/v1/entities", new { code = Code(), name = "x" })).Problem(403));
        }

        var told = (await (await api.Acme.Get($"{Audit}?operation=permission.denied&text=POST /api/v1/entities")).Json()).GetProperty("items").EnumerateArray().ToList();
        var row = Assert.Single(told);
        Assert.Equal("organization:write", row.GetProperty("new_values").GetProperty("needed").GetString());

        var later = new Denials(api.Database.Database, new Ahead(), Microsoft.Extensions.Logging.Abstractions.NullLogger<Denials>.Instance);
        var caller = api.Database.Globex with { Address = "192.0.2.9" };
        for (var i = 0; i < 4; i++)
        {
            await later.Note(caller, "permission.denied", "GET /planted", "audit:read", Ct);
        }

        Ahead.By = TimeSpan.FromMinutes(2);
        await later.Flush(Ct);
        await later.Flush(Ct);
        var folded = (await (await api.Globex.Get($"{Audit}?text=planted&sort=at")).Json()).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(2, folded.Count);
        Assert.Equal(3, folded[1].GetProperty("new_values").GetProperty("repeated").GetInt32());
        Assert.Equal("192.0.2.9", folded[1].GetProperty("address").GetString());
    }

    private sealed class Ahead : TimeProvider
    {
        public static TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By;
    }

    private async Task<int> Count(string query) => (await (await api.Acme.Get($"{Audit}?{query}")).Json()).GetProperty("items").GetArrayLength();

    private static async Task<JsonElement> Entity(HttpClient client, string name) => await (await client.Post("/api/v1/entities", new { code = Code(), name })).Json(201);

    private static string Code() => $"T-{Guid.CreateVersion7():N}"[^20..];
}
