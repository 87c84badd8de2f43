using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>Which answers of a provider sign somebody in: right ones, to the sign-in that this browser began, and no other.</summary>
public sealed class ProviderAnswerTests(ProviderAnswerTests.Trusting api) : IClassFixture<ProviderAnswerTests.Trusting>
{
    private OidcVisit Visit => new(api);

    /// <summary>Where providers may be on this machine.</summary>
    public sealed class Trusting(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override HostSettings Settings(HostSettings settings) => settings with { Outbound = Offline.Private, Proxies = [System.Net.IPNetwork.Parse("127.0.0.0/8")] };
    }

    /// <summary>One point in which an answer errs.</summary>
    public static TheoryData<string> Errors { get; } =
    [
        "another nonce", "no nonce", "another audience", "another issuer in the token", "an older token", "no expiry", "no subject", "no algorithm", "a shared secret", "a published secret", "another key", "a key within the token", "a changed signature",
        "an issuer that is another's", "another issuer in the answer", "an unverified address", "no address", "no group",
    ];

    [Fact]
    public async Task a_right_answer_signs_in_with_the_code_s_own_proof()
    {
        await using var provider = await OidcImpostor.Start();
        var begun = await Visit.Begin(provider, await Visit.Trust(provider));
        provider.Claims["nonce"] = begun.Nonce;

        var entered = await Visit.End(begun, provider.Issuer);

        Assert.Equal(("/entries", 302), (entered.Headers.Location?.OriginalString, (int)entered.StatusCode));
        Assert.Equal(begun.Challenge, WebEncoders.Base64UrlEncode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Assert.Single(provider.Asked)["code_verifier"].ToString()))));
        Assert.Equal(200, (int)(await api.Nobody.Send(HttpMethod.Get, "/api/v1/entities", null, ("Cookie", OidcVisit.Session(entered)!))).StatusCode);
        Assert.Equal("permission.confined", await (await api.Nobody.Send(HttpMethod.Get, "/api/v1/auth/sessions", null, ("Cookie", OidcVisit.Session(entered)!))).Problem(403));

        // The session works in the tenant of its provider, whatever is asked for.
        Assert.Equal("acme", (await (await api.Nobody.Send(HttpMethod.Get, "/api/v1/tenant", null, ("Cookie", OidcVisit.Session(entered)!))).Json()).GetProperty("slug").GetString());
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task an_answer_that_errs_in_one_point_signs_nobody_in(string error)
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        if (error == "an issuer that is another's")
        {
            provider.Configuration["issuer"] = "https://accounts.example.org";
            provider.Claims["iss"] = "https://accounts.example.org";
            var sent = await api.Nobody.Send(HttpMethod.Get, $"/sign-in/with/acme/{id}?return=/entries", null);
            Assert.Equal((401, null), ((int)sent.StatusCode, sent.Headers.Location));
            return;
        }

        var begun = await Visit.Begin(provider, id);
        provider.Claims["nonce"] = begun.Nonce;
        Err(provider, error);

        var answer = await Visit.End(begun, error == "another issuer in the answer" ? "https://other.example.org" : provider.Issuer);

        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Null(OidcVisit.Session(answer));
    }

    [Fact]
    public async Task only_the_browser_that_began_is_signed_in_and_only_by_its_own_answer()
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        var (mine, theirs) = (await Visit.Begin(provider, id), await Visit.Begin(provider, id));
        provider.Claims["nonce"] = mine.Nonce;

        Assert.Null(OidcVisit.Session(await Visit.End(mine with { Cookie = "" }, provider.Issuer)));
        Assert.Null(OidcVisit.Session(await Visit.End(mine with { Cookie = theirs.Cookie }, provider.Issuer)));
        Assert.Null(OidcVisit.Session(await Visit.End(mine with { State = theirs.State }, provider.Issuer)));
        Assert.Null(OidcVisit.Session(await Visit.End(mine with { State = "" }, provider.Issuer)));
        Assert.Null(OidcVisit.Session(await Visit.End(mine with { Cookie = mine.Cookie[..^4] + "AAAA" }, provider.Issuer)));
        Assert.Empty(provider.Asked);
        Assert.NotNull(OidcVisit.Session(await Visit.End(mine, provider.Issuer)));
    }

    [Fact]
    public async Task over_tls_the_browser_keeps_the_step_in_a_cookie_of_this_host_alone()
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        (string, string)[] tls = [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.7")];
        var sent = await api.Nobody.Send(HttpMethod.Get, $"/sign-in/with/acme/{id}?return=/entries", null, tls);

        var kept = Assert.Single(sent.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-ogf-provider=", kept, StringComparison.Ordinal);
        Assert.All(["; path=/;", "; secure", "; samesite=lax", "; httponly"], part => Assert.Contains(part, kept, StringComparison.Ordinal));
        Assert.DoesNotContain("domain", kept, StringComparison.OrdinalIgnoreCase);
        var asked = QueryHelpers.ParseQuery(sent.Headers.Location!.Query);
        provider.Claims["nonce"] = asked["nonce"].ToString();
        var entered = await api.Nobody.Send(HttpMethod.Get, $"/sign-in/callback?code=x&state={Uri.EscapeDataString(asked["state"].ToString())}", null, [("Cookie", kept.Split(';')[0]), .. tls]);
        Assert.NotNull(OidcVisit.Cookie(entered, "__Host-ogf"));
    }

    [Fact]
    public async Task what_is_told_besides_is_believed_of_the_same_subject_alone()
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        foreach (var (told, email) in new[] { ("email", provider.Claims["email"]), ("email_verified", provider.Claims["email_verified"]), ("groups", provider.Claims["groups"]) })
        {
            provider.UserInfo[told] = email;
            provider.Claims.Remove(told);
        }

        var begun = await Visit.Begin(provider, id);
        provider.Claims["nonce"] = begun.Nonce;
        provider.UserInfo["sub"] = "somebody else";
        Assert.Null(OidcVisit.Session(await Visit.End(begun, provider.Issuer)));

        begun = await Visit.Begin(provider, id);
        provider.Claims["nonce"] = begun.Nonce;
        provider.UserInfo["sub"] = provider.Claims["sub"];
        Assert.NotNull(OidcVisit.Session(await Visit.End(begun, provider.Issuer)));
    }

    [Fact]
    public async Task who_is_suspended_or_no_member_where_nobody_joins_is_not_let_in()
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider, joins: false);
        Assert.Null(OidcVisit.Session(await Visit.Whole(provider, id)));

        var ana = await People.Member(api, api.Database.Acme, "viewer");
        await People.Owner(api, api.Database.Acme);
        (provider.Claims["email"], provider.Claims["sub"]) = (ana.Email, "ana");
        Assert.NotNull(OidcVisit.Session(await Visit.Whole(provider, id)));
        Assert.True((await api.Acme.Post($"/api/v1/members/{ana.User}/suspend")).IsSuccessStatusCode);
        Assert.Null(OidcVisit.Session(await Visit.Whole(provider, await Visit.Trust(provider)))); // Nor where people join by it.
    }

    [Fact]
    public async Task no_provider_makes_a_member_of_somebody_who_has_an_account_already()
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        var eve = await People.Member(api, api.Database.Globex, "analyst");
        (provider.Claims["email"], provider.Claims["sub"]) = (eve.Email, "eve");
        Assert.Null(OidcVisit.Session(await Visit.Whole(provider, id)));
        Assert.DoesNotContain(eve.User.ToString(), (await (await api.Acme.Get("/api/v1/members?limit=1000")).Json()).ToString(), StringComparison.Ordinal);
        await api.Database.Database.Write(
            api.Database.Acme, session => OffGridFlow.Organizations.Members.Join.Handle(new(eve.User, "viewer", "invitation"), session, TimeProvider.System), TestContext.Current.CancellationToken);

        // Whoever runs the provider learns of no other organisation.
        var me = await (await api.Nobody.Send(HttpMethod.Get, "/api/v1/auth/me", null, ("Cookie", OidcVisit.Session(await Visit.Whole(provider, id))!))).Json();
        Assert.Equal(["acme"], me.GetProperty("tenants").EnumerateArray().Select(tenant => tenant.GetProperty("slug").GetString()));
    }

    [Fact]
    public async Task who_is_not_let_in_leaves_no_account_behind_and_is_let_in_once_they_have_a_role()
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        var email = $"new{Guid.CreateVersion7():N}@example.org";
        (provider.Claims["email"], provider.Claims["sub"], provider.Claims["groups"]) = (email, "new", (string[])["everybody"]);
        Assert.Null(OidcVisit.Session(await Visit.Whole(provider, id)));

        provider.Claims["groups"] = (string[])["analysts"];

        Assert.NotNull(OidcVisit.Session(await Visit.Whole(provider, id)));
    }

    [Fact]
    public async Task an_answer_comes_within_ten_minutes_or_in_vain()
    {
        await using var provider = await OidcImpostor.Start();
        var begun = await Visit.Begin(provider, await Visit.Trust(provider));
        provider.Claims["nonce"] = begun.Nonce;
        var seals = api.Services.GetRequiredService<Seals>();
        var aged = await api.Database.Database.Write<byte[]>(
            Caller.System(TenantId.None, "test:setup"),
            async session =>
            {
                var step = JsonNode.Parse(await seals.Open(session, "oidc-step", WebEncoders.Base64UrlDecode(begun.Cookie[(OidcVisit.Kept.Length + 1)..])))!;
                var now = TimeProvider.System.GetUtcNow();
                Assert.InRange(step["until"]!.GetValue<DateTimeOffset>(), now.AddMinutes(9), now.AddMinutes(10));
                step["until"] = JsonSerializer.SerializeToNode(now.AddSeconds(-1));
                return await seals.Seal(session, "oidc-step", JsonSerializer.SerializeToUtf8Bytes(step));
            },
            TestContext.Current.CancellationToken);

        Assert.Null(OidcVisit.Session(await Visit.End(begun with { Cookie = $"{OidcVisit.Kept}={WebEncoders.Base64UrlEncode(aged.Value)}" }, provider.Issuer)));
        Assert.Empty(provider.Asked);
        Assert.NotNull(OidcVisit.Session(await Visit.End(begun, provider.Issuer)));
    }

    [Fact]
    public async Task an_account_that_is_closed_is_not_signed_in()
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        Assert.NotNull(OidcVisit.Session(await Visit.Whole(provider, id)));
        await using (var command = api.Database.Admin.CreateCommand("set session_replication_role = replica; update people.users set status = 'disabled' where user_id in (select user_id from people.external_logins where issuer = @issuer)"))
        {
            command.Parameters.AddWithValue("issuer", provider.Issuer);
            Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        Assert.Null(OidcVisit.Session(await Visit.Whole(provider, id)));
    }

    [Theory]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    [InlineData("token_endpoint", "file:///etc/passwd")]
    [InlineData("userinfo_endpoint", "gopher://127.0.0.1/")]
    public async Task a_provider_whose_endpoints_are_no_addresses_of_the_web_is_gone_to_by_nobody(string endpoint, string address)
    {
        await using var provider = await OidcImpostor.Start();
        var id = await Visit.Trust(provider);
        provider.Configuration[endpoint] = address;

        var sent = await api.Nobody.Send(HttpMethod.Get, $"/sign-in/with/acme/{id}?return=/entries", null);

        Assert.Equal(401, (int)sent.StatusCode);
        Assert.Null(sent.Headers.Location);
    }

    private static void Err(OidcImpostor provider, string error)
    {
        var claims = provider.Claims;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        switch (error)
        {
            case "another nonce": claims["nonce"] = "another"; break;
            case "no nonce": claims.Remove("nonce"); break;
            case "another audience": claims["aud"] = "another-client"; break;
            case "another issuer in the token": claims["iss"] = "https://accounts.example.org"; break;
            case "an older token": (claims["iat"], claims["exp"]) = (now - 1000, now - 600); break;
            case "no expiry": claims.Remove("exp"); break;
            case "no subject": claims.Remove("sub"); break;
            case "no algorithm": (provider.Header["alg"], provider.Sign) = ("none", _ => []); break;
            case "a shared secret": (provider.Header["alg"], provider.Sign) = ("HS256", bytes => HMACSHA256.HashData(provider.PublicKey, bytes)); break;
            case "a published secret": (provider.Header["alg"], provider.Header["kid"], provider.Sign) = ("HS256", "shared", bytes => HMACSHA256.HashData(provider.PublishedSecret, bytes)); break;
            case "another key": provider.Sign = Forged; break;
            case "a key within the token":
                provider.Header.Remove("kid");
                provider.Header["jwk"] = new { kty = "EC", crv = "P-256", x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" };
                provider.Sign = Forged;
                break;
            case "a changed signature": provider.Sign = _ => new byte[64]; break;
            case "another issuer in the answer": break; // Said by the redirect.
            case "an unverified address": claims["email_verified"] = false; break;
            case "no address": claims.Remove("email"); break;
            case "no group": claims["groups"] = (string[])["everybody"]; break;
            default: Assert.Fail(error); break;
        }
    }

    private static byte[] Forged(byte[] bytes)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return other.SignData(bytes, HashAlgorithmName.SHA256);
    }
}
