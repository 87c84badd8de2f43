using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.SignIn;

namespace OffGridFlow.App.Tests.Members;

/// <summary>A tenant that requires two factors.</summary>
public sealed class SecurityPolicyTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Security = "/api/v1/security";

    [Fact]
    public async Task Where_two_factors_are_required_a_member_with_one_does_nothing_but_set_up_another()
    {
        var tenant = await People.Tenant(api);
        var (owner, ana, globex) = (await People.Member(api, tenant, "owner"), await People.Member(api, tenant, "analyst"), await People.Member(api, api.Database.Globex, "analyst"));
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal("permission.missing", await (await ana.Client.Patch(Security, new { two_factors_required = false }, ("If-Match", "*"))).Problem(403));
        var policy = await (await owner.Client.Patch(Security, new { two_factors_required = true }, ("If-Match", "*"))).Json();
        Assert.Equal((true, 2), (policy.GetProperty("two_factors_required").GetBoolean(), policy.GetProperty("members_without_second_factor").GetInt32()));

        Assert.Equal("second-factor.required", await (await ana.Client.Get("/api/v1/entities")).Problem(403));
        Assert.Equal("second-factor.required", await (await owner.Client.Patch(Security, new { two_factors_required = false }, ("If-Match", "*"))).Problem(403));
        Assert.Equal(200, (int)(await globex.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal(200, (int)(await api.Client(await api.Key(tenant)).Get("/api/v1/entities")).StatusCode);
        var page = await ana.Client.Send(HttpMethod.Get, "/", null, ("Accept", "text/html"));
        Assert.Equal("/account/second-factor", page.Headers.Location?.OriginalString);

        await SetUp(ana.Client);
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/entities")).StatusCode);
        Assert.Equal(204, (int)(await ana.Client.Post("/api/v1/auth/totp/remove", new { password = People.Password })).StatusCode);
        Assert.Equal("second-factor.required", await (await ana.Client.Get("/api/v1/entities")).Problem(403));
    }

    [Fact]
    public async Task A_password_alone_begins_a_session_that_may_nothing_there()
    {
        var tenant = await People.Tenant(api);
        var owner = await People.Member(api, tenant, "owner");
        await (await owner.Client.Patch(Security, new { two_factors_required = true }, ("If-Match", "*"))).Json();

        var again = await People.SignIn(api, owner.Email);

        Assert.Equal("second-factor.required", await (await again.Client.Get("/api/v1/entities")).Problem(403));
        Assert.Equal(200, (int)(await again.Client.Get("/api/v1/auth/me")).StatusCode);
    }

    private static async Task SetUp(HttpClient client)
    {
        var begun = await (await client.Post("/api/v1/auth/totp", new { password = People.Password })).Json();
        var code = Totp.Code(People.Unbase32(begun.GetProperty("secret").GetString()!), Totp.StepOf(TimeProvider.System.GetUtcNow()));
        await (await client.Post("/api/v1/auth/totp/confirm", new { code })).Json();
    }
}
