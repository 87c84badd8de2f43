using System.Globalization;
using OffGridFlow.App.Tests.Faults;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Ledger.Api;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>Totals come from sums that runs were posted with, and are to the last digit what the entries add up to.</summary>
public sealed class RunSumsTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task at_every_run_of_any_ledger_the_sums_are_those_of_its_entries(int seed)
    {
        var random = new Random(seed);
        var (acme, globex) = (await ledger.Tenant($"acme-{seed}"), await ledger.Tenant($"globex-{seed}"));

        // Of few rows each, so that blocks fill up, are cut short and make rows of the next level.
        foreach (var caller in (Caller[])[acme, globex, acme, globex, acme])
        {
            await Disturb(caller, random);
        }

        foreach (var caller in (Caller[])[acme, globex])
        {
            var head = await ledger.Queries.Head(caller, Cancelled);
            for (var run = 1L; run <= head; run++)
            {
                await AssertSame(caller, 0, run);
            }

            // Kept cubes go on from any run to any other.
            for (var i = 0; i < 10; i++)
            {
                var after = random.NextInt64(head);
                await AssertSame(caller, after, random.NextInt64(after + 1, head + 1));
            }

            await AssertGroupsAddUp(caller);
            Assert.Equal([], await ledger.Read(caller, SumsCheck.Wrong));
        }

        Assert.True(await ledger.Read(acme, session => session.First<int>("select max(level) from ledger.run_sums")) >= 2);
    }

    [Fact]
    public async Task runs_of_few_entries_are_read_from_few_rows()
    {
        var acme = await ledger.Tenant("few-rows");
        await Post(acme, [.. Enumerable.Range(1, 130).Select(i => Row("fuel.diesel", "litre", i, 1, 1))], 2);

        var levels = await ledger.Read(acme, session => session.Query<(int Level, long Rows)>("select level::int, count(*) from ledger.run_sums group by level order by level"));

        // 65 runs: eight rows of eight runs, one of the last run; one of the eight rows.
        Assert.Equal([(1, 9L), (2, 1L)], levels);
        Assert.Equal(130, (await ledger.Totals(acme)).Total.Entries / 2);
    }

    [Fact]
    public async Task where_every_row_has_its_own_factor_there_are_no_sums_and_totals_are_right_all_the_same()
    {
        var acme = await ledger.Tenant("own-factors");
        await Post(acme, [.. Enumerable.Range(1, 600).Select(i => Row("goods.material.steel", "tonne", i, 1, 1) with { FactorValue = i / 7m })], 600);

        Assert.Equal(0, await ledger.Read(acme, session => session.First<long>("select count(*) from ledger.run_sums")));
        await AssertSame(acme, 0, 1);
        Assert.Equal(600, (await ledger.Totals(acme)).Total.Entries);
    }

    [Fact]
    public async Task sums_of_more_digits_than_a_decimal_holds_lose_none()
    {
        var acme = await ledger.Tenant("digits");
        var figures = new RunSums();
        Entry[] entries = [.. ((decimal[])[79_228_162_514_264_337_593_543_950m, 0.0000000000000000000000000001m, 0.5m]).Select(value =>
            new Entry { Kind = "fuel.diesel", Month = new DateOnly(2024, 1, 1), Quantity = value, Co2eKg = -value, BiogenicCo2Kg = value })];
        figures.Add(entries);

        var stored = figures.Stored();

        Assert.Equal(2, stored.Cells);
        Assert.Equal("79228162514264337593543950.5000000000000000000000000001", await ledger.Read(
            acme, async session => await session.First<string>("select (@a::numeric + @b::numeric)::text", new { a = stored.Quantity[0], b = stored.Quantity[1] })));
        Assert.Equal(stored.Quantity.Select(value => -value), stored.Co2eKg);
        Assert.Equal(3, stored.Entries.Sum());
    }

    [Fact]
    public async Task a_sum_that_is_not_that_of_the_entries_is_found()
    {
        var acme = await ledger.Tenant("damage");
        await Post(acme, [.. Enumerable.Range(1, 40).Select(i => Row("fuel.diesel", "litre", i, (i % 12) + 1, 1))], 40);
        foreach (var damage in (string[])[
            "co2e_kg[3] = co2e_kg[3] + 0.0000000001", "quantities[1] = -quantities[1]", "biogenic_co2_kg[2] = 1", "entries[4] = entries[4] + 1", "squares[5] = squares[5] * 1.1",
            "months[6] = months[6] + interval '1 month'", "kinds[1] = 'fuel.petrol'", "run_no = run_no + 1"])
        {
            await using var connection = await ledger.Test.Admin.OpenConnectionAsync(Cancelled);
            await using var session = new Session(connection, await connection.BeginTransactionAsync(Cancelled), acme, Cancelled);
            Assert.Equal([], await SumsCheck.Wrong(session));
            await session.Execute("set local session_replication_role = replica");
            Assert.Equal(1, await session.Execute($"update ledger.run_sums set {damage} where tenant_id = @tenant", new { tenant = acme.Tenant.Value }));

            Assert.NotEqual([], await SumsCheck.Wrong(session));
        }
    }

    // Imports of several runs, corrections, withdrawals and adjustments.
    private async Task Disturb(Caller caller, Random random)
    {
        (string Kind, string Unit)[] kinds = [("fuel.diesel", "litre"), ("electricity.grid", "kWh"), ("fuel.wood-pellets", "tonne"), ("water.supply", "m3")];
        var entities = Enumerable.Range(0, 2).Select(_ => (Guid?)Guid.CreateVersion7()).Append(null).ToArray();
        NewActivity[] rows = [.. Enumerable.Range(0, random.Next(20, 60)).Select(_ =>
        {
            var (kind, unit) = kinds[random.Next(kinds.Length)];
            return Row(kind, unit, random.Next(1, 1_000_000) / (decimal)Math.Pow(10, random.Next(0, 7)), random.Next(1, 10), random.Next(1, 4)) with { Entity = entities[random.Next(3)] };
        })];
        await Post(caller, rows, random.Next(1, 6));
        await Post(caller, [.. rows.Where(_ => random.Next(4) == 0).Select(row => row with { Version = 2, Quantity = row.Quantity * 1.5m })], random.Next(1, 6), "correction");
        var undone = await ledger.Import(caller, [.. rows.Where(_ => random.Next(6) == 0).Select(row => row with { Version = 3, Withdrawn = true })]);
        await ledger.Post(caller, undone, withdrawn: true, cause: "undo");
        for (var i = 0; i < 3; i++)
        {
            var run = random.NextInt64(1, await ledger.Queries.Head(caller, Cancelled) + 1);
            var adjusted = await AdjustEntry.Handle(
                FormattableString.Invariant($"{run}-1"), new AdjustEntry.Request(random.Next(-100, 100) + 0.125m, "evidence", "counted again"), caller, ledger.Database, ledger.Activities, TimeProvider.System, Cancelled);
            Assert.True(adjusted.TryValue(out _, out var problem) || problem.Code == "adjustment.taken-back");
        }
    }

    private async Task Post(Caller caller, NewActivity[] rows, int rowsOfRun, string cause = "posting")
    {
        var import = await ledger.Import(caller, rows);
        await new ImportPosting(ledger.Database, ledger.Activities, ledger.Estimators, new ChunkSize(rowsOfRun), TimeProvider.System).Post(
            caller, import, new RunCause(import, cause), withdrawn: false, (_, _, _) => Task.CompletedTask, Cancelled);
    }

    private async Task AssertSame(Caller caller, long after, long run)
    {
        var (sums, entries) = await ledger.Read(caller, async session => (
            (await StoredSums.Read(session, after, run, Cancelled)).All().ToDictionary(
                cell => new CubeKey(cell.Month, cell.Label.Entity, null, cell.Label.Kind, cell.Label.IsEstimated, cell.Label.Calculation), cell => cell.Sums),
            (await EntrySums.Read(session, after, run, facilities: false, Cancelled)).ToDictionary(cell => cell.Key, cell => cell.Sums)));
        Assert.Equal(entries.Keys.ToHashSet(), sums.Keys.ToHashSet());
        foreach (var (key, expected) in entries)
        {
            var found = sums[key];
            Assert.Equal(
                (expected.Entries, expected.Co2eKg.Value, expected.BiogenicCo2Kg.Value, expected.Quantity.Value),
                (found.Entries, found.Co2eKg.Value, found.BiogenicCo2Kg.Value, found.Quantity.Value));
        }
    }

    private async Task AssertGroupsAddUp(Caller caller)
    {
        var total = (await ledger.Totals(caller)).Total;
        var location = await ledger.Read(caller, async session => await session.First<(decimal, long)>(
            "select sum(co2e_kg), sum(case entry_type when 'reversal' then -1 else 1 end)::bigint from ledger.entries where basis <> 'market'"));
        Assert.Equal(location, (total.Co2eKg, total.Entries));
        foreach (var dimension in (Dimension[])[Dimension.Entity, Dimension.Kind, Dimension.Month, Dimension.Tier, Dimension.Status, Dimension.Facility, Dimension.Scope])
        {
            var groups = (await ledger.Totals(caller, new TotalsQuestion { GroupBy = [dimension] })).Groups;
            Assert.Equal(location, (groups.Sum(group => group.Total!.Co2eKg), groups.Sum(group => group.Total!.Entries)));
        }
    }

    private static NewActivity Row(string kind, string unit, decimal quantity, int month, int months)
    {
        var from = new DateOnly(2024, month, 1);
        return new NewActivity(
            kind, quantity, unit, "GB", from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), from.AddMonths(months).AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }
}
