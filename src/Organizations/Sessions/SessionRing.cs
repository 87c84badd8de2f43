using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Sessions;

/// <summary>Who a session belongs to, where it works, and what it may do there.</summary>
/// <param name="Tenant">The tenant it works in; none: the person has not chosen one, or may no longer.</param>
public sealed record SessionHolder(Guid User, Guid SessionId, TenantId Tenant, PermissionSet May, IReadOnlyList<FacilityGrant> ByFacility, DateTimeOffset AuthenticatedAt);

/// <summary>
/// Says whose a session is. What it has found it remembers for half a minute; a sign-out, a change of role or of a password is heard at once, in
/// this process and, by the database's notice, in every other.
/// </summary>
public sealed class SessionRing(Database database, Bell bell, TimeProvider clock) : IHostedService
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    // More sessions than this at work within half a minute are looked up anew each time.
    private const int Most = 20_000;

    private readonly ConcurrentDictionary<Guid, Known> known = new();
    private long epoch;
    private IDisposable? listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        listening = bell.Listen(Bell.Access, _ => Forget());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        listening?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The holder of a browser's session, or null when the secret is nobody's, or its session has ended.</summary>
    public Task<SessionHolder?> Resolve(PersonSecret secret, CancellationToken ct) => Resolve(secret.User, secret.Thing, secret.Hash, ct);

    /// <summary>The holder of the program's session that an access token names, or null when it has ended.</summary>
    public Task<SessionHolder?> Resolve(AccessToken token, CancellationToken ct) => Resolve(token.User, token.SessionId, null, ct);

    /// <param name="user">Whose it is to be.</param>
    /// <param name="sessionId">Which.</param>
    /// <param name="hash">Of the secret; none: a token that was signed names the session.</param>
    /// <param name="ct">Stops.</param>
    private async Task<SessionHolder?> Resolve(Guid user, Guid sessionId, byte[]? hash, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (known.TryGetValue(sessionId, out var found) && now < found.Until && found.Holder.User == user
            && (hash is null ? found.Hash is null : found.Hash is not null && CryptographicOperations.FixedTimeEquals(hash, found.Hash)))
        {
            return found.Holder;
        }

        // What is forgotten while it is being read must not be remembered.
        var began = Interlocked.Read(ref epoch);
        if (await LookUp(user, sessionId, hash, now, ct) is not { } holder)
        {
            return null;
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }

        if (Interlocked.Read(ref epoch) == began)
        {
            known[sessionId] = new Known(holder, hash, now + Memory);
        }

        return holder;
    }

    /// <summary>Looks everybody up anew when they come next.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref epoch);
        known.Clear();
    }

    private async Task<SessionHolder?> LookUp(Guid user, Guid sessionId, byte[]? hash, DateTimeOffset now, CancellationToken ct)
    {
        var person = Caller.Person(user, "session:look-up");
        var row = await database.Read(
            person,
            session => session.First<Row>(
                $"""
                select s.working_in, s.last_seen_at, s.authenticated_at
                from people.sessions s join people.users u on u.user_id = s.user_id and u.status = 'active' and u.stamp = s.stamp
                where s.session_id = @sessionId and (case when @hash::bytea is null then s.carrier = 'token' else s.carrier = 'cookie' and s.hash = @hash end) and {UserSessions.InForce}
                """,
                new { sessionId, hash, now }),
            ct);
        if (row is null)
        {
            return null;
        }

        if (now - row.LastSeenAt > SeenEvery)
        {
            await database.Write<int>(person, async session => await session.Execute("update people.sessions set last_seen_at = @now where session_id = @sessionId", new { now, sessionId }), ct);
        }

        if (row.WorkingIn is not { } tenant)
        {
            return new SessionHolder(user, sessionId, TenantId.None, PermissionSet.None, [], row.AuthenticatedAt);
        }

        var grants = await database.Read(new Caller(new TenantId(tenant), $"user:{user}", "session:look-up") { User = user }, session => Grants.Of(user, session, now), ct);
        return grants is null
            ? new SessionHolder(user, sessionId, TenantId.None, PermissionSet.None, [], row.AuthenticatedAt)
            : new SessionHolder(user, sessionId, new TenantId(tenant), grants.May, grants.ByFacility, row.AuthenticatedAt);
    }

    private sealed record Known(SessionHolder Holder, byte[]? Hash, DateTimeOffset Until);

    private sealed class Row
    {
        public Guid? WorkingIn { get; set; }

        public DateTimeOffset LastSeenAt { get; set; }

        public DateTimeOffset AuthenticatedAt { get; set; }
    }
}
