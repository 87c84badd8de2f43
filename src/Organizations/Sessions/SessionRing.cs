using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using OffGridFlow.Organizations.Providers;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Organizations.Security;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Organizations.Tokens;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Sessions;

/// <summary>Who a session belongs to, where it works, and what it may do there.</summary>
/// <param name="Tenant">The tenant it works in; none: the person has not chosen one, or may no longer.</param>
public sealed record SessionHolder(Guid User, Guid SessionId, TenantId Tenant, PermissionSet May, IReadOnlyList<FacilityGrant> ByFacility, DateTimeOffset AuthenticatedAt)
{
    /// <summary>Whether the tenant requires a second factor that this session has not shown: until then it may do nothing there.</summary>
    public bool NeedsSecondFactor { get; init; }

    /// <summary>The region that the tenant it worked in has moved to; null: it has not.</summary>
    public string? MovedTo { get; init; }

    /// <summary>Whether it works in this tenant alone, whose provider vouched for the person: it is no key to their account.</summary>
    public bool IsConfined { get; init; }
}

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
        if (await LookUp(user, sessionId, hash, now, ct) is not var (holder, until))
        {
            return null;
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }

        if (Interlocked.Read(ref epoch) == began)
        {
            known[sessionId] = new Known(holder, hash, until < now + Memory ? until.Value : now + Memory);
        }

        return holder;
    }

    /// <summary>Looks everybody up anew when they come next.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref epoch);
        known.Clear();
    }

    // The holder, and until when what they may do stays as it is.
    private async Task<(SessionHolder Holder, DateTimeOffset? Until)?> LookUp(Guid user, Guid sessionId, byte[]? hash, DateTimeOffset now, CancellationToken ct)
    {
        var person = Caller.Person(user, "session:look-up");
        var row = await database.Read(
            person,
            session => session.First<Row>(
                $"""
                select s.working_in, s.confined_to, s.vouched_by, s.last_seen_at, s.authenticated_at, s.factors
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

        if ((row.ConfinedTo ?? row.WorkingIn) is not { } tenant)
        {
            return (new SessionHolder(user, sessionId, TenantId.None, PermissionSet.None, [], row.AuthenticatedAt), null);
        }

        var (provider, grants, requiresTwo, movedTo) = await database.Read(
            new Caller(new TenantId(tenant), $"user:{user}", "session:look-up") { User = user },
            async session => (row.VouchedBy is { } by ? await Provider.Find(by, session) : null, await Grants.Of(user, session, now), await SecurityPolicy.RequiresTwoFactors(session),
                await session.First<string?>("select region from org.tenants where status = 'moved'")), ct);
        if (row.VouchedBy is not null && provider is null)
        {
            return null;
        }

        if (grants is not null && row.AuthenticatedAt < grants.SignedOutAt)
        {
            await database.Write<bool>(person, async session => await UserSessions.End(sessionId, "organization", session, now), ct);
            return null;
        }

        if (grants is not null && requiresTwo && provider?.SecondFactor != Provider.Vouched && !row.Factors.Any(factor => SecondFactors.Counting.Contains(factor, StringComparer.Ordinal)))
        {
            return (new SessionHolder(user, sessionId, new TenantId(tenant), PermissionSet.None, [], row.AuthenticatedAt) { NeedsSecondFactor = true, IsConfined = row.ConfinedTo is not null }, null);
        }

        return grants is null
            ? (new SessionHolder(user, sessionId, TenantId.None, PermissionSet.None, [], row.AuthenticatedAt) { IsConfined = row.ConfinedTo is not null, MovedTo = movedTo }, null)
            : (new SessionHolder(user, sessionId, new TenantId(tenant), grants.May, grants.ByFacility, row.AuthenticatedAt) { IsConfined = row.ConfinedTo is not null }, grants.Until);
    }

    private sealed record Known(SessionHolder Holder, byte[]? Hash, DateTimeOffset Until);

    private sealed class Row
    {
        public Guid? WorkingIn { get; set; }

        public Guid? ConfinedTo { get; set; }

        public Guid? VouchedBy { get; set; }

        public DateTimeOffset LastSeenAt { get; set; }

        public DateTimeOffset AuthenticatedAt { get; set; }

        public string[] Factors { get; set; } = [];
    }
}
