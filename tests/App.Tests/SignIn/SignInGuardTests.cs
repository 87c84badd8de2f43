using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>Guards of signing in that stand behind others: each is passed by everything but what it is there for.</summary>
public sealed class SignInGuardTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Chosen = "another one altogether";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task wrong_codes_count_as_wrong_passwords_do_and_lock_the_second_step_too()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        var secret = await People.WithAuthenticator(api, email);
        var token = await Temporary(email);
        for (var i = 0; i < PasswordSignIn.FailuresBeforeLock; i++)
        {
            Assert.Equal("second-factor.wrong", await (await Verify(token, "000000")).Problem(401));
        }

        Assert.Equal("second-factor.over", await (await Verify(token, Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())))).Problem(401));
        Assert.Equal("sign-in.refused", await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = People.Password })).Problem(401));
    }

    [Fact]
    public async Task the_second_step_waits_five_minutes_and_no_longer()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        var secret = await People.WithAuthenticator(api, email);
        var token = await Temporary(email);
        await Set($"update people.one_time_tokens set expires_at = now() where user_id = {IdOf(email)} and purpose = 'second_factor'");

        Assert.Equal("second-factor.over", await (await Verify(token, Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())))).Problem(401));
    }

    [Fact]
    public async Task a_link_for_a_password_is_good_once_for_an_hour_and_for_nothing_else()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        await (await api.Nobody.Post("/api/v1/auth/password/forgot", new { email })).Content.ReadAsStringAsync(Ct);
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, email));
        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/email/confirm", new { token })).Problem(400));
        Assert.Equal("second-factor.over", await (await Verify(token, "000000")).Problem(401));

        await Set($"update people.one_time_tokens set expires_at = now() where user_id = {IdOf(email)}");
        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/password/reset", new { token, password = Chosen })).Problem(400));
        await Set($"update people.one_time_tokens set expires_at = now() + interval '1 hour' where user_id = {IdOf(email)}");
        Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/password/reset", new { token, password = Chosen })).StatusCode);
        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/password/reset", new { token, password = Chosen })).Problem(400));
    }

    [Fact]
    public async Task a_token_of_a_sign_in_chooses_no_password_and_confirms_no_address()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        await People.WithAuthenticator(api, email);
        var token = await Temporary(email);

        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/password/reset", new { token, password = Chosen })).Problem(400));
        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/email/confirm", new { token })).Problem(400));
    }

    [Fact]
    public async Task letters_for_a_forgotten_password_are_three_an_hour_at_most()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        var id = IdOf(email);
        for (var sent = 1; sent <= 5; sent++)
        {
            Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/password/forgot", new { email })).StatusCode);
            await Done(email);
        }

        Assert.Equal(3, await Scalar<long>($"select count(*) from people.one_time_tokens where user_id = {id} and purpose = 'reset_password'"));
    }

    [Fact]
    public async Task an_authenticator_that_is_set_up_ends_other_sessions_and_one_that_is_removed_leaves_one_factor()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var other = (await People.SignIn(api, ana.Email)).Client;
        var secret = People.Unbase32((await (await ana.Client.Post("/api/v1/auth/totp", new { password = People.Password })).Json()).GetProperty("secret").GetString()!);
        Assert.Equal(200, (int)(await other.Get("/api/v1/auth/me")).StatusCode);
        await (await ana.Client.Post("/api/v1/auth/totp/confirm", new { code = Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())) })).Json();
        Assert.Equal("key.unknown", await (await other.Get("/api/v1/auth/me")).Problem(401));

        Assert.True(await Scalar<bool>($"select bool_and('totp' = any(factors)) from people.sessions where user_id = '{ana.User}' and ended_at is null"));
        Assert.Equal(204, (int)(await ana.Client.Post("/api/v1/auth/totp/remove", new { password = People.Password })).StatusCode);
        Assert.False(await Scalar<bool>($"select bool_or('totp' = any(factors)) from people.sessions where user_id = '{ana.User}' and ended_at is null"));
    }

    [Fact]
    public async Task the_secret_of_an_authenticator_is_sealed_for_its_person_alone()
    {
        var (ana, ben) = (await People.Member(api, api.Database.Acme, "viewer"), await People.Member(api, api.Database.Globex, "viewer"));
        var secret = People.Unbase32((await (await ana.Client.Post("/api/v1/auth/totp", new { password = People.Password })).Json()).GetProperty("secret").GetString()!);
        var box = await Scalar<byte[]>($"select secret from people.authenticators where user_id = '{ana.User}'");
        Assert.True(box.AsSpan().IndexOf(secret) < 0);
        Assert.True(box.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Totp.Base32(secret))) < 0);

        Assert.Equal(secret, await Opened(ana.User));
        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => Opened(ben.User));

        Task<byte[]> Opened(Guid user) => api.Database.Database.Read(
            Caller.Person(user, "test"), session => api.Services.GetRequiredService<Seals>().Open(session, SecondFactors.Purpose(user), box), Ct);
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("erased")]
    public async Task nobody_chooses_a_password_for_an_account_that_is_closed(string status)
    {
        var (email, open) = (await People.Make(api, api.Database.Acme, "viewer"), await People.Make(api, api.Database.Acme, "viewer"));
        Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/password/forgot", new { email })).StatusCode);
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, email));
        await Set($"update people.users set status = '{status}' where email = '{email}'");

        // The answer is the same for both; a letter goes to one.
        foreach (var asked in new[] { email, open })
        {
            Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/password/forgot", new { email = asked })).StatusCode);
            await Done(asked);
        }

        Assert.Equal((1, 1), (await Links(email), await Links(open)));
        Assert.Equal("token.over", await (await api.Nobody.Post("/api/v1/auth/password/reset", new { token, password = Chosen })).Problem(400));

        Task<long> Links(string of) => Scalar<long>($"select count(*) from people.one_time_tokens where user_id = {IdOf(of)} and purpose = 'reset_password'");
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "null")]
    public async Task no_other_site_signs_anybody_in_or_out(string header, string value)
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        var entered = await api.Nobody.Send(HttpMethod.Post, "/sign-in", Form(("email", email), ("password", People.Password)), (header, value));
        Assert.Equal(401, (int)entered.StatusCode);
        Assert.False(entered.Headers.Contains("Set-Cookie"));

        var cookie = await People.Cookie(api, api.Database.Acme, "viewer");
        await api.Nobody.Send(HttpMethod.Post, "/sign-out", Form(), ("Cookie", cookie), (header, value));
        Assert.Equal(200, (int)(await api.Nobody.Send(HttpMethod.Get, "/api/v1/auth/me", null, ("Cookie", cookie))).StatusCode);
    }

    [Theory]
    [InlineData("/entries?a=b", "/entries?a=b")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("evil", "/")]
    [InlineData("", "/")]
    public async Task a_sign_in_leads_to_a_page_of_ours_alone(string back, string leads)
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        var entered = await api.Nobody.Send(HttpMethod.Post, "/sign-in", Form(("email", email), ("password", People.Password), ("return", back)), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(302, (int)entered.StatusCode);
        Assert.Equal(leads, entered.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task a_session_is_as_good_as_its_account()
    {
        var (ana, ben) = (await People.Member(api, api.Database.Acme, "viewer"), await People.Member(api, api.Database.Acme, "viewer"));
        var cookie = await People.Cookie(api, api.Database.Acme, "viewer");
        await Set($"update people.users set stamp = gen_random_uuid() where user_id = '{ana.User}'");
        await Set($"update people.users set status = 'disabled' where user_id = '{ben.User}'");
        await Set($"update people.users set stamp = gen_random_uuid() where user_id = '{PersonSecret.Read(PersonSecret.Session, cookie.Split('=', 2)[1])!.User}'");
        api.Services.GetRequiredService<SessionRing>().Forget();

        Assert.Equal("key.unknown", await (await ana.Client.Get("/api/v1/auth/me")).Problem(401));
        Assert.Equal("key.unknown", await (await ben.Client.Get("/api/v1/auth/me")).Problem(401));
        Assert.Equal("key.unknown", await (await api.Nobody.Send(HttpMethod.Get, "/api/v1/auth/me", null, ("Cookie", cookie))).Problem(401));
        Assert.Equal("sign-in.refused", await (await api.Nobody.Post("/api/v1/auth/login", new { email = ben.Email, password = People.Password })).Problem(401));
    }

    [Fact]
    public async Task a_refresh_token_ends_after_a_week()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        var answer = await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = People.Password })).Json();
        Assert.Equal(7, await Scalar<int>($"select extract(day from expires_at - issued_at)::int from people.refresh_tokens where user_id = {IdOf(email)}"));
        await Set($"update people.refresh_tokens set expires_at = now() where user_id = {IdOf(email)}");

        Assert.Equal("refresh-token.over", await (await api.Nobody.Post("/api/v1/auth/refresh", new { refresh_token = answer.GetProperty("refresh_token").GetString() })).Problem(401));
    }

    [Fact]
    public async Task nobody_chooses_an_organisation_they_do_not_belong_to()
    {
        var ana = await People.Member(api, api.Database.Acme, "owner");

        Assert.Equal("tenant.not-found", await (await ana.Client.Post("/api/v1/auth/tenant", new { tenant = "globex" })).Problem(404));
        Assert.Equal("acme", (await (await ana.Client.Get("/api/v1/tenant")).Json()).GetProperty("slug").GetString());
    }

    [Fact]
    public async Task a_provider_makes_nobody_an_owner_nor_more_than_who_set_it_up()
    {
        object Asked(string role) => new { name = "Acme's", issuer = "https://login.example.org", client_id = "x", group_roles = new Dictionary<string, string>(StringComparer.Ordinal) { ["all"] = role } };
        Assert.Equal("provider.role", await (await api.Acme.Post("/api/v1/providers", Asked("owner"))).Problem(400));
        Assert.Equal("provider.role", await (await api.Acme.Post("/api/v1/providers", Asked("auditor"))).Problem(400));
        var narrow = (await (await api.Acme.Post("/api/v1/api-keys", new { name = "narrow", role = "admin", permissions = new[] { "security:manage" } })).Json(201)).GetProperty("key").GetString();
        Assert.Equal("permission.beyond", await (await api.Client(narrow).Post("/api/v1/providers", Asked("viewer"))).Problem(403));
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)));

    private static string IdOf(string email) => $"(select user_id from people.users where email = '{email}')";

    private async Task<string> Temporary(string email) => (await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = People.Password })).Json()).GetProperty("temporary_token").GetString()!;

    private Task<HttpResponseMessage> Verify(string token, string code) => api.Nobody.Post("/api/v1/auth/verify-2fa", new { temporary_token = token, code });

    // The job that writes the letter, if it writes one.
    private async Task Done(string email)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        enough.CancelAfter(TimeSpan.FromSeconds(30));
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await Scalar<long>($"select count(*) from platform.jobs where name = 'forgot-password' and key = 'forgot-password:' || left(encode(sha256('{email}'), 'hex'), 16) and status in ('queued', 'running', 'leased')") > 0)
        {
            Assert.True(await poll.WaitForNextTickAsync(enough.Token));
        }
    }

    private async Task Set(string sql)
    {
        await using var command = api.Database.Admin.CreateCommand("set session_replication_role = replica; " + sql);
        Assert.True(await command.ExecuteNonQueryAsync(Ct) > 0, sql);
    }

    private async Task<T> Scalar<T>(string sql)
    {
        await using var command = api.Database.Admin.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }
}
