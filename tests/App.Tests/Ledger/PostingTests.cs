using Npgsql;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine.Proof;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Ledger;

public sealed class PostingTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private static readonly NewActivity[] Mixed =
    [
        new("electricity.grid", 1234.56m, "kWh", "GB", "2024-03-01", "2024-03-31"),
        new("electricity.grid", 98765.4m, "kWh", "DE", "2024-01-15", "2024-04-14"),
        new("fuel.diesel", 500.5m, "litre", "GB", "2024-05-01", "2024-05-31") { Quality = 3 },
        new("travel.air", 2m, "person", "GB", "2024-06-03", "2024-06-03") { Columns = """{"from":"LHR","to":"JFK","class":"business"}""" },
        new("goods.spend.naics-541511", 12000m, "GBP", "GB", "2024-07-01", "2024-07-31"),
        new("electricity.grid", 4000m, "kWh", "GB", "2024-08-01", "2024-08-31") { Columns = """{"instrument":"rego","supplier":"Green Power"}""" },
        new("electricity.grid", -100m, "kWh", "GB", "2024-09-01", "2024-09-30"),
    ];

    [Fact]
    public async Task Totals_are_those_of_estimate_to_the_last_digit()
    {
        var acme = await ledger.Tenant("last-digit");
        await ledger.Post(acme, await ledger.Import(acme, Mixed));

        var answer = await ledger.Totals(acme, new TotalsQuestion { GroupBy = [Dimension.Scope, Dimension.Category, Dimension.Basis] });

        var estimator = Product.Estimator(asOf: Today());
        var expected = Mixed.SelectMany(row => Estimate(estimator, row).Entries)
            .GroupBy(entry => (entry.Plan.Scope, entry.Plan.Category, entry.Plan.Basis))
            .ToDictionary(group => group.Key, group => (Co2e: group.Sum(entry => entry.Amounts.Co2eKg), Biogenic: group.Sum(entry => entry.Amounts.BiogenicCo2Kg)));
        Assert.Equal(expected.Count, answer.Groups.Count);
        foreach (var group in answer.Groups)
        {
            Assert.Equal(expected[(group.Scope!.Value, group.Category, group.Basis!.Value)], (group.Total!.Co2eKg, group.Total.BiogenicCo2Kg));
        }
    }

    [Fact]
    public async Task Months_of_an_activity_add_to_the_whole_exactly()
    {
        var acme = await ledger.Tenant("months");
        await ledger.Post(acme, await ledger.Import(acme, new NewActivity("electricity.grid", 1000.01m, "kWh", "GB", "2023-11-17", "2024-02-29")));

        var entries = await Entries(acme);

        Assert.Equal(["2023-11", "2023-12", "2024-01", "2024-02"], entries.Select(entry => entry.Month).Distinct());
        foreach (var slot in entries.GroupBy(entry => (entry.Role, entry.Basis)))
        {
            Assert.Equal(1000.01m, slot.Sum(entry => entry.Quantity));
        }

        // Each fiscal year by its own factors: two calculations for each role.
        Assert.Equal(2, entries.Where(entry => entry is { Role: "generation", Basis: Basis.Location }).Select(entry => entry.CalculationId).Distinct().Count());
    }

    [Fact]
    public async Task An_import_posted_twice_is_there_once()
    {
        var acme = await ledger.Tenant("twice");
        var import = await ledger.Import(acme, Mixed);
        await ledger.Post(acme, import);
        var before = await Entries(acme);

        await Task.WhenAll(ledger.Post(acme, import), ledger.Post(acme, import));

        Assert.Equal(before.Count, (await Entries(acme)).Count);
        Assert.Equal(1, await Runs(acme));
    }

    [Fact]
    public async Task Postings_at_once_keep_one_chain_without_gaps()
    {
        var acme = await ledger.Tenant("chain");
        var imports = new List<Guid>();
        for (var i = 0; i < 4; i++)
        {
            imports.Add(await ledger.Import(acme, Mixed.Select(row => row with { ActivityId = Guid.CreateVersion7() }).ToArray()));
        }

        await Task.WhenAll(imports.Select(import => ledger.Post(acme, import)));

        var runs = (await ledger.Read(acme, session => RunView.Before(session, long.MaxValue, 10))).Reverse().ToList();
        Assert.Equal([1L, 2L, 3L, 4L], runs.Select(run => run.RunNo));
        var previous = RunHash.Beginning;
        var last = DateTimeOffset.MinValue;
        foreach (var run in runs)
        {
            Assert.Equal(Convert.ToHexStringLower(previous), run.PreviousHash);
            previous = RunHash.Of(run.RunNo, previous, Convert.FromHexString(run.Root), run.EntryCount, run.PostedAt, run.Cause);
            Assert.Equal(Convert.ToHexStringLower(previous), run.Hash);
            Assert.True(run.PostedAt > last);
            last = run.PostedAt;
        }
    }

    [Fact]
    public async Task Every_entry_is_proven_and_a_changed_copy_is_not()
    {
        var acme = await ledger.Tenant("proof");
        await ledger.Post(acme, await ledger.Import(acme, Mixed));
        var run = (await ledger.Read(acme, session => RunView.Find(session, 1)))!;
        foreach (var entry in await Entries(acme))
        {
            var proof = (await ledger.Read(acme, session => EntryProof.Of(session, entry.Id, TestContext.Current.CancellationToken))).Value;

            var path = proof.Path.Select(Convert.FromHexString).ToList();
            Assert.Equal(run.Root, proof.Root);
            Assert.True(MerkleTree.Verify(MerkleTree.Leaf(System.Text.Encoding.UTF8.GetBytes(proof.Text)), proof.Index, proof.Count, path, Convert.FromHexString(run.Root)));
            Assert.Contains($"\"line\":{proof.Index + 1},", proof.Text, StringComparison.Ordinal);
            var tampered = System.Text.Encoding.UTF8.GetBytes(proof.Text.Replace("co2e_kg\":\"", "co2e_kg\":\"1", StringComparison.Ordinal));
            Assert.False(MerkleTree.Verify(MerkleTree.Leaf(tampered), proof.Index, proof.Count, path, Convert.FromHexString(run.Root)));
        }
    }

    [Fact]
    public async Task A_new_version_takes_the_old_one_back_and_a_withdrawal_leaves_nothing_but_what_was_known_then()
    {
        var acme = await ledger.Tenant("versions");
        var row = new NewActivity("electricity.grid", 300m, "kWh", "GB", "2024-01-20", "2024-03-10");
        await ledger.Post(acme, await ledger.Import(acme, row));
        var first = await ledger.Totals(acme);
        var then = (await ledger.Read(acme, session => RunView.Find(session, 1)))!.PostedAt;

        await ledger.Post(acme, await ledger.Import(acme, row with { Version = 2, Quantity = 600m, Start = "2024-02-01" }), cause: "correction");
        var second = await ledger.Totals(acme);
        await ledger.Post(acme, await ledger.Import(acme, row with { Version = 3, Withdrawn = true }), withdrawn: true, cause: "undo");
        var last = await ledger.Totals(acme, new TotalsQuestion { GroupBy = [Dimension.Gas] });

        Assert.Equal(first.Total.Co2eKg * 2, second.Total.Co2eKg);
        Assert.Equal((0m, 0m, 0m, 0L), (last.Total.Co2eKg, Math.Round(last.Total.LowKg, 6), Math.Round(last.Total.HighKg, 6), last.Total.Entries));
        Assert.All(last.Groups, gas => Assert.Equal(0m, gas.MassKg));
        Assert.Equal(first.Total, (await ledger.Totals(acme, new TotalsQuestion { AsOf = then })).Total);
        Assert.Equal(0m, (await ledger.Totals(acme, new TotalsQuestion { AsOf = then.AddTicks(-10) })).Total.Co2eKg);
    }

    [Theory]
    [InlineData("first", "second", "third")]
    [InlineData("third", "second", "first")]
    [InlineData("second", "third", "first")]
    [InlineData("third", "first", "second")]
    public async Task The_last_version_counts_in_whatever_order_they_are_posted(string one, string two, string three)
    {
        var acme = await ledger.Tenant($"order-{one}-{two}-{three}");
        var first = Mixed[0] with { ActivityId = Guid.CreateVersion7() };
        var imports = new Dictionary<string, (Guid Id, bool Withdrawn)>
        {
            ["first"] = (await ledger.Import(acme, first), false),
            ["second"] = (await ledger.Import(acme, first with { Version = 2, Withdrawn = true }), true),
            ["third"] = (await ledger.Import(acme, first with { Version = 3, Quantity = first.Quantity * 3 }), false),
        };

        foreach (var (id, withdrawn) in new[] { one, two, three }.Select(name => imports[name]))
        {
            await ledger.Post(acme, id, withdrawn);
        }

        var alone = await ledger.Tenant($"alone-{one}-{two}-{three}");
        await ledger.Post(alone, await ledger.Import(alone, first with { ActivityId = Guid.CreateVersion7(), Quantity = first.Quantity * 3 }));
        Assert.Equal((await ledger.Totals(alone)).Total, (await ledger.Totals(acme)).Total);
    }

    [Fact]
    public async Task What_cannot_be_posted_is_told_and_not_lost()
    {
        var acme = await ledger.Tenant("unposted");
        await ledger.Post(acme, await ledger.Import(acme, Mixed[0], new NewActivity("electricity.grid", 5m, "kg", "GB", "2024-01-01", "2024-01-31")));

        var problem = await ledger.Read(acme, session => session.First<string>("select problem->>'code' from ledger.unposted"));

        Assert.Equal("unit.dimension", problem);
        Assert.Equal(1, await Runs(acme));
    }

    [Fact]
    public async Task A_calculation_recomputes_its_entries_and_is_named_by_its_text()
    {
        var acme = await ledger.Tenant("recompute");
        await ledger.Post(acme, await ledger.Import(acme, Mixed));

        var texts = await ledger.Read(acme, session => session.Query<(Guid Id, string Body)>("select calculation_id, body from ledger.calculations"));
        foreach (var entry in await Entries(acme))
        {
            var body = CalculationBody.Read(texts.Single(text => text.Id == entry.CalculationId).Body);
            var amounts = body.ToFormula().Amounts(entry.Quantity);
            Assert.Equal((entry.Co2eKg, entry.LowKg, entry.HighKg, entry.BiogenicCo2Kg), (amounts.Co2eKg, amounts.LowKg, amounts.HighKg, amounts.BiogenicCo2Kg));
        }

        Assert.All(texts, text =>
        {
            Assert.Equal(text.Id, Calculation.IdOf(text.Body));
            Assert.Equal(text.Body, System.Text.Json.JsonSerializer.Serialize(CalculationBody.Read(text.Body), CalculationBody.Canonical));
        });
    }

    [Theory]
    [InlineData("update ledger.entries set co2e_kg = 0")]
    [InlineData("delete from ledger.entries")]
    [InlineData("truncate ledger.entries")]
    [InlineData("update ledger.run_sums set cells = 0")]
    [InlineData("update ledger.runs set entry_count = 1")]
    [InlineData("delete from ledger.calculations")]
    public async Task A_trigger_stops_even_the_superuser(string sql)
    {
        var acme = await ledger.Tenant("guarded-" + Guid.CreateVersion7().ToString("N")[..12]);
        await ledger.Post(acme, await ledger.Import(acme, Mixed[0] with { ActivityId = Guid.CreateVersion7() }));
        await using var command = ledger.Test.Admin.CreateCommand(sql);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));

        Assert.Equal("23001", refused.SqlState);
    }

    [Fact]
    public async Task Another_tenant_sees_nothing()
    {
        var acme = await ledger.Tenant("mine");
        var globex = await ledger.Tenant("yours");
        await ledger.Post(acme, await ledger.Import(acme, Mixed));

        Assert.Empty(await Entries(globex));
        Assert.Equal((0L, 0m), ((await ledger.Totals(globex)).Run, (await ledger.Totals(globex)).Total.Co2eKg));
        Assert.Equal("entry.not-found", (await ledger.Queries.Explain(globex, "1-1", TestContext.Current.CancellationToken)).Problem?.Code);
        Assert.Null((await ledger.Queries.Explain(acme, "1-1", TestContext.Current.CancellationToken)).Problem);
    }

    private async Task<IReadOnlyList<EntryView>> Entries(Caller caller) =>
        (await ledger.Queries.Entries(caller, new EntriesQuestion { Limit = 1000 }, TestContext.Current.CancellationToken)).Value.Items;

    private Task<long> Runs(Caller caller) => ledger.Read(caller, session => session.First<long>("select count(*) from ledger.runs"));

    private static string Today() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static Estimate Estimate(Estimator estimator, NewActivity row) => estimator.Estimate(Product.Activity(row.Kind, row.Quantity, row.Unit, row.Region) with
    {
        Start = Product.Day(row.Start), End = Product.Day(row.End), Quality = row.Quality,
        Columns = row.Columns is null ? Activity.NoColumns : System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(row.Columns)!,
    });
}
