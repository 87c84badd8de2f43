using Dapper;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Scim;

/// <summary>A directory is its tenant's word about people, and never the way into somebody's account or another tenant.</summary>
public sealed class TakeoverTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Accounts = """
        select coalesce(jsonb_agg(to_jsonb(t) order by t::text), '[]')::text from (
            select 'users' as of, to_jsonb(u) - 'last_sign_in_at' as row from people.users u
            union all select 'passwords', to_jsonb(p) from people.passwords p union all select 'authenticators', to_jsonb(a) from people.authenticators a
            union all select 'passkeys', to_jsonb(k) from people.passkeys k union all select 'logins', to_jsonb(l) from people.external_logins l
            union all select 'elsewhere', to_jsonb(m) from org.memberships m where m.tenant_id <> @tenant union all select 'roles', to_jsonb(r) from org.assignments r where r.tenant_id <> @tenant) t
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_it_says_no_account_is_made_or_changed_and_no_other_tenant_notices()
    {
        // The victim works for Globex; the directory of another tenant knows their address.
        var victim = await People.Member(api, api.Database.Globex, "admin");
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        var evil = await Directory.Of(api, tenant);
        var before = await All(tenant);

        var path = await evil.Made(victim.Email, ",\"password\":\"an evil battery staple\",\"name\":{\"formatted\":\"Evil\"},\"displayName\":\"Evil\"");
        await evil.Made(Directory.Address());
        await evil.Patch(path, """{"op":"replace","path":"emails[type eq \"work\"].value","value":"evil@example.org"},{"op":"replace","path":"userName","value":"evil@example.org"}""");
        await evil.Patch(path, """{"op":"replace","value":{"password":"an evil battery staple","name.formatted":"Evil","active":"False"}}""");
        await evil.Post($"{Directory.Users}/.search", """{"filter":"userName eq \"evil@example.org\""}""", 200);
        Assert.Equal(200, (int)(await evil.Send(HttpMethod.Put, path, Directory.User(victim.Email, ",\"active\":true"))).StatusCode);
        Assert.Equal(204, (int)(await evil.Send(HttpMethod.Delete, path, null)).StatusCode);

        Assert.Equal(before, await All(tenant));
        Assert.Equal(200, (int)(await victim.Client.Get("/api/v1/entities")).StatusCode);
        await People.SignIn(api, victim.Email);
    }

    [Fact]
    public async Task Somebody_who_joined_stays_who_they_are()
    {
        var victim = await People.Member(api, api.Database.Globex, "admin");
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        var directory = await Directory.Of(api, tenant);
        var path = await directory.Made(victim.Email);
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, victim.Email));
        await (await victim.Client.Post("/api/v1/auth/invitations/accept", new { token, terms = "2026-11", privacy = "2026-11" })).Json();
        var before = await All(tenant);

        await directory.Patch(path, """{"op":"replace","value":{"userName":"evil@example.org","displayName":"Evil","emails":[{"value":"evil@example.org","primary":true}]}}""");
        await directory.Patch(path, """{"op":"replace","path":"active","value":false}""");
        Assert.Equal(204, (int)(await directory.Send(HttpMethod.Delete, path, null)).StatusCode);

        Assert.Equal(before, await All(tenant));
        Assert.Equal(200, (int)(await victim.Client.Get("/api/v1/entities")).StatusCode);
    }

    [Fact]
    public async Task What_it_says_of_a_person_they_take_out_and_it_is_gone_when_they_are_erased()
    {
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        var directory = await Directory.Of(api, tenant);
        var email = Directory.Address();
        var path = await directory.Made(email, ",\"title\":\"Head of Kilns\",\"externalId\":\"X7\"");
        var ben = await directory.Join(api, email);

        var held = (await (await ben.Client.Get("/api/v1/auth/me/export")).Json()).GetProperty("directories")[0];
        Assert.Equal(("X7", "Head of Kilns"), (held.GetProperty("external_id").GetString(), held.GetProperty("attributes").GetProperty("title").GetString()));
        Assert.Equal(204, (int)(await ben.Client.Send(HttpMethod.Delete, "/api/v1/auth/me", new { password = People.Password })).StatusCode);

        var left = await directory.Get(path);
        Assert.False(left["active"]!.GetValue<bool>());
        Assert.DoesNotContain("Kilns", left.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(email, left.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_learns_nothing_of_people_who_have_not_come()
    {
        var stranger = await People.Member(api, api.Database.Globex, "viewer");
        var tenant = await People.Tenant(api);
        var owner = await People.Member(api, tenant, "owner");
        var directory = await Directory.Of(api, tenant);

        var (there, nowhere) = (Directory.Address(), stranger.Email);
        var answers = new List<string>();
        foreach (var email in new[] { there, nowhere })
        {
            var made = await directory.Post(Directory.Users, Directory.User(email));
            answers.Add(made.ToJsonString().Replace(email, "", StringComparison.Ordinal).Replace(made["id"]!.ToString(), "", StringComparison.Ordinal)
                .Replace(made["meta"]!["created"]!.ToString(), "", StringComparison.Ordinal));
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Single((await (await owner.Client.Get("/api/v1/members")).Json()).GetProperty("items").EnumerateArray());
        await People.SignIn(api, stranger.Email);
        Assert.Equal(0L, await Scalar<long>("select count(*) from platform.audit where tenant_id = @tenant and operation like 'sign_in%' and actor = @actor", new { tenant = tenant.Tenant.Value, actor = $"user:{stranger.User}" }));
    }

    [Fact]
    public async Task One_directory_finds_nothing_of_another_s()
    {
        var (acme, globex) = (await Directory.Of(api, api.Database.Acme), await Directory.Of(api, api.Database.Globex));
        var email = Directory.Address();
        var (user, group) = (await acme.Made(email), await acme.Group("G" + Guid.CreateVersion7()));
        foreach (var (method, body) in new (HttpMethod, string?)[] { (HttpMethod.Get, null), (HttpMethod.Put, Directory.User(email)), (HttpMethod.Patch, Directory.Message("""{"op":"replace","path":"displayName","value":"x"}""")), (HttpMethod.Delete, null) })
        {
            Assert.Equal("", await globex.Refused(method, user, body, 404));
            Assert.Equal("", await globex.Refused(method, group, body?.Replace("userName", "displayName", StringComparison.Ordinal), 404));
        }

        Assert.Equal(0, (await globex.Get($"{Directory.Users}?filter={Uri.EscapeDataString($"userName eq \"{email}\"")}"))["totalResults"]!.GetValue<int>());
        Assert.Equal("invalidValue", await globex.Refused(HttpMethod.Post, Directory.Groups, $$"""{"displayName":"x","members":[{"value":"{{user[(user.LastIndexOf('/') + 1)..]}}"}]}""", 400));
        await globex.Made(email);
    }

    private Task<string?> All(OffGridFlow.Platform.Tenancy.Caller tenant) => Scalar<string>(Accounts, new { tenant = tenant.Tenant.Value });

    private async Task<T?> Scalar<T>(string sql, object parameters)
    {
        await using var admin = await api.Database.Admin.OpenConnectionAsync(Ct);
        return await admin.ExecuteScalarAsync<T>(sql, parameters);
    }
}
