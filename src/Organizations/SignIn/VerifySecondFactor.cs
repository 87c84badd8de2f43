using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>The second step of a sign-in: six digits of an authenticator, or a recovery code. A wrong one counts like a wrong password.</summary>
public sealed class VerifySecondFactor(Database database, Seals seals, TimeProvider clock)
{
    /// <summary>The problem's code when the code was not right: it can be tried again.</summary>
    public const string Wrong = "second-factor.wrong";

    /// <summary>The session's secret.</summary>
    public async Task<Result<PersonSecret>> Handle(string? temporaryToken, string? code, Caller by, CancellationToken ct)
    {
        if (PersonSecret.Read(PersonSecret.OneTime, temporaryToken) is not { } token)
        {
            return Unknown();
        }

        var person = Caller.Person(token.User, by.RequestId, by.Address, by.UserAgent);
        var made = await database.Write<(PersonSecret? Session, Problem? Problem)>(
            person,
            async session =>
            {
                var now = clock.GetUtcNow();
                if (await User.Find(token.User, session, forUpdate: true) is not { Status: "active" } user || user.LockedUntil > now
                    || await OneTimeTokens.Look(token, OneTimeTokens.SecondFactor, session, now) is not { } details)
                {
                    return (null, Unknown());
                }

                if (await SecondFactors.Take(user, code ?? "", seals, session, now) is not { } factor)
                {
                    await PasswordSignIn.Failed(user, "second factor", session, now);
                    return (null, new Problem(Wrong, "code", $"{code?.Length ?? 0} characters", "the six digits of now, or a recovery code that was not used", "Wait for the next code; see that the device's clock is right.") { Kind = ProblemKind.Unauthenticated });
                }

                await OneTimeTokens.Use(token, OneTimeTokens.SecondFactor, session, now);
                var carrier = System.Text.Json.JsonDocument.Parse(details).RootElement.GetProperty("carrier").GetString()!;
                return (await PasswordSignIn.Complete(user, carrier, ["password", factor], session, now), null);
            },
            ct);
        return made.Value is (var secret, var problem) && problem is not null ? problem : secret!;
    }

    private static Problem Unknown() => new("second-factor.over", "temporary_token", "a token that is not in force", "the one of a sign-in of the last five minutes", "Sign in again.") { Kind = ProblemKind.Unauthenticated };
}
