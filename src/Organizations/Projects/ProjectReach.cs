using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Projects;

/// <summary>
/// What a project opens to those who have a role for it. Whoever widens it, by a facility, by its days or by restoring it, hands these roles on for what they open then:
/// they need as much themselves, as if they gave each role anew.
/// </summary>
internal static class ProjectReach
{
    /// <summary>All facilities it has, the deleted ones too.</summary>
    public static Task<IReadOnlyList<Guid>> Facilities(Guid project, Session session) =>
        session.Query<Guid>("select facility_id from org.project_facilities where project_id = @project", new { project });

    /// <summary>The facilities of every project: for the page.</summary>
    public static async Task<ILookup<Guid, Guid>> All(Session session) =>
        (await session.Query<(Guid Project, Guid Facility)>("select project_id, facility_id from org.project_facilities")).ToLookup(row => row.Project, row => row.Facility);

    /// <summary>
    /// Null when the caller may do at each facility whatever people may who have a role for the project, or are invited to one. A role for the project itself does not
    /// count: nobody makes their own last longer.
    /// </summary>
    public static async Task<Problem?> Beyond(Guid project, IReadOnlyCollection<Guid> facilities, Session session, DateTimeOffset now)
    {
        if (facilities.Count == 0)
        {
            return null;
        }

        var roles = await session.Query<string>(
            """
            select role from org.assignments where project_id = @project and ended_at is null and (expires_at is null or expires_at > @now)
            union select role from org.invitations where project_id = @project and accepted_at is null and revoked_at is null and expires_at > @now
            """,
            new { project, now });
        foreach (var role in roles)
        {
            var opens = await TenantRoles.Permissions(role, session);
            foreach (var facility in facilities)
            {
                var may = session.Caller.MayAt(facility, without: project);
                if (!opens.IsWithin(may))
                {
                    var beyond = opens.ToNames().First(name => !may.Has(PermissionSet.Find(name)!.Value));
                    return new Problem("permission.beyond", "project_id", beyond, $"no more than you may do yourself: people have the role {role} for this project", "Ask somebody who may do as much.") { Kind = ProblemKind.Forbidden };
                }
            }
        }

        return null;
    }
}
