using System.Security.Cryptography;
using System.Text;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Limits;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>What a right password leads to: a session, or the question for a second factor.</summary>
/// <param name="Session">The session's secret; null while a second factor is missing.</param>
/// <param name="Temporary">Names this sign-in to its second step; good for five minutes.</param>
/// <param name="Methods">Second factors the person has: <c>totp</c>, <c>recovery_code</c>, <c>passkey</c>.</param>
public sealed record SignInStep(PersonSecret? Session, PersonSecret? Temporary, IReadOnlyList<string> Methods);

/// <summary>
/// The first step of a sign-in: address and password. Whoever fails learns the same in the same time: no account, no password, the wrong one, locked.
/// After five failures in a row each further one locks for twice as long as the one before.
/// </summary>
public sealed class PasswordSignIn(Database database, Passwords passwords, Allowance allowance, SignInLimits limits, TimeProvider clock)
{
    public const int FailuresBeforeLock = 5;

    private static readonly TimeSpan FirstLock = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLock = TimeSpan.FromHours(24);
    private static readonly TimeSpan BetweenSteps = TimeSpan.FromMinutes(5);

    /// <param name="by">Where the request came from; its tenant is none.</param>
    /// <param name="carrier"><c>cookie</c> or <c>token</c>.</param>
    public async Task<Result<SignInStep>> Handle(string? email, string? password, string carrier, Caller by, CancellationToken ct)
    {
        if (EmailAddress.Read(email) is not { } address)
        {
            passwords.VerifyNobodys(password ?? "");
            return Refused();
        }

        if (await Tried(address, ct) is { IsAllowed: false } tried)
        {
            return new Problem("sign-in.too-often", "email", "more tries than allowed", $"at most {limits.PerAccount} a minute", "Wait as long as Retry-After says.") { Kind = ProblemKind.TooMany, RetryAfter = tried.Wait };
        }

        // One question before anybody is bound, for known and unknown alike.
        if (await User.IdOf(address, database, ct) is not { } id)
        {
            passwords.VerifyNobodys(password ?? "");
            await database.Write<int>(
                by, async session =>
                {
                    await Platform.Audit.Trail.Record(session, "sign_in.refused", new { email = Masked(address.Text) });
                    return 0;
                }, ct);
            return Refused();
        }

        var person = Caller.Person(id, by.RequestId, by.Address, by.UserAgent);
        var step = await database.Write<SignInStep?>(person, session => Check(id, password ?? "", carrier, session), ct);
        return step.TryValue(out var made, out _) && made is not null ? made : Refused();
    }

    // By what was written, so that it is the same for an account there is and one there is not.
    private ValueTask<Taken> Tried(EmailAddress address, CancellationToken ct) => allowance.Take(
        [new Bucket("account " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.Key))), limits.PerAccount / 60.0, limits.PerAccount)], ct);

    /// <summary>A browser's session for somebody whom another vouches for: a provider of OpenID Connect, or the operator for the demonstration.</summary>
    /// <param name="factor">What it is told as: <c>oidc</c>, <c>demonstration</c>.</param>
    internal async Task<Result<PersonSecret>> Vouched(EmailAddress email, string factor, Caller by, CancellationToken ct) =>
        await User.IdOf(email, database, ct) is not { } id
            ? Refused()
            : await database.Write<PersonSecret>(
                Caller.Person(id, by.RequestId, by.Address, by.UserAgent),
                async session => await User.Find(id, session, forUpdate: true) is { Status: "active" } user
                    ? await Complete(user, UserSessions.InBrowser, [factor], session, clock.GetUtcNow())
                    : Refused(),
                ct);

    internal static Problem Refused() => new("sign-in.refused", "password", "an address and a password that do not belong together", "those of an account", "Check both, or reset the password. After several failures an account waits for some time.") { Kind = ProblemKind.Unauthenticated };

    /// <summary>Counts a failure. The person is bound, and their row locked.</summary>
    internal static async Task Failed(User user, string why, Session session, DateTimeOffset now)
    {
        var failures = user.FailedSignIns + 1;
        var over = failures - FailuresBeforeLock;
        var wait = over < 0 ? (TimeSpan?)null : TimeSpan.FromTicks(Math.Min(LongestLock.Ticks, FirstLock.Ticks << Math.Min(over, 20)));
        await session.Execute(
            "update people.users set failed_sign_ins = @failures, locked_until = @until where user_id = @UserId", new { failures, until = now + wait, user.UserId });
        await User.Record(session, "sign_in.refused", new { why, failures, locked_until = now + wait });
    }

    // Null: refused; what it counted stays.
    private async Task<Result<SignInStep?>> Check(Guid id, string password, string carrier, Session session)
    {
        var user = (await User.Find(id, session, forUpdate: true))!;
        var now = clock.GetUtcNow();
        var answer = await passwords.Verify(id, password, session);
        if (user.LockedUntil > now || user.Status != "active")
        {
            await User.Record(session, "sign_in.refused", new { why = user.Status == "active" ? "locked" : user.Status });
            return (SignInStep?)null;
        }

        if (answer == PasswordAnswer.Wrong)
        {
            await Failed(user, "password", session, now);
            return (SignInStep?)null;
        }

        if (await SecondFactors.Of(session) is { Count: > 0 } methods)
        {
            var token = await OneTimeTokens.Issue(id, OneTimeTokens.SecondFactor, new { carrier }, BetweenSteps, session, now);
            return new SignInStep(null, token, methods);
        }

        return new SignInStep(await Complete(user, carrier, ["password"], session, now), null, []);
    }

    /// <summary>Begins the session of somebody who has shown all that was asked. The person is bound, and their row locked.</summary>
    /// <param name="by">Whose provider vouched for them; null: they signed in to their own account.</param>
    internal static async Task<PersonSecret> Complete(User user, string carrier, IReadOnlyList<string> factors, Session session, DateTimeOffset now, Vouching? by = null)
    {
        await session.Execute(
            "update people.users set failed_sign_ins = 0, locked_until = null, last_sign_in_at = @now where user_id = @UserId", new { now, user.UserId });
        // Who belongs to nothing else is told where their organisation has moved to.
        var only = await session.Query<Guid>(
            "select tenant_id from (select *, rank() over (order by tenant_status) as place from people.tenants_of() where tenant_status in ('active', 'moved') and membership_status = 'active') of_person where place = 1");
        var secret = await UserSessions.Begin(user, carrier, factors, by?.Tenant ?? (only.Count == 1 ? only[0] : null), session, now, by);
        await User.Record(session, "sign_in.done", new { session_id = secret.Thing, factors, carrier });
        return secret;
    }

    // a…@example.org
    private static string Masked(string email) => email[..1] + "…" + email[email.LastIndexOf('@')..];
}
