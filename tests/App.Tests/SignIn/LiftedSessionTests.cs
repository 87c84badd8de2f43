using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.SignIn;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>A factor that was just set up has just been shown: the session goes on with it, under a new secret.</summary>
public sealed class LiftedSessionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("/api/v1/auth/totp/confirm")]
    [InlineData("/account/second-factor/confirm")]
    public async Task An_authenticator_lifts_the_session_that_set_it_up_and_its_old_cookie_opens_nothing(string confirm)
    {
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        var old = await People.Cookie(api, tenant, "admin");
        await (await api.Client(await api.Key(tenant)).Patch("/api/v1/security", new { two_factors_required = true }, ("If-Match", "*"))).Json();
        Assert.Equal("second-factor.required", await (await Get("/api/v1/members", old)).Problem(403));
        var secret = People.Unbase32((await (await Post("/api/v1/auth/totp", old, new { password = People.Password })).Json()).GetProperty("secret").GetString()!);
        var code = Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow()));

        var confirmed = confirm.StartsWith("/api", StringComparison.Ordinal)
            ? await Post(confirm, old, new { code })
            : await Post(confirm, old, new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = code }));
        Assert.Equal(200, (int)confirmed.StatusCode);
        var renewed = Assert.Single(confirmed.Headers.GetValues("Set-Cookie")).Split(';')[0];

        Assert.NotEqual(old, renewed);
        Assert.Equal("key.unknown", await (await Get("/api/v1/members", old)).Problem(401));
        Assert.Equal(200, (int)(await Get("/api/v1/members", renewed)).StatusCode);
        var own = await (await Get("/api/v1/auth/sessions", renewed)).Json();
        Assert.Equal(["password", "totp"], Assert.Single(own.GetProperty("items").EnumerateArray()).GetProperty("factors").EnumerateArray().Select(one => one.GetString()!));
    }

    [Fact]
    public async Task A_program_s_session_is_lifted_and_keeps_its_tokens()
    {
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        var ana = await People.Member(api, tenant, "admin");
        await (await api.Client(await api.Key(tenant)).Patch("/api/v1/security", new { two_factors_required = true }, ("If-Match", "*"))).Json();
        var secret = People.Unbase32((await (await ana.Client.Post("/api/v1/auth/totp", new { password = People.Password })).Json()).GetProperty("secret").GetString()!);

        var confirmed = await ana.Client.Post("/api/v1/auth/totp/confirm", new { code = Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())) });

        Assert.False(confirmed.Headers.Contains("Set-Cookie"));
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/members")).StatusCode);
    }

    private Task<HttpResponseMessage> Get(string path, string cookie) => api.Nobody.Send(HttpMethod.Get, path, null, ("Cookie", cookie));

    private Task<HttpResponseMessage> Post(string path, string cookie, object body) => api.Nobody.Send(HttpMethod.Post, path, body, ("Cookie", cookie), ("Sec-Fetch-Site", "same-origin"));
}
