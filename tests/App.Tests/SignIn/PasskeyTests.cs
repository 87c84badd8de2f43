using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>Which answers of a passkey register it and sign its owner in: right ones, to a challenge of ours of just now, once; and no others.</summary>
public sealed class PasskeyTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly (string Name, string Value)[] Page = [("Host", SoftPasskey.Site), ("Origin", "http://" + SoftPasskey.Site)];

    /// <summary>One point in which an answer errs.</summary>
    public static TheoryData<string> Errors { get; } =
    [
        "another origin", "another domain", "another challenge", "another key", "not unlocked", "a counter that went back", "an answer to registering", "a challenge of registering", "a challenge of long ago",
        "another person", "nobody's passkey", "a token of nobody's",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_passkey_signs_in_alone_as_two_factors_and_its_answer_counts_once()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        using var key = await Registered(ana);
        var (token, options) = await Challenge();
        var answer = new { token, credential = key.Shown(options, ana.User) };

        var entered = await (await Login(answer)).Json();

        var client = api.Client(entered.GetProperty("access_token").GetString());
        Assert.Equal(ana.User, (await (await client.Get("/api/v1/auth/me")).Json()).GetProperty("user_id").GetGuid());
        Assert.Equal("passkey.refused", await (await Login(answer)).Problem(401));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task an_answer_that_errs_in_one_point_signs_nobody_in(string error)
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        using var key = await Registered(ana);
        using var unknown = new SoftPasskey();
        key.Count = 5;
        var (first, asked) = await Challenge();
        await (await Login(new { token = first, credential = key.Shown(asked, ana.User) })).Json();
        key.Count = 6;
        var (token, options) = await Challenge();
        var user = ana.User;
        switch (error)
        {
            case "another origin": key.Origin = "https://evil.example"; break;
            case "another domain": key.Domain = "evil.example"; break;
            case "another challenge": (_, options) = await Challenge(); break;
            case "another key": key.IsForged = true; break;
            case "not unlocked": key.IsUnlocked = false; break;
            case "a counter that went back": key.Count = 3; break;
            case "an answer to registering": key.Type = "webauthn.create"; break;
            case "a challenge of registering": (token, options) = await Begin(ana); break;
            case "a challenge of long ago": token = await Aged(token); break;
            case "another person": user = (await People.Member(api, api.Database.Acme, "viewer")).User; break;
            case "nobody's passkey": break;
            case "a token of nobody's": token = Convert.ToBase64String(new byte[200]); break;
            default: Assert.Fail(error); break;
        }

        var answer = await Login(new { token, credential = (error == "nobody's passkey" ? unknown : key).Shown(options, user) });

        Assert.Equal("passkey.refused", await answer.Problem(401));
    }

    [Fact]
    public async Task a_passkey_is_registered_with_the_password_by_whoever_began_and_once()
    {
        var (ana, ben) = (await People.Member(api, api.Database.Acme, "viewer"), await People.Member(api, api.Database.Acme, "viewer"));
        Assert.Equal("password.wrong", await (await ana.Client.Post("/api/v1/auth/passkeys/begin", new { password = "another of twelve" }, Page)).Problem(403));
        var (token, options) = await Begin(ana);
        using var key = new SoftPasskey();
        object Answer() => new { token, name = "Ana's phone", credential = key.Created(options) };

        Assert.Equal("passkey.refused", await (await ben.Client.Post("/api/v1/auth/passkeys", Answer(), Page)).Problem(400));
        key.IsUnlocked = false;
        Assert.Equal("passkey.refused", await (await ana.Client.Post("/api/v1/auth/passkeys", Answer(), Page)).Problem(400));
        key.IsUnlocked = true;
        Assert.Equal("passkey.refused", await (await ana.Client.Post("/api/v1/auth/passkeys", new { token = await Aged(token), name = "Ana's phone", credential = key.Created(options) }, Page)).Problem(400));
        await (await ana.Client.Post("/api/v1/auth/passkeys", Answer(), Page)).Json(201);

        using var second = new SoftPasskey();
        Assert.Equal("passkey.refused", await (await ana.Client.Post("/api/v1/auth/passkeys", new { token, name = "Another", credential = second.Created(options) }, Page)).Problem(400));
        Assert.Single((await (await ana.Client.Get("/api/v1/auth/passkeys")).Json()).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task an_account_that_waits_after_failures_waits_for_its_passkey_too()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        using var key = await Registered(ana);
        for (var i = 0; i < PasswordSignIn.FailuresBeforeLock; i++)
        {
            Assert.Equal("sign-in.refused", await (await api.Nobody.Post("/api/v1/auth/login", new { email = ana.Email, password = "another of twelve" })).Problem(401));
        }

        var (token, options) = await Challenge();
        Assert.Equal("passkey.refused", await (await Login(new { token, credential = key.Shown(options, ana.User) })).Problem(401));
    }

    [Fact]
    public async Task who_has_a_passkey_is_asked_for_more_than_the_password_and_it_is_the_second_step()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        using var key = await Registered(ana);

        var asked = await (await api.Nobody.Post("/api/v1/auth/login", new { email = ana.Email, password = People.Password })).Json();
        Assert.True(asked.GetProperty("two_factor_required").GetBoolean());
        Assert.False(asked.TryGetProperty("access_token", out _));
        Assert.Equal("second-factor.wrong", await (await api.Nobody.Post("/api/v1/auth/verify-2fa", new { temporary_token = asked.GetProperty("temporary_token").GetString(), code = "000000" })).Problem(401));

        var (token, options) = await Challenge();
        var client = api.Client((await (await Login(new { token, credential = key.Shown(options, ana.User) })).Json()).GetProperty("access_token").GetString());
        Assert.Equal(ana.User, (await (await client.Get("/api/v1/auth/me")).Json()).GetProperty("user_id").GetGuid());
    }

    [Fact]
    public async Task a_passkey_is_removed_with_the_password_and_the_last_one_takes_what_it_stood_for_along()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        using var first = await Registered(ana);
        using var second = await Registered(ana);
        var codes = await NewCodes(ana);
        var ids = (await (await ana.Client.Get("/api/v1/auth/passkeys")).Json()).GetProperty("items").EnumerateArray().Select(one => one.GetProperty("passkey_id").GetString()).ToList();
        Task<HttpResponseMessage> Gone(string? id, string? password) => ana.Client.Send(HttpMethod.Delete, $"/api/v1/auth/passkeys/{id}", new { password });

        Assert.Equal("password.wrong", await (await Gone(ids[0], "another of twelve")).Problem(403));
        Assert.Equal("password.wrong", await (await Gone(ids[0], null)).Problem(403));
        Assert.Equal("passkey.not-found", await (await (await People.Member(api, api.Database.Globex, "viewer")).Client.Send(HttpMethod.Delete, $"/api/v1/auth/passkeys/{ids[0]}", new { password = People.Password })).Problem(404));
        Assert.Equal(["passkey", "recovery_code"], await Methods(ana));

        Assert.Equal(204, (int)(await Gone(ids[0], People.Password)).StatusCode);
        Assert.Contains("passkey", await Shown(ana));
        Assert.Equal(204, (int)(await Gone(ids[1], People.Password)).StatusCode);
        Assert.DoesNotContain("passkey", await Shown(ana));

        // The codes went with it, and do not come back with another.
        using var third = await Registered(ana);
        Assert.Equal(["passkey"], await Methods(ana));
        Assert.Equal("second-factor.wrong", await Verified(ana, codes[0], 401));
    }

    [Fact]
    public async Task recovery_codes_are_made_anew_with_the_password_and_the_old_ones_open_nothing()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        Assert.Equal("second-factor.none", await (await ana.Client.Post("/api/v1/auth/recovery-codes", new { password = People.Password })).Problem(409));
        var old = await Codes(ana);
        Assert.Equal("password.wrong", await (await ana.Client.Post("/api/v1/auth/recovery-codes", new { password = "another of twelve" })).Problem(403));

        var codes = await NewCodes(ana);

        Assert.Equal(SecondFactors.RecoveryCodes, codes.Except(old, StringComparer.Ordinal).Count());
        Assert.Equal("second-factor.wrong", await Verified(ana, old[0], 401));
        Assert.Null(await Verified(ana, codes[0], 200));
        Assert.Equal("second-factor.wrong", await Verified(ana, codes[0], 401));
    }

    [Fact]
    public async Task recovery_codes_end_with_what_they_stand_in_for_and_new_ones_replace_them()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var first = await Codes(ana);
        Assert.Equal("totp.there", await (await ana.Client.Post("/api/v1/auth/totp", new { password = People.Password })).Problem(409));
        await Remove(ana);
        using var key = await Registered(ana);

        // The codes of an authenticator that was removed are nobody's second factor, though there is a passkey now.
        Assert.Equal(["passkey"], await Methods(ana));
        Assert.Equal("second-factor.wrong", await Verified(ana, first[0], 401));

        // With a passkey they stay when an authenticator goes, and are replaced when one comes.
        var second = await Codes(ana);
        await Remove(ana);
        Assert.Null(await Verified(ana, second[0], 200));
        await Codes(ana);
        Assert.Equal("second-factor.wrong", await Verified(ana, second[1], 401));
    }

    private async Task<SoftPasskey> Registered(People.Signed person)
    {
        var (token, options) = await Begin(person);
        var key = new SoftPasskey();
        await (await person.Client.Post("/api/v1/auth/passkeys", new { token, name = "A phone", credential = key.Created(options) }, Page)).Json(201);
        return key;
    }

    private static async Task<(string Token, JsonElement Options)> Begin(People.Signed person) => Read(await (await person.Client.Post("/api/v1/auth/passkeys/begin", new { password = People.Password }, Page)).Json());

    private async Task<(string Token, JsonElement Options)> Challenge() => Read(await (await api.Nobody.Post("/api/v1/auth/passkeys/challenge", null, Page)).Json());

    private static (string Token, JsonElement Options) Read(JsonElement begun) => (begun.GetProperty("token").GetString()!, begun.GetProperty("options"));

    private Task<HttpResponseMessage> Login(object answer) => api.Nobody.Post("/api/v1/auth/passkeys/login", answer, Page);

    // The same, kept until a moment ago.
    private async Task<string> Aged(string token)
    {
        var seals = api.Services.GetRequiredService<Seals>();
        var aged = await api.Database.Database.Write<byte[]>(
            Caller.System(TenantId.None, "test:setup"),
            async session =>
            {
                var kept = JsonNode.Parse(await seals.Open(session, "passkey", Convert.FromBase64String(token)))!;
                kept["until"] = JsonSerializer.SerializeToNode(TimeProvider.System.GetUtcNow().AddSeconds(-1));
                return await seals.Seal(session, "passkey", JsonSerializer.SerializeToUtf8Bytes(kept));
            },
            Ct);
        return Convert.ToBase64String(aged.Value);
    }

    // Sets an authenticator up.
    private static async Task<string[]> Codes(People.Signed person)
    {
        var secret = People.Unbase32((await (await person.Client.Post("/api/v1/auth/totp", new { password = People.Password })).Json()).GetProperty("secret").GetString()!);
        var confirmed = await (await person.Client.Post("/api/v1/auth/totp/confirm", new { code = Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())) })).Json();
        return [.. confirmed.GetProperty("recovery_codes").EnumerateArray().Select(code => code.GetString()!)];
    }

    private static async Task<string[]> NewCodes(People.Signed person) =>
        [.. (await (await person.Client.Post("/api/v1/auth/recovery-codes", new { password = People.Password })).Json()).GetProperty("recovery_codes").EnumerateArray().Select(code => code.GetString()!)];

    // What the one session of a person has shown.
    private static async Task<IEnumerable<string?>> Shown(People.Signed person)
    {
        var own = await (await person.Client.Get("/api/v1/auth/sessions")).Json();
        return own.GetProperty("items").EnumerateArray().Single(one => one.GetProperty("session_id").GetString() == own.GetProperty("current").GetString()).GetProperty("factors").EnumerateArray().Select(one => one.GetString());
    }

    private static async Task Remove(People.Signed person) => Assert.Equal(204, (int)(await person.Client.Post("/api/v1/auth/totp/remove", new { password = People.Password })).StatusCode);

    private async Task<string[]> Methods(People.Signed person) =>
        [.. (await (await api.Nobody.Post("/api/v1/auth/login", new { email = person.Email, password = People.Password })).Json()).GetProperty("methods").EnumerateArray().Select(method => method.GetString()!)];

    // The problem's code; null: signed in.
    private async Task<string?> Verified(People.Signed person, string code, int status)
    {
        var asked = await (await api.Nobody.Post("/api/v1/auth/login", new { email = person.Email, password = People.Password })).Json();
        var answer = await api.Nobody.Post("/api/v1/auth/verify-2fa", new { temporary_token = asked.GetProperty("temporary_token").GetString(), code });
        return status == 200 ? (await answer.Json()).ValueKind == JsonValueKind.Object ? null : "" : await answer.Problem(status);
    }
}
