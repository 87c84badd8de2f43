using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Organizations;

/// <summary>Entities, facilities and the organisation itself, over HTTP.</summary>
public sealed class OrganizationApiTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Entities = "/api/v1/entities";
    private const string Facilities = "/api/v1/facilities";

    [Fact]
    public async Task an_entity_is_made_changed_and_read_with_its_version_as_etag()
    {
        var created = await api.Acme.Post(Entities, new { code = "MADE", name = "Made Ltd", country = "GB" });
        var id = (await created.Json(201)).GetProperty("entity_id").GetString();
        var changed = await api.Acme.Patch($"{Entities}/{id}", new { name = "Made and Sons Ltd" }, ("If-Match", "\"1\""));
        var read = await api.Acme.Get($"{Entities}/{id}");

        Assert.Equal($"{Entities}/{id}", created.Headers.Location?.OriginalString);
        Assert.Equal("Made and Sons Ltd", (await changed.Json()).GetProperty("name").GetString());
        Assert.Equal("\"2\"", read.Headers.ETag?.Tag);
        var body = await read.Json();
        Assert.Equal("GB", body.GetProperty("country").GetString());
        Assert.Equal("MADE", body.GetProperty("code").GetString());
    }

    [Fact]
    public async Task a_field_set_to_null_is_cleared_and_one_that_is_absent_stays()
    {
        var id = await Made(Entities, new { code = "NULLED", name = "Nulled", country = "DE" }, "entity_id");

        var changed = await (await api.Acme.Patch($"{Entities}/{id}", Raw("""{"country": null}"""), ("If-Match", "*"))).Json();

        Assert.False(changed.TryGetProperty("country", out _));
        Assert.Equal("Nulled", changed.GetProperty("name").GetString());
    }

    [Fact]
    public async Task of_two_changes_with_one_etag_one_is_refused()
    {
        var id = await Made(Entities, new { code = "RACED", name = "Raced" }, "entity_id");

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => api.Acme.Patch($"{Entities}/{id}", new { name = $"Raced {i}" }, ("If-Match", "\"1\""))));

        Assert.Equal([200, 412, 412, 412], answers.Select(answer => (int)answer.StatusCode).Order());
        Assert.Equal("version.stale", await answers.First(answer => (int)answer.StatusCode == 412).Problem(412));
    }

    [Fact]
    public async Task a_change_without_a_version_is_asked_for_one()
    {
        var id = await Made(Entities, new { code = "UNVERSIONED", name = "Unversioned" }, "entity_id");

        Assert.Equal("version.required", await (await api.Acme.Patch($"{Entities}/{id}", new { name = "x" })).Problem(428));
    }

    [Fact]
    public async Task all_problems_of_a_body_are_told_at_once_each_with_its_field()
    {
        var body = await (await api.Acme.Post(Facilities, new
        {
            entity_id = Guid.NewGuid(), code = " X", name = "", region = "England", grid_region = "CAMX", floor_area_m2 = "-1", headcount = "-2",
        })).Json(400);

        Assert.Equal(
            ["entity_id", "code", "name", "region", "grid_region", "floor_area_m2", "headcount"],
            body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("column").GetString()));
        Assert.All(body.GetProperty("errors").EnumerateArray(), error => Assert.NotEqual("", error.GetProperty("fix").GetString()));
    }

    [Theory]
    [InlineData("""{"name": 5}""", "field.type")]
    [InlineData("""{"nome": "x"}""", "field.unknown")]
    [InlineData("""[]""", "body.unreadable")]
    [InlineData("""{"name": "a", "name": "b"}""", "body.unreadable")]
    [InlineData("""{"name": """, "body.unreadable")]
    [InlineData("""{"name": null}""", "entity.name")]
    [InlineData("""{"country": "GBR"}""", "entity.country")]
    public async Task a_change_that_cannot_be_is_a_problem_and_changes_nothing(string patch, string code)
    {
        var id = await Made(Entities, new { code = $"BAD-{Guid.NewGuid():N}", name = "Bad" }, "entity_id");

        Assert.Equal(code, await (await api.Acme.Patch($"{Entities}/{id}", Raw(patch), ("If-Match", "*"))).Problem(400));
        Assert.Equal("\"1\"", (await api.Acme.Get($"{Entities}/{id}")).Headers.ETag?.Tag);
    }

    [Fact]
    public async Task a_deleted_entity_is_gone_keeps_its_code_and_comes_back_as_it_was()
    {
        var id = await Made(Entities, new { code = "PHOENIX", name = "Phoenix" }, "entity_id");
        await Shares(id, new { valid_from = "2024-01-01", equity_share = "0.6", financial_control = "sole", operational_control = true });

        Assert.Equal(204, (int)(await api.Acme.Delete($"{Entities}/{id}")).StatusCode);

        Assert.Equal("entity.not-found", await (await api.Acme.Get($"{Entities}/{id}")).Problem(404));
        Assert.Empty((await (await api.Acme.Get($"{Entities}?code=PHOENIX")).Json()).GetProperty("items").EnumerateArray());
        Assert.Single((await (await api.Acme.Get($"{Entities}/deleted?code=PHOENIX")).Json()).GetProperty("items").EnumerateArray());
        Assert.Equal("entity.code-deleted", await (await api.Acme.Post(Entities, new { code = "PHOENIX", name = "Another" })).Problem(409));
        Assert.Equal("entity.not-found", await (await api.Acme.Patch($"{Entities}/{id}", new { name = "x" }, ("If-Match", "*"))).Problem(404));

        var restored = await (await api.Acme.Post($"{Entities}/{id}/restore")).Json();
        Assert.Equal("0.6", restored.GetProperty("shares")[0].GetProperty("equity_share").GetString());
        Assert.Equal("entity.code-taken", await (await api.Acme.Post(Entities, new { code = "PHOENIX", name = "Another" })).Problem(409));
    }

    [Fact]
    public async Task an_entity_with_facilities_is_not_deleted_and_a_facility_is_not_restored_into_a_deleted_one()
    {
        var entity = await Made(Entities, new { code = "HOUSE", name = "House" }, "entity_id");
        var facility = await Made(Facilities, new { entity_id = entity, code = "ROOM", name = "Room", region = "US-CA", grid_region = "US-CAMX", floor_area_m2 = "12.50" }, "facility_id");

        Assert.Equal("entity.in-use", await (await api.Acme.Delete($"{Entities}/{entity}")).Problem(409));
        Assert.Equal(204, (int)(await api.Acme.Delete($"{Facilities}/{facility}")).StatusCode);
        Assert.Equal(204, (int)(await api.Acme.Delete($"{Entities}/{entity}")).StatusCode);
        Assert.Equal("facility.entity-deleted", await (await api.Acme.Post($"{Facilities}/{facility}/restore")).Problem(409));
        await (await api.Acme.Post($"{Entities}/{entity}/restore")).Json();
        var restored = await (await api.Acme.Post($"{Facilities}/{facility}/restore")).Json();
        Assert.Equal("12.50", restored.GetProperty("floor_area_m2").GetString());
        Assert.Equal("HOUSE", restored.GetProperty("entity_code").GetString());
    }

    [Fact]
    public async Task an_entity_cannot_be_above_itself()
    {
        var top = await Made(Entities, new { code = "TOP", name = "Top" }, "entity_id");
        var below = await Made(Entities, new { code = "BELOW", name = "Below", parent_entity_id = top }, "entity_id");

        Assert.Equal("entity.parent", await (await api.Acme.Patch($"{Entities}/{top}", new { parent_entity_id = below }, ("If-Match", "*"))).Problem(400));
    }

    [Fact]
    public async Task shares_are_set_all_at_once_and_wrong_ones_are_named_by_their_place()
    {
        var id = await Made(Entities, new { code = "SHARED", name = "Shared" }, "entity_id");
        var body = await (await api.Acme.Put($"{Entities}/{id}/shares", Raw("""
            {"shares": [{"valid_from": "2024-01-01", "equity_share": 1.2, "financial_control": "sole", "operational_control": true},
                        {"valid_from": "2024-01-01", "equity_share": 1, "financial_control": "none"}]}
            """, "application/json"), ("If-Match", "*"))).Json(400);

        Assert.Equal(
            ["share.equity", "share.day-twice", "share.operational-control"],
            body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("code").GetString()));

        await Shares(id, new { valid_from = "2025-01-01", equity_share = "0.4", financial_control = "joint", operational_control = false });
        var set = await Shares(id, new { valid_from = "2023-01-01", equity_share = "1", financial_control = "none", operational_control = true });
        Assert.Equal("2023-01-01", Assert.Single(set.GetProperty("shares").EnumerateArray()).GetProperty("valid_from").GetString());
    }

    [Fact]
    public async Task the_other_tenant_s_things_are_not_there()
    {
        var entity = await Made(Entities, new { code = "SECRET", name = "Secret" }, "entity_id");
        var facility = await Made(Facilities, new { entity_id = entity, code = "VAULT", name = "Vault" }, "facility_id");

        Assert.Equal("entity.not-found", await (await api.Globex.Get($"{Entities}/{entity}")).Problem(404));
        Assert.Equal("entity.not-found", await (await api.Globex.Patch($"{Entities}/{entity}", new { name = "x" }, ("If-Match", "*"))).Problem(404));
        Assert.Equal("entity.not-found", await (await api.Globex.Put($"{Entities}/{entity}/shares", new { shares = Array.Empty<object>() }, ("If-Match", "*"))).Problem(404));
        Assert.Equal("entity.not-found", await (await api.Globex.Delete($"{Entities}/{entity}")).Problem(404));
        Assert.Equal("facility.not-found", await (await api.Globex.Post($"{Facilities}/{facility}/restore")).Problem(404));
        Assert.Equal("facility.entity", await (await api.Globex.Post(Facilities, new { entity_id = entity, code = "X", name = "X" })).Problem(400));
        Assert.Empty((await (await api.Globex.Get($"{Entities}?code=SECRET")).Json()).GetProperty("items").EnumerateArray());
        Assert.Equal(201, (int)(await api.Globex.Post(Entities, new { code = "SECRET", name = "Its own" })).StatusCode);
    }

    [Fact]
    public async Task pages_neither_repeat_nor_lose_an_item_while_others_are_made()
    {
        for (var i = 0; i < 7; i++)
        {
            await Made(Entities, new { code = $"PAGED-{i}", name = "Paged" }, "entity_id");
        }

        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await (await api.Acme.Get($"{Entities}?name=Paged&sort=-code&limit=3" + (next is null ? "" : $"&cursor={next}"))).Json();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("code").GetString()!));
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
            await Made(Entities, new { code = $"PAGED-9-{seen.Count}", name = "Paged" }, "entity_id");
        }
        while (next is not null);

        Assert.Equal(["PAGED-6", "PAGED-5", "PAGED-4", "PAGED-3", "PAGED-2", "PAGED-1", "PAGED-0"], seen);
    }

    [Fact]
    public async Task a_list_is_narrowed_and_shows_only_the_fields_asked_for()
    {
        var entity = await Made(Entities, new { code = "NARROW", name = "Narrow" }, "entity_id");
        await Made(Facilities, new { entity_id = entity, code = "SMALL", name = "Small", floor_area_m2 = 90 }, "facility_id");
        await Made(Facilities, new { entity_id = entity, code = "LARGE", name = "Large", floor_area_m2 = 1000 }, "facility_id");

        var items = (await (await api.Acme.Get($"{Facilities}?entity_code=NARROW&floor_area_m2_from=100&fields=code,floor_area_m2")).Json()).GetProperty("items");

        Assert.Equal("""[{"code":"LARGE","floor_area_m2":"1000"}]""", JsonSerializer.Serialize(items));
    }

    [Fact]
    public async Task an_organisation_sees_and_changes_itself_only()
    {
        var before = await (await api.Globex.Get("/api/v1/tenant")).Json();
        var changed = await (await api.Globex.Patch(
            "/api/v1/tenant", new { name = "Globex Corporation", fiscal_year_start = 7, settings = new { theme = "dark" } }, ("If-Match", $"\"{before.GetProperty("version")}\""))).Json();
        var merged = await (await api.Globex.Patch("/api/v1/tenant", new { settings = new { pages = 3 } }, ("If-Match", "*"))).Json();

        Assert.Equal("globex", before.GetProperty("slug").GetString());
        Assert.Equal(7, changed.GetProperty("fiscal_year_start").GetInt32());
        Assert.Equal("dark", merged.GetProperty("settings").GetProperty("theme").GetString());
        Assert.Equal("Acme", (await (await api.Acme.Get("/api/v1/tenant")).Json()).GetProperty("name").GetString());
        Assert.Equal("tenant.fiscal-year-start", await (await api.Globex.Patch("/api/v1/tenant", new { fiscal_year_start = 13 }, ("If-Match", "*"))).Problem(400));
        Assert.Equal("field.unknown", await (await api.Globex.Patch("/api/v1/tenant", new { plan = "gold" }, ("If-Match", "*"))).Problem(400));
    }

    [Fact]
    public async Task every_change_is_audited_with_old_and_new_values_and_who_made_it()
    {
        var id = await Made(Entities, new { code = "AUDITED", name = "Before" }, "entity_id");
        await (await api.Acme.Patch($"{Entities}/{id}", new { name = "After" }, ("If-Match", "*"))).Json();
        await api.Acme.Delete($"{Entities}/{id}");

        var rows = await api.Database.Database.Read(
            api.Database.Acme,
            session => session.Query<(string Operation, string? Old, string? New, string Actor, string? RequestId)>(
                "select operation, old_values ->> 'name', new_values ->> 'name', actor, request_id from platform.audit where new_values ->> 'entity_id' = @id order by at", new { id }),
            TestContext.Current.CancellationToken);

        Assert.Equal([("insert", null, "Before"), ("update", "Before", "After"), ("update", "After", "After")], rows.Select(row => (row.Operation, row.Old, row.New)));
        Assert.All(rows, row => Assert.StartsWith("key:", row.Actor, StringComparison.Ordinal));
        Assert.All(rows, row => Assert.NotEmpty(row.RequestId!));
    }

    private static StringContent Raw(string json, string type = "application/merge-patch+json") => new(json, System.Text.Encoding.UTF8, type);

    private async Task<string> Made(string path, object body, string id) => (await (await api.Acme.Post(path, body)).Json(201)).GetProperty(id).GetString()!;

    private async Task<JsonElement> Shares(string id, params object[] shares) =>
        await (await api.Acme.Put($"{Entities}/{id}/shares", new { shares }, ("If-Match", "*"))).Json();
}
