using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Organizations.Tokens;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>What opens a session and what does not: its own secret, carried as it was begun, while it lasts.</summary>
public sealed partial class SessionGuardTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task the_id_of_a_session_with_another_secret_opens_nothing_while_it_is_remembered()
    {
        var cookie = await People.Cookie(api, api.Database.Acme, "viewer");
        Assert.Equal(200, await Status(cookie));

        Assert.Equal(401, await Status(cookie[..^6] + (cookie[^6] == 'A' ? 'B' : 'A') + cookie[^5..]));
        Assert.Equal(200, await Status(cookie));
    }

    [Fact]
    public async Task a_browser_s_session_is_opened_by_no_token()
    {
        var cookie = await People.Cookie(api, api.Database.Acme, "viewer");
        var secret = PersonSecret.Read(PersonSecret.Session, cookie.Split('=', 2)[1])!;

        // Signed as ours, it names a session that was begun in a browser.
        var token = await api.Services.GetRequiredService<AccessTokens>().Issue(secret.User, secret.Thing, Ct);

        Assert.Equal("key.unknown", await (await api.Client(token).Get("/api/v1/auth/me")).Problem(401));
        Assert.Equal(200, await Status(cookie));
    }

    [Fact]
    public async Task a_sign_in_that_a_browser_began_is_not_ended_with_tokens()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        var secret = await People.WithAuthenticator(api, email);
        using var form = new FormUrlEncodedContent([new("email", email), new("password", People.Password)]);
        var asked = await (await api.Nobody.Send(HttpMethod.Post, "/sign-in", form, ("Sec-Fetch-Site", "same-origin"))).Content.ReadAsStringAsync(Ct);
        var token = Token().Match(asked).Groups["token"].Value;
        Assert.StartsWith(PersonSecret.OneTime, token, StringComparison.Ordinal);

        var answer = await api.Nobody.Post(
            "/api/v1/auth/verify-2fa", new { temporary_token = token, code = Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())) });

        Assert.Equal("sign-in.refused", await answer.Problem(401));
    }

    [Fact]
    public async Task a_token_that_was_seen_before_opens_nothing_once_it_has_expired()
    {
        var clock = new Clock();
        var tokens = new AccessTokens(api.Services.GetRequiredService<SigningKeys>(), api.Services.GetRequiredService<TokenNames>(), clock);
        var text = await tokens.Issue(Guid.CreateVersion7(), Guid.CreateVersion7(), Ct);
        Assert.NotNull(await tokens.Read(text, Ct));

        clock.Ahead = AccessTokens.GoodFor + AccessTokens.Skew - TimeSpan.FromSeconds(2);
        Assert.NotNull(await tokens.Read(text, Ct));
        clock.Ahead += TimeSpan.FromSeconds(2);
        Assert.Null(await tokens.Read(text, Ct));
    }

    [Fact]
    public async Task nobody_chooses_an_organisation_that_is_closed_or_keeps_them_out()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var (closed, other) = (await People.Tenant(api), await People.Tenant(api));
        foreach (var tenant in new[] { closed, other })
        {
            await People.Owner(api, tenant);
            await api.Database.Database.Write(tenant, session => Join.Handle(new Join.Request(ana.User, "viewer", "invitation"), session, TimeProvider.System), Ct);
        }

        await CloseTenant.Handle(closed.Tenant, opens: false, api.Database.Database, Ct);
        Assert.True((await api.Client(await api.Key(other)).Post($"/api/v1/members/{ana.User}/suspend")).IsSuccessStatusCode);
        var named = (await (await ana.Client.Get("/api/v1/auth/me")).Json()).GetProperty("tenants").EnumerateArray().ToDictionary(one => one.GetProperty("tenant_id").GetGuid(), one => one.GetProperty("slug").GetString());

        foreach (var tenant in new[] { closed, other })
        {
            Assert.Equal("tenant.not-found", await (await ana.Client.Post("/api/v1/auth/tenant", new { tenant = named[tenant.Tenant.Value] })).Problem(404));
        }

        Assert.Equal("acme", (await (await ana.Client.Get("/api/v1/tenant")).Json()).GetProperty("slug").GetString());
    }

    private async Task<int> Status(string cookie) => (int)(await api.Nobody.Send(HttpMethod.Get, "/api/v1/auth/me", null, ("Cookie", cookie))).StatusCode;

    [GeneratedRegex("name=\"token\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();

    private sealed class Clock : TimeProvider
    {
        private readonly DateTimeOffset began = System.GetUtcNow();

        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => began + Ahead;
    }
}
