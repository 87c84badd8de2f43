using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Scim;

/// <summary>
/// Where a directory and the members meet. Somebody of the directory becomes a member by coming in themselves: with an invitation's letter, or by the tenant's provider of
/// OpenID Connect. Nothing a directory says makes or changes an account, so that it cannot be the way into somebody's other organisations.
/// </summary>
internal static class DirectoryMembers
{
    /// <summary>Whom assignments name that follow from groups.</summary>
    public const string Actor = "scim";

    /// <summary>What happened to members meanwhile: those who came otherwise are seen, those who left are members no more.</summary>
    public static async Task Meet(Session session, DateTimeOffset now)
    {
        var isApart = await session.First<bool>(
            """
            select exists (select from org.memberships m left join org.scim_users s on s.user_id = m.user_id
                where (m.status = 'removed') = (s.user_id is not null) or s.is_active <> (m.status = 'active'))
            """);
        if (!isApart)
        {
            return;
        }

        await Owners.Hold(session); // Directories ask several questions at once.
        await session.Execute(
            """
            update org.scim_users s set user_id = null, is_active = false, updated_at = @now, version = s.version + 1
            from org.memberships m where m.user_id = s.user_id and m.status = 'removed';
            update org.scim_users s set user_id = m.user_id, updated_at = @now, version = s.version + 1
            from org.memberships m join people.of_tenant() u on u.user_id = m.user_id
            where s.user_id is null and s.email_key = lower(u.email) and not exists (select from org.scim_users o where o.user_id = m.user_id);
            update org.scim_users s set is_active = m.status = 'active', updated_at = @now, version = s.version + 1
            from org.memberships m where m.user_id = s.user_id and s.is_active <> (m.status = 'active');
            """,
            new { now });
        foreach (var (user, email, name, isActive) in await session.Query<(Guid, string, string, bool)>(
            """
            select m.user_id, u.email, u.name, m.status = 'active' from org.memberships m join people.of_tenant() u on u.user_id = m.user_id
            where not exists (select from org.scim_users s where s.user_id = m.user_id) order by m.joined_at, m.user_id
            """))
        {
            await session.Execute(
                """
                insert into org.scim_users (tenant_id, scim_user_id, user_id, by_directory, user_name, user_name_key, email, email_key, is_active, attributes, created_at, updated_at)
                values (@tenant, @id, @user, false, @email, @key, @email, @key, @isActive, jsonb_build_object('displayName', @name::text, 'name', jsonb_build_object('formatted', @name::text),
                    'emails', jsonb_build_array(jsonb_build_object('value', @email::text, 'type', 'work', 'primary', true))), @now, @now)
                on conflict do nothing
                """,
                new { tenant = session.Tenant.Value, id = Guid.CreateVersion7(), user, email, key = EmailAddress.Read(email)?.Key ?? email, name, isActive, now });
        }
    }

    /// <summary>Whether the directory lets an address in; null when it does not know it.</summary>
    public static Task<bool?> LetsIn(EmailAddress email, Session session) => session.First<bool?>("select is_active from org.scim_users where email_key = @Key", new { email.Key });

    /// <summary>Somebody has joined: they are who the directory meant by their address, and have the roles of their groups.</summary>
    public static async Task Arrived(Guid user, string emailKey, Session session, DateTimeOffset now)
    {
        await session.Execute(
            """
            update org.scim_users set user_id = @user, is_active = true, updated_at = @now, version = version + 1
            where email_key = @emailKey and user_id is null and not exists (select from org.scim_users where user_id = @user)
            """,
            new { user, emailKey, now });
        await DirectoryRoles.Settle(session, now, [user]);
    }

    /// <summary>Keeps a member out, or lets them in again; a membership that ended stays ended.</summary>
    public static async Task<Problem?> SetActive(Guid user, bool active, Session session, DateTimeOffset now)
    {
        if (!active && await Untouchable(user, session, now) is { } problem)
        {
            return problem;
        }

        var changed = active ? await ChangeMember.Admit(user, session, now) : await ChangeMember.KeepOut(user, session, now);
        return changed.Problem ?? await Owners.OneStays(session);
    }

    /// <summary>Ends a membership.</summary>
    public static async Task<Problem?> Remove(Guid user, Session session, DateTimeOffset now) =>
        await Untouchable(user, session, now) ?? (await ChangeMember.End(user, session, now)).Problem ?? await Owners.OneStays(session);

    // Only owners take an owner's place away: they themselves, or a directory that comes with a key of theirs.
    private static async Task<Problem?> Untouchable(Guid user, Session session, DateTimeOffset now)
    {
        if (!await Owners.Is(user, session, now))
        {
            return null;
        }

        var caller = session.Caller;
        var maker = caller.Actor.StartsWith("key:", StringComparison.Ordinal) && Guid.TryParse(caller.Actor.AsSpan(4), out var key)
            ? await session.First<string>("select coalesce(adopted_by, created_by) from org.api_keys where api_key_id = @key", new { key }) ?? ""
            : caller.Actor;
        var may = maker.StartsWith("user:", StringComparison.Ordinal) && Guid.TryParse(maker.AsSpan(5), out var person) ? await Owners.Is(person, session, now) : !maker.StartsWith("key:", StringComparison.Ordinal);
        return may ? null : ScimProblem.Owner();
    }
}
