using Microsoft.Extensions.Logging;

namespace OffGridFlow.Platform.Limits;

/// <summary>
/// How often somebody may do something: one limit over all servers that share a Redis, else each server's own. When the Redis goes away, each server counts for itself
/// until it is back, and says so in the log.
/// </summary>
public sealed partial class Allowance(TimeProvider clock, ILogger<Allowance> log, RedisBuckets? shared = null)
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    private readonly LocalBuckets local = new(clock);
    private long awaySince;
    private long lastTried;

    /// <summary>Names the Redis that servers share: <c>redis://[user:password@]host[:port]</c>, or <c>rediss://</c> over TLS.</summary>
    public const string Variable = "OFFGRIDFLOW_REDIS";

    /// <summary>Takes a token out of each bucket, or out of none when one is empty.</summary>
    public async ValueTask<Taken> Take(IReadOnlyList<Bucket> buckets, CancellationToken ct)
    {
        if (shared is null || !IsToBeTried())
        {
            return local.Take(buckets);
        }

        try
        {
            var taken = await shared.Take(buckets, ct);
            if (Interlocked.Exchange(ref awaySince, 0) != 0)
            {
                LogBack(log);
            }

            return taken;
        }
        catch (Exception away) when (away is IOException or System.Net.Sockets.SocketException or TimeoutException or System.Security.Authentication.AuthenticationException)
        {
            Volatile.Write(ref lastTried, clock.GetTimestamp());
            if (Interlocked.CompareExchange(ref awaySince, Math.Max(1, clock.GetTimestamp()), 0) == 0)
            {
                LogAway(log, away);
            }

            return local.Take(buckets);
        }
    }

    // One that is away is asked once a second, so that it costs its time-out once a second.
    private bool IsToBeTried()
    {
        if (Volatile.Read(ref awaySince) == 0)
        {
            return true;
        }

        var last = Volatile.Read(ref lastTried);
        return clock.GetElapsedTime(last) >= BetweenTries && Interlocked.CompareExchange(ref lastTried, clock.GetTimestamp(), last) == last;
    }

    [LoggerMessage(LogLevel.Warning, "The Redis that rate limits are shared by is away: this server counts for itself until it is back.")]
    private static partial void LogAway(ILogger log, Exception away);

    [LoggerMessage(LogLevel.Warning, "The Redis that rate limits are shared by is back.")]
    private static partial void LogBack(ILogger log);
}
