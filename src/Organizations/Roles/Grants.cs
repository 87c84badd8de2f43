using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Roles;

/// <summary>What a member may do: in the whole tenant, and for some facilities besides.</summary>
/// <param name="Until">When the first of it ends by itself; null: nothing does.</param>
internal sealed record Grants(PermissionSet May, IReadOnlyList<FacilityGrant> ByFacility, DateTimeOffset? Until)
{
    /// <summary>Of a member of the bound tenant; null when they are none, or the tenant is closed to everyone.</summary>
    public static async Task<Grants?> Of(Guid user, Session session, DateTimeOffset now)
    {
        var isMember = await session.First<bool>(
            "select exists (select from org.memberships m join org.tenants t on t.id = m.tenant_id where m.user_id = @user and m.status = 'active' and t.status = 'active')", new { user });
        if (!isMember)
        {
            return null;
        }

        var rows = await session.Query<Row>(
            """
            select a.role, a.scope, a.module, a.facility_id, a.expires_at, r.permissions from org.assignments a
            left join org.roles r on r.tenant_id = a.tenant_id and r.name = a.role and r.deleted_at is null
            where a.user_id = @user and a.ended_at is null and (a.expires_at is null or a.expires_at > @now)
            """,
            new { user, now });
        var may = PermissionSet.None;
        var byFacility = new List<FacilityGrant>();
        foreach (var row in rows)
        {
            var held = Role.Find(row.Role)?.Permissions ?? TenantRoles.Parse(row.Permissions ?? []);
            switch (row.Scope)
            {
                case "tenant":
                    may |= held;
                    break;
                case "module":
                    may |= InModule(held, row.Module!);
                    break;
                default:
                    byFacility.Add(new FacilityGrant(held, new HashSet<Guid> { row.FacilityId!.Value }));
                    break;
            }
        }

        return new Grants(may, byFacility, rows.Min(row => row.ExpiresAt));
    }

    /// <summary>What of a role counts in a part of the program.</summary>
    public static PermissionSet InModule(PermissionSet held, string module) => TenantRoles.Parse(held.ToNames().Where(name => ModuleOf(name) == module));

    /// <summary>The part of the program a permission is about: the first word of its name.</summary>
    public static string ModuleOf(string permission) => permission[..permission.IndexOf(':', StringComparison.Ordinal)];

    private sealed class Row
    {
        public string Role { get; set; } = "";

        public string Scope { get; set; } = "";

        public string? Module { get; set; }

        public Guid? FacilityId { get; set; }

        public DateTimeOffset? ExpiresAt { get; set; }

        public string[]? Permissions { get; set; }
    }
}
