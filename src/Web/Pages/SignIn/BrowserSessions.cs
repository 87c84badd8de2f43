using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.SignIn;

/// <summary>Gives a browser the session of somebody who has signed in.</summary>
internal sealed class BrowserSessions(Database database, SessionRing ring, TimeProvider clock)
{
    /// <summary>The session the browser had until now, whoever's it was, ends: nobody goes on with a cookie that was replaced.</summary>
    public async Task Begin(HttpContext context, PersonSecret session, CancellationToken ct)
    {
        if (context.Features.Get<SessionHolder>() is { } before && context.Features.Get<Caller>() is { User: not null } caller)
        {
            await OwnSessions.End(before.SessionId, "signed_out", caller, database, ring, clock, ct);
        }

        SignInPages.Keep(context, session);
    }
}
