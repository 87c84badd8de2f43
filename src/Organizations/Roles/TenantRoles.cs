using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Roles;

/// <summary>The roles a tenant knows: the product's and its own.</summary>
internal static class TenantRoles
{
    /// <summary>What a role may do; nothing when there is no such role, or no longer.</summary>
    public static async Task<PermissionSet> Permissions(string role, Session session) => Role.Find(role) is { } known
        ? known.Permissions
        : Parse(await session.First<string[]>("select permissions from org.roles where name = @role and deleted_at is null", new { role }) ?? []);

    public static async Task<bool> Knows(string role, Session session) =>
        Role.Find(role) is not null || await session.First<bool>("select exists (select from org.roles where name = @role and deleted_at is null)", new { role });

    public static Problem Unknown(string? role) => new("role.unknown", "role", role ?? "", string.Join(", ", Role.All.Select(one => one.Name)) + ", or a role of the tenant's own", "Correct the role.");

    /// <summary>The permissions of names; a name that is no longer one permits nothing.</summary>
    public static PermissionSet Parse(IEnumerable<string> names) => names.Select(PermissionSet.Find).OfType<Permission>().Aggregate(PermissionSet.None, (set, one) => set.With(one));
}
