using Dapper;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Members;

/// <summary>From an invitation over its letter to a member.</summary>
public sealed class InvitationTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Invitations = "/api/v1/invitations";
    private const string Accept = "/api/v1/auth/invitations/accept";

    [Fact]
    public async Task Somebody_new_chooses_a_name_and_a_password_once()
    {
        var admin = await People.Member(api, api.Database.Acme, "admin");
        var email = Address();
        var made = await (await admin.Client.Post(Invitations, new { email, role = "analyst" })).Json(201);
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, email));

        var offer = await (await api.Nobody.Post("/api/v1/auth/invitations/look", new { token })).Json();
        Assert.Equal(("Acme", email, "Analyst", false), (offer.GetProperty("organization").GetString(), offer.GetProperty("email").GetString(), offer.GetProperty("role").GetString(), offer.GetProperty("has_account").GetBoolean()));
        Assert.Equal("password.length", await (await api.Nobody.Post(Accept, new { token, name = "Ben", password = "short" })).Problem(400));
        await (await api.Nobody.Post(Accept, new { token, name = "Ben", password = People.Password, terms = "2026-11", privacy = "2026-11" })).Json();

        var ben = await People.SignIn(api, email);
        Assert.Equal(200, (int)(await ben.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal("permission.missing", await (await ben.Client.Get("/api/v1/members")).Problem(403));
        Assert.Equal("invitation.not-good", await (await api.Nobody.Post(Accept, new { token, name = "Eve", password = People.Password })).Problem(400));
        Assert.Equal("accepted", (await (await admin.Client.Get($"{Invitations}/{made.GetProperty("invitation_id").GetString()}")).Json()).GetProperty("status").GetString());
        var member = await (await admin.Client.Get($"/api/v1/members/{ben.User}")).Json();
        Assert.Equal($"user:{admin.User}", member.GetProperty("invited_by").GetString());
    }

    [Fact]
    public async Task Somebody_with_an_account_signs_in_and_joins_and_nobody_else_does()
    {
        var (admin, ana, eve) = (await People.Member(api, api.Database.Acme, "admin"), await People.Member(api, api.Database.Globex, "owner"), await People.Member(api, api.Database.Globex, "viewer"));
        await (await admin.Client.Post(Invitations, new { email = ana.Email.ToUpperInvariant(), role = "viewer" })).Json(201);
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, ana.Email.ToUpperInvariant()));

        Assert.Equal("invitation.sign-in-first", await (await api.Nobody.Post(Accept, new { token, name = "Ana", password = People.Password })).Problem(409));
        Assert.Equal("invitation.other-address", await (await eve.Client.Post(Accept, new { token, terms = "2026-11", privacy = "2026-11" })).Problem(403));
        await (await ana.Client.Post(Accept, new { token, terms = "2026-11", privacy = "2026-11" })).Json();

        Assert.Equal(2, (await (await ana.Client.Get("/api/v1/auth/me")).Json()).GetProperty("tenants").GetArrayLength());
        Assert.Equal(204, (int)(await ana.Client.Post("/api/v1/auth/tenant", new { tenant = "acme" })).StatusCode);
        Assert.Equal("permission.missing", await (await ana.Client.Post("/api/v1/entities", new { code = "x" })).Problem(403));
    }

    [Fact]
    public async Task Who_joins_agrees_to_the_terms_that_were_shown_and_it_is_recorded()
    {
        var admin = await People.Member(api, api.Database.Acme, "admin");
        var email = Address();
        var (_, token) = await Invited(admin, email);
        var offer = await (await api.Nobody.Post("/api/v1/auth/invitations/look", new { token })).Json();
        foreach (var (terms, privacy) in new (string?, string?)[] { (null, null), (offer.GetProperty("terms").GetString(), null), ("2001-01", offer.GetProperty("privacy").GetString()) })
        {
            Assert.Equal("consent.missing", await (await api.Nobody.Post(Accept, new { token, name = "Ben", password = People.Password, terms, privacy })).Problem(400));
        }

        await (await api.Nobody.Post(Accept, new { token, name = "Ben", password = People.Password, terms = offer.GetProperty("terms").GetString(), privacy = offer.GetProperty("privacy").GetString() })).Json();

        var ben = await People.SignIn(api, email);
        var given = (await (await ben.Client.Get("/api/v1/auth/consents")).Json()).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["privacy 2026-11", "terms 2026-11"], given.Select(one => $"{one.GetProperty("document").GetString()} {one.GetProperty("edition").GetString()}").Order(StringComparer.Ordinal));
        Assert.All(given, one => Assert.Equal("127.0.0.1", one.GetProperty("address").GetString()));
        Assert.All(given, one => Assert.InRange(one.GetProperty("given_at").GetDateTimeOffset(), TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow()));

        var page = await (await api.Nobody.Send(HttpMethod.Get, $"/invitation?token={(await Invited(admin, Address())).Token}", null)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("name=\"agreed\" value=\"yes\" required", page, StringComparison.Ordinal);
        foreach (var document in new[] { "/terms", "/privacy" })
        {
            Assert.Contains("Edition 2026-11", await (await api.Nobody.Get(document)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_revoked_a_resent_and_an_expired_invitation_open_nothing()
    {
        var admin = await People.Member(api, api.Database.Acme, "admin");
        var (revoked, again, late) = (Address(), Address(), Address());
        var first = await Invited(admin, revoked);
        Assert.Equal("revoked", (await (await admin.Client.Post($"{Invitations}/{first.Id}/revoke")).Json()).GetProperty("status").GetString());
        Assert.Equal("invitation.not-good", await (await api.Nobody.Post(Accept, new { token = first.Token, name = "Ben", password = People.Password })).Problem(400));
        Assert.Equal("invitation.over", await (await admin.Client.Post($"{Invitations}/{first.Id}/resend")).Problem(409));

        var second = await Invited(admin, again);
        Assert.Equal("invitation.too-soon", await (await admin.Client.Post($"{Invitations}/{second.Id}/resend")).Problem(429));
        await Admin("update org.invitations set sent_at = sent_at - interval '2 min' where invitation_id = @Id", new { second.Id });
        await (await admin.Client.Post($"{Invitations}/{second.Id}/resend")).Json();
        var newer = MailFolder.Token(await MailFolder.Letter(api.Mail, again, 2));
        Assert.Equal("invitation.not-good", await (await api.Nobody.Post(Accept, new { token = second.Token, name = "Ben", password = People.Password })).Problem(400));
        await (await api.Nobody.Post(Accept, new { token = newer, name = "Ben", password = People.Password, terms = "2026-11", privacy = "2026-11" })).Json();

        var third = await Invited(admin, late);
        await Admin("update org.invitations set expires_at = clock_timestamp() - interval '1 s' where invitation_id = @Id", new { third.Id });
        Assert.Equal("invitation.not-good", await (await api.Nobody.Post(Accept, new { token = third.Token, name = "Ben", password = People.Password })).Problem(400));
    }

    [Fact]
    public async Task Who_is_suspended_or_removed_left_no_door_open()
    {
        var (owner, admin) = (await People.Member(api, api.Database.Acme, "owner"), await People.Member(api, api.Database.Acme, "admin"));
        var friend = await Invited(admin, Address());

        await (await owner.Client.Post($"/api/v1/members/{admin.User}/suspend")).Json();

        Assert.Equal("invitation.not-good", await (await api.Nobody.Post(Accept, new { token = friend.Token, name = "Ben", password = People.Password })).Problem(400));
    }

    [Fact]
    public async Task The_guards_of_roles_hold_for_invitations()
    {
        var admin = await People.Member(api, api.Database.Acme, "admin");

        Assert.Equal("role.owners-only", await (await admin.Client.Post(Invitations, new { email = Address(), role = "owner" })).Problem(403));
        Assert.Equal("assignment.without-end", await (await admin.Client.Post(Invitations, new { email = Address(), role = "auditor" })).Problem(400));
        Assert.Equal("role.unknown", await (await admin.Client.Post(Invitations, new { email = Address(), role = "emperor" })).Problem(400));
        Assert.Equal("email.unreadable", await (await admin.Client.Post(Invitations, new { email = "nobody", role = "viewer" })).Problem(400));
        Assert.Equal("member.there", await (await admin.Client.Post(Invitations, new { email = admin.Email, role = "viewer" })).Problem(409));
    }

    [Fact]
    public async Task Who_sends_a_letter_again_answers_for_its_role()
    {
        var (owner, admin) = (await People.Member(api, api.Database.Acme, "owner"), await People.Member(api, api.Database.Acme, "admin"));
        var invited = await (await owner.Client.Post(Invitations, new { email = Address(), role = "owner" })).Json(201);
        var id = invited.GetProperty("invitation_id").GetString();
        await Admin("set session_replication_role = replica; with done as (update org.invitations set sent_at = sent_at - interval '2 minutes' where invitation_id = @id::uuid returning 1) select count(*)::int from done", new { id });

        Assert.Equal("role.owners-only", await (await admin.Client.Post($"{Invitations}/{id}/resend")).Problem(403));
        Assert.Equal(200, (int)(await owner.Client.Post($"{Invitations}/{id}/resend")).StatusCode);
    }

    [Fact]
    public async Task No_token_of_a_letter_is_in_the_database_in_clear()
    {
        var admin = await People.Member(api, api.Database.Acme, "admin");
        var (_, token) = await Invited(admin, Address());

        foreach (var table in new[] { "org.invitations", "platform.jobs", "platform.audit", "platform.outbox" })
        {
            Assert.Equal(0, await Admin($"select count(*)::int from {table} t where to_jsonb(t)::text like '%' || @token || '%'", new { token }));
        }
    }

    [Fact]
    public async Task Nobody_reads_in_the_queue_whose_password_was_forgotten()
    {
        var (ana, stranger) = (await People.Member(api, api.Database.Acme, "viewer"), Address());
        foreach (var email in new[] { ana.Email, stranger })
        {
            Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/password/forgot", new { email })).StatusCode);
        }

        await MailFolder.Letter(api.Mail, ana.Email);
        foreach (var email in new[] { ana.Email, stranger })
        {
            Assert.Equal(0, await Admin("select count(*)::int from platform.jobs j where name = 'forgot-password' and to_jsonb(j)::text ilike '%' || @email || '%'", new { email }));
        }

        Assert.True(await Admin("select count(*)::int from platform.jobs where name = 'forgot-password'", new { }) > 0);
    }

    [Fact]
    public async Task A_forgotten_password_is_chosen_anew_by_a_link_and_the_answer_is_the_same_for_every_address()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");

        Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/password/forgot", new { email = Address() })).StatusCode);
        Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/password/forgot", new { email = ana.Email })).StatusCode);
        Assert.Equal("email.unreadable", await (await api.Nobody.Post("/api/v1/auth/password/forgot", new { email = "nobody" })).Problem(400));
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, ana.Email));
        Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/password/reset", new { token, password = "another battery staple horse" })).StatusCode);

        Assert.Equal("key.unknown", await (await ana.Client.Get("/api/v1/auth/me")).Problem(401));
        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/password/reset", new { token, password = "another battery staple horse" })).Problem(400));
        await People.SignIn(api, ana.Email, "another battery staple horse");
    }

    [Fact]
    public async Task A_new_address_counts_once_its_link_is_opened_and_the_old_one_hears_of_it()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var email = Address();
        Assert.Equal("password.wrong", await (await ana.Client.Post("/api/v1/auth/email", new { email, password = "wrong battery staple" })).Problem(403));
        Assert.Equal(204, (int)(await ana.Client.Post("/api/v1/auth/email", new { email, password = People.Password })).StatusCode);
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, email));
        await People.SignIn(api, ana.Email);

        Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/email/confirm", new { token })).StatusCode);

        Assert.Contains("another address", await MailFolder.Letter(api.Mail, ana.Email), StringComparison.Ordinal);
        Assert.Equal(ana.User, (await People.SignIn(api, email)).User);
        Assert.Equal("sign-in.refused", await (await api.Nobody.Post("/api/v1/auth/login", new { email = ana.Email, password = People.Password })).Problem(401));
        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/email/confirm", new { token })).Problem(400));
        Assert.Equal("email.confirmed", await (await ana.Client.Post("/api/v1/auth/email/confirmation")).Problem(409));
    }

    [Fact]
    public async Task An_address_another_has_is_not_taken_and_who_asks_does_not_learn_of_it()
    {
        var (ana, ben) = (await People.Member(api, api.Database.Acme, "viewer"), await People.Member(api, api.Database.Globex, "viewer"));

        Assert.Equal(204, (int)(await ana.Client.Post("/api/v1/auth/email", new { email = ben.Email, password = People.Password })).StatusCode);

        Assert.DoesNotContain("token=", await MailFolder.Letter(api.Mail, ben.Email), StringComparison.Ordinal);
        Assert.Equal(ben.User, (await People.SignIn(api, ben.Email)).User);
    }

    private static string Address() => $"n{Guid.CreateVersion7():N}@example.org";

    private async Task<(Guid Id, string Token)> Invited(People.Signed by, string email)
    {
        var made = await (await by.Client.Post(Invitations, new { email, role = "viewer" })).Json(201);
        return (made.GetProperty("invitation_id").GetGuid(), MailFolder.Token(await MailFolder.Letter(api.Mail, email)));
    }

    private async Task<int> Admin(string sql, object parameters)
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(TestContext.Current.CancellationToken);
        return await connection.ExecuteScalarAsync<int>(sql, parameters);
    }
}
