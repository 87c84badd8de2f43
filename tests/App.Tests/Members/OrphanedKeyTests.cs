using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Members;

/// <summary>A key acts for the tenant, and somebody answers for it: with them it stops, until another does.</summary>
public sealed class OrphanedKeyTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Keys = "/api/v1/api-keys";

    [Theory]
    [InlineData("suspend")]
    [InlineData("remove")]
    public async Task Keys_of_a_member_who_is_out_stop_at_the_next_request_and_so_do_those_their_keys_made(string how)
    {
        var (owner, leaving) = (await People.Member(api, api.Database.Acme, "owner"), await People.Member(api, api.Database.Acme, "admin"));
        var (first, key) = await Key(leaving.Client, "admin");
        var (second, grandchild) = await Key(key, "viewer");
        var (_, other) = await Key(owner.Client, "viewer");
        Assert.Equal(200, (int)(await grandchild.Get("/api/v1/entities")).StatusCode);
        Assert.Equal(2, (await (await owner.Client.Get($"/api/v1/members/{leaving.User}")).Json()).GetProperty("api_keys").GetInt32());

        var left = how == "suspend" ? await owner.Client.Post($"/api/v1/members/{leaving.User}/suspend") : await owner.Client.Delete($"/api/v1/members/{leaving.User}");
        Assert.True(left.IsSuccessStatusCode);

        foreach (var client in new[] { key, grandchild })
        {
            Assert.Equal("key.unknown", await (await client.Get("/api/v1/entities")).Problem(401));
        }

        Assert.Equal(200, (int)(await other.Get("/api/v1/entities")).StatusCode);
        Assert.True((await (await owner.Client.Get($"{Keys}/{second}")).Json()).GetProperty("is_orphaned").GetBoolean());

        // Somebody answers for the one, and so for what it made.
        var adopted = await (await owner.Client.Post($"{Keys}/{first}/adopt")).Json();
        Assert.Equal(($"user:{owner.User}", false), (adopted.GetProperty("adopted_by").GetString(), adopted.GetProperty("is_orphaned").GetBoolean()));
        Assert.Equal(200, (int)(await key.Get("/api/v1/entities")).StatusCode);
        Assert.Equal(200, (int)(await grandchild.Get("/api/v1/entities")).StatusCode);
    }

    [Fact]
    public async Task Nobody_adopts_what_may_do_more_than_they_or_another_tenant_s()
    {
        var (admin, leaving) = (await People.Member(api, api.Database.Acme, "admin"), await People.Member(api, api.Database.Acme, "owner"));
        await People.Owner(api, api.Database.Acme);
        var (id, key) = await Key(leaving.Client, "owner");
        var few = api.Client((await (await admin.Client.Post(Keys, new { name = "few", role = "admin", permissions = new[] { "api_keys:manage" } })).Json(201)).GetProperty("key").GetString());

        Assert.Equal("permission.beyond", await (await few.Post($"{Keys}/{id}/adopt")).Problem(403));
        Assert.Equal("api-key.itself", await (await key.Post($"{Keys}/{id}/adopt")).Problem(409));
        Assert.Equal("api-key.not-found", await (await api.Globex.Post($"{Keys}/{id}/adopt")).Problem(404));
    }

    [Fact]
    public async Task The_page_of_members_says_so_where_they_are_removed()
    {
        var tenant = await People.Tenant(api);
        var owner = await People.Cookie(api, tenant, "owner");
        var maker = await People.Member(api, tenant, "admin");
        await Key(maker.Client, "viewer");

        var page = await (await api.Nobody.Send(HttpMethod.Get, "/members", null, ("Cookie", owner))).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("One API key that Ana answers for stops with them", page, StringComparison.Ordinal);
    }

    private async Task<(string Id, HttpClient Client)> Key(HttpClient by, string role)
    {
        var made = await (await by.Post(Keys, new { name = role, role })).Json(201);
        return (made.GetProperty("api_key_id").GetString()!, api.Client(made.GetProperty("key").GetString()));
    }
}
