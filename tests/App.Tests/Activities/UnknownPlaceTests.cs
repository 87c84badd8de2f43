using System.Globalization;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Tenants;

namespace OffGridFlow.App.Tests.Activities;

/// <summary>A facility or an entity that nobody has set up yet loses no row and invents nothing: the rows wait for it, and the sheet says so.</summary>
public sealed class UnknownPlaceTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private const string Header = "id,entity,facility,meter,kind,quantity,unit,region,start,end\n";

    [Fact]
    public async Task a_tenant_without_facilities_gets_every_row_and_a_list_of_the_names()
    {
        using var client = await NewTenant("fresh");
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Repository.Data, "examples", "energy.csv"), TestContext.Current.CancellationToken);

        var import = await api.Import(client, bytes, "energy.csv");

        await api.Conserves(import);
        var rejected = (await (await client.Get($"/api/v1/imports/{import.GetProperty("import_id").GetString()}/rows?disposition=rejected")).Json()).GetProperty("items").EnumerateArray();
        Assert.DoesNotContain(rejected, row => Text(row, "code") == "facility.unknown");
        var places = import.GetProperty("unknown_places").EnumerateArray().ToList();
        var leeds = Assert.Single(places, place => place.GetProperty("name").GetString() == "Leeds head office");
        Assert.Equal(("facility.unknown", "facility", "Add the facility, or correct the cell."), (Text(leeds, "code"), Text(leeds, "field"), Text(leeds, "fix")));
        var id = import.GetProperty("import_id").GetGuid();
        Assert.Equal(leeds.GetProperty("rows").GetInt64(), await api.Count("select count(*) from activities.activities where import_id = $1 and facility_id is null and columns->>'facility' = 'Leeds head office'", id));
        foreach (var part in leeds.GetProperty("quantities").EnumerateArray())
        {
            Assert.Equal(1, await api.Count(
                "select count(*) from (select sum(quantity) as q, count(*) as n from activities.activities where import_id = $1 and columns->>'facility' = 'Leeds head office' and unit = $2) s where q = $3 and n = $4",
                id, Text(part, "unit"), decimal.Parse(Text(part, "quantity"), CultureInfo.InvariantCulture), part.GetProperty("rows").GetInt64()));
        }
    }

    [Fact]
    public async Task creating_them_gives_the_rows_their_facility_and_the_ledger_follows_by_reversal_without_a_change_of_any_total()
    {
        using var client = await NewTenant("builds");
        var import = await api.Import(client, Header + """
            C-1,,Mill A,M-1,electricity.grid,100,kWh,GB,2025-01-01,2025-01-31
            C-2,,Mill A,M-2,electricity.grid,200,kWh,GB,2025-01-01,2025-01-31
            C-3,,Mill B,M-3,electricity.grid,400,kWh,GB,2025-01-01,2025-01-31
            """);
        var id = import.GetProperty("import_id").GetGuid();
        const string Posted = "select count(distinct activity_id) from ledger.entries where (tenant_id, run_no) in (select tenant_id, run_no from ledger.runs where posting_id = $1)";
        await api.Becomes(3, Posted, id);
        var before = await Total(client, "");
        Assert.Equal("import.not-found", await (await api.Globex.Post($"/api/v1/imports/{id}/places", new { })).Problem(404));

        var placed = await (await client.Post($"/api/v1/imports/{id}/places", new { reason = "Set up now." })).Json(202);

        Assert.Equal([("Mill A", "MILL-A", true), ("Mill B", "MILL-B", true)], placed.GetProperty("places").EnumerateArray().Select(place => (Text(place, "name"), Text(place, "code"), place.GetProperty("is_new").GetBoolean())));
        var mill = placed.GetProperty("places")[0].GetProperty("place_id").GetGuid();
        await api.Becomes(1, "select count(*) from activities.imports where import_id = $1 and unknown_places @> '[{\"placed\": true}, {\"name\": \"Mill B\", \"placed\": true}]'", id);
        await api.Becomes(2, "select count(distinct activity_id) from ledger.entries where facility_id = $1 and entry_type = 'posting'", mill);
        Assert.Equal(2, await api.Count("select count(*) from activities.activities where facility_id = $1 and entity_id is not null and version = 2 and not columns ? 'facility'", mill));
        Assert.Equal(before, await Total(client, ""));
        Assert.Equal(before * 3m / 7m, await Total(client, $"&facility={mill}"));
        Assert.Equal("places.none", await (await client.Post($"/api/v1/imports/{id}/places", new { })).Problem(409));
        Assert.Equal(["BUILDS-LTD"], (await (await client.Get("/api/v1/entities")).Json()).GetProperty("items").EnumerateArray().Select(entity => Text(entity, "code")));
        await api.Conserves(await ImportFixture.Ended(client, id.ToString()));
    }

    [Fact]
    public async Task a_name_like_one_that_is_there_says_so_and_becomes_it_only_when_somebody_says_it()
    {
        var import = await api.Import(api.Acme, Header + """
            L-1,UK,LEEDS HEAD OFICE,,electricity.grid,100,kWh,GB,2025-01-01,2025-01-31
            L-2,UK Limted,LDS,,electricity.grid,100,kWh,,2025-01-01,2025-01-31
            """);
        var path = $"/api/v1/imports/{import.GetProperty("import_id").GetString()}/places";

        Assert.Equal(
            [("entity.unknown", "Did you mean UK Limited?"), ("facility.unknown", "Did you mean Leeds head office?")],
            import.GetProperty("unknown_places").EnumerateArray().Select(place => (Text(place, "code"), Text(place, "fix"))));
        Assert.Equal("places.none", await (await api.Acme.Post(path, new { })).Problem(409));
        Assert.Equal("places.name", await (await api.Acme.Post(path, new { places = new[] { new { name = "Leeds" } } })).Problem(400));
        Assert.Equal("places.facility-unknown", await (await api.Acme.Post(path, new { places = new[] { new { name = "LEEDS HEAD OFICE", @is = "XXX" } } })).Problem(400));
        var placed = await (await api.Acme.Post(path, new { places = new[] { new { name = "LEEDS HEAD OFICE", field = "facility", @is = "LDS" }, new { name = "UK Limted", field = "entity", @is = "UK" } } })).Json(202);

        Assert.All(placed.GetProperty("places").EnumerateArray(), place => Assert.False(place.GetProperty("is_new").GetBoolean()));
        await api.Becomes(2, """
            select count(*) from activities.activities a where version = 2 and columns->>'id' in ('L-1', 'L-2')
            and facility_id = (select facility_id from org.facilities f where f.tenant_id = a.tenant_id and code = 'LDS')
            and entity_id = (select entity_id from org.entities e where e.tenant_id = a.tenant_id and code = 'UK')
            """);
    }

    [Fact]
    public async Task whose_a_new_facility_is_is_asked_where_nothing_says_it()
    {
        using var client = await NewTenant("group");
        await (await client.Post("/api/v1/entities", new { code = "ONE", name = "One Ltd" })).Json(201);
        await (await client.Post("/api/v1/entities", new { code = "TWO", name = "Two Ltd" })).Json(201);
        var import = await api.Import(client, Header + """
            G-1,TWO,Works,,electricity.grid,100,kWh,GB,2025-01-01,2025-01-31
            G-2,,Depot,,electricity.grid,100,kWh,GB,2025-01-01,2025-01-31
            """, options: """{"unknown_places":"create"}""");
        var id = import.GetProperty("import_id").GetString();

        Assert.Contains("Say whose the new facilities are.", import.GetProperty("messages")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await api.Count("select count(*) from org.facilities where name in ('Works', 'Depot')"));
        await (await client.Post($"/api/v1/imports/{id}/places", new { places = new[] { new { name = "Works" } } })).Json(202);
        await (await client.Post($"/api/v1/imports/{id}/places", new { places = new[] { new { name = "Depot", code = "DEP", region = "GB" } }, entity = "One Ltd" })).Json(202);

        Assert.Equal([("DEP", "ONE"), ("WORKS", "TWO")], await Owners(client));
    }

    [Fact]
    public async Task an_import_that_may_create_makes_the_facilities_itself_and_one_that_may_not_rejects_the_rows()
    {
        using var client = await NewTenant("made");
        const string Rows2 = Header + "M-1,,Yard,,electricity.grid,100,kWh,GB,2025-01-01,2025-01-31\nM-2,,Yard,,electricity.grid,50,kWh,,2025-01-01,2025-01-31\n";

        var refused = await api.Import(client, Rows2, options: """{"unknown_places":"reject"}""");
        var made = await api.Import(client, Rows2, options: """{"unknown_places":"create"}""");

        Assert.Equal((2, 0), (refused.GetProperty("rows").GetProperty("rejected").GetInt64(), refused.GetProperty("unknown_places").GetArrayLength()));
        await api.Becomes(1, "select count(*) from activities.imports where import_id = $1 and unknown_places @> '[{\"name\": \"Yard\", \"placed\": true}]'", made.GetProperty("import_id").GetGuid());
        Assert.Equal([("YARD", "MADE-LTD")], await Owners(client));
        await api.Conserves(made);
        Assert.Equal("import.option", await (await ImportFixture.Start(client, "x"u8.ToArray(), "x.csv", """{"unknown_places":"invent"}""")).Problem(400));
    }

    [Fact]
    public async Task a_row_keeps_its_unknown_name_when_something_else_is_corrected_and_an_undone_import_places_nothing()
    {
        var import = await api.Import(api.Acme, Header + "K-1,,Nowhere,,electricity.grid,100,kWh,GB,2025-01-01,2025-01-31\n");
        var id = import.GetProperty("import_id").GetString();
        var activity = (await (await api.Acme.Get($"/api/v1/activities?import_id={id}")).Json()).GetProperty("items")[0].GetProperty("activity_id").GetString();

        var corrected = await (await api.Acme.Patch($"/api/v1/activities/{activity}", new { quantity = "120" }, ("If-Match", "\"1\""))).Json();
        Assert.Equal("Nowhere", corrected.GetProperty("versions")[1].GetProperty("columns").GetProperty("facility").GetString());
        Assert.Equal("facility.unknown", await (await api.Acme.Patch($"/api/v1/activities/{activity}", new { facility = "Elsewhere" }, ("If-Match", "\"2\""))).Problem(400));
        Assert.Equal("facility.unknown", await (await api.Acme.Post("/api/v1/activities", new { kind = "electricity.grid", quantity = "1", unit = "kWh", region = "GB", facility = "Nowhere", start = "2025-01-10" })).Problem(400));

        await (await api.Acme.Post($"/api/v1/imports/{id}/undo", new { reason = "no" })).Json(202);
        Assert.Equal("import.status", await (await api.Acme.Post($"/api/v1/imports/{id}/places", new { })).Problem(409));
    }

    [Fact]
    public async Task ten_thousand_names_do_not_swell_the_sheet_and_none_is_lost()
    {
        var import = await api.Import(api.Globex, Header + string.Concat(Enumerable.Range(0, 10_000).Select(i => FormattableString.Invariant($"N-{i},,serial {i},,electricity.grid,1,kWh,GB,2025-01-01,2025-01-31\n"))));

        var places = import.GetProperty("unknown_places").EnumerateArray().ToList();
        Assert.Equal((201, 10_000), (places.Count, places.Sum(place => place.GetProperty("rows").GetInt64())));
        Assert.Equal(1, places.Count(place => !place.TryGetProperty("name", out var name) || name.ValueKind == JsonValueKind.Null));
        Assert.Equal(10_000, await api.Count("select count(distinct columns->>'facility') from activities.activities where import_id = $1", import.GetProperty("import_id").GetGuid()));
    }

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private static async Task<List<(string, string)>> Owners(HttpClient client)
    {
        var entities = (await (await client.Get("/api/v1/entities")).Json()).GetProperty("items").EnumerateArray().ToDictionary(entity => Text(entity, "entity_id"), entity => Text(entity, "code"), StringComparer.Ordinal);
        return [.. (await (await client.Get("/api/v1/facilities")).Json()).GetProperty("items").EnumerateArray().Select(site => (Text(site, "code"), entities[Text(site, "entity_id")])).Order()];
    }

    private static async Task<decimal> Total(HttpClient client, string narrowed) =>
        decimal.Parse((await (await client.Get($"/api/v1/ledger/totals?period=2025&consolidate=true{narrowed}")).Json()).GetProperty("total").GetProperty("co2e_kg").GetString()!, CultureInfo.InvariantCulture);

    private async Task<HttpClient> NewTenant(string slug)
    {
        var made = await CreateTenant.Handle(
            new CreateTenant.Request(slug, char.ToUpperInvariant(slug[0]) + slug[1..] + " Ltd", 1), api.Database.Database, TimeProvider.System, TestContext.Current.CancellationToken);
        return api.Client(made.Value.Key);
    }
}
