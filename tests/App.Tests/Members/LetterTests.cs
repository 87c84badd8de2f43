using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Members;

/// <summary>What letters open, how many there are, and what is not taken for a password whichever way it comes.</summary>
public sealed class LetterTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Invitations = "/api/v1/invitations";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_organisation_sends_five_hundred_letters_a_day_and_another_s_are_its_own()
    {
        var (tenant, other) = (await People.Tenant(api), await People.Tenant(api));
        await Sent(tenant, 499);
        var (client, others) = (api.Client(await api.Key(tenant)), api.Client(await api.Key(other)));
        await (await client.Post(Invitations, new { email = Address(), role = "viewer" })).Json(201);

        Assert.Equal("invitation.too-many", await (await client.Post(Invitations, new { email = Address(), role = "viewer" })).Problem(429));
        Assert.Equal(429, (int)(await client.Post("/scim/v2/Users", JsonSerializer.SerializeToElement(new { userName = Address() }))).StatusCode);
        await (await others.Post(Invitations, new { email = Address(), role = "viewer" })).Json(201);

        // Those of the day before do not count.
        await Admin("set session_replication_role = replica; update org.invitations set created_at = created_at - interval '1 day' where tenant_id = @tenant", new { tenant = tenant.Tenant.Value });
        await (await client.Post(Invitations, new { email = Address(), role = "viewer" })).Json(201);
    }

    [Fact]
    public async Task A_newer_link_to_another_address_voids_the_older_and_neither_is_good_for_longer_than_a_day()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var (first, second) = (await Asked(ana), await Asked(ana));

        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/email/confirm", new { token = first.Token })).Problem(400));
        await Admin("set session_replication_role = replica; update people.one_time_tokens set expires_at = now() where user_id = @User and purpose = 'change_email'", new { ana.User });
        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/email/confirm", new { token = second.Token })).Problem(400));

        var third = await Asked(ana);
        Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/email/confirm", new { token = third.Token })).StatusCode);
        Assert.Equal(ana.User, (await People.SignIn(api, third.Email)).User);
        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/email/confirm", new { token = third.Token })).Problem(400));
    }

    [Fact]
    public async Task Nobody_joins_by_a_sign_in_that_an_organisation_s_provider_alone_vouches_for()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        await (await api.Globex.Post(Invitations, new { email = ana.Email, role = "viewer" })).Json(201);
        var accepted = new { token = MailFolder.Token(await MailFolder.Letter(api.Mail, ana.Email)), terms = "2026-11", privacy = "2026-11" };
        await Admin("set session_replication_role = replica; update people.sessions set confined_to = @tenant where user_id = @User", new { tenant = api.Database.Acme.Tenant.Value, ana.User });
        api.Services.GetRequiredService<SessionRing>().Forget();

        Assert.Equal("invitation.sign-in-first", await (await ana.Client.Post("/api/v1/auth/invitations/accept", accepted)).Problem(409));
        var own = await People.SignIn(api, ana.Email);
        await (await own.Client.Post("/api/v1/auth/invitations/accept", accepted)).Json();
    }

    [Fact]
    public async Task Who_is_suspended_comes_back_by_no_letter_to_an_address_they_took_meanwhile()
    {
        await People.Owner(api, api.Database.Acme);
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        Assert.True((await api.Acme.Post($"/api/v1/members/{ana.User}/suspend")).IsSuccessStatusCode);
        var invited = Address();
        await (await api.Acme.Post(Invitations, new { email = invited, role = "viewer" })).Json(201);
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, invited));
        await Admin("set session_replication_role = replica; update people.users set email = @invited, email_key = @invited where user_id = @User", new { invited, ana.User });

        Assert.Equal("invitation.not-good", await (await ana.Client.Post("/api/v1/auth/invitations/accept", new { token, terms = "2026-11", privacy = "2026-11" })).Problem(400));
        Assert.Equal("suspended", (await (await api.Acme.Get($"/api/v1/members/{ana.User}")).Json()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_new_password_voids_what_was_begun_with_the_old_one()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        var secret = await People.WithAuthenticator(api, email);
        async Task<string> Begun() => (await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = People.Password })).Json()).GetProperty("temporary_token").GetString()!;
        Task<HttpResponseMessage> Ended(string token) => api.Nobody.Post("/api/v1/auth/verify-2fa", new { temporary_token = token, code = Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())) });
        var client = api.Client((await (await Ended(await Begun())).Json()).GetProperty("access_token").GetString());
        var (elsewhere, half) = (await Asked(new People.Signed(Guid.Empty, email, client)), await Begun());

        Assert.Equal(204, (int)(await client.Post("/api/v1/auth/password", new { current = People.Password, password = "four other words here" })).StatusCode);

        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/email/confirm", new { token = elsewhere.Token })).Problem(400));
        Assert.Equal("second-factor.over", await (await Ended(half)).Problem(401));
    }

    [Fact]
    public async Task A_new_address_voids_links_that_were_sent_to_the_old_one()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        await (await api.Nobody.Post("/api/v1/auth/password/forgot", new { email = ana.Email })).Content.ReadAsStringAsync(Ct);
        var reset = MailFolder.Token(await MailFolder.Letter(api.Mail, ana.Email));
        var moved = await Asked(ana);
        Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/email/confirm", new { token = moved.Token })).StatusCode);

        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/password/reset", new { token = reset, password = "four other words here" })).Problem(400));
        Assert.Equal(ana.User, (await People.SignIn(api, moved.Email)).User);
    }

    [Theory]
    [InlineData("short", "password.length")]
    [InlineData("aaaaaaaaaaaaaaaa", "password.common")]
    public async Task A_weak_password_is_refused_whichever_way_it_is_chosen(string weak, string code)
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        await (await api.Nobody.Post("/api/v1/auth/password/forgot", new { email = ana.Email })).Content.ReadAsStringAsync(Ct);
        var reset = MailFolder.Token(await MailFolder.Letter(api.Mail, ana.Email));
        var invited = Address();
        await (await api.Acme.Post(Invitations, new { email = invited, role = "viewer" })).Json(201);
        var invitation = MailFolder.Token(await MailFolder.Letter(api.Mail, invited));

        Assert.Equal(code, await (await ana.Client.Post("/api/v1/auth/password", new { current = People.Password, password = weak })).Problem(400));
        Assert.Equal(code, await (await api.Nobody.Post("/api/v1/auth/password/reset", new { token = reset, password = weak })).Problem(400));
        Assert.Equal(code, await (await api.Nobody.Post("/api/v1/auth/invitations/accept", new { token = invitation, name = "Zoe", password = weak, terms = "2026-11", privacy = "2026-11" })).Problem(400));
        Assert.Equal(ana.User, (await People.SignIn(api, ana.Email)).User);
    }

    private async Task<(string Email, string Token)> Asked(People.Signed person)
    {
        var email = Address();
        Assert.Equal(204, (int)(await person.Client.Post("/api/v1/auth/email", new { email, password = People.Password })).StatusCode);
        return (email, MailFolder.Token(await MailFolder.Letter(api.Mail, email)));
    }

    private Task Sent(Caller tenant, int count) => Admin(
        """
        set session_replication_role = replica;
        insert into org.invitations (tenant_id, invitation_id, email, email_key, role, hash, created_at, created_by, expires_at)
        select @tenant, gen_random_uuid(), 'x' || n || '@example.org', 'x' || n || '@example.org', 'viewer', sha256(n::text::bytea), now(), 'test', now() + interval '7 days' from generate_series(1, @count) n
        """,
        new { tenant = tenant.Tenant.Value, count });

    private async Task Admin(string sql, object parameters)
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(Ct);
        Assert.True(await connection.ExecuteAsync(sql, parameters) > 0, sql);
    }

    private static string Address() => $"n{Guid.CreateVersion7():N}@example.org";
}
