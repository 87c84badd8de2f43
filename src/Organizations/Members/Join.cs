using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Members;

/// <summary>Makes a person a member of the bound tenant, with a role. Somebody who was one before comes back.</summary>
internal static class Join
{
    /// <param name="Source"><c>operator</c>, <c>invitation</c>, <c>oidc</c> or <c>scim</c>.</param>
    /// <param name="RoleExpiresAt">When the role ends; null: not by itself.</param>
    /// <param name="Scope">Where the role counts; null: in the whole tenant.</param>
    /// <param name="By">Who let them in; null: the caller.</param>
    public sealed record Request(Guid User, string Role, string Source, DateTimeOffset? RoleExpiresAt = null, Scope? Scope = null, string? By = null);

    public static async Task<Result<Guid>> Handle(Request request, Session session, TimeProvider clock)
    {
        if (!await TenantRoles.Knows(request.Role, session))
        {
            return TenantRoles.Unknown(request.Role);
        }

        var now = clock.GetUtcNow();
        await Belong(request.User, request.Source, request.By ?? session.Caller.Actor, session, now);
        return await Assign.Write(request.User, request.Role, request.Scope ?? Scope.Everywhere, request.RoleExpiresAt, session, now, request.By);
    }

    /// <summary>The membership alone, whose roles follow from elsewhere.</summary>
    public static Task Belong(Guid user, string source, string by, Session session, DateTimeOffset now) => session.Execute(
            """
            insert into org.memberships (tenant_id, user_id, joined_at, invited_by, source, updated_at) values (@tenant, @user, @now, @by, @source, @now)
            on conflict (tenant_id, user_id) do update set status = 'active', updated_at = excluded.updated_at, version = memberships.version + 1
                where memberships.status <> 'active'
            """,
            new { tenant = session.Tenant.Value, user, now, by, source });
}
