using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>Who has signed in, in which tenants, and what they may do where they work; the tenant they work in can be changed.</summary>
internal static class ShowAccount
{
    /// <param name="Permissions">In the tenant that is worked in.</param>
    internal sealed record Account(Guid UserId, string Email, string Name, Guid? TenantId, IReadOnlyList<string> Permissions, IReadOnlyList<OwnTenant> Tenants, IReadOnlyList<string> SecondFactors);

    /// <param name="Tenant">Its slug.</param>
    internal sealed record ChooseRequest(string? Tenant = null);

    public static void Map(IEndpointRouteBuilder auth)
    {
        auth.MapGet("/me", async (HttpContext context, Caller caller, Database database, CancellationToken ct) => (await Read(caller, context.Features.Get<SessionHolder>()?.IsConfined ?? false, database, ct)).ToOk())
            .WithName("GetAccount").WithSummary("Show one's own account, its tenants and permissions.").Produces<Account>().OfOwnAccount(alsoConfined: true);
        auth.MapPost("/tenant", async (ChooseRequest request, HttpContext context, Caller caller, Database database, SessionRing ring, TimeProvider clock, CancellationToken ct) =>
            {
                var chosen = await Choose(request.Tenant, context.Features.Get<SessionHolder>(), caller, database, clock, ct);
                ring.Forget();
                RenewedSession.Tell(context, chosen);
                return chosen.ToNoContent();
            })
            .WithName("ChooseTenant").WithSummary("Work in another of one's tenants from now on.").Produces(StatusCodes.Status204NoContent).OfOwnAccount();
    }

    /// <param name="isConfined">Whether an organisation's provider vouches for the person: it learns of that organisation alone.</param>
    internal static async Task<Result<Account>> Read(Caller caller, bool isConfined, Database database, CancellationToken ct) => await database.Read<Result<Account>>(
        OwnSessions.Person(caller),
        async session =>
        {
            var user = (await User.Find(caller.User!.Value, session))!;
            return new Account(
                user.UserId, user.Email, user.Name, caller.Tenant == TenantId.None ? null : caller.Tenant.Value, caller.May.ToNames(),
                [.. (await Tenants(session)).Where(tenant => !isConfined || tenant.TenantId == caller.Tenant.Value)], isConfined ? [] : await SecondFactors.Of(session));
        },
        ct);

    internal static Task<IReadOnlyList<OwnTenant>> Tenants(Caller caller, Database database, CancellationToken ct) => database.Read(OwnSessions.Person(caller), Tenants, ct);

    private static Task<IReadOnlyList<OwnTenant>> Tenants(Session session) =>
        session.Query<OwnTenant>("select tenant_id, slug, name, tenant_status, membership_status from people.tenants_of()");

    /// <summary>What they may do changes with it, so a browser's session has a new secret, which is handed back.</summary>
    internal static async Task<Result<PersonSecret?>> Choose(string? slug, SessionHolder? holder, Caller caller, Database database, TimeProvider clock, CancellationToken ct) => await database.Write<PersonSecret?>(
        OwnSessions.Person(caller),
        async session =>
        {
            if ((await Tenants(session)).FirstOrDefault(tenant => tenant.Slug == slug && tenant.IsOpen) is not { } tenant)
            {
                return Problem.NotFound("tenant", slug ?? "");
            }

            await User.Record(session, "tenant.chosen", new { tenant = tenant.Slug });
            await session.Execute("update people.sessions set working_in = @TenantId where session_id = @SessionId", new { tenant.TenantId, holder!.SessionId });
            return await UserSessions.Renew(holder.User, holder.SessionId, session, clock.GetUtcNow());
        },
        ct);
}

/// <summary>A tenant a person belongs to.</summary>
public sealed record OwnTenant(Guid TenantId, string Slug, string Name, string TenantStatus, string MembershipStatus)
{
    /// <summary>Whether the person can work there now.</summary>
    public bool IsOpen => this is { TenantStatus: "active", MembershipStatus: "active" };
}
