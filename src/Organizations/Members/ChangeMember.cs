using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Members;

/// <summary>Keeps a member out for a while, lets them in again, signs them out, or ends their membership. It counts from their next request on.</summary>
internal static class ChangeMember
{
    internal static void Map(IEndpointRouteBuilder members)
    {
        members.MapPost("/{user_id:guid}/suspend", async (Guid user_id, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Suspend(user_id, session, now), ct)).ToOk())
            .WithName("SuspendMember").WithSummary("Keep a member out until they are reactivated. Their roles stay as they are.").Produces<Member>();
        members.MapPost("/{user_id:guid}/reactivate", async (Guid user_id, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Reactivate(user_id, session, now), ct)).ToOk())
            .WithName("ReactivateMember").WithSummary("Let a suspended member in again.").Produces<Member>();
        members.MapPost("/{user_id:guid}/sign-out", async (Guid user_id, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => SignOut(user_id, session, now), ct)).ToOk())
            .WithName("SignMemberOut").WithSummary("End a member's sessions here, on every device. They may sign in again.").Produces<Member>();
        members.MapDelete("/{user_id:guid}", async (Guid user_id, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Remove(user_id, session, now), ct)).ToNoContent())
            .WithName("RemoveMember").WithSummary("End a membership and all its roles. What the person did stays.").Produces(StatusCodes.Status204NoContent);
    }

    internal static async Task<Result<Member>> Suspend(Guid user, Session session, DateTimeOffset now)
    {
        if ((await Allowed(user, session, now)).Problem is { } problem)
        {
            return problem;
        }

        await KeepOut(user, session, now);
        return await Owners.OneStays(session) is { } last ? last : await Member.Find(user, session, now);
    }

    internal static async Task<Result<Member>> Reactivate(Guid user, Session session, DateTimeOffset now)
    {
        if ((await Allowed(user, session, now)).Problem is { } problem)
        {
            return problem;
        }

        await Admit(user, session, now);
        return await Member.Find(user, session, now);
    }

    internal static async Task<Result<Member>> SignOut(Guid user, Session session, DateTimeOffset now)
    {
        if ((await Allowed(user, session, now)).Problem is { } problem)
        {
            return problem;
        }

        await session.Execute("update org.memberships set signed_out_at = @now, updated_at = @now, version = version + 1 where user_id = @user", new { user, now });
        return await Member.Find(user, session, now);
    }

    internal static async Task<Result<int>> Remove(Guid user, Session session, DateTimeOffset now)
    {
        if ((await Allowed(user, session, now)).Problem is { } problem)
        {
            return problem;
        }

        await End(user, session, now);
        return await Owners.OneStays(session) is { } last ? last : 1;
    }

    /// <summary>For whoever has seen that it may be: the roles stay.</summary>
    internal static Task<Result<int>> KeepOut(Guid user, Session session, DateTimeOffset now) => Change(user, "suspended", session, now);

    /// <summary>As above.</summary>
    internal static Task<Result<int>> Admit(Guid user, Session session, DateTimeOffset now) => Change(user, "active", session, now);

    /// <summary>As above: a membership and its roles are over.</summary>
    internal static async Task<Result<int>> End(Guid user, Session session, DateTimeOffset now)
    {
        await session.Execute("update org.assignments set ended_at = @now where user_id = @user and ended_at is null", new { user, now });
        return await Change(user, "removed", session, now);
    }

    private static async Task<Result<int>> Change(Guid user, string status, Session session, DateTimeOffset now)
    {
        if (!(await Member.Find(user, session, now)).TryValue(out var member, out var problem))
        {
            return problem;
        }

        if (status != "active")
        {
            await RevokeInvitationsOf(member, session, now);
        }

        return await session.Execute("update org.memberships set status = @status, signed_out_at = case when @status = 'active' then signed_out_at else @now end, updated_at = @now, version = version + 1 where user_id = @user and status <> @status", new { user, status, now });
    }

    // A member who is not there is 404 before anything else is said of them.
    private static async Task<Result<Member>> Allowed(Guid user, Session session, DateTimeOffset now)
    {
        var member = await Member.Find(user, session, now);
        return member.Problem is null && await Owners.Is(user, session, now) && await Owners.Only(session, now) is { } others ? others : member;
    }

    // Who may no longer come in must not have left a door open, neither for themselves nor for others.
    private static Task RevokeInvitationsOf(Member member, Session session, DateTimeOffset now) => session.Execute(
        "update org.invitations set revoked_at = @now where (created_by = @actor or email_key = @key) and accepted_at is null and revoked_at is null",
        new { actor = $"user:{member.UserId}", key = EmailAddress.Read(member.Email)!.Key, now });
}
