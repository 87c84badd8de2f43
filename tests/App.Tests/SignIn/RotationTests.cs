using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Members;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>A browser's session has a new secret whenever what it may do changes: who has seen the old one goes nowhere with it.</summary>
public sealed class RotationTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Chosen = "another one altogether";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/v1/auth/tenant", 204)]
    [InlineData("/sign-in/tenant", 302)]
    public async Task Another_organisation_is_worked_in_under_a_new_secret(string path, int status)
    {
        var (other, ana) = (await People.Tenant(api), await People.Member(api, api.Database.Acme, "viewer"));
        await People.Owner(api, other);
        await api.Database.Database.Write(other, session => Join.Handle(new Join.Request(ana.User, "admin", "invitation"), session, TimeProvider.System), Ct);
        var old = await Entered(ana.Email, null);
        var named = (await (await Get("/api/v1/auth/me", old)).Json()).GetProperty("tenants").EnumerateArray().Select(one => one.GetProperty("slug").GetString()!).ToList();
        var (first, second) = ("acme", named.Single(slug => slug != "acme"));
        var there = Renewed(await Post(path, old, ("tenant", first)), status);

        var elsewhere = Renewed(await Post(path, there, ("tenant", second)), status);

        Assert.Equal(3, new[] { old, there, elsewhere }.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(second, (await (await Get("/api/v1/tenant", elsewhere)).Json()).GetProperty("slug").GetString());
        foreach (var seen in new[] { old, there })
        {
            Assert.Equal("key.unknown", await (await Get("/api/v1/tenant", seen)).Problem(401));
        }
    }

    [Theory]
    [InlineData("/api/v1/auth/password", 204)]
    [InlineData("/account/password", 302)]
    public async Task A_new_password_comes_with_a_new_secret(string path, int status)
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        var (old, elsewhere) = (await Entered(email, null), await Entered(email, null));

        var renewed = Renewed(await Post(path, old, ("current", People.Password), ("password", Chosen)), status);

        Assert.Equal(200, (int)(await Get("/api/v1/auth/me", renewed)).StatusCode);
        foreach (var seen in new[] { old, elsewhere })
        {
            Assert.Equal("key.unknown", await (await Get("/api/v1/auth/me", seen)).Problem(401));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_signs_in_anew_ends_the_session_that_the_browser_had(bool isSame)
    {
        var (first, elsewhere) = (await People.Make(api, api.Database.Acme, "viewer"), await People.Make(api, api.Database.Globex, "viewer"));
        var (old, others) = (await Entered(first, null), await Entered(first, null));

        var entered = await Entered(isSame ? first : elsewhere, old);

        Assert.Equal(200, (int)(await Get("/api/v1/auth/me", entered)).StatusCode);
        Assert.Equal("key.unknown", await (await Get("/api/v1/auth/me", old)).Problem(401));
        Assert.Equal(200, (int)(await Get("/api/v1/auth/me", others)).StatusCode); // Another browser's goes on.
    }

    [Fact]
    public async Task A_sign_in_that_fails_ends_nothing_and_a_program_goes_on_with_its_tokens()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var cookie = await Entered(ana.Email, null);
        Assert.Equal(401, (int)(await Post("/sign-in", cookie, ("email", ana.Email), ("password", Chosen))).StatusCode);
        Assert.Equal(200, (int)(await Get("/api/v1/auth/me", cookie)).StatusCode);

        Assert.Equal(204, (int)(await ana.Client.Post("/api/v1/auth/tenant", new { tenant = "acme" })).StatusCode);
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/tenant")).StatusCode);
    }

    private async Task<string> Entered(string email, string? cookie) => Renewed(await Post("/sign-in", cookie, ("email", email), ("password", People.Password)), 302);

    private static string Renewed(HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        return Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0];
    }

    private Task<HttpResponseMessage> Get(string path, string cookie) => api.Nobody.Send(HttpMethod.Get, path, null, ("Cookie", cookie));

    // As the page's form, or as the API has it.
    private Task<HttpResponseMessage> Post(string path, string? cookie, params (string Name, string Value)[] fields)
    {
        var named = fields.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
        (string, string)[] headers = [("Sec-Fetch-Site", "same-origin"), .. cookie is null ? [] : ((string, string)[])[("Cookie", cookie)]];
        return api.Nobody.Send(HttpMethod.Post, path, path.StartsWith("/api", StringComparison.Ordinal) ? named : new FormUrlEncodedContent(named), headers);
    }
}
