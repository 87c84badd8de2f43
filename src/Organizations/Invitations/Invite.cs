using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Organizations.Scim;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Invitations;

/// <summary>Asks somebody into the tenant by a letter with a link that is good once. Whether they have an account already, nobody learns.</summary>
public sealed class Invite(Database database, SendLetter letters, PublicAddress address, TimeProvider clock)
{
    /// <summary>Where the link leads.</summary>
    public const string Page = "/invitation";

    private const int MostInADay = 500;

    private static readonly TimeSpan GoodFor = TimeSpan.FromDays(7);
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    /// <param name="Email">Whose account it will be.</param>
    /// <param name="Role">What they become: a role of the product or of the tenant's own.</param>
    /// <param name="RoleExpiresAt">When the role ends. An auditor's must.</param>
    /// <param name="Scope">Where the role counts: <c>tenant</c> (when left out), <c>project</c>, <c>module</c> or <c>facility</c>.</param>
    /// <param name="Module">A part of the program.</param>
    /// <param name="FacilityId">A facility.</param>
    /// <param name="ProjectId">A project.</param>
    internal sealed record Request(
        string? Email = null, string? Role = null, DateTimeOffset? RoleExpiresAt = null, string? Scope = null, string? Module = null, Guid? FacilityId = null, Guid? ProjectId = null);

    internal static void Map(IEndpointRouteBuilder invitations)
    {
        invitations.MapPost("/", async (Request request, Caller caller, Invite invite, CancellationToken ct) =>
            (await invite.Handle(request, caller, ct)).ToCreated(made => $"/api/v1/invitations/{made.InvitationId}"))
            .WithName("Invite").WithSummary("Invite somebody by a letter. An earlier open invitation of the same address is revoked.").Produces<Invitation>(StatusCodes.Status201Created);
        invitations.MapPost("/{invitation_id:guid}/resend", async (Guid invitation_id, Caller caller, Invite invite, CancellationToken ct) => (await invite.Resend(invitation_id, caller, ct)).ToOk())
            .WithName("ResendInvitation").WithSummary("Send another letter with a new link; the old link is void.").Produces<Invitation>();
        invitations.MapPost("/{invitation_id:guid}/revoke", async (Guid invitation_id, Caller caller, Invite invite, CancellationToken ct) => (await invite.Revoke(invitation_id, caller, ct)).ToOk())
            .WithName("RevokeInvitation").WithSummary("Take an invitation back.").Produces<Invitation>();
    }

    internal async Task<Result<Invitation>> Handle(Request request, Caller caller, CancellationToken ct) => await database.Write<Invitation>(
        caller,
        async session =>
        {
            var now = clock.GetUtcNow();
            if (EmailAddress.Read(request.Email) is not { } email)
            {
                return EmailAddress.Unreadable(request.Email);
            }

            if (!(await Handing.Of(new Handing.Request(request.Role, request.Scope, request.Module, request.FacilityId, request.RoleExpiresAt, request.ProjectId), session, now)).TryValue(out var handing, out var problem))
            {
                return problem;
            }

            if (await session.First<bool>("select exists (select from org.memberships m join people.of_tenant() u on u.user_id = m.user_id where m.status <> 'removed' and lower(u.email) = @Key)", new { email.Key }))
            {
                return new Problem("member.there", "email", email.Text, "somebody who is no member yet", "Change the member's roles instead.") { Kind = ProblemKind.Conflict };
            }

            if (await session.First<long>("select count(*) from org.invitations where created_at > @since", new { since = now.AddDays(-1) }) >= MostInADay)
            {
                return TooMany();
            }

            await session.Execute("update org.invitations set revoked_at = @now where email_key = @Key and accepted_at is null and revoked_at is null", new { email.Key, now });
            var token = InvitationToken.New(session.Tenant, Guid.CreateVersion7());
            await session.Execute(
                """
                insert into org.invitations (tenant_id, invitation_id, email, email_key, role, scope, module, facility_id, project_id, role_expires_at, hash, created_at, created_by, sent_at, expires_at)
                values (@tenant, @Invitation, @Text, @Key, @Role, @Kind, @Module, @Facility, @Project, @ExpiresAt, @Hash, @now, @Actor, @now, @until)
                """,
                new
                {
                    tenant = session.Tenant.Value, token.Invitation, email.Text, email.Key, handing.Role, handing.Scope.Kind, handing.Scope.Module, handing.Scope.Facility, handing.Scope.Project, handing.ExpiresAt,
                    token.Hash, now, session.Caller.Actor, until = now + GoodFor,
                });
            return await Send(token, session, now);
        },
        ct);

