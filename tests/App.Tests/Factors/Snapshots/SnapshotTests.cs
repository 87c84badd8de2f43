using OffGridFlow.App.Tests.Support;
using OffGridFlow.Engine;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Factors.Snapshots;

/// <summary>A tenant's choice of editions and its own factors: over HTTP, and in what rows come to.</summary>
public sealed class SnapshotTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static int names;

    private static object Diesel(decimal co2e, string from = "2025-01-01", string? to = null, string region = "GB", string unit = "L") => new
    {
        kind = "fuel.diesel", stage = "direct", region, unit, co2e, valid_from = from, valid_to = to, citation = "Supplier letter of 3 March 2025, page 2", tier = "supplier", half_width = 0.02m,
    };

    [Fact]
    public async Task an_override_beats_the_library_where_kind_stage_region_and_date_fit_and_is_named_with_its_citation()
    {
        var id = await Locked(new { name = Name(), as_of = "2026-01-01" }, Diesel(1.25m, to: "2025-06-30"));
        var estimator = await Estimator(api.Database.Acme, id);

        var within = estimator.Estimate(Product.Activity("fuel.diesel", 100m, "L", "GB", "2025-05-01")).Entries;
        var later = estimator.Estimate(Product.Activity("fuel.diesel", 100m, "L", "GB", "2025-07-01")).Entries;
        var elsewhere = estimator.Estimate(Product.Activity("fuel.diesel", 100m, "L", "US", "2025-05-01")).Entries;

        Assert.Equal(($"override:{id}/1", 125m), (within[0].Plan.FactorId, within[0].Amounts.Co2eKg));
        Assert.Equal("Supplier letter of 3 March 2025, page 2", within[0].Plan.Citation);
        Assert.Equal(Tier.Supplier, within[0].Plan.Tier);
        Assert.True(within[0].Plan.FactorHalfWidth < later[0].Plan.FactorHalfWidth, "the half width given counts");
        Assert.StartsWith("desnz:2025", within[1].Plan.FactorId, StringComparison.Ordinal);
        Assert.StartsWith("desnz:2025", later[0].Plan.FactorId, StringComparison.Ordinal);
        Assert.DoesNotContain("override", elsewhere[0].Plan.FactorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_override_of_a_country_serves_its_parts_and_the_nearest_one_wins()
    {
        object Grid(string region, decimal co2e) => new { kind = "electricity.grid", stage = "generation", region, unit = "kWh", co2e, valid_from = "2024-01-01", citation = "Contract", tier = "country" };
        var id = await Locked(new { name = Name() }, Grid("AU", 0.5m), Grid("AU-NSW", 0.25m));
        var estimator = await Estimator(api.Database.Acme, id);

        decimal Location(string region) => estimator.Estimate(Product.Activity("electricity.grid", 1m, "kWh", region, "2025-05-01")).Entries.Single(entry => entry.Plan.Basis == Basis.Location).Amounts.Co2eKg;

        Assert.Equal((0.25m, 0.5m), (Location("AU-NSW"), Location("AU-QLD")));
    }

    [Fact]
    public async Task an_override_that_the_unit_of_a_row_does_not_reach_is_said_to_be_unused()
    {
        var id = await Locked(new { name = Name() }, Diesel(1.25m));
        var estimator = await Estimator(api.Database.Acme, id);

        var estimate = estimator.Estimate(Product.Activity("fuel.diesel", 1m, "kWh", "GB", "2025-05-01"));

        Assert.StartsWith("desnz:2025", estimate.Entries[0].Plan.FactorId, StringComparison.Ordinal);
        Assert.Contains(estimate.Notes, note => note.Code == "override.unit" && note.Text.Contains($"override:{id}/1 is per L, which kWh does not reach", StringComparison.Ordinal));
    }

    [Fact]
    public async Task pinned_editions_alone_count_of_their_publisher()
    {
        var pinned = await Estimator(api.Database.Acme, await Locked(new { name = Name(), pinned = new { desnz = new[] { "2024" } } }));
        var activity = Product.Activity("fuel.diesel", 1m, "L", "GB", "2025-05-01");

        Assert.Equal("desnz:2024", pinned.Estimate(activity).Entries[0].Plan.Edition);
        Assert.Equal("desnz:2025", (await Estimator(api.Database.Acme, await Locked(new { name = Name() }))).Estimate(activity).Entries[0].Plan.Edition);
    }

    [Fact]
    public async Task the_day_of_knowledge_of_a_snapshot_narrows_the_policy_s()
    {
        var id = await Locked(new { name = Name(), as_of = "2025-03-01" });

        Assert.Equal("desnz:2024", (await Estimator(api.Database.Acme, id)).Estimate(Product.Activity("fuel.diesel", 1m, "L", "GB", "2025-05-01")).Entries[0].Plan.Edition);
    }

    [Fact]
    public async Task a_locked_snapshot_refuses_every_change_even_in_sql()
    {
        var id = await Locked(new { name = Name() }, Diesel(1m));
        var path = $"/api/v1/factor-snapshots/{id}";

        Assert.Equal("snapshot.locked", await (await api.Acme.Put(path, new { name = Name() }, ("If-Match", "*"))).Problem(409));
        Assert.Equal("snapshot.locked", await (await api.Acme.Delete(path)).Problem(409));
        Assert.Equal("snapshot.locked", await (await api.Acme.Post($"{path}/overrides", Diesel(2m))).Problem(409));
        Assert.Equal("snapshot.locked", await (await api.Acme.Put($"{path}/overrides/1", Diesel(2m))).Problem(409));
        Assert.Equal("snapshot.locked", await (await api.Acme.Delete($"{path}/overrides/1")).Problem(409));
        Assert.Equal("snapshot.locked", await (await api.Acme.Post($"{path}/lock", null, ("If-Match", "*"))).Problem(409));
        foreach (var sql in new[]
        {
            "update factors.snapshots set as_of = '2020-01-01' where snapshot_id = @id", "delete from factors.snapshots where snapshot_id = @id",
            "update factors.overrides set co2e = 9 where snapshot_id = @id", "delete from factors.overrides where snapshot_id = @id",
        })
        {
            var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => api.Database.Database.Write<int>(api.Database.Acme, async session => await session.Execute(sql, new { id }), Ct));
            Assert.Equal("23001", refused.SqlState);
        }

        var kept = (await (await api.Acme.Get($"{path}/overrides")).Json()).GetProperty("items");
        Assert.Equal(("1", 1), (kept[0].GetProperty("co2e").GetString(), kept.GetArrayLength()));
    }

    [Fact]
    public async Task another_tenant_finds_neither_snapshot_nor_overrides_and_cannot_calculate_with_them()
    {
        var id = await Locked(new { name = Name() }, Diesel(1m));

        Assert.Equal("factor-snapshot.not-found", await (await api.Globex.Get($"/api/v1/factor-snapshots/{id}")).Problem(404));
        Assert.Equal("factor-snapshot.not-found", await (await api.Globex.Get($"/api/v1/factor-snapshots/{id}/overrides")).Problem(404));
        Assert.Equal("factor-snapshot.not-found", await (await api.Globex.Post($"/api/v1/factor-snapshots/{id}/overrides", Diesel(2m))).Problem(404));
        Assert.Equal("factor-snapshot.not-found", await (await api.Globex.Delete($"/api/v1/factor-snapshots/{id}")).Problem(404));
        Assert.Equal(0, (await (await api.Globex.Get("/api/v1/factor-snapshots")).Json()).GetProperty("items").GetArrayLength());
        await Estimator(api.Database.Acme, id);
        var refused = await Options(api.Database.Globex, id);
        Assert.Equal("factor-snapshot.not-found", refused.Problem?.Code);
    }

    [Fact]
    public async Task a_draft_is_no_ground_to_calculate_on()
    {
        var id = (await Made(new { name = Name() })).Id;

        Assert.Equal("snapshot.draft", (await Options(api.Database.Acme, id)).Problem?.Code);
    }

    [Fact]
    public async Task a_library_with_other_tables_than_the_snapshot_s_is_refused()
    {
        var id = await Locked(new { name = Name() });
        using var small = new SmallLibrary().With("office", 2025, SmallLibrary.Factor("office", 2025, "1", "fuel.diesel", 2m, "L"));
        var loaded = small.Load();

        var editions = (await (await api.Acme.Get($"/api/v1/factor-snapshots/{id}")).Json()).GetProperty("editions");

        Assert.Equal(Product.Data.Library.TableHash(Product.Data.Library.Editions.Single(edition => edition.Key == "desnz:2025")), editions.GetProperty("desnz:2025").GetString());
        Assert.DoesNotContain(loaded.Editions, edition => editions.TryGetProperty(edition.Key, out _));
    }

    [Theory]
    [InlineData("override.stage", "stage", "generation")]
    [InlineData("kind.unknown", "kind", "fuel.unobtainium")]
    [InlineData("override.method", "kind", "goods.spend.naics-541511")]
    [InlineData("region.unknown", "region", "Atlantis")]
    [InlineData("unit.unknown", "unit", "thimble")]
    [InlineData("override.month", "valid_from", "2025-01-02")]
    [InlineData("override.month", "valid_to", "2025-06-29")]
    [InlineData("override.tier", "tier", "spend")]
    [InlineData("override.citation", "citation", " ")]
    [InlineData("gwp.unknown", "gwp_set", "AR7")]
    [InlineData("number.range", "co2e", "-1")]
    [InlineData("number.range", "half_width", "11")]
    public async Task an_override_that_could_never_serve_is_refused(string code, string field, string value)
    {
        var id = (await Made(new { name = Name() })).Id;
        var body = System.Text.Json.Nodes.JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(Diesel(1m)))!.AsObject();
        body[field] = value;

        Assert.Equal(code, await (await api.Acme.Post($"/api/v1/factor-snapshots/{id}/overrides", body)).Problem(400));
    }

    [Fact]
    public async Task drafts_are_changed_under_their_version_and_deleted()
    {
        var (id, tag) = await Made(new { name = Name() });
        var path = $"/api/v1/factor-snapshots/{id}";
        await (await api.Acme.Post($"{path}/overrides", Diesel(1m))).Json(201);

        Assert.Equal("version.stale", await (await api.Acme.Put(path, new { name = Name() }, ("If-Match", tag))).Problem(412));
        Assert.Equal("2024-06-30", (await (await api.Acme.Put(path, new { name = Name(), as_of = "2024-06-30" }, ("If-Match", "*"))).Json()).GetProperty("as_of").GetString());
        Assert.Equal("3", (await (await api.Acme.Put($"{path}/overrides/1", Diesel(3m))).Json()).GetProperty("co2e").GetString());
        Assert.Equal(204, (int)(await api.Acme.Delete($"{path}/overrides/1")).StatusCode);
        Assert.Equal("factor-override.not-found", await (await api.Acme.Delete($"{path}/overrides/1")).Problem(404));
        Assert.Equal(204, (int)(await api.Acme.Delete(path)).StatusCode);
        Assert.Equal("factor-snapshot.not-found", await (await api.Acme.Get(path)).Problem(404));
    }

    [Fact]
    public async Task one_estimator_is_kept_for_equal_choices()
    {
        var id = await Locked(new { name = Name() });
        var pool = new EstimatorPool(Product.Data);
        var first = pool.Of((await Options(api.Database.Acme, id)).Value);

        Assert.Same(first, pool.Of((await Options(api.Database.Acme, id)).Value));
        Assert.NotSame(first, pool.Of((await Options(api.Database.Acme, null)).Value));
        Assert.NotSame(first, pool.Of((await Options(api.Database.Acme, await Locked(new { name = Name() }))).Value));
    }

    private static string Name() => FormattableString.Invariant($"Snapshot {Interlocked.Increment(ref names)}");

    private async Task<(Guid Id, string Tag)> Made(object request)
    {
        var response = await api.Acme.Post("/api/v1/factor-snapshots", request);
        var made = await response.Json(201);
        return (made.GetProperty("snapshot_id").GetGuid(), response.Headers.ETag!.ToString());
    }

    private async Task<Guid> Locked(object request, params object[] overrides)
    {
        var (id, _) = await Made(request);
        foreach (var own in overrides)
        {
            await (await api.Acme.Post($"/api/v1/factor-snapshots/{id}/overrides", own)).Json(201);
        }

        await (await api.Acme.Post($"/api/v1/factor-snapshots/{id}/lock", null, ("If-Match", "*"))).Json();
        return id;
    }

    private Task<Result<EstimateOptions>> Options(Caller caller, Guid? id) => api.Database.Database.Read(
        caller, session => new EstimatorPool(Product.Data).With(new EstimateOptions(null, new DateOnly(2026, 11, 21), DatePolicy.Effective), id, session), Ct);

    private async Task<Estimator> Estimator(Caller caller, Guid id) => new(Product.Data, (await Options(caller, id)).Value);
}
