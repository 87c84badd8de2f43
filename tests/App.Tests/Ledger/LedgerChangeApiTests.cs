using System.Text.Json;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Support;
using static OffGridFlow.App.Tests.Ledger.LedgerApi;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>What was posted is taken back, corrected, adjusted and restated: always by new entries, and what was known before stays known.</summary>
public sealed class LedgerChangeApiTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    [Fact]
    public async Task an_import_that_is_undone_leaves_the_totals_as_they_were_with_their_range()
    {
        await api.Posted(api.Acme, "U-0,LDS,fuel.diesel,100,L,2025-01-01,2025-03-31\n");
        await api.Posted(api.Globex, "U-0,LDS,fuel.diesel,100,L,2025-01-01,2025-03-31\n");
        var before = (await api.Acme.Totals("group_by=month")).ToString();
        var import = await api.Posted(api.Acme, "U-1,LDS,fuel.diesel,50,L,2025-01-01,2025-03-31\nU-2,LDS,electricity.grid,500,kWh,2025-02-01,2025-02-28\n");
        var posted = await api.Acme.Co2e();
        var then = await api.Database.Now();
        var globex = await api.Globex.Co2e();

        await (await api.Acme.Post($"/api/v1/imports/{import}/undo", new { reason = "wrong site" })).Json(202);
        await api.Database.Settled();

        var after = await api.Acme.Totals("group_by=month");
        Assert.Equal(WithoutRun(before), WithoutRun(after.ToString()));
        Assert.Equal(posted, await api.Acme.Co2e($"as_of={then}"));
        Assert.Equal(globex, await api.Globex.Co2e());
        var result = await api.Acme.Activity("U-1");
        Assert.Equal(("withdrawn", 0), (Text(result, "status"), result.GetProperty("entries").GetArrayLength()));
        var entries = await api.Acme.Entries($"activity={result.GetProperty("activity").GetProperty("activity_id")}");
        var reversals = entries.Where(entry => Text(entry, "type") == "reversal").ToList();
        Assert.Equal(entries.Count, 2 * reversals.Count);
        Assert.All(reversals, reversal =>
        {
            var original = entries.Single(entry => Text(entry, "id") == Text(reversal, "reverses"));
            Assert.Equal("wrong site", Text(reversal, "reason"));
            foreach (var figure in (string[])["quantity", "co2e_kg", "biogenic_co2_kg"])
            {
                Assert.Equal(0m, Number(original, figure) + Number(reversal, figure));
            }

            Assert.Equal((0m, 0m), (Number(original, "low_kg") + Number(reversal, "high_kg"), Number(original, "high_kg") + Number(reversal, "low_kg")));
        });

        // The same file again counts again, once.
        await api.Posted(api.Acme, "U-1,LDS,fuel.diesel,50,L,2025-01-01,2025-03-31\nU-2,LDS,electricity.grid,500,kWh,2025-02-01,2025-02-28\n");
        Assert.Equal(posted, await api.Acme.Co2e());
    }

    [Fact]
    public async Task a_corrected_activity_is_reversed_and_posted_anew_and_a_withdrawn_one_reversed()
    {
        await api.Posted(api.Acme, "C-1,LDS,fuel.diesel,100,L,2024-01-01,2024-02-29\nC-2,LDS,fuel.diesel,7,L,2024-01-01,2024-01-31\n");
        var before = await api.Acme.Co2e("period=2024");
        var first = await api.Acme.Activity("C-1");
        var id = first.GetProperty("activity").GetProperty("activity_id").GetString();

        Assert.Equal("activity.not-found", await (await api.Globex.Patch($"/api/v1/activities/{id}", new { quantity = "150" }, ("If-Match", "\"1\""))).Problem(404));
        await (await api.Acme.Patch($"/api/v1/activities/{id}", new { quantity = "150", end = "2024-03-31" }, ("If-Match", "\"1\""))).Json();
        await api.Database.Settled();

        var second = await api.Acme.Activity("C-1");
        Assert.Equal(("posted", 2), (Text(second, "status"), second.GetProperty("activity").GetProperty("version").GetInt32()));
        Assert.Equal(1.5m * Number(first, "co2e_location_kg"), Number(second, "co2e_location_kg"));
        Assert.Equal(before + (0.5m * Number(first, "co2e_location_kg")), await api.Acme.Co2e("period=2024"));
        var entries = await api.Acme.Entries($"activity={id}");
        Assert.Equal(first.GetProperty("entries").GetArrayLength(), entries.Count(entry => Text(entry, "type") == "reversal"));
        Assert.Equal(
            entries.Where(entry => Text(entry, "type") == "posting" && entry.GetProperty("activity_version").GetInt32() == 1).Select(entry => Text(entry, "id")).Order(StringComparer.Ordinal),
            entries.Where(entry => Text(entry, "type") == "reversal").Select(entry => Text(entry, "reverses")).Order(StringComparer.Ordinal));
        Assert.Contains(
            (await (await api.Acme.Get("/api/v1/ledger/runs")).Json()).GetProperty("items").EnumerateArray(), run => Text(run, "cause") == "correction");

        await (await api.Acme.Post($"/api/v1/activities/{id}/withdraw", new { reason = "never burnt" })).Json();
        await api.Database.Settled();

        Assert.Equal(before - Number(first, "co2e_location_kg"), await api.Acme.Co2e("period=2024"));
        Assert.Equal("withdrawn", Text(await api.Acme.Activity("C-1"), "status"));
    }

    [Fact]
    public async Task an_adjustment_stands_beside_its_entry_and_goes_with_it()
    {
        await api.Posted(api.Acme, "A-1,LDS,fuel.diesel,10,L,2023-05-01,2023-05-31\n");
        var activity = await api.Acme.Activity("A-1");
        var entry = activity.GetProperty("entries").EnumerateArray().First(one => one.GetProperty("scope").GetInt32() == 1);
        var path = $"/api/v1/ledger/entries/{Text(entry, "id")}/adjust";
        var before = await api.Acme.Co2e("period=2023");

        Assert.Equal("entry.not-found", await (await api.Globex.Post(path, new { co2e_kg = "-1.5", reason_code = "evidence", reason = "spilt" })).Problem(404));
        Assert.Equal("adjustment.reason-code", await (await api.Acme.Post(path, new { co2e_kg = "-1.5", reason_code = "whim", reason = "spilt" })).Problem(400));
        Assert.Equal("adjustment.empty", await (await api.Acme.Post(path, new { co2e_kg = "0", reason_code = "error", reason = "spilt" })).Problem(400));
        var made = await (await api.Acme.Post(path, new { co2e_kg = "-1.5", reason_code = "evidence", reason = "spilt" })).Json(201);
        var twice = await (await api.Acme.Post(path, new { co2e_kg = "0.25", reason_code = "error", reason = "less was spilt" })).Json(201);

        Assert.Equal(("adjustment", "evidence: spilt", -1.5m), (Text(made, "type"), Text(made, "reason"), Number(made, "co2e_kg")));
        Assert.Equal(before - 1.25m, await api.Acme.Co2e("period=2023"));
        Assert.Equal(0.25m, Number(await (await api.Acme.Get($"/api/v1/ledger/entries/{Text(twice, "id")}")).Json(), "co2e_kg"));
        await (await api.Acme.Get($"/api/v1/ledger/entries/{Text(twice, "id")}/explain")).Json();

        // Taken away with its activity; and what counts no more cannot be adjusted.
        await (await api.Acme.Post($"/api/v1/activities/{activity.GetProperty("activity").GetProperty("activity_id")}/withdraw", new { reason = "a test" })).Json();
        await api.Database.Settled();
        Assert.Equal(before - Number(activity, "co2e_location_kg"), await api.Acme.Co2e("period=2023"));
        Assert.Equal("adjustment.taken-back", await (await api.Acme.Post(path, new { co2e_kg = "1", reason_code = "other", reason = "late" })).Problem(409));
    }

    [Fact]
    public async Task what_comes_after_the_close_restates_and_what_was_closed_stays_known()
    {
        await api.Posted(api.Acme, "L-1,LDS,fuel.diesel,30,L,2022-01-01,2022-01-31\n");
        await api.Posted(api.Globex, "L-1,LDS,fuel.diesel,30,L,2022-01-01,2022-01-31\n");
        var (period, closed) = (await api.Acme.Period("2022"), await api.Acme.Co2e("period=2022"));

        Assert.Equal("period.not-found", await (await api.Globex.Post($"/api/v1/periods/{period}/close", new { reason = "x" })).Problem(404));
        var closing = await (await api.Acme.Post($"/api/v1/periods/{period}/close", new { reason = "audited" })).Json();
        Assert.Equal("period.closed", await (await api.Acme.Post($"/api/v1/periods/{period}/close")).Problem(409));
        var then = await api.Database.Now();
        await api.Posted(api.Acme, "L-2,LDS,fuel.diesel,3,L,2022-02-01,2022-02-28\n");
        await api.Posted(api.Globex, "L-2,LDS,fuel.diesel,3,L,2022-02-01,2022-02-28\n");

        var late = await api.Acme.Activity("L-2");
        var entries = await api.Acme.Entries($"activity={late.GetProperty("activity").GetProperty("activity_id")}");
        Assert.All(entries, entry => Assert.True(entry.GetProperty("restates").GetBoolean()));
        Assert.All(await api.Acme.Entries("from=2022-01&to=2022-01"), entry => Assert.False(entry.GetProperty("restates").GetBoolean()));
        Assert.Equal(closed, await api.Acme.Co2e($"period=2022&as_of={then}"));
        Assert.Equal(closed + Number(late, "co2e_location_kg"), await api.Acme.Co2e("period=2022"));

        var restated = (await (await api.Acme.Get("/api/v1/ledger/restatements")).Json()).GetProperty("items").EnumerateArray().Where(one => Text(one, "month") == "2022-02").ToList();
        Assert.Equal(entries.Sum(entry => Number(entry, "co2e_kg")), restated.Sum(one => Number(one, "co2e_kg")));
        Assert.Equal(entries.Count, restated.Sum(one => one.GetProperty("entries").GetInt64()));
        Assert.All(restated, one => Assert.True(one.GetProperty("run_no").GetInt64() > closing.GetProperty("run").GetInt64()));
        Assert.Empty((await (await api.Globex.Get("/api/v1/ledger/restatements")).Json()).GetProperty("items").EnumerateArray());

        // Open again, what comes is no restatement.
        Assert.Equal("reopen", Text(await (await api.Acme.Post($"/api/v1/periods/{period}/reopen", new { reason = "found more" })).Json(), "action"));
        Assert.Equal("period.open", await (await api.Acme.Post($"/api/v1/periods/{period}/reopen")).Problem(409));
        await api.Posted(api.Acme, "L-3,LDS,fuel.diesel,4,L,2022-03-01,2022-03-31\n");
        Assert.All(await api.Acme.Entries("from=2022-03&to=2022-03"), entry => Assert.False(entry.GetProperty("restates").GetBoolean()));
    }

    // The last run in the totals is another one, and nothing else.
    private static string WithoutRun(string totals)
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(totals)!.AsObject();
        Assert.True(root.Remove("run"));
        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
