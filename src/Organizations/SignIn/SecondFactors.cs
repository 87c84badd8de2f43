using System.Security.Cryptography;
using System.Text;
using OffGridFlow.Organizations.Providers;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>What a person shows besides their password. The person is bound.</summary>
internal static class SecondFactors
{
    /// <summary>What counts as a second factor that a session was begun with.</summary>
    public static readonly IReadOnlyList<string> Counting = ["totp", "recovery_code", "passkey", StatedFactors.Two];

    public const int RecoveryCodes = 10;

    // Without letters and digits that look alike.
    private const string Letters = "23456789abcdefghjkmnpqrstuvwxyz";

    // Five times five: 123 bits, so that nobody finds a code by its hash.
    private const int CodeLetters = 25;
    private const int GroupLetters = 5;

    /// <summary>Those the person has: <c>totp</c>, <c>recovery_code</c>, <c>passkey</c>.</summary>
    public static Task<IReadOnlyList<string>> Of(Session session) => session.Query<string>(
        """
        select 'totp' from people.authenticators where confirmed_at is not null
        union all select 'passkey' where exists (select from people.passkeys)
        union all select 'recovery_code' where exists (select from people.recovery_codes where used_at is null)
            and (exists (select from people.authenticators where confirmed_at is not null) or exists (select from people.passkeys))
        """);

    /// <summary>The factor a code is: <c>totp</c> or <c>recovery_code</c>; null when it is none, or was used.</summary>
    public static async Task<string?> Take(User user, string code, Seals seals, Session session, DateTimeOffset now)
    {
        var plain = code.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        if (plain.Length != Totp.Digits)
        {
            return await session.Execute(
                "update people.recovery_codes set used_at = @now where user_id = @UserId and hash = @hash and used_at is null", new { now, user.UserId, hash = Hash(plain) }) == 1 ? "recovery_code" : null;
        }

        if (await session.First<Authenticator>("select secret, last_step from people.authenticators where user_id = @UserId and confirmed_at is not null for update", new { user.UserId }) is not { } known)
        {
            return null;
        }

        var secret = await seals.Open(session, Purpose(user.UserId), known.Secret);
        if (Totp.Verify(secret, plain, now, known.LastStep) is not { } step)
        {
            return null;
        }

        await session.Execute("update people.authenticators set last_step = @step where user_id = @UserId", new { step, user.UserId });
        return "totp";
    }

    /// <summary>Ten new recovery codes in place of those there were: <c>k7mp2-x9wqa-…</c>. They are shown once.</summary>
    public static async Task<IReadOnlyList<string>> NewRecoveryCodes(Guid user, Session session)
    {
        await session.Execute("delete from people.recovery_codes where user_id = @user", new { user });
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => RandomNumberGenerator.GetString(Letters, CodeLetters)).ToList();
        foreach (var code in codes)
        {
            await session.Execute("insert into people.recovery_codes (user_id, hash) values (@user, @hash)", new { user, hash = Hash(code) });
        }

        return [.. codes.Select(code => string.Join('-', code.Chunk(GroupLetters).Select(group => new string(group))))];
    }

    public static string Purpose(Guid user) => $"totp:{user}";

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    private sealed class Authenticator
    {
        public byte[] Secret { get; set; } = [];

        public long LastStep { get; set; }
    }
}
