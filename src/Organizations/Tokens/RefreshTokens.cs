using OffGridFlow.Organizations.Sessions;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tokens;

/// <summary>What a program is given to come in with.</summary>
/// <param name="Refresh">Good once, for a week: it gives the next pair.</param>
internal sealed record TokenPair(string Access, PersonSecret Refresh);

/// <summary>
/// Gives a program's session its tokens. A refresh token is used once; one that comes twice was stolen from whoever used it first or by them, so the whole session
/// ends (RFC 9700, 4.14.2).
/// </summary>
public sealed class RefreshTokens(Database database, AccessTokens access, SessionRing ring, TimeProvider clock)
{
    public static readonly TimeSpan GoodFor = TimeSpan.FromDays(7);

    /// <summary>The first pair of a session that has just begun; null when it is no program's.</summary>
    internal async Task<TokenPair?> First(PersonSecret session, Caller by, CancellationToken ct)
    {
        var person = Caller.Person(session.User, by.RequestId, by.Address, by.UserAgent);
        var refresh = await database.Write<PersonSecret?>(
            person,
            async bound => await bound.First<Guid?>(
                $"select session_id from people.sessions where session_id = @Thing and hash = @Hash and carrier = 'token' and {UserSessions.InForce}", new { session.Thing, session.Hash, now = clock.GetUtcNow() }) is null
                ? (PersonSecret?)null
                : await Add(session.User, session.Thing, bound),
            ct);
        return refresh.TryValue(out var made, out _) ? await Pair(made, ct) : null;
    }

    /// <summary>The next pair, for a token that was not used yet.</summary>
    internal async Task<Result<TokenPair>> Next(string? text, Caller by, CancellationToken ct)
    {
        if (PersonSecret.Read(PersonSecret.Refresh, text) is not { } token)
        {
            return Unknown();
        }

        var (next, ended) = (await database.Write<(PersonSecret? Next, bool Ended)>(
            Caller.Person(token.User, by.RequestId, by.Address, by.UserAgent), session => Use(token, session), ct)).Value;
        if (ended)
        {
            ring.Forget();
        }

        return await Pair(next, ct) is { } pair ? pair : Unknown();
    }

    private async Task<Result<(PersonSecret? Next, bool Ended)>> Use(PersonSecret token, Session session)
    {
        var now = clock.GetUtcNow();

        // One of two who come at once is second.
        var isOpen = await session.First<Guid?>(
            $"""
            select s.session_id from people.sessions s join people.users u on u.user_id = s.user_id and u.status = 'active' and u.stamp = s.stamp
            where s.session_id = @Thing and s.carrier = 'token' and {UserSessions.InForce} for update of s
            """,
            new { token.Thing, now }) is not null;
        if (await session.First<Row>("select used_at, expires_at from people.refresh_tokens where session_id = @Thing and hash = @Hash", new { token.Thing, token.Hash }) is not { } row)
        {
            return (null, false);
        }

        if (row.UsedAt is not null)
        {
            var ended = await UserSessions.End(token.Thing, "reused", session, now);
            if (ended)
            {
                await User.Record(session, "session.ended", new { session_id = token.Thing, because = "reused" });
            }

            return (null, ended);
        }

        if (!isOpen || row.ExpiresAt <= now)
        {
            return (null, false);
        }

        await session.Execute("update people.refresh_tokens set used_at = @now where session_id = @Thing and hash = @Hash", new { now, token.Thing, token.Hash });
        await session.Execute("update people.sessions set last_seen_at = @now where session_id = @Thing", new { now, token.Thing });
        return (await Add(token.User, token.Thing, session), false);
    }

    private async Task<PersonSecret> Add(Guid user, Guid sessionId, Session session)
    {
        var (token, now) = (PersonSecret.New(PersonSecret.Refresh, user, sessionId), clock.GetUtcNow());
        await session.Execute(
            "insert into people.refresh_tokens (user_id, session_id, hash, issued_at, expires_at) values (@user, @sessionId, @Hash, @now, @until)", new { user, sessionId, token.Hash, now, until = now + GoodFor });
        return token;
    }

    private async Task<TokenPair?> Pair(PersonSecret? refresh, CancellationToken ct) => refresh is null ? null : new TokenPair(await access.Issue(refresh.User, refresh.Thing, ct), refresh);

    private static Problem Unknown() => new("refresh-token.over", "refresh_token", "a token that is not in force", "the one of the last answer, which was not used yet", "Sign in again.") { Kind = ProblemKind.Unauthenticated };

    private sealed class Row
    {
        public DateTimeOffset? UsedAt { get; set; }

        public DateTimeOffset ExpiresAt { get; set; }
    }
}
