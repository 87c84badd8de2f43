using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Members;

/// <summary>Gives a member roles and takes them away: in the whole tenant, for a project, in a part of the program, for a facility.</summary>
internal static class Assignments
{
    /// <param name="Role">The one role the member has in the whole tenant from now on.</param>
    /// <param name="ExpiresAt">When it ends by itself. An auditor's must.</param>
    internal sealed record RoleRequest(string? Role = null, DateTimeOffset? ExpiresAt = null);

    internal static void Map(IEndpointRouteBuilder members)
    {
        members.MapPut("/{user_id:guid}/role", async (Guid user_id, RoleRequest request, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Set(user_id, request, session, now), ct)).ToOk())
            .WithName("SetMemberRole").WithSummary("Give a member one role in the whole tenant, in place of those they have there.").Produces<Member>();
        members.MapPost("/{user_id:guid}/assignments", async (Guid user_id, Handing.Request request, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Add(user_id, request, session, now), ct)).ToCreated(_ => $"/api/v1/members/{user_id}"))
            .WithName("AssignRole").WithSummary("Give a member a role, in the whole tenant or in a part of it, besides those they have.").Produces<Member>(StatusCodes.Status201Created);
        members.MapDelete("/{user_id:guid}/assignments/{assignment_id:guid}", async (Guid user_id, Guid assignment_id, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => End(user_id, assignment_id, session, now), ct)).ToNoContent())
            .WithName("EndAssignment").WithSummary("Take a role away from a member.").Produces(StatusCodes.Status204NoContent);
    }

    internal static async Task<Result<Member>> Set(Guid user, RoleRequest request, Session session, DateTimeOffset now)
    {
        if (!(await Member.Find(user, session, now)).TryValue(out var member, out var problem)
            || !(await Handing.Of(new Handing.Request(request.Role, ExpiresAt: request.ExpiresAt), session, now)).TryValue(out var handing, out problem))
        {
            return problem;
        }

        if (member.Assignments.Any(one => one.Role == Roles.Role.Owner.Name) && await Owners.Only(session, now) is { } others)
        {
            return others;
        }

        await session.Execute(
            "update org.assignments set ended_at = @now where user_id = @user and scope = 'tenant' and role <> @Role and ended_at is null", new { user, handing.Role, now });
        await Assign.Write(user, handing.Role, handing.Scope, handing.ExpiresAt, session, now);
        return await Owners.OneStays(session) is { } last ? last : await Member.Find(user, session, now);
    }

    internal static async Task<Result<Member>> Add(Guid user, Handing.Request request, Session session, DateTimeOffset now)
    {
        if (!(await Member.Find(user, session, now)).TryValue(out _, out var problem) || !(await Handing.Of(request, session, now)).TryValue(out var handing, out problem))
        {
            return problem;
        }

        await Assign.Write(user, handing.Role, handing.Scope, handing.ExpiresAt, session, now);

        // The last owner could be given an end.
        return await Owners.OneStays(session) is { } last ? last : await Member.Find(user, session, now);
    }

    internal static async Task<Result<int>> End(Guid user, Guid assignment, Session session, DateTimeOffset now)
    {
        if (!(await Member.Find(user, session, now)).TryValue(out var member, out var problem))
        {
            return problem;
        }

        if (member.Assignments.FirstOrDefault(one => one.AssignmentId == assignment) is not { } there)
        {
            return Problem.NotFound("assignment", assignment.ToString());
        }

        if (there.Role == Roles.Role.Owner.Name && await Owners.Only(session, now) is { } others)
        {
            return others;
        }

        await session.Execute("update org.assignments set ended_at = @now where assignment_id = @assignment", new { assignment, now });
        return await Owners.OneStays(session) is { } last ? last : 1;
    }
}
