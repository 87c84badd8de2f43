using Microsoft.AspNetCore.WebUtilities;

namespace OffGridFlow.App.Tests.Support;

/// <summary>A browser on its way through a provider of OpenID Connect and back.</summary>
internal sealed class OidcVisit(ApiFixture api)
{
    /// <summary>What the browser keeps between the steps.</summary>
    public const string Kept = "ogf-provider";

    public async Task<string> Trust(OidcImpostor provider, bool joins = true) => (await (await api.Acme.Post("/api/v1/providers", new
    {
        name = "Acme's", issuer = provider.Issuer, client_id = OidcImpostor.Client, client_secret = "theirs", joins, group_roles = new Dictionary<string, string>(StringComparer.Ordinal) { ["analysts"] = "analyst" },
    })).Json(201)).GetProperty("provider_id").GetString()!;

    public async Task<HttpResponseMessage> Whole(OidcImpostor provider, string id)
    {
        var begun = await Begin(provider, id);
        provider.Claims["nonce"] = begun.Nonce;
        return await End(begun, provider.Issuer);
    }

    public async Task<Begun> Begin(OidcImpostor provider, string id)
    {
        var sent = await api.Nobody.Send(HttpMethod.Get, $"/sign-in/with/acme/{id}?return=/entries", null);
        Assert.Equal(302, (int)sent.StatusCode);
        Assert.StartsWith(provider.Issuer + "/authorize?", sent.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var asked = QueryHelpers.ParseQuery(sent.Headers.Location.Query);
        Assert.Equal(("code", "S256"), (asked["response_type"].ToString(), asked["code_challenge_method"].ToString()));
        return new Begun(Cookie(sent, Kept)!, asked["state"].ToString(), asked["nonce"].ToString(), asked["code_challenge"].ToString());
    }

    public Task<HttpResponseMessage> End(Begun begun, string issuer) => api.Nobody.Send(
        HttpMethod.Get, $"/sign-in/callback?code=x&state={Uri.EscapeDataString(begun.State)}&iss={Uri.EscapeDataString(issuer)}", null, ("Cookie", begun.Cookie));

    public static string? Session(HttpResponseMessage answer) => Cookie(answer, "ogf");

    public static string? Cookie(HttpResponseMessage answer, string name) => !answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? null
        : cookies.Select(cookie => cookie.Split(';')[0]).FirstOrDefault(cookie => cookie.StartsWith(name + "=", StringComparison.Ordinal) && cookie.Length > name.Length + 1);

    public sealed record Begun(string Cookie, string State, string Nonce, string Challenge);
}
