using System.Text.Json.Nodes;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Scim;

/// <summary>A directory lets people in, keeps them out and ends their membership, over HTTP.</summary>
public sealed class UserTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Somebody_of_the_directory_becomes_a_member_by_coming_in_and_not_before()
    {
        var (directory, email) = (await World(), Directory.Address());
        var made = await directory.Post(Directory.Users, Directory.User(email, ",\"name\":{\"givenName\":\"Ben\",\"familyName\":\"Birch\"},\"externalId\":\"00u1\""));
        var owner = await People.Member(api, directory.Tenant, "owner");

        Assert.DoesNotContain(email, await Emails(owner.Client));
        Assert.Equal((true, "00u1", "W/\"1\""), (made["active"]!.GetValue<bool>(), made["externalId"]!.GetValue<string>(), made["meta"]!["version"]!.GetValue<string>()));
        Assert.Equal("User", made["meta"]!["resourceType"]!.GetValue<string>());
        var ben = await directory.Join(api, email);
        Assert.Equal("scim", (await (await owner.Client.Get($"/api/v1/members/{ben.User}")).Json()).GetProperty("source").GetString());
        Assert.True((await directory.Find(email))["active"]!.GetValue<bool>());

        // In no group that has a role they are let in, and may do nothing.
        Assert.Equal("permission.missing", await (await ben.Client.Get("/api/v1/entities")).Problem(403));
    }

    [Fact]
    public async Task Who_is_switched_off_is_out_from_the_next_request_on_with_their_keys()
    {
        var (directory, email) = (await World(), Directory.Address());
        await (await api.Client(await api.Key(directory.Tenant)).Put("/api/v1/security/directory", new { default_role = "admin" }, ("If-Match", "*"))).Json();
        var path = await directory.Made(email);
        var ben = await directory.Join(api, email);
        var key = api.Client((await (await ben.Client.Post("/api/v1/api-keys", new { name = "his", role = "viewer" })).Json(201)).GetProperty("key").GetString());
        Assert.Equal(200, (int)(await key.Get("/api/v1/entities")).StatusCode);

        // As Microsoft Entra writes it.
        var off = await directory.Patch(path, """{"op":"Replace","path":"active","value":"False"}""");
        Assert.False(off["active"]!.GetValue<bool>());
        Assert.Equal(403, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal("key.unknown", await (await key.Get("/api/v1/entities")).Problem(401));

        // Sessions of before do not come back; keys do.
        await directory.Patch(path, """{"op":"replace","value":{"active":true}}""");
        Assert.Equal("key.unknown", await (await ben.Client.Get("/api/v1/entities")).Problem(401));
        ben = await People.SignIn(api, email);
        Assert.Equal(200, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal(200, (int)(await key.Get("/api/v1/entities")).StatusCode);

        Assert.Equal(204, (int)(await directory.Send(HttpMethod.Delete, path, null)).StatusCode);
        Assert.Equal(403, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal("key.unknown", await (await key.Get("/api/v1/entities")).Problem(401));
        Assert.Equal("", await directory.Refused(HttpMethod.Get, path, null, 404));
        Assert.Equal("", await directory.Refused(HttpMethod.Delete, path, null, 404));

        // The account is theirs.
        Assert.Equal(email, (await (await ben.Client.Get("/api/v1/auth/me")).Json()).GetProperty("email").GetString());
    }

    [Fact]
    public async Task Who_was_switched_off_before_they_came_finds_their_letter_void()
    {
        var (directory, email) = (await World(), Directory.Address());
        var path = await directory.Made(email);
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, email));
        await directory.Patch(path, """{"op":"replace","path":"active","value":false}""");

        Assert.Equal("invitation.not-good", await (await api.Nobody.Post("/api/v1/auth/invitations/accept", new { token, name = "Ben", password = People.Password, terms = "2026-11", privacy = "2026-11" })).Problem(400));
    }

    [Fact]
    public async Task Members_who_came_otherwise_are_found_and_can_be_kept_out()
    {
        var directory = await World();
        var ana = await People.Member(api, directory.Tenant, "analyst");
        var found = await directory.Find(ana.Email.ToUpperInvariant());

        Assert.Equal("uniqueness", await directory.Refused(HttpMethod.Post, Directory.Users, Directory.User(ana.Email), 409));
        Assert.Equal("uniqueness", await directory.Refused(HttpMethod.Post, Directory.Users, $$"""{"userName":"other","emails":[{"value":"{{ana.Email}}"}]}""", 409));
        await directory.Patch($"{Directory.Users}/{found["id"]}", """{"op":"replace","path":"active","value":false}""");
        Assert.Equal(403, (int)(await ana.Client.Get("/api/v1/entities")).StatusCode);

        // What people do on their page, the directory sees.
        var owner = await People.Member(api, directory.Tenant, "owner");
        await (await owner.Client.Post($"/api/v1/members/{ana.User}/reactivate")).Json();
        Assert.True((await directory.Find(ana.Email))["active"]!.GetValue<bool>());
        Assert.Equal(204, (int)(await owner.Client.Delete($"/api/v1/members/{ana.User}")).StatusCode);
        Assert.False((await directory.Find(ana.Email))["active"]!.GetValue<bool>());
    }

    [Fact]
    public async Task No_directory_takes_an_owner_s_place_away_but_with_an_owner_s_key_and_never_the_last_s()
    {
        var tenant = await People.Tenant(api);
        var (ana, ben) = (await People.Member(api, tenant, "owner"), await People.Member(api, tenant, "owner"));
        var admin = await People.Member(api, tenant, "admin");
        var (weak, strong) = (await Directory.Of(api, tenant, admin.Client), await Directory.Of(api, tenant, ana.Client));
        var (first, second) = ($"{Directory.Users}/{(await weak.Find(ana.Email))["id"]}", $"{Directory.Users}/{(await weak.Find(ben.Email))["id"]}");
        const string off = """{"op":"replace","path":"active","value":false}""";

        Assert.Equal("", await weak.Refused(HttpMethod.Patch, second, Directory.Message(off), 409));
        Assert.Equal("", await weak.Refused(HttpMethod.Delete, second, null, 409));
        Assert.Equal(200, (int)(await ben.Client.Get("/api/v1/members")).StatusCode);

        await strong.Patch(second, off);
        Assert.Equal(403, (int)(await ben.Client.Get("/api/v1/members")).StatusCode);
        Assert.Equal("", await strong.Refused(HttpMethod.Patch, first, Directory.Message(off), 409));
        Assert.Equal("", await strong.Refused(HttpMethod.Delete, first, null, 409));
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/members")).StatusCode);
    }

    [Fact]
    public async Task A_key_of_a_directory_opens_nothing_else_and_other_keys_do_not_open_the_directory()
    {
        var directory = await World();
        foreach (var path in new[] { "/api/v1/members", "/api/v1/entities", "/api/v1/api-keys", "/api/v1/security/directory", "/api/v1/ledger/totals" })
        {
            Assert.Equal("permission.missing", await (await directory.Client.Get(path)).Problem(403));
        }

        Assert.Equal("permission.missing", await (await directory.Client.Post("/api/v1/api-keys", new { name = "x", role = "scim_client" })).Problem(403));
        foreach (var role in new[] { "manager", "analyst", "viewer", "api_client", "auditor" })
        {
            var key = await api.Database.Database.Write(directory.Tenant, session => OffGridFlow.Organizations.ApiKeys.CreateApiKey.Handle(new OffGridFlow.Organizations.ApiKeys.CreateApiKey.Request(role, Role: role), session, TimeProvider.System), TestContext.Current.CancellationToken);
            Assert.Equal("", await Directory.Error(await api.Client(key.Value.Key).Get(Directory.Users), 403));
        }

        Assert.Equal("", await Directory.Error(await api.Nobody.Get(Directory.Users), 401));
    }

    private async Task<Directory> World()
    {
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        return await Directory.Of(api, tenant);
    }

    private static async Task<IReadOnlyList<string?>> Emails(HttpClient client) =>
        [.. (await (await client.Get("/api/v1/members?limit=1000")).Json()).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("email").GetString())];
}
