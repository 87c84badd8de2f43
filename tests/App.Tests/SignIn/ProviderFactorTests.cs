using Microsoft.AspNetCore.WebUtilities;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Providers;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>When a sign-in at a provider counts as two factors: where the provider says so, or where the organisation vouches for it.</summary>
public sealed class ProviderFactorTests(ProviderAnswerTests.Trusting api) : IClassFixture<ProviderAnswerTests.Trusting>
{
    private const string Required = "provider.second-factor-required";

    [Theory]
    [InlineData("", null, null, false)]
    [InlineData("pwd", null, null, false)]
    [InlineData("mfa", null, null, true)]
    [InlineData("pwd mfa", null, null, true)]
    [InlineData("pwd otp", null, null, true)]
    [InlineData("hwk pin", null, null, true)]
    [InlineData("swk fpt", null, null, true)]
    [InlineData("pwd face", null, null, true)]
    [InlineData("pwd pin kba", null, null, false)] // All of them known, none had.
    [InlineData("otp sms", null, null, false)]
    [InlineData("hwk user", null, null, false)] // Touched by somebody.
    [InlineData("MFA", null, null, false)] // RFC 8176, 1: case matters.
    [InlineData("pwd", "urn:example:two", "urn:example:two", true)]
    [InlineData("pwd", "urn:example:two", null, false)] // Nobody said what it means.
    [InlineData("pwd", "urn:example:one", "urn:example:two", false)]
    [InlineData("pwd", null, "urn:example:two", false)]
    public void two_factors_are_methods_of_two_kinds_or_the_class_that_was_asked_for(string methods, string? reached, string? asked, bool areTwo) =>
        Assert.Equal(areTwo, StatedFactors.AreTwo(methods.Split(' ', StringSplitOptions.RemoveEmptyEntries), reached, asked));

    [Fact]
    public async Task where_two_are_required_a_provider_s_sign_in_that_states_one_does_nothing_and_is_no_way_to_the_account()
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        await Require(true);
        provider.Claims["amr"] = (string[])["pwd"];
        provider.UserInfo["sub"] = provider.Claims["sub"];
        provider.UserInfo["amr"] = (string[])["mfa"]; // Signed by nobody.
        provider.Claims.Remove("email", out var email);
        provider.UserInfo["email"] = email;

        var session = OidcVisit.Session(await Visit.Whole(provider, id))!;

        Assert.Equal(Required, await (await Get("/api/v1/entities", session)).Problem(403));
        Assert.Equal("permission.confined", await (await Send(HttpMethod.Post, "/api/v1/auth/totp", session)).Problem(403));
        Assert.Contains("Sign in there with a second factor", await (await api.Nobody.Send(HttpMethod.Get, "/entries", null, ("Cookie", session), ("Accept", "text/html"))).Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(200, (int)(await Get("/api/v1/auth/me", session)).StatusCode);

        provider.Claims["amr"] = (string[])["pwd", "otp"];
        var two = OidcVisit.Session(await Visit.Whole(provider, id))!;
        Assert.Equal(200, (int)(await Get("/api/v1/entities", two)).StatusCode);
        Assert.Equal(Required, await (await Get("/api/v1/entities", session)).Problem(403));

        await Require(false);
        Assert.Equal(200, (int)(await Get("/api/v1/entities", session)).StatusCode);
    }

    [Fact]
    public async Task the_class_an_organisation_names_is_asked_for_and_counts_when_it_is_reached()
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        await Require(true);
        await Set(id, provider, new { acr = "urn:okta:loa:2fa:any" });
        provider.Claims["acr"] = "urn:okta:loa:1fa:any";
        var sent = await api.Nobody.Send(HttpMethod.Get, $"/sign-in/with/acme/{id}?return=/entries", null);
        Assert.Equal("urn:okta:loa:2fa:any", QueryHelpers.ParseQuery(sent.Headers.Location!.Query)["acr_values"].ToString());

        Assert.Equal(Required, await (await Get("/api/v1/entities", OidcVisit.Session(await Visit.Whole(provider, id))!)).Problem(403));

        provider.Claims["acr"] = "urn:okta:loa:2fa:any";
        Assert.Equal(200, (int)(await Get("/api/v1/entities", OidcVisit.Session(await Visit.Whole(provider, id))!)).StatusCode);
    }

    [Fact]
    public async Task an_organisation_may_vouch_for_its_provider_and_take_that_back_from_the_next_request_on()
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        await Require(true);
        Assert.Equal("stated", (await (await api.Acme.Get($"/api/v1/providers/{id}")).Json()).GetProperty("second_factor").GetString());
        await Set(id, provider, new { second_factor = "vouched" });
        var session = OidcVisit.Session(await Visit.Whole(provider, id))!;
        Assert.Equal(200, (int)(await Get("/api/v1/entities", session)).StatusCode);

        // What is left out stays.
        await Set(id, provider, new { });
        Assert.Equal(200, (int)(await Get("/api/v1/entities", session)).StatusCode);

        await Set(id, provider, new { second_factor = "stated" });
        Assert.Equal(Required, await (await Get("/api/v1/entities", session)).Problem(403));
    }

    [Theory]
    [InlineData("second_factor", "always", "provider.second-factor")]
    [InlineData("acr", "one two", "provider.acr")]
    [InlineData("acr", "naïve", "provider.acr")]
    public async Task what_is_neither_is_refused(string field, string value, string code)
    {
        var asked = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = "Sign-in", ["issuer"] = "http://127.0.0.1:9/", ["client_id"] = "x", [field] = value };

        Assert.Equal(code, await (await api.Acme.Post("/api/v1/providers", asked)).Problem(400));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private OidcVisit Visit => new(api);

    private async Task Require(bool two) => await (await api.Acme.Patch("/api/v1/security", new { two_factors_required = two }, ("If-Match", "*"))).Json();

    private async Task Set(string id, OidcImpostor provider, object change)
    {
        var all = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = "Acme's", ["issuer"] = provider.Issuer, ["client_id"] = OidcImpostor.Client, ["joins"] = true, ["group_roles"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["analysts"] = "analyst" },
        };
        foreach (var property in change.GetType().GetProperties())
        {
            all[property.Name] = property.GetValue(change);
        }

        await (await api.Acme.Put($"/api/v1/providers/{id}", all, ("If-Match", "*"))).Json();
    }

    private Task<HttpResponseMessage> Get(string path, string cookie) => Send(HttpMethod.Get, path, cookie);

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, string cookie) =>
        api.Nobody.Send(method, path, method == HttpMethod.Get ? null : new { password = "x" }, ("Cookie", cookie), ("Sec-Fetch-Site", "same-origin"));
}
