using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>Confirms an address, one's own or the one that takes its place, by a link sent there. Whether another has it, who asks does not learn.</summary>
public sealed class ChangeEmail(Database database, Passwords passwords, SendLetter letters, PublicAddress address, TimeProvider clock)
{
    /// <summary>Where the link leads.</summary>
    public const string Page = "/confirm-email";

    private static readonly TimeSpan GoodFor = TimeSpan.FromDays(1);

    /// <param name="Email">The new address.</param>
    /// <param name="Password">One's own, so that a device left open cannot take the account away.</param>
    internal sealed record Request(string? Email = null, string? Password = null);

    /// <param name="Token">Of the letter.</param>
    internal sealed record ConfirmRequest(string? Token = null);

    private sealed record Details(string Email);

    internal static void Map(IEndpointRouteBuilder auth)
    {
        auth.MapPost("/email", async (Request request, Caller caller, ChangeEmail change, CancellationToken ct) => (await change.Ask(request, OwnSessions.Person(caller), ct)).ToNoContent())
            .WithName("ChangeEmail").WithSummary("Change one's address: a link is sent to the new one, and counts once it is opened.").Produces(StatusCodes.Status204NoContent).OfOwnAccount().WithMetadata(new AnswersWithSecret());
        auth.MapPost("/email/confirmation", async (Caller caller, ChangeEmail change, CancellationToken ct) => (await change.AskOwn(OwnSessions.Person(caller), ct)).ToNoContent())
            .WithName("SendEmailConfirmation").WithSummary("Have a link sent that confirms one's address.").Produces(StatusCodes.Status204NoContent).OfOwnAccount();
        auth.MapPost("/email/confirm", async (ConfirmRequest request, HttpContext context, ChangeEmail change, CancellationToken ct) => (await change.Confirm(request.Token, AuthEndpoints.Stranger(context), ct)).ToNoContent())
            .WithName("ConfirmEmail").WithSummary("Confirm an address with a token that was sent.").Produces(StatusCodes.Status204NoContent).AllowAnonymous().LimitedStrictly().WithMetadata(new AnswersWithSecret());
    }

    internal async Task<Result<int>> Ask(Request request, Caller person, CancellationToken ct)
    {
        if (EmailAddress.Read(request.Email) is not { } email)
        {
            return EmailAddress.Unreadable(request.Email);
        }

        var taken = await User.IdOf(email, database, ct) is { } other && other != person.User;
        var asked = await database.Write<(int Done, Problem? Problem)>(
            person,
            async session =>
            {
                var now = clock.GetUtcNow();
                var user = (await User.Find(person.User!.Value, session, forUpdate: true))!;
                if (user.LockedUntil > now || await passwords.Verify(user.UserId, request.Password ?? "", session) == PasswordAnswer.Wrong)
                {
                    await PasswordSignIn.Failed(user, "password", session, now); // As at a sign-in: nobody guesses at a device that was left open.
                    return (0, SetUpTotp.WrongPassword());
                }

                await OneTimeTokens.Forget(OneTimeTokens.ChangeEmail, session, now);
                var token = await OneTimeTokens.Issue(user.UserId, OneTimeTokens.ChangeEmail, new Details(email.Text), GoodFor, session, now);
                await letters.Post(session, taken
                    ? Letters.Write(email.Text, "You have an account of OffGridFlow", ["Somebody asked to use this address for an account of theirs. It belongs to yours already, and stays so."], null)
                    : ConfirmLetter(email.Text, user.Name, token));
                await User.Record(session, "email.change_asked", new { });
                return (1, null);
            },
            ct);
        return asked.Value.Problem is { } problem ? problem : 1;
    }

    internal async Task<Result<int>> AskOwn(Caller person, CancellationToken ct) => await database.Write<int>(
        person,
        async session =>
        {
            var now = clock.GetUtcNow();
            var user = (await User.Find(person.User!.Value, session, forUpdate: true))!;
            if (user.EmailConfirmedAt is not null)
            {
                return new Problem("email.confirmed", "email", user.Email, "an address that is not confirmed", "There is nothing to do.") { Kind = ProblemKind.Conflict };
            }

            await OneTimeTokens.Forget(OneTimeTokens.ConfirmEmail, session, now);
            await letters.Post(session, ConfirmLetter(user.Email, user.Name, await OneTimeTokens.Issue(user.UserId, OneTimeTokens.ConfirmEmail, new Details(user.Email), GoodFor, session, now)));
            return 1;
        },
        ct);

    internal async Task<Result<int>> Confirm(string? token, Caller by, CancellationToken ct)
    {
        if (PersonSecret.Read(PersonSecret.OneTime, token) is not { } secret)
        {
            return Over();
        }

        try
        {
            return await database.Write(Caller.Person(secret.User, by.RequestId, by.Address, by.UserAgent), session => Write(secret, session), ct);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Over(); // Another came to have it meanwhile.
        }
    }

    private async Task<Result<int>> Write(PersonSecret secret, Session session)
    {
        var now = clock.GetUtcNow();
        if (await User.Find(secret.User, session, forUpdate: true) is not { Status: "active" } user
            || (await OneTimeTokens.Use(secret, OneTimeTokens.ChangeEmail, session, now) ?? await OneTimeTokens.Use(secret, OneTimeTokens.ConfirmEmail, session, now)) is not { } details)
        {
            return Over();
        }

        var email = EmailAddress.Read(System.Text.Json.JsonSerializer.Deserialize<Details>(details, Json.Options)!.Email)!;
        await session.Execute(
            "update people.users set email = @Text, email_key = @Key, email_confirmed_at = @now, updated_at = @now, version = version + 1 where user_id = @UserId", new { email.Text, email.Key, now, user.UserId });
        await User.Record(session, "email.confirmed", new { });

        // A link that chooses a password and was sent to the old address opens nothing any more.
        await OneTimeTokens.ForgetAll(session, now);
        if (email.Text != user.Email)
        {
            await letters.Post(session, Letters.Write(
                user.Email, "Your address at OffGridFlow has changed", [$"{user.Name}, your account has another address from now on. If it was not you, tell an administrator of your organisation at once."], null));
        }

        return 1;
    }

    private Letter ConfirmLetter(string to, string name, PersonSecret token) => Letters.Write(
        to, "Confirm your address for OffGridFlow", [$"{name}, open this link to confirm that this address is yours."], ("Confirm the address", $"{address.Link(Page)}?token={token.Text}"),
        "The link is good once, for a day. If you do not know what this is about, leave it: nothing happens.");

    private static Problem Over() => new("token.over", "token", "a token that is not in force", "the newest one that was sent, unused", "Ask for a new link.");
}
