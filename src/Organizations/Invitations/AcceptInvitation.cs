using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Organizations.Scim;
using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Invitations;

/// <summary>
/// Joins a tenant with the link of a letter. Somebody who has an account signs in first, with the address that was invited; somebody new chooses a
/// name and a password, and their address is confirmed: they have read its mail.
/// </summary>
public sealed class AcceptInvitation(Database database, Passwords passwords, SessionRing ring, TimeProvider clock)
{
    /// <summary>The problem's code when the invited person has an account: they sign in first.</summary>
    public const string SignInFirst = "invitation.sign-in-first";

    /// <summary>The problem's code when somebody else has signed in.</summary>
    public const string OtherAddress = "invitation.other-address";

    // Of somebody whom the directory lets in: their groups say what they become.
    private const string Listed = "a person of its directory";

    /// <param name="Token">Of the letter.</param>
    internal sealed record LookRequest(string? Token = null);

    /// <param name="Token">Of the letter.</param>
    /// <param name="Name">Of somebody new.</param>
    /// <param name="Password">Of somebody new.</param>
    /// <param name="Terms">The edition of the terms of use that was shown and agreed to.</param>
    /// <param name="Privacy">The edition of the privacy notice that was shown.</param>
    internal sealed record Request(string? Token = null, string? Name = null, string? Password = null, string? Terms = null, string? Privacy = null);

    /// <param name="Organization">Who invites.</param>
    /// <param name="Email">Who is invited.</param>
    /// <param name="Role">What they become, as people read it.</param>
    /// <param name="HasAccount">Whether they sign in to accept, or make an account.</param>
    /// <param name="Terms">The edition of the terms of use to agree to: <c>/terms</c>.</param>
    /// <param name="Privacy">The edition of the privacy notice: <c>/privacy</c>.</param>
    public sealed record Offer(string Organization, string Email, string Role, bool HasAccount, DateTimeOffset ExpiresAt, string Terms, string Privacy);

    /// <param name="Organization">Which was joined.</param>
    public sealed record Joined(Guid UserId, string Email, string Organization);

    internal static void Map(IEndpointRouteBuilder auth)
    {
        auth.MapPost("/look", async (LookRequest request, HttpContext context, AcceptInvitation accept, CancellationToken ct) =>
            (await accept.Look(request.Token, AuthEndpoints.Stranger(context), ct)).ToOk())
            .WithName("LookAtInvitation").WithSummary("See what the link of a letter invites to.").Produces<Offer>().AllowAnonymous().LimitedStrictly().WithMetadata(new ChangesNothing());
        auth.MapPost("/accept", async (Request request, HttpContext context, AcceptInvitation accept, CancellationToken ct) =>
            (await accept.Handle(request, Who(context), AuthEndpoints.Stranger(context), ct)).ToOk())
            .WithName("AcceptInvitation").WithSummary("Join with the link of a letter: signed in, or with a name and a password as somebody new.").Produces<Joined>().AllowAnonymous().LimitedStrictly().WithMetadata(new AnswersWithSecret());
    }

    /// <summary>Who has signed in and may join: nobody whom an organisation's provider alone vouches for, which must not join others in their name.</summary>
    internal static Guid? Who(HttpContext context) => context.Features.Get<SessionHolder>() is { IsConfined: true } ? null : context.Features.Get<Caller>()?.User;

    internal async Task<Result<Offer>> Look(string? token, Caller by, CancellationToken ct)
    {
        if (InvitationToken.Read(token) is not { } opens || await Find(opens, by, ct) is not { } row)
        {
            return Over();
        }

        return new Offer(row.Organization, row.Email, row.Title, await User.IdOf(EmailAddress.Read(row.Email)!, database, ct) is not null, row.ExpiresAt, Consents.Terms, Consents.Privacy);
    }

