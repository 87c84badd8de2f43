using System.Text.Json;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Organizations;

/// <summary>Projects and their facilities, over HTTP.</summary>
public sealed class ProjectTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Projects = "/api/v1/projects";

    [Fact]
    public async Task A_project_is_made_changed_deleted_and_comes_back_as_it_was()
    {
        var (code, site) = (Code(), await Facility(api.Acme));
        var created = await api.Acme.Post(Projects, new { code, name = "Kenya programme", starts_on = "2025-01-01", ends_on = "2027-12-31" });
        var id = (await created.Json(201)).GetProperty("project_id").GetString();
        Assert.Equal(("\"1\"", $"{Projects}/{id}"), (created.Headers.ETag?.Tag, created.Headers.Location?.OriginalString));
        Assert.Equal("version.required", await (await api.Acme.Patch($"{Projects}/{id}", new { name = "x" })).Problem(428));
        await (await api.Acme.Patch($"{Projects}/{id}", JsonElement.Parse("""{"ends_on": null}"""), ("If-Match", "\"1\""))).Json();
        Assert.Equal("version.stale", await (await api.Acme.Patch($"{Projects}/{id}", new { name = "x" }, ("If-Match", "\"1\""))).Problem(412));
        Assert.Equal("version.stale", await (await api.Acme.Put($"{Projects}/{id}/facilities", new { facility_ids = new[] { site } }, ("If-Match", "\"1\""))).Problem(412));
        var set = await api.Acme.Put($"{Projects}/{id}/facilities", new { facility_ids = new[] { site } }, ("If-Match", "\"2\""));
        Assert.Equal("\"3\"", set.Headers.ETag?.Tag);

        Assert.Equal(204, (int)(await api.Acme.Delete($"{Projects}/{id}")).StatusCode);
        Assert.Equal("project.not-found", await (await api.Acme.Get($"{Projects}/{id}")).Problem(404));
        Assert.Equal("project.not-found", await (await api.Acme.Get($"{Projects}/{id}/facilities")).Problem(404));
        Assert.Equal("project.not-found", await (await api.Acme.Put($"{Projects}/{id}/facilities", new { facility_ids = new[] { site } }, ("If-Match", "*"))).Problem(404));
        Assert.Empty((await (await api.Acme.Get($"{Projects}?code={code}")).Json()).GetProperty("items").EnumerateArray());
        Assert.Single((await (await api.Acme.Get($"{Projects}/deleted?code={code}")).Json()).GetProperty("items").EnumerateArray());
        Assert.Equal("project.code-deleted", await (await api.Acme.Post(Projects, new { code, name = "Another" })).Problem(409));

        var restored = await (await api.Acme.Post($"{Projects}/{id}/restore")).Json();
        Assert.Equal((1, "2025-01-01"), (restored.GetProperty("facility_count").GetInt32(), restored.GetProperty("starts_on").GetString()));
        Assert.False(restored.TryGetProperty("ends_on", out _));
        Assert.Equal("project.code-taken", await (await api.Acme.Post(Projects, new { code, name = "Another" })).Problem(409));
    }

    [Fact]
    public async Task Its_facilities_are_said_all_at_once_and_listed_page_by_page()
    {
        var sites = new List<Guid> { await Facility(api.Acme), await Facility(api.Acme), await Facility(api.Acme) };
        var (id, other) = (await Project(api.Acme), await Project(api.Acme));
        await Set(id, [.. sites, sites[0]]);
        await Set(other, [sites[0]]);

        var page = await (await api.Acme.Get($"{Projects}/{id}/facilities?limit=2")).Json();
        var rest = await (await api.Acme.Get($"{Projects}/{id}/facilities?limit=2&cursor={Uri.EscapeDataString(page.GetProperty("next").GetString()!)}")).Json();
        Assert.Equal(sites.Order(), page.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()).Select(one => one.GetProperty("facility_id").GetGuid()).Order());

        // What it has stays when nothing changes, with its version.
        var before = (await api.Acme.Get($"{Projects}/{id}")).Headers.ETag?.Tag;
        await Set(id, [.. sites]);
        Assert.Equal(before, (await api.Acme.Get($"{Projects}/{id}")).Headers.ETag?.Tag);

        // One that is deleted is not listed, and not added; where it is, it comes back with its restoration.
        Assert.Equal(204, (int)(await api.Acme.Delete($"/api/v1/facilities/{sites[2]}")).StatusCode);
        Assert.Equal(2, (await (await api.Acme.Get($"{Projects}/{id}/facilities")).Json()).GetProperty("items").GetArrayLength());
        Assert.Equal("project.facility", await (await api.Acme.Put($"{Projects}/{other}/facilities", new { facility_ids = sites }, ("If-Match", "*"))).Problem(400));
        await Set(id, [.. sites]);
        await (await api.Acme.Post($"/api/v1/facilities/{sites[2]}/restore")).Json();
        Assert.Equal(3, (await (await api.Acme.Get($"{Projects}/{id}/facilities")).Json()).GetProperty("items").GetArrayLength());
        await Set(id);
        Assert.Equal(0, (await (await api.Acme.Get($"{Projects}/{id}")).Json()).GetProperty("facility_count").GetInt32());
    }

    [Fact]
    public async Task No_facility_of_another_tenant_is_taken_and_no_project_of_another_is_found()
    {
        var (theirs, own) = (await Facility(api.Globex), await Project(api.Acme));

        Assert.Equal("project.facility", await (await api.Acme.Put($"{Projects}/{own}/facilities", new { facility_ids = new[] { theirs } }, ("If-Match", "*"))).Problem(400));
        foreach (var refused in new[]
        {
            await api.Globex.Get($"{Projects}/{own}"), await api.Globex.Get($"{Projects}/{own}/facilities"), await api.Globex.Patch($"{Projects}/{own}", new { name = "x" }, ("If-Match", "*")),
            await api.Globex.Put($"{Projects}/{own}/facilities", new { facility_ids = new[] { theirs } }, ("If-Match", "*")), await api.Globex.Delete($"{Projects}/{own}"), await api.Globex.Post($"{Projects}/{own}/restore"),
        })
        {
            Assert.Equal("project.not-found", await refused.Problem(404));
        }
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        var body = await (await api.Acme.Post(Projects, new { code = " x", name = "", starts_on = "2025-02-01", ends_on = "2025-01-31" })).Json(400);

        Assert.Equal(["code", "name", "ends_on"], body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("column").GetString()));
        var id = await Project(api.Acme);
        Assert.Equal("project.facilities", await (await api.Acme.Put($"{Projects}/{id}/facilities", new { }, ("If-Match", "*"))).Problem(400));
        Assert.Equal("project.facilities", await (await api.Acme.Put($"{Projects}/{id}/facilities", new { facility_ids = Enumerable.Range(0, 1001).Select(_ => Guid.CreateVersion7()) }, ("If-Match", "*"))).Problem(400));
    }

    [Fact]
    public async Task What_changes_is_in_the_trail()
    {
        var (id, site) = (await Project(api.Acme), await Facility(api.Acme));
        await Set(id, site);

        var rows = (await (await api.Acme.Get($"/api/v1/audit?table=org.project_facilities&limit=1")).Json()).GetProperty("items");
        Assert.Equal(("insert", site), (rows[0].GetProperty("operation").GetString(), rows[0].GetProperty("new_values").GetProperty("facility_id").GetGuid()));
        Assert.Equal("update", (await (await api.Acme.Get($"/api/v1/audit?table=org.projects&limit=1")).Json()).GetProperty("items")[0].GetProperty("operation").GetString());
    }

    private async Task Set(Guid id, params Guid[] sites) => await (await api.Acme.Put($"{Projects}/{id}/facilities", new { facility_ids = sites }, ("If-Match", "*"))).Json();

    private static string Code() => "P" + Guid.CreateVersion7().ToString("N")[^12..];

    private static async Task<Guid> Project(HttpClient client) => (await (await client.Post(Projects, new { code = Code(), name = "Kenya programme" })).Json(201)).GetProperty("project_id").GetGuid();

    private static async Task<Guid> Facility(HttpClient client)
    {
        var entity = await (await client.Post("/api/v1/entities", new { code = Code(), name = "Acme", country = "DE" })).Json(201);
        return (await (await client.Post("/api/v1/facilities", new { entity_id = entity.GetProperty("entity_id").GetString(), code = Code(), name = "Foundry" })).Json(201)).GetProperty("facility_id").GetGuid();
    }
}
