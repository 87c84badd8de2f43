using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Ledger.Bundles;
using OffGridFlow.Ledger.Recalculation;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Ledger;

/// <summary>What another policy makes of a year: previewed, posted for what changes only, and the change between years by cause.</summary>
public sealed class RecalculationTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private static readonly NewActivity[] Rows =
    [
        new("fuel.diesel", 500.5m, "L", "GB", "2024-05-01", "2024-05-31"),
        new("fuel.diesel", 1000m, "L", "GB", "2024-02-10", "2024-09-20"),
        new("fuel.diesel", 70m, "L", "GB", "2024-12-01", "2024-12-31"),
        new("fuel.natural-gas", 9000m, "kWh", "GB", "2024-03-01", "2024-03-31"),
        new("electricity.grid", 1234.56m, "kWh", "GB", "2024-03-01", "2024-03-31"),
        new("travel.air", 2m, "person", "GB", "2024-06-03", "2024-06-03") { Columns = """{"from":"LHR","to":"JFK","class":"business"}""" },
        new("goods.spend.naics-541511", 12000m, "GBP", "GB", "2024-07-01", "2024-07-31"),
    ];

    [Fact]
    public async Task a_factor_change_restates_the_entries_it_touches_and_no_other()
    {
        var acme = await Posted("recalc-factor");
        var globex = await Posted("recalc-factor-other");
        var before = await ledger.Totals(acme);
        var snapshot = await Snapshot(acme, 1.5m, from: "2024-04-01", to: "2024-11-30");

        var preview = await Preview(acme, new PolicyForm(SnapshotId: snapshot));

        var result = preview.Result!;

        // May, and the eight months whose middle is in May. What lies upstream of them keeps its figures and errs with another factor now.
        Assert.Equal((2, 18), (result.Activities, result.ChangedEntries));
        Assert.All(result.Entries, entry => Assert.Equal(("fuel.diesel", 0m), (entry.Kind, entry.Gwp)));
        Assert.Equal(9, result.Entries.Count(entry => entry is { Role: "direct", Change: not 0m }));
        Assert.Equal(9, result.Entries.Count(entry => entry is { Role: "upstream", Change: 0m }));
        Assert.All(result.Entries, entry => Assert.Equal(entry.Change, entry.Gwp + entry.Factor));
        var location = result.Totals.Single(one => one.Basis == "location");
        Assert.Equal(location.Change, location.Activity + location.Factor + location.Gwp + location.Boundary + location.Mapping);
        Assert.Equal((before.Total.Co2eKg, location.Change), (location.Before, location.Factor));
        Assert.Equal(before, await ledger.Totals(acme), Same);

        Assert.Equal(36, await Post(acme, preview.RecalculationId));

        var after = await ledger.Totals(acme);
        Assert.Equal(location.After, after.Total.Co2eKg);
        Assert.Equal(Expected(new EstimateOptions(null, Today, DatePolicy.Effective), 1.5m), after.Total.Co2eKg);
        Assert.Equal(before.Total.Entries, after.Total.Entries);
        Assert.Equal(before.Total.Co2eKg, (await ledger.Totals(globex)).Total.Co2eKg);
        Assert.Equal(snapshot, (await Year(acme)).Policy.SnapshotId);
        Assert.Null((await Year(globex)).Policy.SnapshotId);
        Assert.Equal(
            [("posting", 0, null), ("reversal", 0, "new supplier data"), ("posting", 1, "new supplier data")],
            await ledger.Read(acme, session => session.Query<(string, int, string?)>("""
                select entry_type, revision::int, reason from ledger.entries where kind = 'fuel.diesel' and role = 'direct' and month = '2024-05-01' and whole_quantity is null order by run_no, line
                """)));
    }

    [Fact]
    public async Task a_recalculation_posted_again_or_previewed_again_changes_nothing()
    {
        var acme = await Posted("recalc-again");
        var change = new PolicyForm(GwpSet: "AR4");
        var first = await Preview(acme, change);
        var stale = await Preview(acme, change);
        Assert.True(await Post(acme, first.RecalculationId) > 0);

        Assert.Equal(0, await Poster().Post(acme, first.RecalculationId, (_, _, _) => Task.CompletedTask, Ct));
        var again = await Preview(acme, change);
        Assert.Equal((0, 0m), (again.Result!.ChangedEntries, again.Result!.Totals[0].Change));
        var refused = await ledger.Database.Write(acme, session => PostRecalculation.Handle(stale.RecalculationId, new PostRecalculation.Request("again"), session), Ct);
        Assert.Equal("recalculation.stale", refused.Problem?.Code);
    }

    [Fact]
    public async Task another_gwp_set_is_told_apart_from_another_factor()
    {
        var acme = await Posted("recalc-gwp");
        var snapshot = await Snapshot(acme, 1.5m, "2024-01-01", null);

        var gwp = (await Preview(acme, new PolicyForm(GwpSet: "AR4"))).Result!.Totals[0];
        var both = (await Preview(acme, new PolicyForm(GwpSet: "AR4", SnapshotId: snapshot))).Result!;

        Assert.True(gwp.Gwp != 0m, "some factors print their gases");
        Assert.Equal((gwp.Change, 0m), (gwp.Gwp, gwp.Factor));
        Assert.Equal(gwp.Gwp, both.Totals[0].Gwp);
        Assert.True(both.Totals[0].Factor < 0m, "1.5 kg are less than the library's");
        Assert.Equal(both.Totals[0].After, both.Totals[0].Before + both.Totals[0].Gwp + both.Totals[0].Factor);
        Assert.True(both.Significant, both.Note);
        Assert.Contains("GWP set from as published to AR4", both.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task another_boundary_changes_the_consolidated_total_and_no_entry()
    {
        var entity = Guid.CreateVersion7();
        var acme = await ledger.Tenant("recalc-boundary");
        await ledger.Write(acme, "insert into org.entities (tenant_id, entity_id, code, name) values (@tenant, @entity, 'JV', 'Joint venture')", new { tenant = acme.Tenant.Value, entity });
        await ledger.Write(acme, """
            insert into org.entity_shares (tenant_id, entity_id, valid_from, equity_share, financial_control, operational_control) values (@tenant, @entity, '2020-01-01', 0.4, 'joint', true)
            """, new { tenant = acme.Tenant.Value, entity });
        await ledger.Post(acme, await ledger.Import(acme, Rows[0] with { ActivityId = Guid.CreateVersion7(), Entity = entity }, Rows[3] with { ActivityId = Guid.CreateVersion7() }));
        var consolidated = new TotalsQuestion { Consolidate = true };
        var before = await ledger.Totals(acme, consolidated);

        var preview = await Preview(acme, new PolicyForm(Boundary: "equity_share"));
        Assert.Equal(0, await Post(acme, preview.RecalculationId));

        var location = preview.Result!.Totals[0];
        Assert.Equal((0, before.Total.Co2eKg, location.Boundary), (preview.Result!.ChangedEntries, location.Before, location.Change));
        Assert.Equal((await ledger.Totals(acme, consolidated)).Total.Co2eKg, location.After);
        Assert.True(location.Change < 0m, "less than half of the joint venture is left");
    }

    [Fact]
    public async Task a_policy_that_leaves_activities_without_a_factor_cannot_be_posted()
    {
        var acme = await Posted("recalc-lost");

        var preview = await Preview(acme, new PolicyForm(FactorDate: new DateOnly(2000, 1, 1)));

        Assert.NotEmpty(preview.Result!.Lost);
        var refused = await ledger.Database.Write(acme, session => PostRecalculation.Handle(preview.RecalculationId, new PostRecalculation.Request("why"), session), Ct);
        Assert.Equal((preview.Result!.Lost[0].Code, ProblemKind.Conflict), (refused.Problem?.Code, refused.Problem?.Kind));
    }

    [Fact]
    public async Task a_large_preview_is_left_to_a_job_and_comes_to_the_same()
    {
        var acme = await Posted("recalc-large");
        var change = new PolicyForm(GwpSet: "AR4");
        var small = await Preview(acme, change);

        var waiting = (await Previewer().Handle(new PreviewRecalculation.Request("2024", change), acme, Ct, mostAtOnce: 0)).Value;
        Assert.Equal(("previewing", null, 0L), (waiting.Status, waiting.Result, waiting.Done));
        var early = await ledger.Database.Write(acme, session => PostRecalculation.Handle(waiting.RecalculationId, new PostRecalculation.Request("too early"), session), Ct);
        Assert.Equal("recalculation.stale", early.Problem?.Code);
        var job = await ledger.Read(acme, session => session.First<Guid>("select (arguments ->> 'recalculation_id')::uuid from platform.jobs where name = 'preview-recalculation'"));
        Assert.Equal(waiting.RecalculationId, job);
        var told = new List<(long, long)>();
        await Previewer().Preview(acme, job, (_, done, total) => { told.Add((done, total)); return Task.CompletedTask; }, Ct);

        var large = (await ledger.Read(acme, session => RecalculationDetails.Find(job, session))).Value;
        Assert.Equal(("previewed", small.Total, small.Total), (large.Status, large.Done, large.Total));
        Assert.Equal((large.Total, large.Total), told[^1]);
        Assert.Equal(small.Result!.Totals, large.Result!.Totals);
        Assert.Equal(small.Result.Entries, large.Result.Entries);
        Assert.Equal(await Changes(acme, small.RecalculationId, 7), await Changes(acme, job, 1000));
        Assert.True(await Post(acme, job) > 0);
        Assert.Equal(large.Result.Totals[0].After, (await ledger.Totals(acme)).Total.Co2eKg);
    }

    [Fact]
    public async Task every_change_is_listed_once_whatever_the_page_and_stays_so_once_posted()
    {
        var acme = await Posted("recalc-pages");
        var globex = await ledger.Tenant("recalc-pages-other");
        var preview = await Preview(acme, new PolicyForm(GwpSet: "AR4"));

        var pages = await Changes(acme, preview.RecalculationId, 3);

        Assert.Equal(preview.Result!.ChangedEntries, pages.Count);
        Assert.Equal(pages.Count, pages.Select(one => (one.ActivityId, one.Month, one.Role, one.Basis)).Distinct().Count());
        Assert.Equal(preview.Result.Totals[0].Change, pages.Where(one => one.Basis != "market").Sum(one => one.Change));
        Assert.Equal(pages, await Changes(acme, preview.RecalculationId, 1000));
        await Post(acme, preview.RecalculationId);
        Assert.Equal(pages, await Changes(acme, preview.RecalculationId, 5));
        var fenced = await ledger.Read(globex, session => RecalculationParts.Page(preview.RecalculationId, null, 10, session, ledger.Activities, ledger.Estimators, Today, Ct));
        Assert.Equal("recalculation.not-found", fenced.Problem?.Code);
        var odd = await ledger.Read(acme, session => RecalculationParts.Page(preview.RecalculationId, "x", 10, session, ledger.Activities, ledger.Estimators, Today, Ct));
        Assert.Equal("page.cursor", odd.Problem?.Code);
    }

    [Fact]
    public async Task a_year_posted_into_since_the_preview_is_previewed_again()
    {
        var acme = await Posted("recalc-since");
        var early = await Preview(acme, new PolicyForm(GwpSet: "AR4"));
        var late = await Preview(acme, new PolicyForm(GwpSet: "AR5"));
        Assert.Null((await ledger.Database.Write(acme, session => PostRecalculation.Handle(late.RecalculationId, new PostRecalculation.Request("accepted"), session), Ct)).Problem);
        await ledger.Post(acme, await ledger.Import(acme, Rows[2] with { ActivityId = Guid.CreateVersion7(), Start = "2025-01-01", End = "2025-01-31" }));
        Assert.Null((await ledger.Database.Write(acme, session => PostRecalculation.Handle(early.RecalculationId, new PostRecalculation.Request("another year"), session), Ct)).Problem);
        await ledger.Post(acme, await ledger.Import(acme, Rows[2] with { ActivityId = Guid.CreateVersion7() }));
        var before = await ledger.Totals(acme);

        var third = await Preview(acme, new PolicyForm(GwpSet: "AR6"));
        await ledger.Post(acme, await ledger.Import(acme, Rows[2] with { ActivityId = Guid.CreateVersion7() }));
        var refused = await ledger.Database.Write(acme, session => PostRecalculation.Handle(third.RecalculationId, new PostRecalculation.Request("late"), session), Ct);
        var stopped = await Assert.ThrowsAsync<PermanentJobException>(() => Poster().Post(acme, late.RecalculationId, (_, _, _) => Task.CompletedTask, Ct));

        Assert.Equal("recalculation.stale", refused.Problem?.Code);
        Assert.Equal("recalculation.stale", stopped.Problem.Code);
        Assert.Equal(before.Run + 1, (await ledger.Totals(acme)).Run);
        Assert.Null((await Year(acme)).Policy.GwpSet);
    }

    [Fact]
    public async Task a_kind_recorded_by_mistake_is_mapped_with_new_versions_and_told_apart_from_the_policy()
    {
        var acme = await Posted("recalc-mapping");
        var globex = await Posted("recalc-mapping-other");
        var other = await ledger.Import(acme, Rows[0] with { ActivityId = Guid.CreateVersion7() });
        await ledger.Post(acme, other);
        var before = await ledger.Totals(acme);
        var mapping = new KindMapping(new Dictionary<string, string> { ["fuel.diesel"] = "fuel.petrol" }, other);
        Assert.Equal("recalculation.kind", (await Previewer().Handle(new PreviewRecalculation.Request("2024", Mapping: new KindMapping(new Dictionary<string, string> { ["fuel.diesel"] = "fuel.nonsense" })), acme, Ct)).Problem?.Code);

        var preview = (await Previewer().Handle(new PreviewRecalculation.Request("2024", new PolicyForm(GwpSet: "AR4"), Mapping: mapping), acme, Ct)).Value;
        var alone = await Preview(acme, new PolicyForm(GwpSet: "AR4"));

        var location = preview.Result!.Totals[0];
        var (petrol, diesel) = (OfKind("fuel.petrol"), OfKind("fuel.diesel"));
        Assert.Equal(petrol - diesel, location.Mapping);
        Assert.Equal((alone.Result!.Totals[0].Gwp, 0m), (location.Gwp, location.Factor));
        Assert.Equal(location.Change, location.Gwp + location.Factor + location.Mapping + location.Boundary);
        Assert.Contains("from fuel.diesel to fuel.petrol", preview.Result.Note, StringComparison.Ordinal);
        await Post(acme, preview.RecalculationId);

        var after = await ledger.Totals(acme);
        Assert.Equal(location.After, after.Total.Co2eKg);
        Assert.Equal(before.Total.Entries, after.Total.Entries);
        Assert.Equal(
            [("fuel.diesel", 1, "api"), ("fuel.petrol", 2, "correction")],
            await ledger.Read(acme, session => session.Query<(string, int, string)>("""
                select a.kind, a.version, i.source from activities.activities a join activities.imports i using (import_id)
                where a.activity_id in (select activity_id from activities.activities where import_id = @other) order by a.version
                """, new { other })));
        Assert.Equal(0, await ledger.Read(acme, session => session.First<int>("select count(*)::int from platform.outbox where type = 'import.read'")));
        Assert.Equal(0, (await Previewer().Handle(new PreviewRecalculation.Request("2024", Mapping: mapping), acme, Ct)).Value.Result!.ChangedEntries);
        Assert.Equal(before.Total.Co2eKg - AsPublished(), (await ledger.Totals(globex)).Total.Co2eKg);

        decimal OfKind(string kind) => Product.Estimator(asOf: FormattableString.Invariant($"{Today:yyyy-MM-dd}"), gwp: OffGridFlow.Engine.GwpSet.Ar4)
            .Estimate(Product.Activity(kind, Rows[0].Quantity, "L", "GB", "2024-05-15")).Entries.Sum(entry => entry.Amounts.Co2eKg);

        decimal AsPublished() => Product.Estimator(asOf: FormattableString.Invariant($"{Today:yyyy-MM-dd}"))
            .Estimate(Product.Activity("fuel.diesel", Rows[0].Quantity, "L", "GB", "2024-05-15")).Entries.Sum(entry => entry.Amounts.Co2eKg);
    }

    [Fact]
    public async Task another_tenant_finds_no_recalculation()
    {
        var preview = await Preview(await Posted("recalc-fence"), new PolicyForm(GwpSet: "AR4"));
        var globex = await ledger.Tenant("recalc-fence-other");

        Assert.Equal("recalculation.not-found", (await ledger.Read(globex, session => RecalculationDetails.Find(preview.RecalculationId, session))).Problem?.Code);
        var refused = await ledger.Database.Write(globex, session => PostRecalculation.Handle(preview.RecalculationId, new PostRecalculation.Request("why"), session), Ct);
        Assert.Equal("recalculation.not-found", refused.Problem?.Code);
    }

    [Fact]
    public async Task a_bundle_of_a_recalculated_year_with_factors_of_one_s_own_verifies()
    {
        var acme = await Posted("recalc-bundle");
        var preview = await Preview(acme, new PolicyForm(GwpSet: "AR6", SnapshotId: await Snapshot(acme, 1.5m, "2024-01-01", null)));
        await Post(acme, preview.RecalculationId);
        var folder = Directory.CreateTempSubdirectory("offgridflow-recalc");
        try
        {
            var path = Path.Combine(folder.FullName, "acme.zip");
            Assert.Null((await WriteBundle.Handle(acme, "2024", path, ledger.Database, ledger.Activities, Product.Data, TimeProvider.System, Ct)).Problem);

            var verified = VerifyBundle.Handle(path, Product.Data, folder.FullName);

            Assert.Equal((null, null, null, null), (verified.What, verified.Where, verified.Found, verified.Recomputed));
            Assert.True(verified.Runs >= 2, verified.ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task the_parts_of_a_bridge_add_to_the_change_exactly()
    {
        var acme = await Posted("bridge");
        await ledger.Post(acme, await ledger.Import(
            acme,
            Rows[0] with { ActivityId = Guid.CreateVersion7(), Quantity = 612.25m, Start = "2025-05-01", End = "2025-05-31" },
            Rows[4] with { ActivityId = Guid.CreateVersion7(), Quantity = 1234.56m, Start = "2025-03-01", End = "2025-03-31" },
            new NewActivity("fuel.petrol", 40m, "L", "GB", "2025-03-01", "2025-03-31")));
        await Post(acme, (await Preview(acme, new PolicyForm(GwpSet: "AR6"), "2025")).RecalculationId);

        var bridge = (await ledger.Read(acme, session => GetBridge.Handle("2024", "2025", Basis.Location, session, ledger.Estimators, ledger.Activities))).Value;

        var (from, to) = (await Of("2024"), await Of("2025"));
        Assert.Equal((decimal.Round(from, 12), decimal.Round(to, 12)), (decimal.Round(bridge.Total.Before, 12), decimal.Round(bridge.Total.After, 12)));
        foreach (var step in bridge.Groups.Append(bridge.Total))
        {
            Assert.Equal(step.Change, step.Activity + step.Factor + step.Gwp + step.Boundary + step.Mapping);
            Assert.Equal(step.After, step.Before + step.Change);
        }

        var purchased = bridge.Groups.Single(step => step.Scope == 2);
        Assert.Equal(0m, decimal.Round(purchased.Activity, 9)); // As many kilowatt-hours as the year before.
        Assert.True(purchased.Factor != 0m, "the grid has another factor");
        Assert.True(bridge.Groups.Single(step => step.Scope == 1).Activity != 0m && bridge.Total.Gwp != 0m, bridge.ToString());

        async Task<decimal> Of(string year) => (await ledger.Totals(acme, new TotalsQuestion { From = Product.Day(year + "-01-01"), To = Product.Day(year + "-12-01"), Consolidate = true })).Total.Co2eKg;
    }

    private static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    private static bool Same(TotalsAnswer one, TotalsAnswer other) => one.Total == other.Total && one.Run == other.Run;

    private async Task<Caller> Posted(string slug)
    {
        var caller = await ledger.Tenant(slug);
        await ledger.Post(caller, await ledger.Import(caller, [.. Rows.Select(row => row with { ActivityId = Guid.CreateVersion7() })]));
        return caller;
    }

    private async Task<Period> Year(Caller caller) => (await ledger.Read(caller, OrganizationQueries.Periods)).All.Single(period => period.Code == "2024");

    private async Task<RecalculationDetails> Preview(Caller caller, PolicyForm change, string year = "2024")
    {
        var made = await Previewer().Handle(new PreviewRecalculation.Request(year, change), caller, Ct);
        Assert.Null(made.Problem);
        return made.Value;
    }

    private PreviewRecalculation Previewer() => new(ledger.Database, ledger.Activities, ledger.Queries, ledger.Estimators, TimeProvider.System);

    private async Task<List<EntryDelta>> Changes(Caller caller, Guid id, int limit)
    {
        var all = new List<EntryDelta>();
        string? cursor = null;
        do
        {
            var page = (await ledger.Read(caller, session => RecalculationParts.Page(id, cursor, limit, session, ledger.Activities, ledger.Estimators, Today, Ct))).Value;
            Assert.InRange(page.Items.Count, 1, limit);
            all.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);

        return all;
    }

    private PostRecalculation Poster() => new(ledger.Database, ledger.Activities, ledger.Estimators, TimeProvider.System);

    private async Task<long> Post(Caller caller, Guid id)
    {
        Assert.Null((await ledger.Database.Write(caller, session => PostRecalculation.Handle(id, new PostRecalculation.Request("new supplier data"), session), Ct)).Problem);
        return await Poster().Post(caller, id, (_, _, _) => Task.CompletedTask, Ct);
    }

    private async Task<Guid> Snapshot(Caller caller, decimal diesel, string from, string? to)
    {
        var made = await ledger.Database.Write(caller, async session =>
        {
            var draft = (await DraftSnapshot.Handle(new DraftSnapshot.Request("Own factors"), session, Product.Data, TimeProvider.System)).Value;
            var own = await SetOverride.Handle(
                draft.SnapshotId, null,
                new SetOverride.Request("fuel.diesel", "direct", "GB", "L", Product.Day(from), "Letter of the supplier", "supplier", Co2e: diesel, ValidTo: to is null ? null : Product.Day(to)),
                session, Product.Data, TimeProvider.System);
            Assert.Null(own.Problem);
            return await LockSnapshot.Handle(draft.SnapshotId, IfMatch.Any, session, Product.Data, TimeProvider.System);
        }, Ct);
        return made.Value.SnapshotId;
    }

    // As 'estimate' has it, with the diesel of the first two rows at the override.
    private static decimal Expected(EstimateOptions options, decimal diesel)
    {
        var estimator = new Estimator(Product.Data, options);
        var total = 0m;
        for (var i = 0; i < Rows.Length; i++)
        {
            var row = Rows[i];
            var columns = row.Columns is null ? Activity.NoColumns : System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(row.Columns)!;
            var activity = Product.Activity(row.Kind, row.Quantity, row.Unit, row.Region) with { Start = Product.Day(row.Start), End = Product.Day(row.End), Columns = columns };
            foreach (var entry in estimator.Estimate(activity).Entries.Where(entry => entry.Plan.Basis != Basis.Market))
            {
                total += i < 2 && entry.Plan.Role == "direct" ? row.Quantity * diesel : entry.Amounts.Co2eKg;
            }
        }

        return total;
    }
}
