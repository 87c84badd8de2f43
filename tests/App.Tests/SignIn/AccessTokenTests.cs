using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Tokens;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>Which tokens open something: ours, of now, for us, of a session that holds; and no others, however they are made.</summary>
public sealed class AccessTokenTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    // RFC 7515, A.3; A.1; A.5 and RFC 7519, 6.1.
    private const string SignedWithEs256 = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    private const string SignedWithHs256 = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Unsecured = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";

    private static readonly TokenNames Names = TokenNames.Of(null);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void the_signature_of_the_standard_s_example_verifies_and_another_does_not()
    {
        using var pair = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), Y = Base64UrlEncoder.DecodeBytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0") },
        });
        using var key = SigningKey.Read(pair.ExportSubjectPublicKeyInfo(), null, TimeProvider.System.GetUtcNow());
        var (signed, signature) = (SignedWithEs256[..SignedWithEs256.LastIndexOf('.')], SignedWithEs256[(SignedWithEs256.LastIndexOf('.') + 1)..]);
        using var verifier = key.Key.CryptoProviderFactory.CreateForVerifying(key.Key, SecurityAlgorithms.EcdsaSha256);

        Assert.True(verifier.Verify(Encoding.ASCII.GetBytes(signed), Base64UrlEncoder.DecodeBytes(signature)));
        Assert.False(verifier.Verify(Encoding.ASCII.GetBytes(signed + "A"), Base64UrlEncoder.DecodeBytes(signature)));
        Assert.False(key.Signs);
    }

    [Theory]
    [InlineData(SignedWithEs256)]
    [InlineData(SignedWithHs256)]
    [InlineData(Unsecured)]
    [InlineData("eyJhbGciOiJub25lIn0..")]
    [InlineData("eyJ.eyJ.x")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.....")]
    public async Task a_token_of_somebody_else_opens_nothing(string token) => await Refused(token);

    [Fact]
    public async Task a_token_of_ours_opens_the_api_and_is_as_rfc_9068_has_it()
    {
        var (token, _) = await SignIn();
        Assert.Equal(200, (int)(await api.Client(token).Get("/api/v1/entities")).StatusCode);

        var parts = token.Split('.').Take(2).Select(part => JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(part)).RootElement).ToArray();
        Assert.Equal(("ES256", "at+jwt"), (parts[0].GetProperty("alg").GetString(), parts[0].GetProperty("typ").GetString()));
        Assert.Equal(900, parts[1].GetProperty("exp").GetInt64() - parts[1].GetProperty("iat").GetInt64());
        Assert.All(["iss", "aud", "sub", "client_id", "iat", "nbf", "exp", "jti", "sid"], claim => Assert.True(parts[1].TryGetProperty(claim, out _), claim));
        var published = (await (await api.Nobody.Get(TokensFeature.KeysPath)).Json()).GetProperty("keys").EnumerateArray().ToList();
        var key = published.Single(one => one.GetProperty("kid").GetString() == parts[0].GetProperty("kid").GetString());
        Assert.Equal(["kty", "crv", "x", "y", "kid", "alg", "use"], key.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task a_token_that_errs_in_one_point_opens_nothing()
    {
        var (token, _) = await SignIn();
        var key = (await api.Services.GetRequiredService<SigningKeys>().Current(Ct)).Key.ECDsa;
        var (header, claims) = (Part(token, 0), Part(token, 1));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        // The very same parts, signed once more, open it: what is refused below is refused for its one change.
        Assert.Equal(200, (int)(await api.Client(Signed(header, claims, key)).Get("/api/v1/entities")).StatusCode);
        var wrong = new (string What, Action<JsonObject, JsonObject> Change)[]
        {
            ("no type", (h, _) => h.Remove("typ")),
            ("another type", (h, _) => h["typ"] = "JWT"),
            ("an unknown key", (h, _) => h["kid"] = "nobody-s"),
            ("no key", (h, _) => h.Remove("kid")),
            ("a key id of another kind", (h, _) => h["kid"] = 7),
            ("a long key id", (h, _) => h["kid"] = new string('k', 3000)),
            ("another algorithm", (h, _) => h["alg"] = "ES384"),
            ("no algorithm", (h, _) => h.Remove("alg")),
            ("none", (h, _) => h["alg"] = "none"),
            ("nOnE", (h, _) => h["alg"] = "nOnE"),
            ("something critical", (h, _) => { h["crit"] = new JsonArray("exp"); h["exp"] = now; }),
            ("another issuer", (_, c) => c["iss"] = Names.Issuer + "/"),
            ("no issuer", (_, c) => c.Remove("iss")),
            ("another audience", (_, c) => c["aud"] = "urn:offgridflow:other"),
            ("no audience", (_, c) => c.Remove("aud")),
            ("expired", (_, c) => { c["exp"] = now - 31; c["nbf"] = now - 800; }),
            ("no expiry", (_, c) => c.Remove("exp")),
            ("not yet", (_, c) => { c["nbf"] = now + 60; c["exp"] = now + 120; }),
            ("no beginning", (_, c) => c.Remove("nbf")),
            ("good for longer than ours are", (_, c) => c["exp"] = now + 3600),
            ("another session", (_, c) => c["sid"] = Guid.CreateVersion7().ToString()),
            ("no session", (_, c) => c.Remove("sid")),
            ("another person", (_, c) => c["sub"] = Guid.CreateVersion7().ToString()),
            ("a person written otherwise", (_, c) => c["sub"] = "{" + c["sub"] + "}"),
        };
        var opened = new List<string>();
        foreach (var (what, change) in wrong)
        {
            var (h, c) = (header.DeepClone().AsObject(), claims.DeepClone().AsObject());
            change(h, c);
            if ((int)(await api.Client(Signed(h, c, key)).Get("/api/v1/entities")).StatusCode != 401)
            {
                opened.Add(what);
            }
        }

        Assert.Empty(opened);

        // Thirty seconds of difference between two clocks are forgiven.
        var late = claims.DeepClone().AsObject();
        (late["exp"], late["nbf"]) = (now - 5, now - 800);
        Assert.Equal(200, (int)(await api.Client(Signed(header, late, key)).Get("/api/v1/entities")).StatusCode);
    }

    [Fact]
    public async Task a_token_signed_with_another_key_opens_nothing_whatever_it_says_of_it()
    {
        var (token, _) = await SignIn();
        var (header, claims) = (Part(token, 0), Part(token, 1));
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var ours = (await api.Services.GetRequiredService<SigningKeys>().Current(Ct)).ExportPublic();
        var point = own.ExportParameters(false).Q;

        await Refused(Signed(header, claims, own), "another key of the curve");
        await Refused(Signed(header, claims, larger), "a key of another curve");
        await Refused(Signed(With(header, "jwk", new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64UrlEncoder.Encode(point.X), ["y"] = Base64UrlEncoder.Encode(point.Y) }), claims, own), "jwk");
        await Refused(Signed(With(header, "jku", $"{api.Address}.well-known/jwks.json"), claims, own), "jku");
        await Refused(Signed(With(header, "x5u", "https://example.org/key.pem"), claims, own), "x5u");
        await Refused(Signed(With(header, "x5c", new JsonArray(Convert.ToBase64String(own.ExportSubjectPublicKeyInfo()))), claims, own), "x5c");

        // RFC 8725, 2.1: the public key as the secret of an HMAC, in each form it is known in.
        foreach (var secret in (byte[][])[ours, Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", ours)), Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", ours) + "\n")])
        {
            var text = Unsigned(With(header, "alg", "HS256"), claims);
            await Refused($"{text}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}", "HS256 with the public key");
            text = Unsigned(header, claims);
            await Refused($"{text}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}", "an HMAC that says ES256");
        }

        await Refused(Unsigned(With(header, "alg", "none"), claims) + ".", "none");
        await Refused(Unsigned(header, claims) + ".", "no signature");
        await Refused($"{Unsigned(header, claims)}.{Base64UrlEncoder.Encode(new byte[64])}", "CVE-2022-21449: a signature of zeros");
    }

    [Fact]
    public async Task no_byte_of_a_token_can_be_changed_and_a_long_one_is_not_read()
    {
        var (token, _) = await SignIn();
        for (var i = 0; i < token.Length; i += 7)
        {
            var other = token[i] == 'A' ? 'B' : 'A';
            var changed = token[..i] + other + token[(i + 1)..];

            // The last character of a part of 64 bytes carries two bits of nothing.
            if (token[i] != '.' && !Base64UrlEncoder.DecodeBytes(changed.Split('.')[2]).SequenceEqual(Base64UrlEncoder.DecodeBytes(token.Split('.')[2])) || i < token.LastIndexOf('.'))
            {
                await Refused(changed, $"character {i}");
            }
        }

        var key = (await api.Services.GetRequiredService<SigningKeys>().Current(Ct)).Key.ECDsa;
        await Refused(Signed(Part(token, 0), With(Part(token, 1), "padding", new string('p', AccessTokens.MostBytes)), key), "8 kB");
        await Refused(token + "." + token, "five parts");
        await Refused("eyJ" + new string('A', AccessTokens.MostBytes) + ".A.A", "a header of 8 kB");
    }

    [Fact]
    public async Task a_session_s_end_ends_its_tokens_at_once_on_every_server()
    {
        var (other, _) = await api.Another();
        var (token, refresh) = await SignIn();
        Assert.Equal(200, (int)(await api.Client(token).Get("/api/v1/entities")).StatusCode);
        Assert.Equal(200, (int)(await api.Client(token, other).Get("/api/v1/entities")).StatusCode);

        Assert.Equal(204, (int)(await api.Client(token).Post("/api/v1/auth/logout")).StatusCode);

        Assert.Equal("key.unknown", await (await api.Client(token).Get("/api/v1/entities")).Problem(401));
        Assert.Equal("refresh-token.over", await (await Refresh(refresh)).Problem(401));
        await Eventually(async () => (int)(await api.Client(token, other).Get("/api/v1/entities")).StatusCode == 401);
    }

    [Fact]
    public async Task a_refresh_token_gives_the_next_pair_once_and_used_again_ends_the_session_everywhere()
    {
        var (other, _) = await api.Another();
        var (_, refresh) = await SignIn();
        var (innocent, _) = await SignIn();
        var next = await (await Refresh(refresh)).Json();
        var (token, second) = (next.GetProperty("access_token").GetString()!, next.GetProperty("refresh_token").GetString()!);
        Assert.Equal(200, (int)(await api.Client(token, other).Get("/api/v1/entities")).StatusCode);
        Assert.NotEqual(refresh, second);

        Assert.Equal("refresh-token.over", await (await Refresh(refresh)).Problem(401));

        Assert.Equal("refresh-token.over", await (await Refresh(second)).Problem(401));
        Assert.Equal("key.unknown", await (await api.Client(token).Get("/api/v1/entities")).Problem(401));
        await Eventually(async () => (int)(await api.Client(token, other).Get("/api/v1/entities")).StatusCode == 401);
        Assert.Equal(200, (int)(await api.Client(innocent).Get("/api/v1/entities")).StatusCode);
        Assert.Equal("reused", await Admin<string>("select s.ended_because from people.sessions s join people.refresh_tokens t using (user_id, session_id) where t.hash = sha256(convert_to(@refresh, 'UTF8'))", new { refresh }));
    }

    [Fact]
    public async Task of_two_who_refresh_at_once_at_two_servers_one_goes_on_and_the_session_ends()
    {
        var (other, _) = await api.Another();
        var (_, refresh) = await SignIn();

        var both = await Task.WhenAll(Refresh(refresh), api.Client(null, other).Post("/api/v1/auth/refresh", new { refresh_token = refresh }));

        Assert.Equal([200, 401], both.Select(one => (int)one.StatusCode).Order());
        var winner = both.Single(one => (int)one.StatusCode == 200);
        Assert.Equal(401, (int)(await Refresh((await winner.Json()).GetProperty("refresh_token").GetString()!)).StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ogf_refr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ogf_sess_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task a_refresh_token_nobody_has_gives_nothing(string? token) => Assert.Equal("refresh-token.over", await (await Refresh(token)).Problem(401));

    [Fact]
    public async Task a_refresh_token_of_an_older_password_gives_nothing()
    {
        var (token, refresh) = await SignIn();
        await Admin<int>("update people.users set stamp = gen_random_uuid() where user_id = (select user_id from people.refresh_tokens where hash = sha256(convert_to(@refresh, 'UTF8'))) returning 1", new { refresh });

        Assert.Equal("refresh-token.over", await (await Refresh(refresh)).Problem(401));
        await Eventually(async () => (int)(await api.Client(token).Get("/api/v1/entities")).StatusCode == 401);
    }

    [Fact]
    public async Task a_key_that_was_rotated_stays_published_while_its_tokens_are_good_and_another_signs_on_every_server()
    {
        var (other, services) = await api.Another();
        var (token, refresh) = await SignIn();
        var before = Part(token, 0)["kid"]!.GetValue<string>();
        Assert.Equal(200, (int)(await api.Client(token, other).Get("/api/v1/entities")).StatusCode);

        Assert.True(await api.Services.GetRequiredService<SigningKeys>().Rotate(TimeSpan.Zero, Ct));
        Assert.False(await services.GetRequiredService<SigningKeys>().Rotate(SigningKeys.InUse, Ct));

        var next = (await (await Refresh(refresh)).Json()).GetProperty("access_token").GetString()!;
        Assert.NotEqual(before, Part(next, 0)["kid"]!.GetValue<string>());
        foreach (var one in (string[])[token, next])
        {
            Assert.Equal(200, (int)(await api.Client(one).Get("/api/v1/entities")).StatusCode);
            Assert.Equal(200, (int)(await api.Client(one, other).Get("/api/v1/entities")).StatusCode);
        }

        Assert.Contains(before, await Published());
        Assert.Equal(1, await Admin<int>("select count(*)::int from org.signing_keys where private_key is not null", new { }));

        // The old one's tokens have all expired.
        await Admin<int>("with aged as (update org.signing_keys set retired_at = now() - interval '20 minutes' where key_id = @before returning 1) select count(*)::int from aged", new { before });
        await Eventually(async () => !(await Published()).Contains(before, StringComparer.Ordinal));
        await Refused(token, "of a key that is published no more");
    }

    [Fact]
    public async Task a_key_that_has_served_90_days_is_replaced_when_the_next_token_is_issued()
    {
        await SignIn();
        var before = (await Published())[0];
        await Admin<int>("with aged as (update org.signing_keys set created_at = now() - interval '91 days' where retired_at is null returning 1) select count(*)::int from aged", new { });

        await Eventually(async () => Part((await SignIn()).Access, 0)["kid"]!.GetValue<string>() != before);
    }

    [Fact]
    public async Task a_browser_s_session_is_no_header_and_no_token_is_a_cookie()
    {
        var (token, _) = await SignIn();
        var form = new FormUrlEncodedContent([new("email", await People.Make(api, api.Database.Acme, "viewer")), new("password", People.Password)]);
        var entered = await api.Nobody.Send(HttpMethod.Post, "/sign-in", form, ("Sec-Fetch-Site", "same-origin"));
        var cookie = entered.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        Assert.Equal(200, (int)(await api.Nobody.Send(HttpMethod.Get, "/api/v1/entities", null, ("Cookie", cookie))).StatusCode);
        await Refused(cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..], "a session in the header");
        Assert.Equal("key.unknown", await (await api.Nobody.Send(HttpMethod.Get, "/api/v1/entities", null, ("Cookie", "ogf=" + token))).Problem(401));
    }

    [Fact]
    public async Task neither_private_keys_nor_refresh_tokens_stand_in_the_database()
    {
        var (_, refresh) = await SignIn();
        var key = (await api.Services.GetRequiredService<SigningKeys>().Current(Ct)).ExportPrivate();

        Assert.Equal(0, await Admin<int>("select count(*)::int from org.signing_keys where position(@key in private_key) > 0", new { key = key[^32..] }));
        Assert.Equal(0, await Admin<int>("select count(*)::int from people.refresh_tokens t where to_jsonb(t)::text like '%' || @refresh || '%'", new { refresh }));
    }

    private async Task<string[]> Published() => [.. (await (await api.Nobody.Get(TokensFeature.KeysPath)).Json()).GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()!)];

    private async Task<(string Access, string Refresh)> SignIn()
    {
        var answer = await (await api.Nobody.Post("/api/v1/auth/login", new { email = await People.Make(api, api.Database.Acme, "viewer"), password = People.Password })).Json();
        Assert.Equal(900, answer.GetProperty("expires_in").GetInt32());
        return (answer.GetProperty("access_token").GetString()!, answer.GetProperty("refresh_token").GetString()!);
    }

    private Task<HttpResponseMessage> Refresh(string? token) => api.Nobody.Post("/api/v1/auth/refresh", new { refresh_token = token });

    private async Task Refused(string token, string what = "a token")
    {
        using var client = api.Client(null);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + token);
        var answer = await client.Get("/api/v1/entities");
        Assert.True((int)answer.StatusCode == 401, $"{what}: {(int)answer.StatusCode}");
        Assert.Equal("key.unknown", await answer.Problem(401));
    }

    private static JsonObject Part(string token, int no) => JsonNode.Parse(Base64UrlEncoder.DecodeBytes(token.Split('.')[no]))!.AsObject();

    private static JsonObject With(JsonObject part, string name, JsonNode value)
    {
        var other = part.DeepClone().AsObject();
        other[name] = value;
        return other;
    }

    private static string Unsigned(JsonObject header, JsonObject claims) => $"{Base64UrlEncoder.Encode(header.ToJsonString())}.{Base64UrlEncoder.Encode(claims.ToJsonString())}";

    private static string Signed(JsonObject header, JsonObject claims, ECDsa key)
    {
        var text = Unsigned(header, claims);
        return $"{text}.{Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    // Another process hears of a change within moments.
    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            await Task.Delay(20, end.Token);
        }
    }

    private async Task<T> Admin<T>(string sql, object parameters)
    {
        await using var connection = await api.Database.Admin.OpenConnectionAsync(Ct);
        return (await Dapper.SqlMapper.ExecuteScalarAsync<T>(connection, sql, parameters))!;
    }
}
