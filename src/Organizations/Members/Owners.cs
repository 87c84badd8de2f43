using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Members;

/// <summary>What holds of owners: a tenant keeps one, and only they name others or take their role away.</summary>
internal static class Owners
{
    /// <summary>One change of members after another, so that two owners do not remove each other at the same moment.</summary>
    public static Task Hold(Session session) => session.Execute("select pg_advisory_xact_lock(hashtextextended('members ' || @tenant, 0))", new { tenant = session.Tenant.ToString() });

    /// <summary>After a change: null when somebody is left who stays, or nobody has ever been. A role that ends by itself does not count.</summary>
    public static async Task<Problem?> OneStays(Session session) => await session.First<bool>(
        """
        select exists (
            select from org.assignments a
            join org.memberships m on m.tenant_id = a.tenant_id and m.user_id = a.user_id and m.status = 'active'
            join people.of_tenant() u on u.user_id = a.user_id and u.user_status = 'active'
            where a.role = 'owner' and a.scope = 'tenant' and a.ended_at is null and a.expires_at is null)
            or not exists (select from org.assignments where role = 'owner')
        """)
        ? null
        : new Problem("member.last-owner", "user_id", "the last owner", "an organisation with at least one active owner", "Name another owner first.") { Kind = ProblemKind.Conflict };

    public static Task<bool> Is(Guid user, Session session, DateTimeOffset now) => session.First<bool>(
        "select exists (select from org.assignments where user_id = @user and role = 'owner' and ended_at is null and (expires_at is null or expires_at > @now))", new { user, now });

    /// <summary>Null for an owner who has signed in, and for the program itself at the operator's word. A key names no owner, whatever its role.</summary>
    public static async Task<Problem?> Only(Session session, DateTimeOffset now)
    {
        var caller = session.Caller;
        var may = caller.User is { } user ? await Is(user, session, now) : !caller.Actor.StartsWith("key:", StringComparison.Ordinal);
        return may ? null : new Problem("role.owners-only", "role", "owner", "an owner who has signed in", "Ask an owner of the organisation.") { Kind = ProblemKind.Forbidden };
    }
}
