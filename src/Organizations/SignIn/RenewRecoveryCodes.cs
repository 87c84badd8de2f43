using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>New recovery codes in place of those there are: for who has used most of them, lost the sheet, or has passkeys alone.</summary>
internal static class RenewRecoveryCodes
{
    /// <param name="Password">One's own, so that a device left open shows nobody a way in.</param>
    internal sealed record Request(string? Password = null);

    /// <param name="RecoveryCodes">Each opens the account once in place of the second factor. They are shown this once.</param>
    internal sealed record Made(IReadOnlyList<string> RecoveryCodes);

    public static void Map(IEndpointRouteBuilder auth) => auth.MapPost(
        "/recovery-codes", async (Request request, Caller caller, Database database, Passwords passwords, TimeProvider clock, CancellationToken ct) =>
            (await Handle(request.Password, OwnSessions.Person(caller), database, passwords, clock, ct)).ToOk())
        .WithName("RenewRecoveryCodes").WithSummary("Make ten new recovery codes; the old ones open nothing any more.").Produces<Made>().OfOwnAccount().WithMetadata(new AnswersWithSecret());

    internal static Task<Result<Made>> Handle(string? password, Caller person, Database database, Passwords passwords, TimeProvider clock, CancellationToken ct) => SetUpTotp.WithPassword<Made>(
        password, person, database, passwords, clock,
        async (user, session) =>
        {
            if ((await SecondFactors.Of(session)).Count == 0)
            {
                return (null, new Problem("second-factor.none", "totp", "an account without a second factor", "an authenticator app, or a passkey", "Set one up first: the codes stand in for it.") { Kind = ProblemKind.Conflict });
            }

            await User.Record(session, "recovery_codes.renewed", new { });
            return (new Made(await SecondFactors.NewRecoveryCodes(user.UserId, session)), null);
        },
        ct);

    /// <summary>How many of the bound person's were not used yet.</summary>
    internal static Task<int> Left(Session session) => session.First<int>("select count(*)::int from people.recovery_codes where used_at is null");
}
