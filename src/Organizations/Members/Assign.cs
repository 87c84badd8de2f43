using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Members;

/// <summary>Where a role counts.</summary>
/// <param name="Kind"><c>tenant</c>, <c>project</c>, <c>module</c> or <c>facility</c>.</param>
/// <param name="Module">The first word of permissions, such as <c>ledger</c>.</param>
internal sealed record Scope(string Kind, string? Module = null, Guid? Facility = null, Guid? Project = null)
{
    public static Scope Everywhere { get; } = new("tenant");
}

/// <summary>Gives a member a role.</summary>
internal static class Assign
{
    /// <summary>The assignment's id: a new one, or that of the same role in the same place, which from now on ends when this says.</summary>
    public static async Task<Guid> Write(Guid user, string role, Scope scope, DateTimeOffset? expiresAt, Session session, DateTimeOffset now, string? by = null)
    {
        var there = await session.First<Guid?>(
            """
            update org.assignments set expires_at = @expiresAt
            where user_id = @user and role = @role and scope = @Kind and module is not distinct from @Module and facility_id is not distinct from @Facility
                and project_id is not distinct from @Project and ended_at is null
            returning assignment_id
            """,
            new { user, role, scope.Kind, scope.Module, scope.Facility, scope.Project, expiresAt });
        if (there is { } same)
        {
            return same;
        }

        var id = Guid.CreateVersion7();
        await session.Execute(
            """
            insert into org.assignments (tenant_id, assignment_id, user_id, role, scope, module, facility_id, project_id, expires_at, created_at, created_by)
            values (@tenant, @id, @user, @role, @Kind, @Module, @Facility, @Project, @expiresAt, @now, @by)
            """,
            new { tenant = session.Tenant.Value, id, user, role, scope.Kind, scope.Module, scope.Facility, scope.Project, expiresAt, now, by = by ?? session.Caller.Actor });
        return id;
    }
}
