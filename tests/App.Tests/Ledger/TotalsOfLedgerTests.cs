using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine.Uncertainty;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Ledger;

public sealed class TotalsOfLedgerTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    [Fact]
    public async Task Totals_equal_the_sum_of_entries_for_every_grouping()
    {
        var acme = await ledger.Tenant("groupings");
        await ledger.Post(acme, await ledger.Import(acme, Year()));
        var entries = (await ledger.Queries.Entries(acme, new EntriesQuestion { Limit = 1000 }, TestContext.Current.CancellationToken)).Value.Items;
        foreach (var dimension in Enum.GetValues<Dimension>().Where(dimension => dimension != Dimension.Gas))
        {
            foreach (var basis in new[] { Basis.Location, Basis.Market })
            {
                var answer = await ledger.Totals(acme, new TotalsQuestion { GroupBy = [dimension], Basis = basis });

                Assert.Equal(answer.Total.Co2eKg, entries.Where(entry => entry.Basis == Basis.Single || entry.Basis == basis).Sum(entry => entry.Co2eKg));
                Assert.Equal(
                    dimension == Dimension.Basis ? entries.Sum(entry => entry.Co2eKg) : answer.Total.Co2eKg, answer.Groups.Sum(group => group.Total!.Co2eKg));
            }
        }

        var gases = await ledger.Totals(acme, new TotalsQuestion { GroupBy = [Dimension.Gas] });
        foreach (var gas in gases.Groups.Where(group => group.Gas != "unsplit"))
        {
            Assert.Equal(entries.Where(entry => entry.Basis != Basis.Market).Sum(entry => entry.GasesKg.GetValueOrDefault(gas.Gas!)), gas.MassKg);
        }
    }

    [Fact]
    public async Task The_range_is_that_of_propagation_over_all_activities()
    {
        var acme = await ledger.Tenant("range");
        var rows = Year();
        await ledger.Post(acme, await ledger.Import(acme, rows));

        var total = (await ledger.Totals(acme)).Total;

        var estimator = Product.Estimator(asOf: TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        var terms = rows.SelectMany(row => estimator.Estimate(Product.Activity(row.Kind, row.Quantity, row.Unit, row.Region) with { Start = Product.Day(row.Start), End = Product.Day(row.End) })
            .Entries.Where(entry => entry.Plan.Basis != Basis.Market)
            .Select(entry => new Term(entry.Amounts.Co2eKg, (double)entry.Plan.ActivityHalfWidth, (double)entry.Plan.FactorHalfWidth, entry.Plan.CorrelationKey, row.ActivityId.ToString())));
        var expected = Propagation.Total([.. terms]);
        Assert.Equal(expected.Value, total.Co2eKg);
        Assert.Equal((double)expected.Low, (double)total.LowKg, (double)expected.Value * 1e-9);
        Assert.Equal((double)expected.High, (double)total.HighKg, (double)expected.Value * 1e-9);
    }

    [Fact]
    public async Task An_entity_counts_by_its_share_in_the_month()
    {
        var acme = await ledger.Tenant("shares");
        var joint = Guid.CreateVersion7();
        await ledger.Write(acme, "insert into org.entities (tenant_id, entity_id, code, name) values (@tenant, @joint, 'J', 'Joint')", new { tenant = acme.Tenant.Value, joint });
        await ledger.Write(acme, """
            insert into org.entity_shares (tenant_id, entity_id, valid_from, equity_share, financial_control, operational_control)
            values (@tenant, @joint, '2024-01-01', 0.4, 'joint', true), (@tenant, @joint, '2024-07-01', 0.4, 'none', false)
            """, new { tenant = acme.Tenant.Value, joint });
        await ledger.Post(acme, await ledger.Import(
            acme,
            new NewActivity("electricity.grid", 100m, "kWh", "GB", "2024-06-01", "2024-06-30") { Entity = joint },
            new NewActivity("electricity.grid", 100m, "kWh", "GB", "2024-07-01", "2024-07-31") { Entity = joint }));

        var whole = (await ledger.Totals(acme)).Total.Co2eKg;
        var consolidated = (await ledger.Totals(acme, new TotalsQuestion { Consolidate = true })).Total.Co2eKg;

        Assert.Equal(whole / 2, consolidated);
    }

    [Fact]
    public async Task Totals_as_of_then_count_by_the_shares_and_the_boundary_known_then()
    {
        var (acme, globex) = (await ledger.Tenant("shares-then"), await ledger.Tenant("shares-there"));
        var joint = Guid.CreateVersion7();
        await ledger.Write(acme, "insert into org.entities (tenant_id, entity_id, code, name) values (@tenant, @joint, 'J', 'Joint')", new { tenant = acme.Tenant.Value, joint });
        await ledger.Post(acme, await ledger.Import(acme, new NewActivity("electricity.grid", 100m, "kWh", "GB", "2024-06-01", "2024-06-30") { Entity = joint }));
        var whole = (await ledger.Totals(acme)).Total.Co2eKg;
        var unsaid = await Now(acme);
        await ledger.Write(acme, """
            insert into org.entity_shares (tenant_id, entity_id, valid_from, equity_share, financial_control, operational_control)
            values (@tenant, @joint, '2024-01-01', 0.4, 'joint', false)
            """, new { tenant = acme.Tenant.Value, joint });
        var operational = await Now(acme);
        await ledger.Write(acme, "update org.periods set boundary = 'equity_share'", new { });
        var equity = await Now(acme);
        await ledger.Write(acme, "update org.entity_shares set equity_share = 0.5", new { });
        var more = await Now(acme);
        await ledger.Write(acme, "delete from org.entity_shares", new { });

        Assert.Equal([whole, 0m, 0.4m * whole, 0.5m * whole, whole], [await At(unsaid), await At(operational), await At(equity), await At(more), await At(null)]);
        Assert.Equal(0, await ledger.Read(globex, session => session.First<int>("select count(*)::int from org.former_rows")));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ledger.Write(acme, "update org.former_rows set body = '{}'", new { }));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);

        async Task<decimal> At(DateTimeOffset? instant) => (await ledger.Totals(acme, new TotalsQuestion { Consolidate = true, AsOf = instant })).Total.Co2eKg;
    }

    private async Task<DateTimeOffset> Now(Caller caller) =>
        new(DateTime.SpecifyKind(await ledger.Read(caller, session => session.First<DateTime>("select clock_timestamp()")), DateTimeKind.Utc));

    private static NewActivity[] Year() => Enumerable.Range(1, 12).SelectMany(month => new[]
    {
        Of("electricity.grid", 1000m + month, "kWh", "GB", month), Of("electricity.grid", 2000.5m - month, "kWh", "GB", month),
        Of("fuel.natural-gas", 300m * month, "kWh (gross)", "GB", month),
    }).Append(new NewActivity("electricity.grid", 7777m, "kWh", "GB", "2024-02-10", "2024-05-09")).ToArray();

    private static NewActivity Of(string kind, decimal quantity, string unit, string region, int month) => new(
        kind, quantity, unit, region, FormattableString.Invariant($"2024-{month:00}-01"), FormattableString.Invariant($"2024-{month:00}-{DateTime.DaysInMonth(2024, month):00}"));
}
