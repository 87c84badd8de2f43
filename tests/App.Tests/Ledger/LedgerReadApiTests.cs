using System.Security.Cryptography;
using System.Text.Json;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;
using static OffGridFlow.App.Tests.Ledger.LedgerApi;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>A file's way from the front door into the ledger, and every way to look at it there.</summary>
public sealed class LedgerReadApiTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    [Fact]
    public async Task a_file_becomes_entries_whose_sums_are_the_totals_and_another_tenant_sees_none_of_it()
    {
        var before = await api.Globex.Co2e();
        var import = await api.Posted(api.Acme, """
            W-1,LDS,electricity.grid,1000,kWh,2025-01-01,2025-01-31
            W-2,KAS,fuel.natural-gas,2000.5,kWh (gross),2025-02-01,2025-04-30
            W-3,LDS,electrcity.grid,1,kWh,2025-01-01,2025-01-31
            """);

        var runs = await (await api.Acme.Get("/api/v1/ledger/runs")).Json();
        var run = runs.GetProperty("items").EnumerateArray().Single(one => one.GetProperty("posting_id").GetGuid() == import);
        var entries = await api.Acme.Entries($"run={run.GetProperty("run_no")}");
        var totals = await api.Acme.Totals("from=2025-01&to=2025-04");
        var byMonth = await api.Acme.Totals("from=2025-01&to=2025-04&group_by=month,scope");

        Assert.Equal(run.GetProperty("entry_count").GetInt32(), entries.Count);
        Assert.Equal("posting", Text(run, "cause"));
        Assert.Equal(["2025-01", "2025-02", "2025-03", "2025-04"], entries.Select(entry => Text(entry, "month")).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            entries.Where(entry => Text(entry, "basis") != "market").Sum(entry => Number(entry, "co2e_kg")), Number(totals.GetProperty("total"), "co2e_kg"));
        Assert.True(Number(totals.GetProperty("total"), "co2e_kg") > 400);
        Assert.Equal(
            Number(totals.GetProperty("total"), "co2e_kg"), byMonth.GetProperty("groups").EnumerateArray().Sum(group => Number(group.GetProperty("total"), "co2e_kg")));
        Assert.Equal(await api.Acme.Co2e("period=2025"), await api.Acme.Co2e("from=2025-01&to=2025-12"));

        Assert.Equal(before, await api.Globex.Co2e());
        Assert.Empty(await api.Globex.Entries());
        Assert.Equal("run.not-found", await (await api.Globex.Get($"/api/v1/ledger/runs/{run.GetProperty("run_no")}")).Problem(404));
        Assert.Equal(import, (await (await api.Acme.Get($"/api/v1/ledger/runs/{run.GetProperty("run_no")}")).Json()).GetProperty("posting_id").GetGuid());
    }

    [Fact]
    public async Task entries_come_page_by_page_and_narrowed()
    {
        var import = await api.Posted(api.Acme, string.Concat(Enumerable.Range(1, 9).Select(n => $"P-{n},LDS,fuel.diesel,{n},L,2024-0{n}-01,2024-0{n}-28\n")));
        var run = (await (await api.Acme.Get("/api/v1/ledger/runs")).Json()).GetProperty("items").EnumerateArray()
            .Single(one => one.GetProperty("posting_id").GetGuid() == import).GetProperty("run_no").GetInt64();
        var all = await api.Acme.Entries($"run={run}");

        var paged = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = await (await api.Acme.Get($"/api/v1/ledger/entries?run={run}&limit=4{(next.Length == 0 ? "" : "&cursor=" + next)}")).Json();
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(entry => Text(entry, "id")));
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }

        Assert.Equal(all.Select(entry => Text(entry, "id")), paged);
        Assert.All(await api.Acme.Entries($"run={run}&scope=1&from=2024-03&to=2024-04"), entry => Assert.Equal((1, true), (entry.GetProperty("scope").GetInt32(), Text(entry, "month") is "2024-03" or "2024-04")));
        Assert.Equal(2, (await api.Acme.Entries($"run={run}&scope=1&from=2024-03&to=2024-04")).Count);
        Assert.Empty(await api.Acme.Entries($"run={run}&kind=electricity.grid"));
        Assert.Equal("page.cursor", await (await api.Acme.Get("/api/v1/ledger/entries?cursor=no")).Problem(400));
        Assert.Equal("parameter.invalid", await (await api.Acme.Get("/api/v1/ledger/totals?from=2025")).Problem(400));
    }

    [Fact]
    public async Task an_entry_explains_itself_down_to_the_cell_and_proves_itself_up_to_the_root()
    {
        await api.Posted(api.Acme, "X-1,LDS,fuel.diesel,123.25,L,2025-05-01,2025-05-31\nX-2,LDS,fuel.diesel,1,L,2025-05-01,2025-05-31\nX-3,LDS,electricity.grid,5,kWh,2025-05-01,2025-05-31\n");
        var entry = (await api.Acme.Activity("X-1")).GetProperty("entries").EnumerateArray().First(one => one.GetProperty("scope").GetInt32() == 1);
        var id = Text(entry, "id");

        var shown = await (await api.Acme.Get($"/api/v1/ledger/entries/{id}")).Json();
        var explained = (await (await api.Acme.Get($"/api/v1/ledger/entries/{id}/explain")).Json()).ToString();
        var proof = await (await api.Acme.Get($"/api/v1/ledger/entries/{id}/proof")).Json();

        Assert.Equal(Number(entry, "co2e_kg"), Number(shown, "co2e_kg"));
        Assert.Contains("123.25", explained, StringComparison.Ordinal);
        Assert.Contains("X-1", explained, StringComparison.Ordinal);
        Assert.Contains(Text(shown, "citation"), JsonDocument.Parse(explained).RootElement.ToString(), StringComparison.Ordinal);
        var run = await (await api.Acme.Get($"/api/v1/ledger/runs/{id.Split('-')[0]}")).Json();
        Assert.Equal(Text(run, "root"), Root(proof));
        Assert.Equal(Text(run, "hash"), Convert.ToHexStringLower(SHA256.HashData(Utf8(Text(proof, "run_text")))));
        Assert.Contains(Text(run, "root"), Text(proof, "run_text"), StringComparison.Ordinal);

        foreach (var path in (string[])["", "/explain", "/proof"])
        {
            Assert.Equal("entry.not-found", await (await api.Globex.Get($"/api/v1/ledger/entries/{id}{path}")).Problem(404));
            Assert.Equal("entry.not-found", await (await api.Acme.Get($"/api/v1/ledger/entries/9999-1{path}")).Problem(404));
        }
    }

    [Fact]
    public async Task activities_are_listed_with_what_they_emit()
    {
        var import = await api.Posted(api.Acme, "R-1,LDS,electricity.grid,700,kWh,2025-06-01,2025-07-31\nR-2,KAS,fuel.diesel,10,L,2025-06-01,2025-06-30\n");

        var page = await (await api.Acme.Get($"/api/v1/emissions/activities?import_id={import}&limit=1")).Json();
        var rest = await (await api.Acme.Get($"/api/v1/emissions/activities?import_id={import}&limit=1&cursor={Text(page, "next")}")).Json();
        var grid = await (await api.Acme.Get($"/api/v1/emissions/activities?import_id={import}&kind=electricity.grid")).Json();

        JsonElement[] items = [.. page.GetProperty("items").EnumerateArray(), .. rest.GetProperty("items").EnumerateArray()];
        Assert.False(rest.TryGetProperty("next", out _));
        Assert.Equal(["R-1", "R-2"], items.Select(item => item.GetProperty("activity").GetProperty("columns").GetProperty("id").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(items, item => Assert.Equal("posted", Text(item, "status")));
        var found = Assert.Single(grid.GetProperty("items").EnumerateArray());
        var entries = await api.Acme.Entries($"activity={found.GetProperty("activity").GetProperty("activity_id")}");
        Assert.Equal(entries.Select(entry => Text(entry, "id")).Order(StringComparer.Ordinal), found.GetProperty("entries").EnumerateArray().Select(entry => Text(entry, "id")).Order(StringComparer.Ordinal));
        Assert.Equal(entries.Where(entry => Text(entry, "basis") != "market").Sum(entry => Number(entry, "co2e_kg")), Number(found, "co2e_location_kg"));
        Assert.Equal(entries.Where(entry => Text(entry, "basis") != "location").Sum(entry => Number(entry, "co2e_kg")), Number(found, "co2e_market_kg"));
        Assert.Empty((await (await api.Globex.Get($"/api/v1/emissions/activities?import_id={import}")).Json()).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task what_could_not_be_posted_is_listed_with_its_reason()
    {
        // The import reads it; then the library forgets the unit, as a later release might.
        var activity = Guid.CreateVersion7();
        await using var session = await api.Database.Database.Open(api.Database.Acme, System.Data.IsolationLevel.ReadCommitted, TestContext.Current.CancellationToken);
        var (tenant, import) = (api.Database.Acme.Tenant.Value, Guid.CreateVersion7());
        await session.Execute("insert into activities.imports (tenant_id, import_id, source, status, created_by) values (@tenant, @import, 'api', 'read', 'test')", new { tenant, import });
        await session.Execute(
            """
            insert into activities.activities (tenant_id, activity_id, import_id, row_no, source_key, kind, quantity, unit, region, start_on, end_on, disposition, recorded_by)
            values (@tenant, @activity, @import, 1, @key, 'electricity.grid', 5, 'bushels', 'GB', '2025-01-01', '2025-01-31', 'calculated', 'test')
            """, new { tenant, activity, import, key = activity.ToByteArray() });
        await Outbox.Tell(session, "import.read", new { import_id = import }, TimeProvider.System);
        await session.Commit();
        await api.Database.Settled();

        var listed = (await (await api.Acme.Get("/api/v1/ledger/unposted")).Json()).GetProperty("items").EnumerateArray()
            .Single(one => one.GetProperty("activity_id").GetGuid() == activity);

        Assert.Equal("unit.unknown", Text(listed.GetProperty("problem"), "code"));
        var result = (await (await api.Acme.Get($"/api/v1/emissions/activities?import_id={import}")).Json()).GetProperty("items")[0];
        Assert.Equal(("unposted", "unit.unknown"), (Text(result, "status"), Text(result.GetProperty("problem"), "code")));
        Assert.Empty((await (await api.Globex.Get("/api/v1/ledger/unposted")).Json()).GetProperty("items").EnumerateArray());
    }

    // As anyone with SHA-256 would do it (RFC 9162 sect. 2.1.3.2), without a line of the product's.
    private static string Root(JsonElement proof)
    {
        var hash = Hash(0x00, Utf8(Text(proof, "text")));
        Assert.Equal(Text(proof, "leaf"), Convert.ToHexStringLower(hash));
        var (at, last) = (proof.GetProperty("index").GetInt32(), proof.GetProperty("count").GetInt32() - 1);
        foreach (var beside in proof.GetProperty("path").EnumerateArray().Select(step => Convert.FromHexString(step.GetString()!)))
        {
            while (at > 0 && at % 2 == 0 && at == last)
            {
                (at, last) = (at / 2, last / 2); // Carried up alone.
            }

            hash = at % 2 == 1 ? Hash(0x01, beside, hash) : Hash(0x01, hash, beside);
            (at, last) = (at / 2, last / 2);
        }

        return Convert.ToHexStringLower(hash);
    }
}
