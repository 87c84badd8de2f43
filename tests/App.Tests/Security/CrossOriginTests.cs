using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Security;

/// <summary>Pages of other origins: those a tenant allows call its API with a key or a token, and nobody else's.</summary>
public sealed class CrossOriginTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task an_answer_is_shown_to_an_origin_of_the_caller_s_own_tenant_and_no_other()
    {
        var origin = Origin();
        var made = await (await api.Acme.Post("/api/v1/security/origins", new { origin })).Json(201);

        Assert.Equal(origin, Shown(await From(api.Acme, origin)));
        Assert.Null(Shown(await From(api.Globex, origin)));
        Assert.Null(Shown(await From(api.Nobody, origin)));
        Assert.Null(Shown(await From(api.Acme, origin + ":8443")));
        Assert.Null(Shown(await From(api.Acme, origin + ".evil.example")));
        Assert.Null(Shown(await From(api.Acme, "null")));
        Assert.False((await From(api.Acme, origin)).Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Contains("Origin", (await From(api.Acme, origin)).Headers.Vary);

        Assert.Equal(204, (int)(await api.Acme.Delete($"/api/v1/security/origins/{made.GetProperty("origin_id").GetString()}")).StatusCode);
        Assert.Null(Shown(await From(api.Acme, origin)));
    }

    [Fact]
    public async Task a_preflight_is_answered_for_an_origin_that_somebody_allows()
    {
        var origin = Origin();
        Assert.Null(Shown(await Preflight(origin)));
        await (await api.Globex.Post("/api/v1/security/origins", new { origin })).Json(201);

        var answer = await Preflight(origin);

        Assert.Equal((204, origin), ((int)answer.StatusCode, Shown(answer)));
        Assert.Contains("PATCH", answer.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Contains("Authorization", answer.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
        Assert.Null(Shown(await Preflight("https://other.example")));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("null")]
    [InlineData("https://*.example.org")]
    [InlineData("https://example.org/")]
    [InlineData("https://example.org/path")]
    [InlineData("https://user@example.org")]
    [InlineData("http://example.org")]
    [InlineData("ftp://example.org")]
    [InlineData("https://EXAMPLE.org")]
    [InlineData("https://example.org:443")]
    [InlineData("https://exämple.org")]
    public async Task what_no_browser_sends_is_refused(string origin) => Assert.Equal("origin.unreadable", await (await api.Acme.Post("/api/v1/security/origins", new { origin })).Problem(400));

    [Fact]
    public async Task only_who_manages_security_sees_and_changes_the_list()
    {
        var viewer = await People.SignedIn(api, api.Database.Acme, "analyst");

        Assert.Equal("permission.missing", await (await viewer.Post("/api/v1/security/origins", new { origin = Origin() })).Problem(403));
        Assert.Equal("permission.missing", await (await viewer.Get("/api/v1/security/origins")).Problem(403));
        var origin = Origin();
        await (await api.Acme.Post("/api/v1/security/origins", new { origin })).Json(201);
        Assert.Equal("origin.taken", await (await api.Acme.Post("/api/v1/security/origins", new { origin })).Problem(409));
        await (await api.Globex.Post("/api/v1/security/origins", new { origin })).Json(201);
    }

    private static string Origin() => $"https://o{Guid.CreateVersion7():N}.example";

    private static string? Shown(HttpResponseMessage answer) => answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;

    private static Task<HttpResponseMessage> From(HttpClient client, string origin) => client.Send(HttpMethod.Get, "/api/v1/entities", null, ("Origin", origin));

    private Task<HttpResponseMessage> Preflight(string origin) =>
        api.Nobody.Send(HttpMethod.Options, "/api/v1/entities", null, ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization"));
}
