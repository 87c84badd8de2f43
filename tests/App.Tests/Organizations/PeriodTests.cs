using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Organizations;

/// <summary>Periods and their policies, each test in a tenant of its own making: no test sees another's years.</summary>
public sealed class PeriodTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Periods = "/api/v1/periods";

    private static readonly DateOnly Today = new(2026, 6, 30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_year_that_starts_in_july_has_its_quarters_and_months()
    {
        var (client, _) = await Tenant(7);

        var year = await Made(client, new { granularity = "year", starts_on = "2025-07-01" });
        var quarter = await Made(client, new { granularity = "quarter", starts_on = "2026-01-01" });
        var month = await Made(client, new { granularity = "month", starts_on = "2026-02-01" });

        Assert.Equal(("2025-26", "2026-06-30"), (Text(year, "code"), Text(year, "ends_on")));
        Assert.Equal(("2025-26-Q3", "2026-03-31"), (Text(quarter, "code"), Text(quarter, "ends_on")));
        Assert.Equal(("2026-02", "2026-02-28"), (Text(month, "code"), Text(month, "ends_on")));
    }

    [Fact]
    public async Task what_is_left_out_of_a_policy_has_its_default()
    {
        var (client, _) = await Tenant();

        var policy = (await Made(client, new { granularity = "year", starts_on = "2024-01-01", policy = new { gwp_set = "AR6", source_preference = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["GB"] = ["desnz"] } } })).GetProperty("policy");

        Assert.Equal("AR6", Text(policy, "gwp_set"));
        Assert.Equal(("effective", "operational_control", "0.05"), (Text(policy, "factor_dates"), Text(policy, "boundary"), Text(policy, "significance_threshold")));
        Assert.Equal("desnz", policy.GetProperty("source_preference").GetProperty("GB")[0].GetString());
    }

    [Theory]
    [InlineData("""{"granularity": "year", "starts_on": "2025-01-15"}""", "period.starts-on")]
    [InlineData("""{"granularity": "year", "starts_on": "2025-01-01", "ends_on": "2025-12-30"}""", "period.ends-on")]
    [InlineData("""{"granularity": "year", "starts_on": "2025-01-01", "ends_on": "2026-07-31"}""", "period.ends-on")]
    [InlineData("""{"granularity": "quarter", "starts_on": "2025-01-01", "ends_on": "2025-04-30"}""", "period.ends-on")]
    [InlineData("""{"granularity": "week", "starts_on": "2025-01-01"}""", "field.type")]
    [InlineData("""{"granularity": "quarter", "starts_on": "2025-01-01", "is_base_year": true}""", "period.base-year")]
    [InlineData("""{"granularity": "month", "starts_on": "2025-01-01", "policy": {"gwp_set": "AR6"}}""", "period.policy-of-year")]
    [InlineData("""{"granularity": "year", "starts_on": "2025-01-01", "policy": {"gwp_set": "AR9"}}""", "policy.gwp-set")]
    [InlineData("""{"granularity": "year", "starts_on": "2025-01-01", "policy": {"boundary": "control"}}""", "policy.boundary")]
    [InlineData("""{"granularity": "year", "starts_on": "2025-01-01", "policy": {"factor_date": "2099-01-01"}}""", "policy.factor-date")]
    [InlineData("""{"granularity": "year", "starts_on": "2025-01-01", "policy": {"significance_threshold": 5}}""", "policy.significance-threshold")]
    [InlineData("""{"granularity": "year", "starts_on": "2025-01-01", "policy": {"source_preference": {"Britain": ["desnz"]}}}""", "policy.source-preference")]
    public async Task a_period_that_cannot_be_is_a_problem(string body, string code)
    {
        var (client, _) = await Tenant();

        Assert.Equal(code, await (await client.Post(Periods, new StringContent(body, System.Text.Encoding.UTF8, "application/json"))).Problem(400));
    }

    [Fact]
    public async Task periods_of_one_length_do_not_overlap_and_parts_need_their_year()
    {
        var (client, _) = await Tenant();

        Assert.Equal("period.year-missing", await (await client.Post(Periods, new { granularity = "quarter", starts_on = "2025-01-01" })).Problem(409));
        await Made(client, new { granularity = "year", starts_on = "2025-01-01" });
        Assert.Equal("period.overlaps", await (await client.Post(Periods, new { granularity = "year", starts_on = "2025-07-01" })).Problem(409));
        await Made(client, new { granularity = "quarter", starts_on = "2025-02-01" });
        Assert.Equal("period.overlaps", await (await client.Post(Periods, new { granularity = "quarter", starts_on = "2025-04-01", code = "other" })).Problem(409));
        Assert.Equal("period.year-missing", await (await client.Post(Periods, new { granularity = "quarter", starts_on = "2025-11-01" })).Problem(409));
    }

    [Fact]
    public async Task a_policy_is_changed_for_the_year_with_its_parts_until_it_has_entries()
    {
        var (client, caller) = await Tenant();
        var year = Text(await Made(client, new { granularity = "year", starts_on = "2025-01-01" }), "period_id");
        var quarter = Text(await Made(client, new { granularity = "quarter", starts_on = "2025-04-01" }), "period_id");

        await (await client.Patch($"{Periods}/{year}/policy", new { boundary = "equity_share" }, ("If-Match", "\"1\""))).Json();
        Assert.Equal("equity_share", Text((await (await client.Get($"{Periods}/{quarter}")).Json()).GetProperty("policy"), "boundary"));
        Assert.Equal("period.policy-of-year", await (await client.Patch($"{Periods}/{quarter}/policy", new { gwp_set = "AR6" }, ("If-Match", "*"))).Problem(409));
        Assert.Equal("version.stale", await (await client.Patch($"{Periods}/{year}/policy", new { gwp_set = "AR6" }, ("If-Match", "\"1\""))).Problem(412));

        var held = await In(caller, async session => await OrganizationQueries.HoldPolicies(session, [(await OrganizationQueries.Periods(session)).YearOf(new DateOnly(2025, 5, 1))!]));
        Assert.True(held);
        Assert.Equal("period.has-entries", await (await client.Patch($"{Periods}/{year}/policy", new { gwp_set = "AR6" }, ("If-Match", "*"))).Problem(409));
        Assert.Equal("period.has-entries", await (await client.Delete($"{Periods}/{year}")).Problem(409));
        Assert.True((await (await client.Get($"{Periods}/{quarter}")).Json()).GetProperty("has_entries").GetBoolean());

        await In(caller, async session =>
        {
            var read = (await OrganizationQueries.Periods(session)).YearOf(new DateOnly(2025, 5, 1))!;
            await OrganizationQueries.SetPolicy(session, read, read.Policy with { GwpSet = "AR5" }, DateTimeOffset.UnixEpoch);
            return 0;
        });
        Assert.Equal("AR5", Text((await (await client.Get($"{Periods}/{quarter}")).Json()).GetProperty("policy"), "gwp_set"));
    }

    [Fact]
    public async Task a_posting_that_planned_under_an_older_policy_is_told()
    {
        var (client, caller) = await Tenant();
        var year = Text(await Made(client, new { granularity = "year", starts_on = "2025-01-01" }), "period_id");
        var planned = await In(caller, async session => (await OrganizationQueries.Periods(session)).All[0]);

        await (await client.Patch($"{Periods}/{year}/policy", new { gwp_set = "AR4" }, ("If-Match", "*"))).Json();

        Assert.False(await In(caller, session => OrganizationQueries.HoldPolicies(session, [planned])));
    }

    [Fact]
    public async Task a_closed_period_is_neither_deleted_nor_given_another_policy()
    {
        var (client, caller) = await Tenant();
        var year = Text(await Made(client, new { granularity = "year", starts_on = "2025-01-01" }), "period_id");
        Assert.True(await In(caller, session => OrganizationQueries.SetClosed(session, Guid.Parse(year), true, DateTimeOffset.UnixEpoch)));

        Assert.Equal("period.closed", await (await client.Delete($"{Periods}/{year}")).Problem(409));
        Assert.Equal("period.closed", await (await client.Patch($"{Periods}/{year}/policy", new { gwp_set = "AR4" }, ("If-Match", "*"))).Problem(409));
        Assert.True(await In(caller, async session => (await OrganizationQueries.Periods(session)).IsClosed(new DateOnly(2025, 12, 31))));
        Assert.False(await In(caller, async session => (await OrganizationQueries.Periods(session)).IsClosed(new DateOnly(2026, 1, 1))));
    }

    [Fact]
    public async Task a_deleted_year_comes_back_unless_its_days_are_taken()
    {
        var (client, _) = await Tenant();
        var year = Text(await Made(client, new { granularity = "year", starts_on = "2025-01-01", policy = new { gwp_set = "AR4" } }), "period_id");
        Assert.Equal(204, (int)(await client.Delete($"{Periods}/{year}")).StatusCode);
        Assert.Equal("period.code-deleted", await (await client.Post(Periods, new { granularity = "year", starts_on = "2025-01-01" })).Problem(409));

        var other = Text(await Made(client, new { granularity = "year", starts_on = "2025-07-01" }), "period_id");
        Assert.Equal("period.overlaps", await (await client.Post($"{Periods}/{year}/restore")).Problem(409));
        await client.Delete($"{Periods}/{other}");
        Assert.Equal("AR4", Text((await (await client.Post($"{Periods}/{year}/restore")).Json()).GetProperty("policy"), "gwp_set"));
    }

    [Fact]
    public async Task there_is_one_base_year()
    {
        var (client, _) = await Tenant();
        await Made(client, new { granularity = "year", starts_on = "2023-01-01", is_base_year = true });
        var second = Text(await Made(client, new { granularity = "year", starts_on = "2024-01-01" }), "period_id");

        Assert.Equal("period.base-year-taken", await (await client.Patch($"{Periods}/{second}", new { is_base_year = true }, ("If-Match", "*"))).Problem(409));
    }

    [Fact]
    public async Task a_day_that_no_year_holds_gets_its_fiscal_year_once_however_many_ask()
    {
        var (client, caller) = await Tenant(7);

        var ensured = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => In(caller, session => OrganizationQueries.EnsureYear(session, new DateOnly(2026, 3, 9), Today))));

        Assert.Single(ensured.Select(year => year.PeriodId).Distinct());
        Assert.Equal((new DateOnly(2025, 7, 1), new DateOnly(2026, 6, 30), "2025-26"), (ensured[0].StartsOn, ensured[0].EndsOn, ensured[0].Code));
        Assert.Equal(Policy.Default(Today), ensured[0].Policy);
        var page = await (await client.Get(Periods)).Json();
        Assert.Single(page.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task after_the_first_month_of_the_year_has_moved_a_short_year_fills_the_gap()
    {
        var (client, caller) = await Tenant();
        await Made(client, new { granularity = "year", starts_on = "2025-01-01" });
        await (await client.Patch("/api/v1/tenant", new { fiscal_year_start = 7 }, ("If-Match", "*"))).Json();

        var gap = await In(caller, session => OrganizationQueries.EnsureYear(session, new DateOnly(2026, 2, 1), Today));
        var next = await In(caller, session => OrganizationQueries.EnsureYear(session, new DateOnly(2026, 7, 1), Today));

        Assert.Equal((new DateOnly(2026, 1, 1), new DateOnly(2026, 6, 30)), (gap.StartsOn, gap.EndsOn));
        Assert.Equal((new DateOnly(2026, 7, 1), new DateOnly(2027, 6, 30)), (next.StartsOn, next.EndsOn));
    }

    [Fact]
    public async Task the_other_tenant_s_periods_are_not_there()
    {
        var (client, _) = await Tenant();
        var year = Text(await Made(client, new { granularity = "year", starts_on = "2025-01-01" }), "period_id");

        Assert.Equal("period.not-found", await (await api.Globex.Get($"{Periods}/{year}")).Problem(404));
        Assert.Equal("period.not-found", await (await api.Globex.Patch($"{Periods}/{year}", new { code = "x" }, ("If-Match", "*"))).Problem(404));
        Assert.Equal("period.not-found", await (await api.Globex.Patch($"{Periods}/{year}/policy", new { gwp_set = "AR4" }, ("If-Match", "*"))).Problem(404));
        Assert.Equal("period.not-found", await (await api.Globex.Delete($"{Periods}/{year}")).Problem(404));
        Assert.Equal("period.not-found", await (await api.Globex.Post($"{Periods}/{year}/restore")).Problem(404));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static async Task<JsonElement> Made(HttpClient client, object body) => await (await client.Post(Periods, body)).Json(201);

    private async Task<T> In<T>(Caller caller, Func<OffGridFlow.Platform.Postgres.Session, Task<T>> work) =>
        (await api.Database.Database.Write<T>(caller, async session => await work(session), Ct)).Value;

    private async Task<(HttpClient Client, Caller Caller)> Tenant(int fiscalYearStart = 1)
    {
        var made = await OffGridFlow.Organizations.Tenants.CreateTenant.Handle(
            new($"t-{Guid.CreateVersion7():N}", "A tenant of its own", fiscalYearStart), api.Database.Database, TimeProvider.System, Ct);
        return (api.Client(made.Value.Key), Caller.System(made.Value.Tenant, "test:periods"));
    }
}