    /// <param name="user">Who has signed in; null: nobody.</param>
    internal async Task<Result<Joined>> Handle(Request request, Guid? user, Caller by, CancellationToken ct)
    {
        if (InvitationToken.Read(request.Token) is not { } token || await Find(token, by, ct) is not { } row)
        {
            return Over();
        }

        string? hash = null;
        if (user is null)
        {
            if (await User.IdOf(EmailAddress.Read(row.Email)!, database, ct) is not null)
            {
                return new Problem(SignInFirst, "token", "an invitation of somebody who has an account", "them, signed in", "Sign in with the address that was invited, then accept.") { Kind = ProblemKind.Conflict };
            }

            if ((AddUser.CheckName(request.Name) ?? passwords.Check(request.Password, row.Email, request.Name)) is { } unusable)
            {
                return unusable;
            }

            hash = passwords.Hash(request.Password!);
        }

        if (Consents.Check(request.Terms, request.Privacy) is { } missing)
        {
            return missing;
        }

        var who = user ?? Guid.CreateVersion7();
        var caller = new Caller(token.Tenant, $"user:{who}", by.RequestId, by.Address, by.UserAgent) { User = who };
        var joined = await database.Write(caller, session => Write(token, who, user is null ? new AddUser.Request(EmailAddress.Read(row.Email)!, request.Name!, hash, IsConfirmed: true) : null, session), ct);
        ring.Forget();
        return joined.TryValue(out var accepted, out var problem) ? new Joined(who, accepted, row.Organization) : problem;
    }

    // Both the tenant and the person are bound.
    private async Task<Result<string>> Write(InvitationToken token, Guid user, AddUser.Request? added, Session session)
    {
        var now = clock.GetUtcNow();
        if (await session.First<Row>($"{Select} for update of i", new { token.Invitation, token.Hash, now }) is not { } row)
        {
            return Over();
        }

        if (added is not null)
        {
            if ((await AddUser.Write(user, added, session, now)).Problem is { } taken)
            {
                return taken;
            }
        }
        else if (!await session.First<bool>("select email_key = @EmailKey from people.users where user_id = @user", new { row.EmailKey, user }))
        {
            return new Problem(OtherAddress, "token", "an invitation of another address", "one of your own", "Sign in with the address that was invited, or ask to be invited with yours.") { Kind = ProblemKind.Forbidden };
        }

        if (await session.First<string>("select status from org.memberships where user_id = @user", new { user }) == "suspended")
        {
            return Over();
        }

        await Consents.Give(user, session, now);

        Result<Guid> joined = user;
        if (row.CreatedBy == DirectoryMembers.Actor)
        {
            await Join.Belong(user, "scim", DirectoryMembers.Actor, session, now);
        }
        else
        {
            joined = await Join.Handle(new Join.Request(user, row.Role, "invitation", row.RoleExpiresAt, new Scope(row.Scope, row.Module, row.FacilityId, row.ProjectId), row.CreatedBy), session, clock);
        }

        await DirectoryMembers.Arrived(user, row.EmailKey, session, now);
        await session.Execute("update org.invitations set accepted_at = @now, accepted_by = @user where invitation_id = @Invitation", new { now, user, token.Invitation });
        return joined.Problem is { } problem ? problem : row.Email;
    }

    private const string Select = """
        select i.email, i.email_key, i.role, i.scope, i.module, i.facility_id, i.project_id, i.role_expires_at, i.expires_at, i.created_by, t.name as organization,
               coalesce((select r.title from org.roles r where r.name = i.role and r.deleted_at is null), i.role) as title
        from org.invitations i join org.tenants t on t.id = i.tenant_id and t.status = 'active'
        where i.invitation_id = @Invitation and i.hash = @Hash and i.accepted_at is null and i.revoked_at is null and i.expires_at > @now
        """;

    private async Task<Row?> Find(InvitationToken token, Caller by, CancellationToken ct)
    {
        var row = await database.Read(
            Caller.System(token.Tenant, "invitation") with { RequestId = by.RequestId },
            session => session.First<Row>(Select, new { token.Invitation, token.Hash, now = clock.GetUtcNow() }), ct);
        if (row is not null)
        {
            row.Title = row.CreatedBy == DirectoryMembers.Actor ? Listed : Role.Find(row.Role)?.Title ?? row.Title;
        }

        return row;
    }

    private static Problem Over() => new("invitation.not-good", "token", "a link that is not in force", "the newest one that was sent, unused", "Ask whoever invited you for a new one.");

    private sealed class Row
    {
        public string Email { get; set; } = "";

        public string EmailKey { get; set; } = "";

        public string Role { get; set; } = "";

        public string Scope { get; set; } = "";

        public string? Module { get; set; }

        public Guid? FacilityId { get; set; }

        public Guid? ProjectId { get; set; }

        public DateTimeOffset? RoleExpiresAt { get; set; }

        public DateTimeOffset ExpiresAt { get; set; }

        public string CreatedBy { get; set; } = "";

        public string Organization { get; set; } = "";

        public string Title { get; set; } = "";
    }
}
