using OffGridFlow.Organizations.Providers;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Scim;

/// <summary>Roles that follow from groups of the directory: by its own table and by those of the tenant's providers. Roles that people gave stay.</summary>
internal static class DirectoryRoles
{
    /// <param name="users">Of these members; null: of all.</param>
    public static async Task Settle(Session session, DateTimeOffset now, IReadOnlyCollection<Guid>? users = null)
    {
        var (byGroup, usual) = await Table(session);
        var about = users?.ToArray();
        var groups = (await session.Query<(Guid User, bool ByDirectory, string? Group)>(
                """
                select s.user_id, s.by_directory, g.display_name from org.scim_users s
                join org.memberships m on m.user_id = s.user_id and m.status <> 'removed'
                left join org.scim_group_members o on o.scim_user_id = s.scim_user_id left join org.scim_groups g on g.scim_group_id = o.scim_group_id
                where @about::uuid[] is null or s.user_id = any (@about)
                """,
                new { about }))
            .GroupBy(one => (one.User, one.ByDirectory)).Select(one =>
            {
                var roles = byGroup.Where(pair => one.Any(row => row.Group == pair.Group)).Select(pair => pair.Role).Distinct(StringComparer.Ordinal).ToList();
                return (one.Key.User, Roles: roles.Count > 0 || usual is null || !one.Key.ByDirectory ? roles : [usual]);
            }).ToList();
        var wanted = groups.SelectMany(one => one.Roles.Select(role => (one.User, Role: role))).ToHashSet();
        var there = await session.Query<(Guid Id, Guid User, string Role, bool IsOurs)>(
            """
            select assignment_id, user_id, role, created_by = @Actor from org.assignments
            where scope = 'tenant' and ended_at is null and (expires_at is null or expires_at > @now) and (@about::uuid[] is null or user_id = any (@about))
            """,
            new { DirectoryMembers.Actor, now, about });
        await session.Execute(
            "update org.assignments set ended_at = @now where assignment_id = any (@over)",
            new { now, over = there.Where(one => one.IsOurs && !wanted.Contains((one.User, one.Role))).Select(one => one.Id).ToArray() });
        foreach (var (user, role) in wanted.Except(there.Select(one => (one.User, one.Role))))
        {
            await session.Execute(
                "insert into org.assignments (tenant_id, assignment_id, user_id, role, scope, created_at, created_by) values (@tenant, @id, @user, @role, 'tenant', @now, @Actor)",
                new { tenant = session.Tenant.Value, id = Guid.CreateVersion7(), user, role, now, DirectoryMembers.Actor });
        }
    }

    // No table names owners or auditors; a role that is gone gives nothing.
    private static async Task<(IReadOnlyList<(string Group, string Role)> ByGroup, string? Usual)> Table(Session session)
    {
        var own = await DirectorySettings.Find(session);
        var providers = await Provider.All(session);
        return ([.. own.GroupRoles.Concat(providers.SelectMany(provider => provider.GroupRoles)).Select(pair => (pair.Key, pair.Value)).Distinct()],
            own.DefaultRole ?? providers.Select(provider => provider.DefaultRole).FirstOrDefault(role => role is not null));
    }
}
