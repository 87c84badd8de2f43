using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Scim;

/// <summary>Groups of a directory and the roles that follow from them.</summary>
public sealed class GroupTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_role_follows_from_a_group_at_the_next_request_and_goes_with_it()
    {
        var (directory, admin) = await World();
        await Map(admin, new() { ["Analysts"] = "analyst" });
        var email = Directory.Address();
        var user = await directory.Made(email);
        var group = await directory.Group("Analysts", user);
        var ben = await directory.Join(api, email);
        Assert.Equal(200, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal(group[(Directory.Groups.Length + 1)..], (await directory.Get(user))["groups"]![0]!["value"]!.GetValue<string>());

        // As Microsoft Entra takes a member out, and Okta puts one in.
        await directory.Patch(group, $$"""{"op":"Remove","path":"members","value":[{"value":"{{Id(user)}}"}]}""");
        Assert.Equal(403, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);
        await directory.Patch(group, $$"""{"op":"add","path":"members","value":[{"value":"{{Id(user)}}","display":"Ben"}]}""");
        Assert.Equal(200, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);
        await directory.Patch(group, $$"""{"op":"remove","path":"members[value eq \"{{Id(user)}}\"]"}""");
        Assert.Equal(403, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);

        await directory.Patch(group, $$$"""{"op":"add","path":"members","value":[{"value":"{{{Id(user)}}}"}]},{"op":"replace","value":{"id":"{{{Id(group)}}}","displayName":"Former analysts"}}""");
        Assert.Equal(403, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);
        await Map(admin, new() { ["Former analysts"] = "viewer" });
        Assert.Equal(200, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal(204, (int)(await directory.Send(HttpMethod.Delete, group, null)).StatusCode);
        Assert.Equal(403, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);
    }

    [Fact]
    public async Task Roles_that_people_gave_stay_and_the_table_of_providers_counts_too()
    {
        var (directory, admin) = await World();
        var provider = await (await admin.Post("/api/v1/providers", new { name = "Sign-in", issuer = "https://login.example.org", client_id = "x", group_roles = new Dictionary<string, string>(StringComparer.Ordinal) { ["Carbon"] = "manager" } })).Json(201);
        var ana = await People.Member(api, directory.Tenant, "viewer");
        var user = $"{Directory.Users}/{(await directory.Find(ana.Email))["id"]}";
        var group = await directory.Group("Carbon", user);
        Assert.Equal(["manager", "viewer"], await Roles(admin, ana.User));

        await directory.Send(HttpMethod.Delete, group, null);
        Assert.Equal(["viewer"], await Roles(admin, ana.User));
        await directory.Group("Carbon", user);
        Assert.Equal(204, (int)(await admin.Delete($"/api/v1/providers/{provider.GetProperty("provider_id").GetString()}", ("If-Match", "*"))).StatusCode);
        Assert.Equal(["viewer"], await Roles(admin, ana.User));
    }

    [Fact]
    public async Task No_group_makes_owners_auditors_or_more_than_who_says_so_may_do()
    {
        var (directory, admin) = await World();
        foreach (var role in new[] { "owner", "auditor" })
        {
            Assert.Equal("provider.role", await (await admin.Put("/api/v1/security/directory", new { group_roles = new Dictionary<string, string>(StringComparer.Ordinal) { ["x"] = role } }, ("If-Match", "*"))).Problem(400));
        }

        var few = await api.Database.Database.Write(
            directory.Tenant, session => OffGridFlow.Organizations.ApiKeys.CreateApiKey.Handle(new("few", Role: "admin", Permissions: ["security:manage"]), session, TimeProvider.System), TestContext.Current.CancellationToken);
        Assert.Equal("permission.beyond", await (await api.Client(few.Value.Key).Put("/api/v1/security/directory", new { default_role = "viewer" }, ("If-Match", "*"))).Problem(403));
        Assert.Equal("role.unknown", await (await admin.Put("/api/v1/security/directory", new { default_role = "emperor" }, ("If-Match", "*"))).Problem(400));
    }

    [Fact]
    public async Task Groups_have_one_name_each_and_no_groups_within()
    {
        var (directory, _) = await World();
        var group = await directory.Group("Everybody");

        Assert.Equal("uniqueness", await directory.Refused(HttpMethod.Post, Directory.Groups, """{"displayName":"everybody"}""", 409));
        Assert.Equal("invalidValue", await directory.Refused(HttpMethod.Post, Directory.Groups, """{"displayName":" "}""", 400));
        Assert.Equal("invalidValue", await directory.Refused(HttpMethod.Post, Directory.Groups, $$"""{"displayName":"outer","members":[{"value":"{{Id(group)}}","type":"Group"}]}""", 400));
        Assert.Equal("mutability", await directory.Refused(HttpMethod.Patch, group, Directory.Message("""{"op":"remove","path":"displayName"}"""), 400));
        Assert.DoesNotContain("members", await directory.Get(group + "?excludedAttributes=members"));
        Assert.Equal("Everybody", (await directory.Get($"{Directory.Groups}?filter=displayName%20eq%20%22EVERYBODY%22&excludedAttributes=members"))["Resources"]![0]!["displayName"]!.GetValue<string>());
    }

    private async Task<(Directory Directory, HttpClient Admin)> World()
    {
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        return (await Directory.Of(api, tenant), await People.SignedIn(api, tenant, "admin"));
    }

    private static async Task Map(HttpClient admin, Dictionary<string, string> roles) => await (await admin.Put("/api/v1/security/directory", new { group_roles = roles }, ("If-Match", "*"))).Json();

    private static async Task<IReadOnlyList<string?>> Roles(HttpClient admin, Guid user) =>
        [.. (await (await admin.Get($"/api/v1/members/{user}")).Json()).GetProperty("assignments").EnumerateArray().Select(one => one.GetProperty("role").GetString()).Order(StringComparer.Ordinal)];

    private static string Id(string path) => path[(path.LastIndexOf('/') + 1)..];
}
