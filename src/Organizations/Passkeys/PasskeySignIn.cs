using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Passkeys;

/// <summary>Signs in with a passkey alone: what it is unlocked with is the second factor. Also in place of a code, after a password.</summary>
internal sealed class PasskeySignIn(Database database, Ceremony ceremony, TimeProvider clock)
{
    private const string Kind = "sign-in";

    /// <param name="Options">For <c>navigator.credentials.get</c>.</param>
    /// <param name="Token">Comes back with its answer.</param>
    internal sealed record Challenge(JsonElement Options, string Token);

    internal sealed record Request(string? Token = null, JsonElement? Credential = null);

    public static void Map(IEndpointRouteBuilder auth)
    {
        auth.MapPost("/passkeys/challenge", async (HttpContext context, PasskeySignIn signIn, CancellationToken ct) => ((Result<Challenge>)await signIn.Begin(context, ct)).ToOk())
            .WithName("PasskeyChallenge").WithSummary("Begin to sign in with a passkey.").Produces<Challenge>().AllowAnonymous().LimitedStrictly().WithMetadata(new AnswersWithSecret());
        auth.MapPost("/passkeys/login", async (Request request, HttpContext context, PasskeySignIn signIn, RefreshTokens tokens, CancellationToken ct) =>
            (await signIn.Finish(request, context, UserSessions.InProgram, AuthEndpoints.Stranger(context), ct)).TryValue(out var secret, out var problem)
                ? (await AuthEndpoints.Answered(new SignInStep(secret, null, []), tokens, context, ct)).ToOk()
                : ((Result<AuthEndpoints.LoginAnswer>)problem).ToOk())
            .WithName("PasskeyLogin").WithSummary("Sign in with a passkey.").Produces<AuthEndpoints.LoginAnswer>().AllowAnonymous().LimitedStrictly().WithMetadata(new AnswersWithSecret());
    }

    internal async Task<Challenge> Begin(HttpContext context, CancellationToken ct)
    {
        var made = await database.Read(Caller.System(TenantId.None, "sign-in"), session => Ceremony.Handler(session).MakeRequestOptionsAsync(null, context), ct);
        return new Challenge(JsonDocument.Parse(made.RequestOptionsJson).RootElement, await ceremony.Keep(Kind, made.AssertionState, ct));
    }

    internal async Task<Result<PersonSecret>> Finish(Request request, HttpContext context, string carrier, Caller by, CancellationToken ct)
    {
        if (request.Credential is not { } credential || Ceremony.UserOf(credential) is not { } id || await ceremony.Open(Kind, request.Token, ct) is not { } state)
        {
            return Ceremony.Refused("no answer to a challenge of ours");
        }

        var signedIn = await database.Write<(PersonSecret? Session, Problem? Problem)>(
            Caller.Person(id, by.RequestId, by.Address, by.UserAgent),
            async session =>
            {
                var now = clock.GetUtcNow();
                if (await User.Find(id, session, forUpdate: true) is not { Status: "active" } user || user.LockedUntil > now)
                {
                    return (null, Ceremony.Refused("a passkey of no account"));
                }

                var outcome = await Ceremony.Handler(session).PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = context, CredentialJson = credential.GetRawText(), AssertionState = state });
                if (!outcome.Succeeded || outcome.User.UserId != id || !await ceremony.Use(request.Token!, id, session))
                {
                    // Not counted: nobody guesses a signature, and nobody should lock another's account.
                    await User.Record(session, "sign_in.refused", new { why = "passkey" });
                    return (null, Ceremony.Refused("an answer that does not fit the challenge"));
                }

                await session.Execute(
                    "update people.passkeys set sign_count = @count, is_backed_up = @IsBackedUp, last_used_at = @now where credential_id = @CredentialId",
                    new { count = (long)outcome.Passkey.SignCount, outcome.Passkey.IsBackedUp, now, outcome.Passkey.CredentialId });
                return (await PasswordSignIn.Complete(user, carrier, ["passkey"], session, now), null);
            },
            ct);
        return signedIn.Value is (var secret, var problem) && problem is not null ? problem : secret!;
    }
}
