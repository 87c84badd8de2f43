using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Support;
using static OffGridFlow.App.Tests.Ledger.LedgerApi;

namespace OffGridFlow.App.Tests.Reporting;

/// <summary>A year's figures are kept as they were, and go through two pairs of eyes where the organisation asks for them.</summary>
public sealed class ReportTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private const string Reports = "/api/v1/reports";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_report_says_the_same_whatever_is_posted_later()
    {
        await api.Posted(api.Acme, "R-1,LDS,fuel.diesel,100,L,2023-01-01,2023-01-31\n");
        await api.Posted(api.Globex, "R-1,LDS,fuel.diesel,7,L,2023-01-01,2023-01-31\n");
        var report = await (await api.Acme.Post(Reports, new { period = "2023" })).Json(201);
        var id = report.GetProperty("report_id").GetGuid();
        var first = await (await api.Acme.Get($"{Reports}/{id}/content")).Content.ReadAsByteArrayAsync(Ct);

        await api.Posted(api.Acme, "R-2,LDS,fuel.diesel,900,L,2023-02-01,2023-02-28\n");

        var now = await (await api.Acme.Get("/api/v1/inventory?period=2023")).Json();
        var kept = await (await api.Acme.Get($"{Reports}/{id}/content")).Content.ReadAsByteArrayAsync(Ct);
        Assert.Equal(first, kept);
        Assert.Equal(Text(report, "sha256"), Convert.ToHexStringLower(SHA256.HashData(kept)));
        var inventory = JsonElement.Parse(kept);
        Assert.Equal(10m * Number(inventory.GetProperty("location"), "kg"), Number(now.GetProperty("location"), "kg"));
        Assert.Equal(report.GetProperty("run_no").GetInt64(), inventory.GetProperty("seal").GetProperty("run_no").GetInt64());
        Assert.Equal("report.not-found", await (await api.Globex.Get($"{Reports}/{id}")).Problem(404));
        Assert.Equal("report.not-found", await (await api.Globex.Get($"{Reports}/{id}/content")).Problem(404));
        Assert.DoesNotContain(id.ToString(), (await (await api.Globex.Get(Reports)).Json()).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_report_goes_from_draft_to_submitted_to_a_decision_that_stays()
    {
        var report = await Submitted(api.Acme, await Draft());
        Assert.Equal("report.status", await (await Do(api.Acme, report, "submit")).Problem(409));
        Assert.Equal("report.reason", await (await Do(api.Acme, report, "reject")).Problem(400));
        Assert.Equal("version.stale", await (await api.Acme.Post($"{Reports}/{Text(report, "report_id")}/approve", new { }, ("If-Match", "\"1\""))).Problem(412));
        Assert.Equal("version.required", await (await api.Acme.Post($"{Reports}/{Text(report, "report_id")}/approve", new { })).Problem(428));

        var rejected = await (await Do(api.Acme, report, "reject", "Leeds is missing.")).Json();

        Assert.Equal(("rejected", "Leeds is missing."), (Text(rejected, "status"), Text(rejected, "reason")));
        Assert.Equal("report.status", await (await Do(api.Acme, report, "approve")).Problem(409));
        Assert.Equal("report.status", await (await Do(api.Acme, report, "recall")).Problem(409));
        var back = await (await Do(api.Acme, await Submitted(api.Acme, await Draft()), "recall")).Json();
        Assert.Equal(("draft", false), (Text(back, "status"), back.TryGetProperty("submitted_by", out _)));
    }

    [Fact]
    public async Task where_four_eyes_are_asked_for_nobody_approves_what_they_submitted()
    {
        var (one, other, analyst) = (await People.Member(api, api.Database.Acme, "admin"), await People.Member(api, api.Database.Acme, "manager"), await People.Member(api, api.Database.Acme, "analyst"));
        var own = await Submitted(one.Client, await Draft());
        Assert.Equal("approved", Text(await (await Do(one.Client, own, "approve")).Json(), "status"));
        Assert.Equal("permission.missing", await (await analyst.Client.Patch("/api/v1/security", new { four_eyes = true }, ("If-Match", "*"))).Problem(403));
        Assert.True((await (await one.Client.Patch("/api/v1/security", new { four_eyes = true }, ("If-Match", "*"))).Json()).GetProperty("four_eyes").GetBoolean());
        try
        {
            var report = await Submitted(one.Client, await Draft());
            Assert.Equal("report.four-eyes", await (await Do(one.Client, report, "approve")).Problem(403));
            Assert.Equal("report.four-eyes", await (await Do(one.Client, report, "reject", "no")).Problem(403));
            Assert.Equal("report.person", await (await Do(api.Acme, report, "approve")).Problem(403));
            Assert.Equal("report.person", await (await Do(api.Acme, await Draft(), "submit")).Problem(403));
            Assert.Equal("permission.missing", await (await Do(analyst.Client, report, "approve")).Problem(403));
            Assert.Equal("approved", Text(await (await Do(other.Client, report, "approve", "checked")).Json(), "status"));
        }
        finally
        {
            await (await one.Client.Patch("/api/v1/security", new { four_eyes = false }, ("If-Match", "*"))).Json();
        }

        await api.Posted(api.Globex, "R-9,LDS,fuel.diesel,7,L,2025-01-01,2025-01-31\n");
        var theirs = await Submitted(api.Globex, await (await api.Globex.Post(Reports, new { period = "2025" })).Json(201));
        Assert.Equal("approved", Text(await (await Do(api.Globex, theirs, "approve")).Json(), "status"));
    }

    [Fact]
    public async Task a_year_without_entries_and_an_unknown_kind_make_no_report()
    {
        Assert.Equal("period.not-found", await (await api.Acme.Post(Reports, new { period = "1999" })).Problem(404));
        Assert.Equal("report.kind", await (await api.Acme.Post(Reports, new { kind = "novel" })).Problem(400));
    }

    [Theory]
    [InlineData("update reporting.reports set run_no = run_no + 1")]
    [InlineData("update reporting.reports set sha256 = decode(repeat('00', 32), 'hex')")]
    [InlineData("update reporting.reports set status = 'draft', submitted_at = null, submitted_by = null, decided_at = null, decided_by = null where status = 'approved'")]
    [InlineData("delete from reporting.reports")]
    [InlineData("update reporting.contents set body = '{}'")]
    public async Task not_even_the_database_lets_a_report_be_rewritten(string sql)
    {
        await (await Do(api.Acme, await Submitted(api.Acme, await Draft()), "approve")).Json();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => api.Database.Database.Write<int>(api.Database.Acme, async session => await session.Execute(sql), Ct));

        Assert.Contains(refused.SqlState, (string[])[PostgresErrorCodes.RestrictViolation, PostgresErrorCodes.InsufficientPrivilege]);
    }

    private async Task<JsonElement> Draft()
    {
        await api.Posted(api.Acme, $"D-{Guid.CreateVersion7():N},LDS,fuel.diesel,1,L,2025-01-01,2025-01-31\n");
        return await (await api.Acme.Post(Reports, new { period = "2025" })).Json(201);
    }

    private static async Task<JsonElement> Submitted(HttpClient client, JsonElement report) => await (await Do(client, report, "submit")).Json();

    private static Task<HttpResponseMessage> Do(HttpClient client, JsonElement report, string verb, string? reason = null) =>
        client.Post($"{Reports}/{Text(report, "report_id")}/{verb}", new { reason }, ("If-Match", "*"));
}
