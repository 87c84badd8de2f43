using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>An authenticator app as a second factor: its secret is shown once, and counts from the first right code on.</summary>
internal static class SetUpTotp
{
    internal const string Issuer = "OffGridFlow";

    private static readonly object Removed = new();

    /// <param name="Secret">In Base32, for apps that cannot scan.</param>
    /// <param name="Uri">What the QR code holds.</param>
    internal sealed record Begun(string Secret, string Uri);

    internal sealed record ConfirmRequest(string? Code = null);

    /// <param name="RecoveryCodes">Each opens the account once without the authenticator. They are shown this once.</param>
    internal sealed record Confirmed(IReadOnlyList<string> RecoveryCodes)
    {
        /// <summary>The browser's session from now on.</summary>
        internal PersonSecret? Renewed { get; init; }
    }

    /// <param name="Password">One's own, so that a device left open cannot take the factor away.</param>
    internal sealed record PasswordRequest(string? Password = null);

    public static void Map(IEndpointRouteBuilder auth)
    {
        auth.MapPost("/totp", async (PasswordRequest request, Caller caller, Database database, Passwords passwords, Seals seals, TimeProvider clock, CancellationToken ct) =>
            (await Begin(request.Password, OwnSessions.Person(caller), database, passwords, seals, clock, ct)).ToOk())
            .WithName("BeginTotp").WithSummary("Begin to set up an authenticator app.").Produces<Begun>().OfOwnAccount().WithMetadata(new AnswersWithSecret());
        auth.MapPost("/totp/confirm", async (ConfirmRequest request, HttpContext context, Caller caller, Database database, Seals seals, SessionRing ring, TimeProvider clock, CancellationToken ct) =>
            {
                var confirmed = await Confirm(request.Code, context.Features.Get<SessionHolder>()?.SessionId, OwnSessions.Person(caller), database, seals, clock, ct);
                ring.Forget();
                RenewedSession.Tell(context, confirmed.TryValue(out var made, out _) ? made.Renewed : null);
                return confirmed.ToOk();
            })
            .WithName("ConfirmTotp").WithSummary("Finish setting up an authenticator app, with a code of it.").Produces<Confirmed>().OfOwnAccount().WithMetadata(new AnswersWithSecret());
        auth.MapPost("/totp/remove", async (PasswordRequest request, Caller caller, Database database, Passwords passwords, SessionRing ring, TimeProvider clock, CancellationToken ct) =>
            {
                var removed = await Remove(request.Password, OwnSessions.Person(caller), database, passwords, clock, ct);
                ring.Forget();
                return removed.ToNoContent();
            })
            .WithName("RemoveTotp").WithSummary("Sign in without an authenticator app from now on.").Produces(StatusCodes.Status204NoContent).OfOwnAccount();
    }

    internal static Task<Result<Begun>> Begin(string? password, Caller person, Database database, Passwords passwords, Seals seals, TimeProvider clock, CancellationToken ct) => WithPassword<Begun>(
        password, person, database, passwords, clock,
        async (user, session) =>
        {
            if (await session.First<bool>("select exists (select from people.authenticators where confirmed_at is not null)"))
            {
                return (null, new Problem("totp.there", "totp", "an authenticator", "none", "Remove the one there is first.") { Kind = ProblemKind.Conflict });
            }

            var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
            await session.Execute(
                "insert into people.authenticators (user_id, secret) values (@UserId, @box) on conflict (user_id) do update set secret = excluded.secret, last_step = 0",
                new { user.UserId, box = await seals.Seal(session, SecondFactors.Purpose(user.UserId), secret) });
            return (new Begun(Totp.Base32(secret), Totp.Uri(secret, user.Email, Issuer)), null);
        },
        ct);

    internal static async Task<Result<Confirmed>> Confirm(string? code, Guid? but, Caller person, Database database, Seals seals, TimeProvider clock, CancellationToken ct) => await database.Write<Confirmed>(
        person,
        async session =>
        {
            var (user, now) = (person.User!.Value, clock.GetUtcNow());
            if (await session.First<byte[]>("select secret from people.authenticators where user_id = @user and confirmed_at is null for update", new { user }) is not { } box)
            {
                return new Problem("totp.not-begun", "totp", "none being set up", "one that was begun", "Begin anew.") { Kind = ProblemKind.Conflict };
            }

            if (Totp.Verify(await seals.Open(session, SecondFactors.Purpose(user), box), code ?? "", now, 0) is not { } step)
            {
                return new Problem("totp.wrong", "code", $"{code?.Length ?? 0} characters", "the six digits the app shows now", "Wait for the next code; see that the device's clock is right.");
            }

            await session.Execute("update people.authenticators set confirmed_at = @now, last_step = @step where user_id = @user", new { now, step, user });

            // Who asks has shown it just now; whoever signed in with less is asked anew.
            var renewed = await UserSessions.Lift(user, but, "totp", session, now);
            await UserSessions.EndOthers(but, "revoked", session, now);
            await User.Record(session, "second_factor.added", new { factor = "totp" });
            return new Confirmed(await SecondFactors.NewRecoveryCodes(user, session)) { Renewed = renewed };
        },
        ct);

    internal static async Task<Result<int>> Remove(string? password, Caller person, Database database, Passwords passwords, TimeProvider clock, CancellationToken ct) =>
        (await WithPassword<object>(
            password, person, database, passwords, clock,
            async (user, session) =>
            {
                if (await session.Execute("delete from people.authenticators where user_id = @UserId", new { user.UserId }) == 0)
                {
                    return (null, Problem.NotFound("authenticator", "totp"));
                }

                await session.Execute("delete from people.recovery_codes where user_id = @UserId and not exists (select from people.passkeys)", new { user.UserId });
                await session.Execute("update people.sessions set factors = array_remove(array_remove(factors, 'totp'), 'recovery_code') where ended_at is null");
                await User.Record(session, "second_factor.removed", new { factor = "totp" });
                return (Removed, null);
            },
            ct)).TryValue(out _, out var problem) ? 1 : problem;

    // A wrong password counts as at a sign-in, and what it counted stays: nobody guesses at a device that was left open.
    internal static async Task<Result<T>> WithPassword<T>(
        string? password, Caller person, Database database, Passwords passwords, TimeProvider clock, Func<User, Session, Task<(T? Done, Problem? Problem)>> then, CancellationToken ct)
        where T : class
    {
        var answered = await database.Write<(T? Done, Problem? Problem)>(
            person,
            async session =>
            {
                var (user, now) = ((await User.Find(person.User!.Value, session, forUpdate: true))!, clock.GetUtcNow());
                if (user.LockedUntil > now || await passwords.Verify(user.UserId, password ?? "", session) == PasswordAnswer.Wrong)
                {
                    await PasswordSignIn.Failed(user, "password", session, now);
                    return (null, WrongPassword());
                }

                return await then(user, session);
            },
            ct);
        return answered.Value is (_, { } problem) ? problem : answered.Value.Done!;
    }

    internal static Problem WrongPassword(string field = "password") => new("password.wrong", field, "another password", "one's own", "Write the password you sign in with.") { Kind = ProblemKind.Forbidden };
}
