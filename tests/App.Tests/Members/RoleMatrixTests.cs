using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Members;

/// <summary>What a procurement team asks: who may do what, over HTTP, for every action that has an endpoint; for the others on the table of roles.</summary>
public sealed class RoleMatrixTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string May = "may";
    private const string MayNot = "-";

    private static readonly string[] Roles = ["admin", "manager", "analyst", "viewer", "data_owner", "auditor", "api_client"];

    // The request asks for something that is not there, or lacks something: what counts is whether it gets past the door.
    private static readonly Dictionary<string, (HttpMethod Method, string Path, Func<object?> Body)> Requests = new(StringComparer.Ordinal)
    {
        ["view dashboard and emissions"] = (HttpMethod.Get, "/api/v1/ledger/totals", () => null),
        ["view results"] = (HttpMethod.Get, "/api/v1/ledger/entries?limit=1", () => null),
        ["view data"] = (HttpMethod.Get, "/api/v1/activities?limit=1", () => null),
        ["upload CSV"] = (HttpMethod.Post, "/api/v1/imports?file_name=x.csv", () => new StringContent("kind,quantity,unit,region,start\n", Encoding.UTF8, "text/csv")),
        ["connect sources"] = (HttpMethod.Post, "/api/v1/sources", () => new { name = "no address" }),
        ["fetch sources"] = (HttpMethod.Post, $"/api/v1/sources/{Guid.CreateVersion7()}/fetch", () => null),
        ["see sources"] = (HttpMethod.Get, "/api/v1/sources?limit=1", () => null),
        ["create activities"] = (HttpMethod.Post, "/api/v1/activities", () => new { activities = Array.Empty<object>() }),
        ["edit activities"] = (HttpMethod.Patch, $"/api/v1/activities/{Guid.CreateVersion7()}", () => new { quantity = "2" }),
        ["undo imports"] = (HttpMethod.Post, $"/api/v1/imports/{Guid.CreateVersion7()}/undo", () => new { reason = "Sent twice" }),
        ["set up the organisation"] = (HttpMethod.Post, "/api/v1/entities", () => new { code = "x" }),
        ["adjust entries"] = (HttpMethod.Post, "/api/v1/ledger/recalculations", () => new { period = "none" }),
        ["close periods"] = (HttpMethod.Post, $"/api/v1/periods/{Guid.CreateVersion7()}/close", () => new { reason = "Year end" }),
        ["lock factor snapshots"] = (HttpMethod.Post, $"/api/v1/factor-snapshots/{Guid.CreateVersion7()}/lock", () => null),
        ["generate reports"] = (HttpMethod.Post, "/api/v1/reports", () => new { kind = "none" }),
        ["submit for approval"] = (HttpMethod.Post, $"/api/v1/reports/{Guid.CreateVersion7()}/submit", () => null),
        ["approve or reject"] = (HttpMethod.Post, $"/api/v1/reports/{Guid.CreateVersion7()}/approve", () => new { reason = "Checked" }),
        ["see users"] = (HttpMethod.Get, "/api/v1/members", () => null),
        ["manage users"] = (HttpMethod.Post, "/api/v1/invitations", () => new { email = "nobody" }),
        ["manage roles"] = (HttpMethod.Post, "/api/v1/roles", () => new { name = "1" }),
        ["manage API keys"] = (HttpMethod.Get, "/api/v1/api-keys", () => null),
        ["manage webhooks"] = (HttpMethod.Get, "/api/v1/webhooks", () => null),
        ["manage security"] = (HttpMethod.Get, "/api/v1/security", () => null),
        ["export all data"] = (HttpMethod.Get, "/api/v1/governance/exports?limit=1", () => null),
        ["request deletion"] = (HttpMethod.Post, "/api/v1/governance/deletion", () => new { nonsense = "so that nothing is erased" }),
        ["configure billing"] = (HttpMethod.Put, "/api/v1/billing", () => new { legal_name = "" }),
        ["view the audit log"] = (HttpMethod.Get, "/api/v1/audit?limit=1", () => null),
    };

    /// <summary>In the order of <see cref="Roles"/>.</summary>
    public static TheoryData<string, string[]> Matrix { get; } = new()
    {
        { "view dashboard and emissions", [May, May, May, May, May, May, May] },
        { "view results", [May, May, May, May, May, May, May] },
        { "view data", [May, May, May, May, May, May, May] },
        { "upload CSV", [May, May, May, MayNot, May, MayNot, May] },
        { "create activities", [May, May, May, MayNot, May, MayNot, May] },
        { "edit activities", [May, May, May, MayNot, May, MayNot, May] },
        { "undo imports", [May, May, May, MayNot, May, MayNot, May] },
        { "set up the organisation", [May, May, May, MayNot, MayNot, MayNot, MayNot] },
        { "adjust entries", [May, May, May, MayNot, MayNot, MayNot, MayNot] },
        { "close periods", [May, May, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "lock factor snapshots", [May, MayNot, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "see users", [May, May, MayNot, MayNot, MayNot, May, MayNot] },
        { "manage users", [May, MayNot, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "manage roles", [May, MayNot, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "manage API keys", [May, MayNot, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "manage webhooks", [May, MayNot, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "manage security", [May, MayNot, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "connect sources", [May, May, May, MayNot, MayNot, MayNot, MayNot] },
        { "fetch sources", [May, May, May, MayNot, MayNot, MayNot, MayNot] },
        { "see sources", [May, May, May, MayNot, MayNot, MayNot, MayNot] },
        { "generate reports", [May, May, May, MayNot, MayNot, MayNot, MayNot] },
        { "submit for approval", [May, May, May, MayNot, MayNot, MayNot, MayNot] },
        { "approve or reject", [May, May, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "configure billing", [May, MayNot, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "export all data", [May, MayNot, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "request deletion", [May, MayNot, MayNot, MayNot, MayNot, MayNot, MayNot] },
        { "view the audit log", [May, May, May, May, MayNot, May, MayNot] },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task The_roles_are_as_promised(string action, string[] promised)
    {
        var found = new List<string>();
        foreach (var role in Roles)
        {
            found.Add(await Can(role, action) ? May : MayNot);
        }

        Assert.Equal(promised, found);
    }

    // What no address needs, nothing proves.
    [Fact]
    public void Every_permission_has_an_address_that_needs_it()
    {
        var needed = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<NeededPermission>()).OfType<NeededPermission>()
            .SelectMany(one => new[] { one.Reading, one.Changing }).ToHashSet();

        Assert.True(needed.Count > 20);
        Assert.DoesNotContain(Enum.GetValues<Permission>(), permission => !needed.Contains(permission));
    }

    private async Task<bool> Can(string role, string action)
    {
        var (method, path, body) = Requests[action];
        var response = await (await Client(role)).Send(method, path, body(), ("If-Match", "*"));
        Assert.True((int)response.StatusCode is < 500 and not 401, $"{role} {action}: {(int)response.StatusCode}");
        return (int)response.StatusCode != 403;
    }

    private async Task<HttpClient> Client(string role)
    {
        if (role == "api_client")
        {
            return api.Client((await (await api.Acme.Post("/api/v1/api-keys", new { name = "matrix", role })).Json(201)).GetProperty("key").GetString());
        }

        return (await People.Member(api, api.Database.Acme, role)).Client;
    }
}

/// <summary>Who delivers the data of one facility sees and changes that facility's, and no other's.</summary>
public sealed class FacilityRoleTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_data_owner_sees_and_edits_their_facility_s_activities_alone()
    {
        var (foundry, office, ana) = (await Facility(), await Facility(), await DataOwner());
        await Assign(ana, foundry.Id);
        var (theirs, others) = (await Recorded(foundry.Code), await Recorded(office.Code));

        var listed = (await (await ana.Client.Get("/api/v1/activities?limit=1000")).Json()).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("activity_id").GetGuid()).ToList();
        Assert.Contains(theirs, listed);
        Assert.DoesNotContain(others, listed);
        Assert.Equal(200, (int)(await ana.Client.Get($"/api/v1/activities/{theirs}")).StatusCode);
        Assert.Equal("activity.not-found", await (await ana.Client.Get($"/api/v1/activities/{others}")).Problem(404));
        Assert.Equal("activity.not-found", await (await ana.Client.Patch($"/api/v1/activities/{others}", new { quantity = "2" }, ("If-Match", "*"))).Problem(404));
        Assert.Equal("activity.not-found", await (await ana.Client.Post($"/api/v1/activities/{others}/withdraw", new { reason = "x" })).Problem(404));
        await (await ana.Client.Patch($"/api/v1/activities/{theirs}", new { quantity = "2" }, ("If-Match", "*"))).Json();

        // Nor is one moved to where they have no say.
        Assert.Equal("facility.not-yours", await (await ana.Client.Patch($"/api/v1/activities/{theirs}", new { facility = office.Code }, ("If-Match", "*"))).Problem(403));
        Assert.Equal("facility.not-yours", await (await ana.Client.Post("/api/v1/activities", Bill(office.Code))).Problem(403));
        Assert.Equal("facility.not-yours", await (await ana.Client.Post("/api/v1/activities", Bill(null))).Problem(403));
        await (await ana.Client.Post("/api/v1/activities", Bill(foundry.Code))).Json(201);
        Assert.Equal("permission.facilities", await (await ana.Client.Get("/api/v1/ledger/totals")).Problem(403));
        Assert.Equal("permission.missing", await (await ana.Client.Post("/api/v1/entities", new { code = "x" })).Problem(403));
    }

    [Fact]
    public async Task A_file_of_a_data_owner_is_taken_for_their_facility_s_rows_alone()
    {
        var (foundry, office, ana) = (await Facility(), await Facility(), await DataOwner());
        await Assign(ana, foundry.Id);
        var csv = $"kind,quantity,unit,region,start,end,facility\nelectricity.grid,{Next()},kWh,GB,2025-01-01,2025-01-31,{foundry.Code}\nelectricity.grid,{Next()},kWh,GB,2025-01-01,2025-01-31,{office.Code}\nelectricity.grid,{Next()},kWh,GB,2025-01-01,2025-01-31,Elsewhere\n";

        var read = await Read(ana.Client, await Imported(ana.Client, csv));

        Assert.Equal((1, 2), (read.GetProperty("rows").GetProperty("calculated").GetInt32(), read.GetProperty("rows").GetProperty("rejected").GetInt32()));
        var id = read.GetProperty("import_id").GetString();
        Assert.All(
            (await (await ana.Client.Get($"/api/v1/imports/{id}/rows")).Json()).GetProperty("items").EnumerateArray(),
            row => Assert.Equal("facility.not-yours", row.GetProperty("code").GetString()));
        Assert.Equal(200, (int)(await ana.Client.Get($"/api/v1/imports/{id}/rejected.csv")).StatusCode);
    }

    [Fact]
    public async Task A_data_owner_sees_and_undoes_their_own_imports_alone()
    {
        var (foundry, ana) = (await Facility(), await DataOwner());
        await Assign(ana, foundry.Id);
        var row = $"kind,quantity,unit,region,start,end,facility\nelectricity.grid,{{0}},kWh,GB,2025-01-01,2025-01-31,{foundry.Code}\n";
        var own = await Imported(ana.Client, string.Format(CultureInfo.InvariantCulture, row, Next()));
        var other = await Imported(api.Acme, string.Format(CultureInfo.InvariantCulture, row, Next()));
        await Read(ana.Client, own);
        await Read(api.Acme, other);

        Assert.Equal([own], (await (await ana.Client.Get("/api/v1/imports?limit=1000")).Json()).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("import_id").GetGuid()));
        foreach (var refused in new[] { await ana.Client.Get($"/api/v1/imports/{other}"), await ana.Client.Get($"/api/v1/imports/{other}/rows"), await ana.Client.Get($"/api/v1/imports/{other}/rejected.csv"), await ana.Client.Post($"/api/v1/imports/{other}/undo", new { reason = "x" }) })
        {
            Assert.Equal("import.not-found", await refused.Problem(404));
        }

        await (await ana.Client.Post($"/api/v1/imports/{own}/undo", new { reason = "Sent twice" })).Json(202);
    }

    private static int next;

    private static int Next() => Interlocked.Increment(ref next);

    private static object Bill(string? facility) => new { kind = "electricity.grid", quantity = $"{Next()}", unit = "kWh", region = "GB", start = "2025-01-01", end = "2025-01-31", facility };

    private async Task<Guid> Recorded(string facility) => (await (await api.Acme.Post("/api/v1/activities", Bill(facility))).Json(201)).GetProperty("activities")[0].GetProperty("activity_id").GetGuid();

    private static async Task<Guid> Imported(HttpClient client, string csv) =>
        (await (await client.Post("/api/v1/imports?file_name=bills.csv", new StringContent(csv, Encoding.UTF8, "text/csv"))).Json(202)).GetProperty("import_id").GetGuid();

    private static async Task<JsonElement> Read(HttpClient client, Guid import)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        enough.CancelAfter(TimeSpan.FromSeconds(60));
        JsonElement found;
        while ((found = await (await client.Get($"/api/v1/imports/{import}")).Json()).GetProperty("status").GetString() is "queued" or "reading")
        {
            await Task.Delay(50, enough.Token);
        }

        return found;
    }

    // A member with no role but the one they are given for a facility.
    private async Task<People.Signed> DataOwner()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var member = await (await api.Acme.Get($"/api/v1/members/{ana.User}")).Json();
        Assert.Equal(204, (int)(await api.Acme.Delete($"/api/v1/members/{ana.User}/assignments/{member.GetProperty("assignments")[0].GetProperty("assignment_id").GetString()}")).StatusCode);
        return ana;
    }

    private async Task Assign(People.Signed ana, Guid facility) => await (await api.Acme.Post($"/api/v1/members/{ana.User}/assignments", new { role = "data_owner", facility_id = facility })).Json(201);

    private async Task<(Guid Id, string Code)> Facility()
    {
        await People.Owner(api, api.Database.Acme);
        var code = "F" + Guid.CreateVersion7().ToString("N")[^12..];
        var entity = await (await api.Acme.Post("/api/v1/entities", new { code, name = "Acme", country = "DE" })).Json(201);
        var made = await (await api.Acme.Post("/api/v1/facilities", new { entity_id = entity.GetProperty("entity_id").GetString(), code, name = $"Foundry {code}" })).Json(201);
        return (made.GetProperty("facility_id").GetGuid(), code);
    }
}
