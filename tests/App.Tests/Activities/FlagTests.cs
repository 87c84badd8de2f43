using System.Globalization;
using System.Text.Json;
using OffGridFlow.Activities;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Organizations;

namespace OffGridFlow.App.Tests.Activities;

/// <summary>What may be there twice is flagged with what is at stake, and dropped never.</summary>
public sealed class FlagTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private const string Header = "id,facility,meter,kind,quantity,unit,start,end,invoice,supplier\n";

    [Fact]
    public async Task bills_of_one_meter_that_overlap_are_flagged_within_a_file_with_the_smaller_share_at_stake()
    {
        var import = await Import("""
            A-1,LDS,M-1,electricity.grid,3100,kWh,2025-01-01,2025-01-31,,
            A-2,LDS,M-1,electricity.grid,310,kWh,2025-01-20,2025-02-19,,
            A-3,LDS,M-1,electricity.grid,280,kWh,2025-02-19,2025-03-18,,
            """);

        Assert.Equal((3, 1), (import.GetProperty("rows").GetProperty("calculated").GetInt64(), import.GetProperty("flags").GetProperty("open").GetInt64()));
        var flag = Assert.Single(await Flags(import));
        Assert.Equal(("meter-overlap", "open", 12), (flag.GetProperty("reason").GetString(), flag.GetProperty("status").GetString(), flag.GetProperty("overlap_days").GetInt32()));
        var kilograms = Kilograms("electricity.grid", 310m, "kWh", "2025-01-20", "2025-02-19") * 12m / 31m;
        Assert.Equal(kilograms, Decimal(flag.GetProperty("co2e_kg")));
        Assert.Equal(kilograms / 1000m, Decimal(import.GetProperty("flags").GetProperty("co2e_t_at_stake")));
        var details = await (await api.Acme.Get($"/api/v1/flags/{flag.GetProperty("flag_id").GetString()}")).Json();
        Assert.Equal(["A-1", "A-2"], new[] { "activity", "other" }.Select(one => details.GetProperty(one).GetProperty("columns").GetProperty("id").GetString()!).Order());
        Assert.Equal("flag.not-found", await (await api.Globex.Get($"/api/v1/flags/{flag.GetProperty("flag_id").GetString()}")).Problem(404));
    }

    [Theory]
    [InlineData("the end of one is the beginning of the next", "2025-01-01,2025-02-01", "2025-02-01,2025-03-01", "M-2", "electricity.grid", "10")]
    [InlineData("a credit note", "2025-01-01,2025-01-31", "2025-01-01,2025-01-31", "M-3", "electricity.grid", "-10")]
    [InlineData("another kind", "2025-01-01,2025-01-31", "2025-01-01,2025-01-31", "M-4", "heat.district", "10")]
    [InlineData("readings of one day", "2025-01-01,2025-01-01", "2025-01-01,2025-01-01", "M-5", "electricity.grid", "10")]
    public async Task what_only_looks_like_an_overlap_is_not_flagged(string why, string first, string second, string meter, string kind, string quantity)
    {
        var import = await Import($"""
            {why} 1,LDS,{meter},electricity.grid,100,kWh,{first},,
            {why} 2,LDS,{meter},{kind},{quantity},kWh,{second},,
            {why} 3,KAS,{meter},electricity.grid,100,kWh,{first},,
            """);

        Assert.Equal((3, 0), (import.GetProperty("rows").GetProperty("calculated").GetInt64(), import.GetProperty("flags").GetProperty("open").GetInt64()));
        if (quantity == "-10")
        {
            Assert.Equal(1, await api.Count("select count(*) from activities.activities where import_id = $1 and quantity = -10", import.GetProperty("import_id").GetGuid()));
        }
    }

    [Fact]
    public async Task an_overlap_with_what_is_there_is_flagged_whichever_way_it_comes()
    {
        await Import("E-1,LDS,M-6,electricity.grid,310,kWh,2025-01-01,2025-01-31,,\nE-2,LDS,M-6,electricity.grid,10,kWh,2025-03-05,2025-03-05,,");

        var file = await Import("E-3,LDS,M-6,electricity.grid,300,kWh,2025-01-01,2025-01-31,,\nE-4,LDS,M-6,electricity.grid,11,kWh,2025-03-05,2025-03-05,,");
        var posted = await (await api.Acme.Post("/api/v1/activities", new { kind = "electricity.grid", quantity = "1", unit = "kWh", facility = "LDS", meter = "M-6", start = "2025-01-10", end = "2025-01-12" })).Json(201);
        var request = await api.Checked(api.Acme, await (await api.Acme.Get($"/api/v1/imports/{posted.GetProperty("import_id").GetString()}")).Json());
        var globex = await api.Checked(api.Globex, await api.Import(api.Globex, Header + "E-3,LDS,M-6,electricity.grid,300,kWh,2025-01-01,2025-01-31,,\n"));

        Assert.Equal((2, 1, 0), (Open(file), Open(request), Open(globex)));
        Assert.Equal(2, (await (await api.Acme.Get($"/api/v1/flags?import_id={file.GetProperty("import_id").GetString()}&limit=1")).Json()).GetProperty("next").GetString() is { } next
            ? 1 + (await (await api.Acme.Get($"/api/v1/flags?import_id={file.GetProperty("import_id").GetString()}&limit=1&cursor={next}")).Json()).GetProperty("items").GetArrayLength() : 1);
    }

    [Fact]
    public async Task an_invoice_that_comes_as_money_and_as_a_quantity_is_flagged_unless_supplier_or_site_differ()
    {
        var import = await Import("""
            I-1,LDS,,fuel.diesel,1000,litre,2025-05-01,2025-05-31,R-77,Shell
            I-2,LDS,,goods.spend.naics-324110,200,GBP,2025-05-20,2025-05-20,r-77,shell
            I-3,LDS,,fuel.diesel,1000,litre,2025-05-01,2025-05-31,R-78,Shell
            I-4,LDS,,goods.spend.naics-324110,200,GBP,2025-05-20,2025-05-20,R-78,BP
            I-5,LDS,,fuel.diesel,1000,litre,2025-05-01,2025-05-31,R-79,
            I-6,KAS,,goods.spend.naics-324110,200,GBP,2025-05-20,2025-05-20,R-79,
            I-7,LDS,,fuel.diesel,10,litre,2025-05-01,2025-05-31,R-80,
            I-8,LDS,,fuel.diesel,11,litre,2025-05-01,2025-05-31,R-80,
            """);

        Assert.True(import.GetProperty("rows").GetProperty("rejected").GetInt64() == 0, import.ToString());
        var flag = Assert.Single(await Flags(import));
        Assert.Equal(("spend-and-usage", JsonValueKind.Null), (flag.GetProperty("reason").GetString(), flag.GetProperty("overlap_days").ValueKind));
        var (spent, burnt) = (Kilograms("goods.spend.naics-324110", 200m, "GBP", "2025-05-20", "2025-05-20"), Kilograms("fuel.diesel", 1000m, "litre", "2025-05-01", "2025-05-31"));
        Assert.Equal(Math.Min(spent, burnt), Decimal(flag.GetProperty("co2e_kg")));
        Assert.True(spent < burnt);
    }

    [Fact]
    public async Task a_flag_is_resolved_by_keeping_both_or_by_a_withdrawal_that_the_ledger_reverses()
    {
        var import = await Import("""
            W-1,LDS,M-7,electricity.grid,310,kWh,2025-01-01,2025-01-31,,
            W-2,LDS,M-7,electricity.grid,300,kWh,2025-01-01,2025-01-31,,
            W-3,LDS,M-8,electricity.grid,310,kWh,2025-01-01,2025-01-31,,
            W-4,LDS,M-8,electricity.grid,300,kWh,2025-01-01,2025-01-31,,
            """);
        var flags = await Flags(import);
        var (kept, wrong) = ($"/api/v1/flags/{flags[0].GetProperty("flag_id").GetString()}/resolve", $"/api/v1/flags/{flags[1].GetProperty("flag_id").GetString()}/resolve");
        var withdrawn = flags[1].GetProperty("activity_id").GetString()!;
        await api.Becomes(4, "select count(distinct activity_id) from ledger.entries e where entry_type = 'posting' and exists (select from activities.activities a where a.activity_id = e.activity_id and a.import_id = $1)", import.GetProperty("import_id").GetGuid());

        Assert.Equal("flag.decision", await (await api.Acme.Post(kept, new { reason = "?" })).Problem(400));
        Assert.Equal("flag.decision", await (await api.Acme.Post(kept, new { reason = "?", withdraw = withdrawn })).Problem(400));
        Assert.Equal("flag.reason", await (await api.Acme.Post(kept, new { reason = " ", keep_both = true })).Problem(400));
        Assert.Equal("flag.not-found", await (await api.Globex.Post(kept, new { reason = "x", keep_both = true })).Problem(404));
        await (await api.Acme.Post(kept, new { reason = "Two registers of one meter.", keep_both = true })).Json();
        Assert.Equal("flag.resolved", await (await api.Acme.Post(kept, new { reason = "again", keep_both = true })).Problem(409));
        var resolved = await (await api.Acme.Post(wrong, new { reason = "The bill was restated.", withdraw = withdrawn })).Json();

        Assert.Equal("withdrawn", resolved.GetProperty("flag").GetProperty("status").GetString());
        Assert.True(resolved.GetProperty("activity").GetProperty("withdrawn").GetBoolean());
        await api.Becomes(0, "select case when count(*) filter (where entry_type = 'reversal') > 0 and sum(co2e_kg) = 0 then 0 else 1 end::bigint from ledger.entries where activity_id = $1", Guid.Parse(withdrawn));
        var sheet = (await (await api.Acme.Get($"/api/v1/imports/{import.GetProperty("import_id").GetString()}")).Json()).GetProperty("flags");
        Assert.Equal((0, 2, 0m), (sheet.GetProperty("open").GetInt64(), sheet.GetProperty("decided").GetInt64(), Decimal(sheet.GetProperty("co2e_t_at_stake"))));
    }

    [Fact]
    public async Task what_is_flagged_no_more_is_settled_and_comes_again_with_its_file()
    {
        const string Second = "Z-2,LDS,M-9,electricity.grid,300,kWh,2025-01-01,2025-01-31,,";
        await Import("Z-1,LDS,M-9,electricity.grid,310,kWh,2025-01-01,2025-01-31,,");
        var import = await Import(Second);
        var id = import.GetProperty("import_id").GetString()!;
        var flag = $"/api/v1/flags/{Assert.Single(await Flags(import)).GetProperty("flag_id").GetString()}";

        await (await api.Acme.Post($"/api/v1/imports/{id}/undo", new { reason = "wrong file" })).Json(202);
        await api.Becomes(1, "select count(*) from activities.flags where import_id = $1 and status = 'settled'", Guid.Parse(id));
        await Import(Second);
        await api.Becomes(1, "select count(*) from activities.flags where import_id = $1 and status = 'open'", Guid.Parse(id));
        var activity = (await (await api.Acme.Get(flag)).Json()).GetProperty("activity");
        Assert.Equal(3, activity.GetProperty("version").GetInt32());
        await (await api.Acme.Patch($"/api/v1/activities/{activity.GetProperty("activity_id").GetString()}", new { start = "2025-02-01", end = "2025-02-28" }, ("If-Match", "\"3\""))).Json();
        await api.Becomes(1, "select count(*) from activities.flags where import_id = $1 and status = 'settled'", Guid.Parse(id));
    }

    private static long Open(JsonElement import) => import.GetProperty("flags").GetProperty("open").GetInt64();

    private static decimal Decimal(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);

    private static decimal Kilograms(string kind, decimal quantity, string unit, string start, string end)
    {
        var estimator = new Estimator(Product.Data, YearEstimators.Choices(Policy.Default(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime))));
        var estimate = estimator.Estimate(Product.Activity(kind, quantity, unit, "GB") with { Start = Product.Day(start), End = Product.Day(end) });
        Assert.Null(estimate.Problem);
        return estimate.Entries.Where(entry => entry.Plan.Basis != Basis.Market).Sum(entry => entry.Amounts.Co2eKg);
    }

    private async Task<JsonElement> Import(string rows) => await api.Checked(api.Acme, await api.Import(api.Acme, Header + rows + "\n"));

    private async Task<List<JsonElement>> Flags(JsonElement import) =>
        [.. (await (await api.Acme.Get($"/api/v1/flags?import_id={import.GetProperty("import_id").GetString()}")).Json()).GetProperty("items").EnumerateArray()];
}
