using System.Text.Json;
using System.Text.Json.Nodes;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Api;

public sealed class EstimatesTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly object[] Rows =
    [
        new { id = "a", kind = "electricity.grid", quantity = 1234.5m, unit = "kWh", region = "GB", start = "2025-01-01", end = "2025-03-31", note = "two\nlines" },
        new { id = "b", kind = "no-such-kind", quantity = "7", unit = "kWh" },
        new { id = "c", kind = "fuel.diesel", quantity = 1.234, unit = "L", region = "GB", start = "2025-01-01" },
        new { id = "a", kind = "electricity.grid", quantity = 1234.5m, unit = "kWh", region = "GB", start = "2025-01-01", end = "2025-03-31", note = "two\nlines" },
    ];

    [Fact]
    public async Task Each_row_gets_the_object_the_command_line_prints_for_it()
    {
        var answer = await (await api.Acme.Post("/api/v1/estimates", new { rows = Rows, as_of = "2026-06-30" })).Json();

        var rows = answer.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal([1, 2, 3, 4], rows.Select(row => row.GetProperty("row").GetInt32()));
        Assert.Equal(["calculated", "rejected", "calculated", "duplicate"], rows.Select(row => row.GetProperty("disposition").GetString()));
        Assert.Equal("same as row 1", rows[3].GetProperty("reason").GetString());
        Assert.Equal("kind.unknown", rows[1].GetProperty("problem").GetProperty("code").GetString());
        var expected = Product.Estimator(asOf: "2026-06-30").Estimate(Product.Activity("electricity.grid", 1234.5m, "kWh", "GB", "2025-02-14"));
        Assert.Equal(expected.Entries.Count, rows[0].GetProperty("entries").GetArrayLength());
        Assert.Equal(JsonValueKind.Object, answer.GetProperty("summary").ValueKind);
    }

    [Fact]
    public async Task Lines_come_where_lines_are_asked_for()
    {
        var response = await api.Acme.Post("/api/v1/estimates", new { rows = Rows }, ("Accept", "application/x-ndjson"));

        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(4, lines.Select(line => JsonNode.Parse(line)).Count());
    }

    [Fact]
    public async Task More_rows_than_are_taken_and_rows_without_a_value_are_refused()
    {
        var many = Enumerable.Repeat(Rows[0], 10_001);

        Assert.Equal("estimate.rows", await (await api.Acme.Post("/api/v1/estimates", new { rows = many })).Problem(400));
        Assert.Equal("estimate.rows", await (await api.Acme.Post("/api/v1/estimates", new { rows = Array.Empty<object>() })).Problem(400));
        Assert.Equal("estimate.row-blank", await (await api.Acme.Post("/api/v1/estimates", new { rows = new object[] { Rows[0], new { note = " " } } })).Problem(400));
    }

    [Fact]
    public async Task Nothing_is_stored()
    {
        await (await api.Acme.Post("/api/v1/estimates", new { rows = Rows }, ("Idempotency-Key", "estimate-1"))).Json();

        await using var command = api.Database.Admin.CreateCommand("select (select count(*) from activities.imports) + (select count(*) from platform.idempotency)");
        Assert.Equal(0L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Factors_and_kinds_are_found_with_slips_of_spelling()
    {
        var factors = await (await api.Acme.Get("/api/v1/factors/search?text=elektricity germany&limit=5")).Json();
        var kinds = await (await api.Acme.Get("/api/v1/kinds?text=erdgas")).Json();

        Assert.Contains("electricity.grid", factors.GetProperty("items").EnumerateArray().Select(hit => hit.GetProperty("kind").GetString()));
        Assert.Equal("fuel.natural-gas", kinds.GetProperty("items")[0].GetProperty("kind").GetString());
    }
}
