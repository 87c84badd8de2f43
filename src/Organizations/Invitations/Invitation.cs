using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Invitations;

/// <summary>An invitation as the API shows it; never what opens it.</summary>
public sealed record Invitation
{
    internal const string Select = """
        select invitation_id, email, role, scope, module, facility_id, project_id, role_expires_at, created_at, created_by, sent_at, expires_at, accepted_at, revoked_at,
               case when accepted_at is not null then 'accepted' when revoked_at is not null then 'revoked' when expires_at <= @now then 'expired' else 'open' end as status
        from org.invitations
        """;

    public Guid InvitationId { get; init; }

    public string Email { get; init; } = "";

    /// <summary>What they become.</summary>
    public string Role { get; init; } = "";

    /// <summary>Where the role counts: <c>tenant</c>, <c>project</c>, <c>module</c> or <c>facility</c>.</summary>
    public string Scope { get; init; } = "";

    public string? Module { get; init; }

    public Guid? FacilityId { get; init; }

    public Guid? ProjectId { get; init; }

    /// <summary>When the role ends; null: not by itself.</summary>
    public DateTimeOffset? RoleExpiresAt { get; init; }

    /// <summary><c>open</c>, <c>accepted</c>, <c>revoked</c> or <c>expired</c>.</summary>
    public string Status { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public string CreatedBy { get; init; } = "";

    /// <summary>When the last letter was written.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Until when it can be accepted.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? AcceptedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    internal static async Task<Result<Invitation>> Find(Guid id, Session session, DateTimeOffset now) =>
        await session.First<Invitation>($"{Select} where invitation_id = @id", new { id, now }) is { } found ? found : Problem.NotFound("invitation", id.ToString());

    /// <summary>Those that can still be accepted, the newest first: for the page.</summary>
    internal static Task<IReadOnlyList<Invitation>> Open(Session session, DateTimeOffset now) =>
        session.Query<Invitation>($"{Select} where accepted_at is null and revoked_at is null and expires_at > @now order by created_at desc", new { now });
}
