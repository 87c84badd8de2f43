using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Members;

/// <summary>A person in the tenant, as it sees them.</summary>
public sealed record Member : IVersioned
{
    internal const string Select = """
        select m.user_id, u.name, u.email, m.status, m.source, m.joined_at, m.invited_by, u.last_sign_in_at,
               m.user_id in (select people.with_second_factor()) as has_second_factor, m.version
        from org.memberships m join people.of_tenant() u on u.user_id = m.user_id where m.status <> 'removed'
        """;

    public Guid UserId { get; init; }

    public string Name { get; init; } = "";

    public string Email { get; init; } = "";

    /// <summary><c>active</c> or <c>suspended</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>How they came: <c>operator</c>, <c>invitation</c>, <c>oidc</c> or <c>scim</c>.</summary>
    public string Source { get; init; } = "";

    public DateTimeOffset JoinedAt { get; init; }

    public string? InvitedBy { get; init; }

    public DateTimeOffset? LastSignInAt { get; init; }

    public bool HasSecondFactor { get; init; }

    public int Version { get; init; }

    /// <summary>API keys in force that they answer for, made by them or by keys of theirs: they stop when the member is suspended or removed, until another adopts them.</summary>
    public int ApiKeys { get; init; }

    /// <summary>What they are, and where; those that have ended are left out.</summary>
    public IReadOnlyList<Assignment> Assignments { get; init; } = [];

    /// <summary>One of them; a person who left is none.</summary>
    internal static async Task<Result<Member>> Find(Guid user, Session session, DateTimeOffset now) =>
        await session.First<Member>($"{Select} and m.user_id = @user", new { user }) is { } member
            ? (await WithAssignments([member], session, now))[0]
            : Problem.NotFound("member", user.ToString());

    internal static async Task<IReadOnlyList<Member>> WithAssignments(IReadOnlyList<Member> members, Session session, DateTimeOffset now)
    {
        var theirs = (await session.Query<Assignment>(
                $"{Assignment.Select} and user_id = any(@users) order by created_at, assignment_id", new { users = members.Select(member => member.UserId).ToArray(), now }))
            .ToLookup(assignment => assignment.UserId);
        var keys = (await session.Query<(string Maker, int Keys)>(
                """
                with recursive line as (
                    select api_key_id, coalesce(adopted_by, created_by) as maker from org.api_keys where revoked_at is null and (expires_at is null or expires_at > @now)
                    union select line.api_key_id, coalesce(k.adopted_by, k.created_by) from line join org.api_keys k on line.maker = 'key:' || k.api_key_id)
                select maker, count(*)::int from line where maker = any(@makers) group by maker
                """,
                new { now, makers = members.Select(member => $"user:{member.UserId}").ToArray() }))
            .ToDictionary(one => one.Maker, one => one.Keys, StringComparer.Ordinal);
        return [.. members.Select(member => member with { Assignments = [.. theirs[member.UserId]], ApiKeys = keys.GetValueOrDefault($"user:{member.UserId}") })];
    }
}

/// <summary>A role somebody has, and where it counts.</summary>
public sealed record Assignment
{
    internal const string Select =
        "select assignment_id, user_id, role, scope, module, facility_id, project_id, expires_at, created_at, created_by from org.assignments where ended_at is null and (expires_at is null or expires_at > @now)";

    public Guid AssignmentId { get; init; }

    public Guid UserId { get; init; }

    public string Role { get; init; } = "";

    /// <summary><c>tenant</c>, <c>project</c>, <c>module</c> or <c>facility</c>.</summary>
    public string Scope { get; init; } = "";

    public string? Module { get; init; }

    public Guid? FacilityId { get; init; }

    public Guid? ProjectId { get; init; }

    /// <summary>When it ends by itself; null: not by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public string CreatedBy { get; init; } = "";
}
