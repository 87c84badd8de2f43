using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Ledger.Recalculation;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>The change between two years by cause: each by itself, and all at once.</summary>
public sealed class BridgeTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    // The same in both years: what the one year's factors are, the other's are too (their editions aside, which the policies hold still).
    private static readonly NewActivity[] Rows =
    [
        new("fuel.diesel", 500.5m, "L", "GB", "2024-05-01", "2024-05-31"),
        new("fuel.natural-gas", 9000.125m, "kWh", "GB", "2024-02-10", "2024-09-20"),
        new("freight.road.hgv", 70m, "tonne.km", "GB", "2024-12-01", "2024-12-31"),
    ];

    [Fact]
    public async Task more_of_the_same_is_activity()
    {
        var acme = await Years("bridge-activity", times: 1.5m);

        var total = await Bridge(acme);

        Assert.True(total.Activity > 0m, total.ToString());
        Assert.Equal((0m, 0m, 0m), (total.Gwp, total.Boundary, total.Mapping));
    }

    [Fact]
    public async Task another_factor_is_factor()
    {
        var acme = await Years("bridge-factor");
        var before = await Bridge(acme);

        await Change(acme, new PolicyForm(SnapshotId: await Snapshot(acme, 0.15m)));

        var total = await Bridge(acme);
        Assert.True(total.Factor < before.Factor, "0.15 kg are less than the library's");
        Assert.Equal((before.Activity, 0m, 0m, 0m), (total.Activity, total.Gwp, total.Boundary, total.Mapping));
        Assert.Equal(total.Change - before.Change, total.Factor - before.Factor);
    }

    [Fact]
    public async Task another_gwp_set_is_gwp()
    {
        var acme = await Years("bridge-gwp");
        var before = await Bridge(acme);

        await Change(acme, new PolicyForm(GwpSet: "AR4"));

        var total = await Bridge(acme);
        Assert.NotEqual(0m, total.Gwp);
        Assert.Equal((before.Activity, before.Factor, 0m, 0m), (total.Activity, total.Factor, total.Boundary, total.Mapping));
        Assert.Equal(total.Change - before.Change, total.Gwp);
    }

    [Fact]
    public async Task another_boundary_is_boundary()
    {
        var acme = await Years("bridge-boundary");
        var before = await Bridge(acme);

        await Change(acme, new PolicyForm(Boundary: "equity_share"));

        var total = await Bridge(acme);
        Assert.True(total.Boundary < 0m, "less than half of the joint venture is left");
        Assert.Equal((before.Activity, before.Factor, 0m, 0m), (total.Activity, total.Factor, total.Gwp, total.Mapping));
        Assert.Equal(total.Change - before.Change, total.Boundary);
    }

    [Fact]
    public async Task another_kind_is_mapping()
    {
        var acme = await Years("bridge-mapped");
        var before = await Bridge(acme);

        await Change(acme, null, Petrol);

        var total = await Bridge(acme);
        Assert.NotEqual(0m, total.Mapping);
        Assert.Equal((0m, 0m), (total.Gwp, total.Boundary));
        Assert.Equal(total.Change - before.Change, total.Mapping);
        Assert.Equal(before.Factor + before.Activity, total.Factor + total.Activity);
    }

    [Fact]
    public async Task a_kind_mapped_under_another_policy_is_mapping_by_what_it_changes_under_that_policy_alone()
    {
        var both = await Years("bridge-both");
        await Change(both, new PolicyForm(GwpSet: "AR4"), Petrol);
        var after = await Years("bridge-after");
        await Change(after, new PolicyForm(GwpSet: "AR4"));
        var policyAlone = await Bridge(after);
        await Change(after, null, Petrol);

        var (once, twice) = (await Bridge(both), await Bridge(after));

        Assert.Equal(once, twice);
        Assert.Equal(twice.Change - policyAlone.Change, once.Mapping);
    }

    [Fact]
    public async Task all_causes_at_once_add_to_the_change_and_each_is_there()
    {
        var acme = await Years("bridge-all", times: 1.25m);
        var then = await ledger.Read(acme, session => session.First<DateTime>("select clock_timestamp()"));
        var before = await Bridge(acme);

        await Change(acme, new PolicyForm(GwpSet: "AR4", Boundary: "equity_share", SnapshotId: await Snapshot(acme, 0.15m)), Petrol);

        var total = await Bridge(acme);
        Assert.All((decimal[])[total.Activity, total.Factor, total.Gwp, total.Boundary, total.Mapping], part => Assert.NotEqual(0m, part));
        var known = (await ledger.Read(acme, session => GetBridge.Handle(
            "2024", "2025", Basis.Location, session, ledger.Estimators, ledger.Activities, new DateTimeOffset(DateTime.SpecifyKind(then, DateTimeKind.Utc))))).Value.Total;
        Assert.Equal(before, known);
    }

    // Sums of many entries have more digits than a decimal: 28 places behind the point and thousands before it.
    [Fact]
    public async Task figures_with_more_digits_than_a_decimal_have_a_bridge()
    {
        var acme = await ledger.Tenant("bridge-digits");
        foreach (var year in (string[])["2024", "2025"])
        {
            await ledger.Post(acme, await ledger.Import(
                acme,
                new NewActivity("fuel.diesel", 0.0000001m, "gal-us", "GB", year + "-03-01", year + "-03-31"),
                new NewActivity("fuel.diesel", 98765432.1m, "gal-us", "GB", year + "-03-01", year + "-03-31")));
        }

        var digits = await ledger.Read(acme, session => session.First<int>("select max(length(total::text)) from (select sum(co2e_kg) as total from ledger.entries group by month, calculation_id) as sums"));
        Assert.True(digits > 30, $"{digits} digits are no trial");

        await Bridge(acme);
    }

    private static KindMapping Petrol => new(new Dictionary<string, string>(StringComparer.Ordinal) { ["fuel.diesel"] = "fuel.petrol" });

    [Fact]
    public async Task a_corrected_kind_is_mapping_in_the_bridge()
    {
        var acme = await ledger.Tenant("bridge-mapping");
        var wrong = new NewActivity("fuel.petrol", 100m, "L", "GB", "2025-03-01", "2025-03-31");
        await ledger.Post(acme, await ledger.Import(acme, new NewActivity("fuel.diesel", 100m, "L", "GB", "2024-03-01", "2024-03-31"), wrong));
        await ledger.Post(acme, await ledger.Import(acme, wrong with { Kind = "fuel.diesel", Version = 2 }), cause: "correction");

        var bridge = (await ledger.Read(acme, session => GetBridge.Handle("2024", "2025", Basis.Location, session, ledger.Estimators, ledger.Activities))).Value;

        var estimator = Product.Estimator(asOf: FormattableString.Invariant($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}"));
        var mapped = estimator.Estimate(Product.Activity("fuel.diesel", 100m, "L", "GB", "2025-03-15")).Entries.Sum(entry => entry.Amounts.Co2eKg)
            - estimator.Estimate(Product.Activity("fuel.petrol", 100m, "L", "GB", "2025-03-15")).Entries.Sum(entry => entry.Amounts.Co2eKg);
        Assert.Equal(mapped, bridge.Total.Mapping);
        Assert.Equal(bridge.Total.Change, bridge.Total.Activity + bridge.Total.Factor + bridge.Total.Gwp + bridge.Total.Boundary + bridge.Total.Mapping);
    }

    // Two years of the same company: half of it a joint venture.
    private async Task<Caller> Years(string slug, decimal times = 1m)
    {
        var (acme, entity) = (await ledger.Tenant(slug), Guid.CreateVersion7());
        await ledger.Write(acme, "insert into org.entities (tenant_id, entity_id, code, name) values (@tenant, @entity, 'JV', 'Joint venture')", new { tenant = acme.Tenant.Value, entity });
        await ledger.Write(acme, """
            insert into org.entity_shares (tenant_id, entity_id, valid_from, equity_share, financial_control, operational_control) values (@tenant, @entity, '2020-01-01', 0.4, 'joint', true)
            """, new { tenant = acme.Tenant.Value, entity });
        await ledger.Post(acme, await ledger.Import(acme, [.. Rows.Select((row, at) => row with { ActivityId = Guid.CreateVersion7(), Entity = at < 2 ? entity : null })]));
        await ledger.Post(acme, await ledger.Import(acme, [.. Rows.Select((row, at) => row with
        {
            ActivityId = Guid.CreateVersion7(), Entity = at < 2 ? entity : null, Quantity = times * row.Quantity, Start = row.Start.Replace("2024", "2025", StringComparison.Ordinal),
            End = row.End.Replace("2024", "2025", StringComparison.Ordinal),
        })]));
        return acme;
    }

    // Every step's parts are its change, and the ends are the years' totals.
    private async Task<GetBridge.Step> Bridge(Caller acme)
    {
        var bridge = (await ledger.Read(acme, session => GetBridge.Handle("2024", "2025", Basis.Location, session, ledger.Estimators, ledger.Activities))).Value;
        foreach (var step in bridge.Groups.Append(bridge.Total))
        {
            Assert.Equal(step.Change, step.Activity + step.Factor + step.Gwp + step.Boundary + step.Mapping);
            Assert.Equal(step.After, step.Before + step.Change);
        }

        Assert.Equal((await Total(acme, "2024"), await Total(acme, "2025")), (decimal.Round(bridge.Total.Before, 12), decimal.Round(bridge.Total.After, 12)));
        return bridge.Total;
    }

    private async Task<decimal> Total(Caller acme, string year) => decimal.Round(
        (await ledger.Totals(acme, new TotalsQuestion { From = Product.Day(year + "-01-01"), To = Product.Day(year + "-12-01"), Consolidate = true })).Total.Co2eKg, 12);

    // Previewed and posted for the later year.
    private async Task Change(Caller acme, PolicyForm? form, KindMapping? mapping = null)
    {
        var made = await new PreviewRecalculation(ledger.Database, ledger.Activities, ledger.Queries, ledger.Estimators, TimeProvider.System)
            .Handle(new PreviewRecalculation.Request("2025", form, Mapping: mapping), acme, Ct);
        Assert.Null(made.Problem);
        var id = made.Value.RecalculationId;
        Assert.Null((await ledger.Database.Write(acme, session => PostRecalculation.Handle(id, new PostRecalculation.Request("a test"), session), Ct)).Problem);
        await new PostRecalculation(ledger.Database, ledger.Activities, ledger.Estimators, TimeProvider.System).Post(acme, id, (_, _, _) => Task.CompletedTask, Ct);
    }

    private async Task<Guid> Snapshot(Caller caller, decimal gas) => (await ledger.Database.Write(caller, async session =>
    {
        var draft = (await DraftSnapshot.Handle(new DraftSnapshot.Request("Own factors"), session, Product.Data, TimeProvider.System)).Value;
        var own = await SetOverride.Handle(
            draft.SnapshotId, null, new SetOverride.Request("fuel.natural-gas", "direct", "GB", "kWh-gross", Product.Day("2024-01-01"), "Letter of the supplier", "supplier", Co2e: gas), session,
            Product.Data, TimeProvider.System);
        Assert.Null(own.Problem);
        return await LockSnapshot.Handle(draft.SnapshotId, IfMatch.Any, session, Product.Data, TimeProvider.System);
    }, Ct)).Value.SnapshotId;
}
