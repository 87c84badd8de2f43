using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Invitations;

/// <summary>The endpoints of invitations.</summary>
internal static class InvitationsFeature
{
    private static readonly ListShape Shape = new ListShape("invitation_id", FieldKind.Id, "-created_at")
        .Filter("status").Filter("email").Filter("role").Sort("created_at", FieldKind.Instant).Range("created_at", FieldKind.Instant);

    internal static IServiceCollection AddInvitations(this IServiceCollection services) => services.AddSingleton<Invite>().AddSingleton<AcceptInvitation>();

    internal static void MapInvitations(this IEndpointRouteBuilder api)
    {
        var invitations = api.MapGroup("/invitations").WithTags("Members").Needing(Permission.UsersRead, Permission.UsersManage);
        invitations.MapGet("/", async (ListQuery query, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            (await database.Read(caller, session => query.Page<Invitation>(session, Invitation.Select, new { now = clock.GetUtcNow() }), ct)).ToOk())
            .Lists<Invitation>(Shape).WithName("ListInvitations").WithSummary("List the invitations.");
        invitations.MapGet("/{invitation_id:guid}", async (Guid invitation_id, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            (await database.Read(caller, session => Invitation.Find(invitation_id, session, clock.GetUtcNow()), ct)).ToOk())
            .WithName("GetInvitation").WithSummary("Show an invitation.").Produces<Invitation>();
        Invite.Map(invitations);
        AcceptInvitation.Map(api.MapGroup("/auth/invitations").WithTags("Sign-in"));
    }
}