    /// <summary>
    /// The letter to somebody whom the tenant's directory lets in, within its transaction. What they become follows from their groups when they join, not from the
    /// invitation.
    /// </summary>
    internal async Task<Problem?> ForDirectory(EmailAddress email, Session session, DateTimeOffset now)
    {
        if (await session.First<long>("select count(*) from org.invitations where created_at > @since", new { since = now.AddDays(-1) }) >= MostInADay)
        {
            return TooMany();
        }

        await TakeBack(email.Key, session, now);
        var token = InvitationToken.New(session.Tenant, Guid.CreateVersion7());
        await session.Execute(
            """
            insert into org.invitations (tenant_id, invitation_id, email, email_key, role, hash, created_at, created_by, sent_at, expires_at)
            values (@tenant, @Invitation, @Text, @Key, @Name, @Hash, @now, @Actor, @now, @until)
            """,
            new { tenant = session.Tenant.Value, token.Invitation, email.Text, email.Key, Role.Viewer.Name, token.Hash, now, DirectoryMembers.Actor, until = now + GoodFor });
        await Send(token, session, now);
        return null;
    }

    /// <summary>The directory lets an address in no more.</summary>
    internal static Task TakeBack(string emailKey, Session session, DateTimeOffset now) =>
        session.Execute("update org.invitations set revoked_at = @now where email_key = @emailKey and accepted_at is null and revoked_at is null", new { emailKey, now });

    private static Problem TooMany() =>
        new("invitation.too-many", "email", $"{MostInADay} invitations within a day", "fewer", "Wait until tomorrow.") { Kind = ProblemKind.TooMany };

    internal async Task<Result<Invitation>> Resend(Guid id, Caller caller, CancellationToken ct) => await database.Write<Invitation>(
        caller,
        async session =>
        {
            var now = clock.GetUtcNow();
            if (!(await Held(id, session, now)).TryValue(out var invitation, out var problem))
            {
                return problem;
            }

            if (invitation.SentAt > now - Between)
            {
                return new Problem("invitation.too-soon", "sent_at", $"{invitation.SentAt:O}", "a letter a minute at most", "Wait a minute.") { Kind = ProblemKind.TooMany };
            }

            // Whoever sends it answers for the role, too.
            var handing = await Handing.Of(new Handing.Request(invitation.Role, invitation.Scope, invitation.Module, invitation.FacilityId, invitation.RoleExpiresAt, invitation.ProjectId), session, now);
            if (handing.Problem is { } beyond)
            {
                return beyond;
            }

            var token = InvitationToken.New(session.Tenant, id);
            await session.Execute("update org.invitations set hash = @Hash, sent_at = @now, expires_at = @until where invitation_id = @id", new { token.Hash, now, until = now + GoodFor, id });
            await Trail.Record(session, "invitation.sent-again", new { invitation_id = id });
            return await Send(token, session, now);
        },
        ct);

    internal async Task<Result<Invitation>> Revoke(Guid id, Caller caller, CancellationToken ct) => await database.Write<Invitation>(
        caller,
        async session =>
        {
            var now = clock.GetUtcNow();
            if ((await Held(id, session, now)).Problem is { } problem)
            {
                return problem;
            }

            await session.Execute("update org.invitations set revoked_at = @now where invitation_id = @id", new { now, id });
            return await Invitation.Find(id, session, now);
        },
        ct);

    private static async Task<Result<Invitation>> Held(Guid id, Session session, DateTimeOffset now)
    {
        await session.First<Guid?>("select invitation_id from org.invitations where invitation_id = @id for update", new { id });
        var found = await Invitation.Find(id, session, now);
        return found.TryValue(out var invitation, out _) && invitation.Status is "accepted" or "revoked"
            ? new Problem("invitation.over", "status", found.Value.Status, "open or expired", "Invite them anew.") { Kind = ProblemKind.Conflict }
            : found;
    }

    private async Task<Result<Invitation>> Send(InvitationToken token, Session session, DateTimeOffset now)
    {
        var made = (await Invitation.Find(token.Invitation, session, now)).Value;
        var tenant = await session.First<string>("select name from org.tenants where id = @id", new { id = session.Tenant.Value });
        var isOfDirectory = made.CreatedBy == DirectoryMembers.Actor;
        var by = session.Caller.User is { } user ? await session.First<string>("select name from people.of_tenant() where user_id = @user", new { user }) : null;
        var title = Role.Find(made.Role)?.Title ?? await session.First<string>("select title from org.roles where name = @Role", new { made.Role });
        await letters.Post(session, Letters.Write(
            made.Email,
            $"{tenant} invites you to OffGridFlow",
            [$"{by ?? tenant} invites you to work on the greenhouse gas accounts of {tenant}{(isOfDirectory ? ": its directory lets you in." : $" as {title}.")}"],
            ("Accept the invitation", $"{address.Link(Page)}?token={token.Text}"),
            $"The link is good once, until {made.ExpiresAt.UtcDateTime:d MMMM yyyy}. If you do not know what this is about, leave it: nothing happens."));
        return made;
    }
}
