using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Users;

namespace OffGridFlow.App.Tests.SignIn;

/// <summary>Which passwords are taken, and how they are kept.</summary>
public sealed class PasswordTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("eleven char", "password.length")]
    [InlineData("", "password.length")]
    [InlineData(null, "password.length")]
    [InlineData("passwordpassword", "password.common")]
    [InlineData("PasswordPassword", "password.common")]
    [InlineData("1q2w3e4r5t6y", "password.common")]
    [InlineData("aaaaaaaaaaaaaa", "password.common")]
    [InlineData("qazwsxedcrfv", "password.common")]
    [InlineData("leavemealone", "password.common")]
    [InlineData("ana.lopez@example.org", "password.own-word")]
    [InlineData("Ana.Lopez@Example.org", "password.own-word")]
    [InlineData("Ana Lopez 2026!", "password.own-word")]
    [InlineData("ana-lopez-1234567", "password.own-word")]
    [InlineData("OffGridFlow2026!", "password.own-word")]
    [InlineData("offgridflow-example", "password.own-word")]
    [InlineData("carbon carbon 2026", "password.own-word")]
    [InlineData("twelve chars", null)]
    [InlineData("correct horse battery staple", null)]
    [InlineData("nur kleine buchstaben", null)]
    [InlineData("ana lopez and the hedgehogs", null)]
    [InlineData("密码密码密码密码密码密码是我的", null)]
    [InlineData("🐢🦔🐟🐝🐛🦋🐌🐞🐜🕷🦂🐍", null)]
    public void what_is_taken_and_what_is_not(string? password, string? code) =>
        Assert.Equal(code, api.Services.GetRequiredService<Passwords>().Check(password, "ana.lopez@example.org", "Ana Lopez")?.Code);

    [Fact]
    public void a_long_one_is_taken_whole_and_not_cut()
    {
        var passwords = api.Services.GetRequiredService<Passwords>();
        var longest = string.Concat(Enumerable.Range(0, 64).Select(i => $"{i:000} "));

        Assert.Null(passwords.Check(longest));
        Assert.NotNull(passwords.Check(longest + "x"));
        var hash = passwords.Hash(longest);
        var hasher = new PasswordHasher<object>();
        Assert.Equal(PasswordVerificationResult.Failed, hasher.VerifyHashedPassword(this, hash, longest[..^1]));
        Assert.NotEqual(PasswordVerificationResult.Failed, hasher.VerifyHashedPassword(this, hash, longest));
    }

    [Fact]
    public void there_are_as_many_common_ones_as_is_said() => Assert.True(api.Services.GetRequiredService<CommonPasswords>().Count >= CommonPasswords.Counted);

    // OWASP ASVS 5.0.0, 6.2.4: at least the 3,000 most common of those that the other rules let through.
    [Fact]
    public void more_than_three_thousand_common_ones_are_long_enough_and_refused_all_the_same() =>
        Assert.True(api.Services.GetRequiredService<CommonPasswords>().LongOnes > 3_000);

    [Fact]
    public async Task what_is_kept_is_strengthened_at_the_next_sign_in()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        var weak = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 10_000 })).HashPassword(this, People.Password);
        await Set(email, weak);

        await People.SignIn(api, email);

        var kept = Convert.FromBase64String(await Kept(email));
        Assert.Equal(1, kept[0]); // Identity's third form:
        Assert.Equal(2u, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(kept.AsSpan(1))); // HMAC-SHA512,
        Assert.Equal((uint)Passwords.Iterations, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(kept.AsSpan(5)));
        Assert.True(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(kept.AsSpan(9)) >= 16); // and its salt.
        await People.SignIn(api, email);
        Assert.Equal(Convert.ToBase64String(kept), await Kept(email));
    }

    [Fact]
    public async Task a_password_is_changed_with_the_old_one_and_guessing_at_it_counts()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        await Refused(await ana.Client.Post("/api/v1/auth/password", new { current = "not the one at all", password = "another one altogether" }));
        await Refused(await ana.Client.Post("/api/v1/auth/totp", new { password = "not the one at all" }));
        await Refused(await ana.Client.Post("/api/v1/auth/totp/remove", new { password = "not the one at all" }));
        await Refused(await ana.Client.Post("/api/v1/auth/email", new { email = "new@example.org", password = "not the one at all" }));
        Assert.Equal(4, await Scalar<int>($"select failed_sign_ins from people.users where user_id = '{ana.User}'"));
        await Refused(await ana.Client.Post("/api/v1/auth/passkeys/begin", new { password = "not the one at all" }));

        // The fifth locks: a device that was left open is no place to guess at, and the right one waits as well.
        Assert.True(await Scalar<bool>($"select locked_until > now() from people.users where user_id = '{ana.User}'"));
        Assert.Equal("password.wrong", await (await ana.Client.Post("/api/v1/auth/totp", new { password = People.Password })).Problem(403));
        Assert.Equal("password.locked", await (await ana.Client.Post("/api/v1/auth/password", new { current = People.Password, password = "another one altogether" })).Problem(403));

        static async Task Refused(HttpResponseMessage answer) => Assert.Equal("password.wrong", await answer.Problem(403));
    }

    [Fact]
    public async Task a_password_chosen_by_letter_does_not_get_around_the_second_factor()
    {
        const string chosen = "another one altogether";
        var email = await People.Make(api, api.Database.Acme, "viewer");
        await People.WithAuthenticator(api, email);
        Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/password/forgot", new { email })).StatusCode);
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, email));
        Assert.Equal(204, (int)(await api.Nobody.Post("/api/v1/auth/password/reset", new { token, password = chosen })).StatusCode);

        var answer = await (await api.Nobody.Post("/api/v1/auth/login", new { email, password = chosen })).Json();

        Assert.True(answer.GetProperty("two_factor_required").GetBoolean());
        Assert.False(answer.TryGetProperty("access_token", out var opened) && opened.ValueKind != System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task recovery_codes_are_too_many_to_be_tried()
    {
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var secret = People.Unbase32((await (await ana.Client.Post("/api/v1/auth/totp", new { password = People.Password })).Json()).GetProperty("secret").GetString()!);
        var codes = (await (await ana.Client.Post("/api/v1/auth/totp/confirm", new { code = Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())) })).Json())
            .GetProperty("recovery_codes").EnumerateArray().Select(code => code.GetString()!).ToList();

        Assert.Equal(SecondFactors.RecoveryCodes, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.All(codes, code => Assert.Matches("^[2-9a-hjkmnp-z]{5}(-[2-9a-hjkmnp-z]{5}){4}$", code));

        // 31 letters and digits in 25 places are more than the 112 bits that a plain hash asks for.
        Assert.True(25 * Math.Log2(codes.SelectMany(code => code).Where(letter => letter != '-').Distinct().Count()) > 112);
    }

    private async Task<T> Scalar<T>(string sql)
    {
        await using var command = api.Database.Admin.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }

    private async Task Set(string email, string hash)
    {
        await using var command = api.Database.Admin.CreateCommand($"set session_replication_role = replica; update people.passwords set hash = '{hash}' where user_id = (select user_id from people.users where email = '{email}')");
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Ct));
    }

    private async Task<string> Kept(string email)
    {
        await using var command = api.Database.Admin.CreateCommand($"select hash from people.passwords join people.users using (user_id) where email = '{email}'");
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }
}
