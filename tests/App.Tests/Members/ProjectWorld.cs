using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Members;

/// <summary>Projects and facilities of a tenant, for tests of who may do what there.</summary>
internal static class ProjectWorld
{
    internal sealed record Site(Guid Id, string Code);

    public static string Code() => "P" + Guid.CreateVersion7().ToString("N")[^12..];

    public static async Task<Site> Facility(HttpClient client)
    {
        var code = Code();
        var entity = await (await client.Post("/api/v1/entities", new { code, name = "Acme", country = "DE" })).Json(201);
        var made = await (await client.Post("/api/v1/facilities", new { entity_id = entity.GetProperty("entity_id").GetString(), code, name = $"Foundry {code}" })).Json(201);
        return new Site(made.GetProperty("facility_id").GetGuid(), code);
    }

    public static async Task<Guid> Project(HttpClient client, params Site[] sites)
    {
        var id = (await (await client.Post("/api/v1/projects", new { code = Code(), name = "Kenya programme" })).Json(201)).GetProperty("project_id").GetGuid();
        await Set(client, id, sites);
        return id;
    }

    public static async Task Set(HttpClient client, Guid project, params Site[] sites) =>
        await (await client.Put($"/api/v1/projects/{project}/facilities", new { facility_ids = sites.Select(site => site.Id).ToArray() }, ("If-Match", "*"))).Json();
}
