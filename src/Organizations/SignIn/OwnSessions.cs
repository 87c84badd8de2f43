using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>One's own sessions: where one is signed in, and an end to any of them.</summary>
internal static class OwnSessions
{
    internal sealed record Listed(IReadOnlyList<UserSession> Items, Guid? Current);

    public static void Map(IEndpointRouteBuilder auth)
    {
        auth.MapGet("/sessions", async (HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            ((Result<Listed>)new Listed(
                await database.Read(Person(caller), session => UserSessions.All(session, clock.GetUtcNow()), ct), context.Features.Get<SessionHolder>()?.SessionId)).ToOk())
            .WithName("ListOwnSessions").WithSummary("List where one is signed in.").Produces<Listed>().OfOwnAccount();
        auth.MapDelete("/sessions/{session_id:guid}", async (Guid session_id, Caller caller, Database database, SessionRing ring, TimeProvider clock, CancellationToken ct) =>
            (await End(session_id, "revoked", caller, database, ring, clock, ct)).ToNoContent())
            .WithName("EndOwnSession").WithSummary("Sign a device out.").Produces(StatusCodes.Status204NoContent).OfOwnAccount();
        auth.MapPost("/logout", async (HttpContext context, Caller caller, Database database, SessionRing ring, TimeProvider clock, CancellationToken ct) =>
            (await End(context.Features.Get<SessionHolder>()!.SessionId, "signed_out", caller, database, ring, clock, ct)).ToNoContent())
            .WithName("Logout").WithSummary("Sign out.").Produces(StatusCodes.Status204NoContent).OfOwnAccount(alsoConfined: true);
    }

    internal static async Task<Result<int>> End(Guid id, string because, Caller caller, Database database, SessionRing ring, TimeProvider clock, CancellationToken ct)
    {
        var ended = await database.Write<int>(
            Person(caller),
            async session =>
            {
                if (!await UserSessions.End(id, because, session, clock.GetUtcNow()))
                {
                    return Problem.NotFound("session", id.ToString());
                }

                await User.Record(session, "session.ended", new { session_id = id, because });
                return 1;
            },
            ct);
        ring.Forget();
        return ended;
    }

    internal static Caller Person(Caller caller) => Caller.Person(caller.User!.Value, caller.RequestId, caller.Address, caller.UserAgent);
}
