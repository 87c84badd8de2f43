using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Users;

/// <summary>How a password that was given compares with the one that is kept.</summary>
public enum PasswordAnswer
{
    Wrong,
    Right,

    /// <summary>Right, and kept in a form that has become too weak: it was made anew.</summary>
    RightAndStrengthened,
}

/// <summary>
/// Passwords as ASP.NET Core Identity keeps them: PBKDF2 with HMAC-SHA512 and a salt of 16 bytes each (OWASP's figure of iterations, or more). The
/// person is bound.
/// </summary>
public sealed class Passwords
{
    /// <summary>PBKDF2 iterations for what is kept from now on.</summary>
    public const int Iterations = 210_000;

    public const int FewestCharacters = 12;
    public const int MostCharacters = 256;

    private readonly PasswordHasher<Passwords> hasher;
    private readonly CommonPasswords common;
    private readonly TimeProvider clock;

    // What the password of nobody is compared with, so that nobody takes as long as somebody.
    private readonly Lazy<string> nobodys;

    public Passwords(CommonPasswords common, TimeProvider clock, int iterations = Iterations)
    {
        hasher = new PasswordHasher<Passwords>(Options.Create(new PasswordHasherOptions { IterationCount = iterations, CompatibilityMode = PasswordHasherCompatibilityMode.IdentityV3 }));
        nobodys = new(() => hasher.HashPassword(this, Convert.ToHexString(RandomNumberGenerator.GetBytes(16))));
        (this.common, this.clock) = (common, clock);
    }

    /// <summary>Why a password is not taken, or null: at least 12 characters, not among the most common, not made of one's own address or name (<see cref="OwnWords"/>); no other rule.</summary>
    public Problem? Check(string? password, params ReadOnlySpan<string?> ownWords)
    {
        var length = password?.EnumerateRunes().Count() ?? 0;
        if (length is < FewestCharacters or > MostCharacters)
        {
            return new Problem("password.length", "password", $"{length} characters", $"{FewestCharacters} to {MostCharacters} characters", "Several words are easier to remember than signs.");
        }

        if (OwnWords.IsMadeOf(password!, ownWords))
        {
            return new Problem("password.own-word", "password", "hardly more than your own name or address, or words of this program", "something others cannot look up", "Choose another.");
        }

        return common.Has(password!) || IsOneSign(password!)
            ? new Problem("password.common", "password", "one of the passwords that are tried first", "one that few people have", "Choose another.")
            : null;
    }

    /// <summary>What is kept of a password that was checked.</summary>
    public string Hash(string password) => hasher.HashPassword(this, password);

    /// <summary>Keeps what <see cref="Hash"/> made.</summary>
    public static Task Keep(Guid user, string hash, Session session, DateTimeOffset now) => session.Execute(
        "insert into people.passwords (user_id, hash, changed_at) values (@user, @hash, @now) on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at",
        new { user, hash, now });

    /// <summary>Compares; the time it takes says nothing of whether there is a password.</summary>
    /// <param name="session">Bound to the person.</param>
    public async Task<PasswordAnswer> Verify(Guid user, string password, Session session)
    {
        var hash = await session.First<string>("select hash from people.passwords where user_id = @user", new { user });
        var outcome = hasher.VerifyHashedPassword(this, hash ?? nobodys.Value, Shortened(password));
        if (hash is null || outcome == PasswordVerificationResult.Failed)
        {
            return PasswordAnswer.Wrong;
        }

        if (outcome == PasswordVerificationResult.Success)
        {
            return PasswordAnswer.Right;
        }

        await session.Execute("update people.passwords set hash = @hash where user_id = @user", new { user, hash = hasher.HashPassword(this, password) });
        return PasswordAnswer.RightAndStrengthened;
    }

    /// <summary>Takes as long as comparing with somebody's.</summary>
    public void VerifyNobodys(string password) => hasher.VerifyHashedPassword(this, nobodys.Value, Shortened(password));

    // A longer one is nobody's; what it costs to say so must not grow with it.
    private static string Shortened(string password) => password.Length <= MostCharacters * 2 ? password : password[..(MostCharacters * 2)];

    private static bool IsOneSign(string password) => password.All(letter => letter == password[0]);
}
