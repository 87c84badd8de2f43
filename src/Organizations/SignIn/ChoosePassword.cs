using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>A new password: with a token that was sent, or with the old password. Every session that began before ends, but the one that asks, and so do links that were sent.</summary>
public sealed class ChoosePassword(Database database, Passwords passwords, SessionRing ring, TimeProvider clock)
{
    /// <param name="Token">Of the mail, or of the operator's link.</param>
    internal sealed record WithToken(string? Token = null, string? Password = null);

    /// <param name="Current">The password in force.</param>
    internal sealed record WithPassword(string? Current = null, string? Password = null);

    internal static void Map(IEndpointRouteBuilder auth)
    {
        auth.MapPost("/password/reset", async (WithToken request, HttpContext context, ChoosePassword choose, CancellationToken ct) =>
            (await choose.Handle(request.Token, request.Password, AuthEndpoints.Stranger(context), ct)).ToNoContent())
            .WithName("ResetPassword").WithSummary("Choose a password with a token that was sent.").Produces(StatusCodes.Status204NoContent).AllowAnonymous().LimitedStrictly().WithMetadata(new AnswersWithSecret());
        auth.MapPost("/password", async (WithPassword request, HttpContext context, Caller caller, ChoosePassword choose, CancellationToken ct) =>
            {
                var changed = await choose.Change(request, context.Features.Get<SessionHolder>()?.SessionId, OwnSessions.Person(caller), ct);
                RenewedSession.Tell(context, changed);
                return changed.ToNoContent();
            })
            .WithName("ChangePassword").WithSummary("Change one's own password.").Produces(StatusCodes.Status204NoContent).OfOwnAccount().WithMetadata(new AnswersWithSecret());
    }

    /// <summary>Whether a token still chooses a password.</summary>
    public async Task<bool> IsGood(string? token, Caller by, CancellationToken ct) => PersonSecret.Read(PersonSecret.OneTime, token) is { } secret
        && await database.Read(Caller.Person(secret.User, by.RequestId), session => OneTimeTokens.Look(secret, OneTimeTokens.ResetPassword, session, clock.GetUtcNow()), ct) is not null;

    /// <summary>With a token, which is used by it. Whoever could read the mail has the address: it is confirmed, and a lock is over.</summary>
    public async Task<Result<int>> Handle(string? token, string? password, Caller by, CancellationToken ct)
    {
        if (PersonSecret.Read(PersonSecret.OneTime, token) is not { } secret)
        {
            return Over();
        }

        var chosen = await database.Write<int>(
            Caller.Person(secret.User, by.RequestId, by.Address, by.UserAgent),
            async session =>
            {
                var now = clock.GetUtcNow();
                if (await User.Find(secret.User, session, forUpdate: true) is not { Status: "active" } user || await OneTimeTokens.Look(secret, OneTimeTokens.ResetPassword, session, now) is null)
                {
                    return Over();
                }

                if (passwords.Check(password, user.Email, user.Name) is { } weak)
                {
                    return weak;
                }

                await session.Execute(
                    "update people.users set email_confirmed_at = coalesce(email_confirmed_at, @now), failed_sign_ins = 0, locked_until = null where user_id = @UserId", new { now, user.UserId });
                return await Keep(user, password!, null, session, now);
            },
            ct);
        ring.Forget();
        return chosen;
    }

    /// <summary>The session that asks goes on; a browser's under a new secret, which is handed back.</summary>
    internal async Task<Result<PersonSecret?>> Change(WithPassword request, Guid? but, Caller person, CancellationToken ct)
    {
        var changed = await database.Write<(PersonSecret? Renewed, Problem? Problem)>(
            person,
            async session =>
            {
                var now = clock.GetUtcNow();
                var user = (await User.Find(person.User!.Value, session, forUpdate: true))!;
                if (user.LockedUntil > now)
                {
                    return (null, new Problem("password.locked", "current", "an account that waits after failures", "one that does not", "Wait, and try again.") { Kind = ProblemKind.Forbidden });
                }

                if (await passwords.Verify(user.UserId, request.Current ?? "", session) == PasswordAnswer.Wrong)
                {
                    await PasswordSignIn.Failed(user, "password", session, now); // As at a sign-in: nobody guesses at a device that was left open.
                    return (null, SetUpTotp.WrongPassword("current"));
                }

                if (passwords.Check(request.Password, user.Email, user.Name) is { } weak)
                {
                    return (null, weak);
                }

                await Keep(user, request.Password!, but, session, now);
                return (await UserSessions.Renew(user.UserId, but, session, now), null);
            },
            ct);
        ring.Forget();
        return changed.Value.Problem is { } problem ? problem : changed.Value.Renewed;
    }

    private async Task<int> Keep(User user, string password, Guid? but, Session session, DateTimeOffset now)
    {
        await Passwords.Keep(user.UserId, passwords.Hash(password), session, now);
        await UserSessions.EndOthers(but, "password_changed", session, now);

        // Nor does a link to another address, or half a sign-in, that somebody began with the old password.
        await OneTimeTokens.ForgetAll(session, now);
        await User.Record(session, "password.changed", new { });
        return 1;
    }

    private static Problem Over() => new("token.over", "token", "a token that is not in force", "the newest one that was sent, unused", "Ask for a new link.");
}
