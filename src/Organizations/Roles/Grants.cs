using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Roles;

/// <summary>What a member may do: in the whole tenant, and for some facilities besides.</summary>
/// <param name="Until">When the first of it ends or begins by itself; null: nothing does.</param>
/// <param name="SignedOutAt">Sessions that began before do nothing here; null: any session may.</param>
internal sealed record Grants(PermissionSet May, IReadOnlyList<FacilityGrant> ByFacility, DateTimeOffset? Until, DateTimeOffset? SignedOutAt)
{
    /// <summary>Of a member of the bound tenant; null when they are none, or the tenant is closed to everyone.</summary>
    public static async Task<Grants?> Of(Guid user, Session session, DateTimeOffset now)
    {
        var membership = await session.First<Membership>(
            "select m.signed_out_at from org.memberships m join org.tenants t on t.id = m.tenant_id where m.user_id = @user and m.status = 'active' and t.status = 'active'", new { user });
        if (membership is null)
        {
            return null;
        }

        var rows = await session.Query<Row>(
            """
            select a.role, a.scope, a.module, a.facility_id, a.project_id, a.expires_at, r.permissions, p.starts_on, p.ends_on,
                   array(select f.facility_id from org.project_facilities f where f.tenant_id = p.tenant_id and f.project_id = p.project_id) as facilities
            from org.assignments a
            left join org.roles r on r.tenant_id = a.tenant_id and r.name = a.role and r.deleted_at is null
            left join org.projects p on p.tenant_id = a.tenant_id and p.project_id = a.project_id and p.deleted_at is null
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
                case "project":
                    // Of a project that is deleted, over or yet to come nothing is open; it has no facilities then.
                    if (row.Facilities.Length > 0 && row.Runs(now))
                    {
                        byFacility.Add(new FacilityGrant(held, row.Facilities.ToHashSet(), row.ProjectId));
                    }

                    break;
                default:
                    byFacility.Add(new FacilityGrant(held, new HashSet<Guid> { row.FacilityId!.Value }));
                    break;
            }
        }

        return new Grants(may, byFacility, rows.Min(row => row.Until(now)), membership.SignedOutAt);
    }

    /// <summary>What of a role counts in a part of the program.</summary>
    public static PermissionSet InModule(PermissionSet held, string module) => TenantRoles.Parse(held.ToNames().Where(name => ModuleOf(name) == module));

    /// <summary>The part of the program a permission is about: the first word of its name.</summary>
    public static string ModuleOf(string permission) => permission[..permission.IndexOf(':', StringComparison.Ordinal)];

    private sealed class Membership
    {
        public DateTimeOffset? SignedOutAt { get; set; }
    }

    private sealed class Row
    {
        public string Role { get; set; } = "";

        public string Scope { get; set; } = "";

        public string? Module { get; set; }

        public Guid? FacilityId { get; set; }

        public Guid? ProjectId { get; set; }

        public DateTimeOffset? ExpiresAt { get; set; }

        public string[]? Permissions { get; set; }

        public DateOnly? StartsOn { get; set; }

        public DateOnly? EndsOn { get; set; }

        public Guid[] Facilities { get; set; } = [];

        public bool Runs(DateTimeOffset now) => !(now < Start) && !(now >= End);

        public DateTimeOffset? Until(DateTimeOffset now) => new[] { ExpiresAt, Start, End }.Where(instant => instant > now).Min();

        private DateTimeOffset? Start => StartsOn is { } first ? Midnight(first) : null;

        // The last day belongs to it.
        private DateTimeOffset? End => EndsOn is { } last && last < DateOnly.MaxValue ? Midnight(last.AddDays(1)) : null;

        private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
    }
}
