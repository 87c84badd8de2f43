using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Sessions;

/// <summary>A sign-in, as its person sees it among their devices.</summary>
public sealed record UserSession
{
    public required Guid SessionId { get; init; }

    /// <summary><c>cookie</c>: a browser; <c>token</c>: a program.</summary>
    public required string Carrier { get; init; }

    /// <summary>What was shown to sign in: <c>password</c>, <c>totp</c>, <c>recovery_code</c>, <c>passkey</c>, <c>oidc</c>; <c>mfa</c>: two factors at a provider, as it says.</summary>
    public required string[] Factors { get; init; }

    public string? Address { get; init; }

    public string? UserAgent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>That an organisation's provider vouches for somebody: the session works in that organisation alone, and for as long as it trusts the provider.</summary>
internal sealed record Vouching(Guid Tenant, Guid Provider);

/// <summary>Begins and ends sessions. The person is bound.</summary>
internal static class UserSessions
{
    /// <summary>Carried by a browser's cookie.</summary>
    public const string InBrowser = "cookie";

    /// <summary>Carried by a program, in the header <c>Authorization</c>.</summary>
    public const string InProgram = "token";

    /// <summary>A browser's, from its last request on.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    /// <summary>A browser's session, from its sign-in on.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>A program's, however often it refreshes its tokens.</summary>
    public static readonly TimeSpan LongestInProgram = TimeSpan.FromDays(30);

    public const string InForce = "ended_at is null and expires_at > @now and last_seen_at > @now - case carrier when 'cookie' then interval '12 hours' else interval '7 days' end";

    /// <summary>The new session's secret.</summary>
    public static async Task<PersonSecret> Begin(User user, string carrier, IReadOnlyList<string> factors, Guid? workingIn, Session session, DateTimeOffset now, Vouching? by = null)
    {
        var secret = PersonSecret.New(PersonSecret.Session, user.UserId, Guid.CreateVersion7());
        await session.Execute(
            """
            insert into people.sessions (user_id, session_id, hash, working_in, confined_to, vouched_by, carrier, factors, stamp, address, user_agent, created_at, authenticated_at, last_seen_at, expires_at)
            values (@UserId, @Thing, @Hash, @workingIn, @Tenant, @Provider, @carrier, @factors, @Stamp, @Address, @UserAgent, @now, @now, @now, @until)
            """,
            new
            {
                user.UserId, secret.Thing, secret.Hash, workingIn, by?.Tenant, by?.Provider, carrier, factors = factors.ToArray(), user.Stamp, session.Caller.Address, session.Caller.UserAgent, now,
                until = now + (carrier == InProgram ? LongestInProgram : Longest),
            });
        return secret;
    }

    /// <summary>
    /// The session has shown one factor more, just now. A browser's has a new secret from then on, which is handed back: one that was seen before opens nothing at the
    /// higher privilege. A program's goes on with its next tokens.
    /// </summary>
    public static async Task<PersonSecret?> Lift(Guid user, Guid? sessionId, string factor, Session session, DateTimeOffset now)
    {
        if (sessionId is not { } id)
        {
            return null;
        }

        var secret = PersonSecret.New(PersonSecret.Session, user, id);
        var carrier = await session.First<string>(
            $"""
            update people.sessions set factors = case when @factor = any(factors) then factors else array_append(factors, @factor) end, hash = case carrier when 'cookie' then @Hash else hash end
            where session_id = @id and {InForce} returning carrier
            """,
            new { factor, secret.Hash, id, now });
        return carrier == InBrowser ? secret : null;
    }

    /// <summary>
    /// A browser's session has a new secret, so that one that was seen before opens nothing: at a change of privilege. Null for a program's, which goes on with its
    /// next tokens.
    /// </summary>
    public static async Task<PersonSecret?> Renew(Guid user, Guid? sessionId, Session session, DateTimeOffset now)
    {
        if (sessionId is not { } id)
        {
            return null;
        }

        var secret = PersonSecret.New(PersonSecret.Session, user, id);
        return await session.Execute($"update people.sessions set hash = @Hash where session_id = @id and carrier = 'cookie' and {InForce}", new { secret.Hash, id, now }) == 1 ? secret : null;
    }

    /// <summary>Ends one; whether it was in force.</summary>
    public static async Task<bool> End(Guid sessionId, string because, Session session, DateTimeOffset now) => await session.Execute(
        "update people.sessions set ended_at = @now, ended_because = @because where session_id = @sessionId and ended_at is null", new { sessionId, because, now }) == 1;

    /// <summary>Ends all but one.</summary>
    public static Task<int> EndOthers(Guid? but, string because, Session session, DateTimeOffset now) => session.Execute(
        "update people.sessions set ended_at = @now, ended_because = @because where ended_at is null and session_id is distinct from @but", new { but, because, now });

    /// <summary>Those in force, the one seen last first.</summary>
    public static Task<IReadOnlyList<UserSession>> All(Session session, DateTimeOffset now) => session.Query<UserSession>(
        $"select session_id, carrier, factors, address, user_agent, created_at, last_seen_at, expires_at from people.sessions where {InForce} order by last_seen_at desc, session_id", new { now });
}
