using System.Collections.Concurrent;
using System.Globalization;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Host;

/// <summary>How many requests each tenant may still make: a bucket that fills by the second and holds ten seconds' worth.</summary>
internal sealed class RequestAllowance(HostSettings settings, TimeProvider clock)
{
    private const int SecondsSaved = 10;

    private readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    public int Most => settings.RequestsPerSecond * SecondsSaved;

    /// <summary>Takes one request out of the bucket. Left: how many more there are; -1 when there was none to take.</summary>
    public int Take(string name)
    {
        if (buckets.Count > 100_000)
        {
            buckets.Clear();
        }

        var bucket = buckets.GetOrAdd(name, _ => new Bucket { Tokens = Most, At = clock.GetTimestamp() });
        lock (bucket)
        {
            var now = clock.GetTimestamp();
            bucket.Tokens = Math.Min(Most, bucket.Tokens + (clock.GetElapsedTime(bucket.At, now).TotalSeconds * settings.RequestsPerSecond));
            bucket.At = now;
            if (bucket.Tokens < 1)
            {
                return -1;
            }

            bucket.Tokens--;
            return (int)bucket.Tokens;
        }
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }

        public long At { get; set; }
    }
}

/// <summary>Keeps one tenant from taking the server for itself: 429 when its allowance is used up; the headers tell how much is left.</summary>
internal sealed class RateLimit(RequestDelegate next, RequestAllowance allowance, HostSettings settings)
{
    public async Task Invoke(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var who = context.Features.Get<Caller>()?.Tenant.ToString() ?? context.Connection.RemoteIpAddress?.ToString() ?? "";
        var left = allowance.Take(who);
        var headers = context.Response.Headers;
        headers["RateLimit-Limit"] = allowance.Most.ToString(CultureInfo.InvariantCulture);
        headers["RateLimit-Remaining"] = Math.Max(0, left).ToString(CultureInfo.InvariantCulture);
        // Seconds until the allowance is whole again.
        headers["RateLimit-Reset"] = ((allowance.Most - Math.Max(0, left) + settings.RequestsPerSecond - 1) / settings.RequestsPerSecond).ToString(CultureInfo.InvariantCulture);
        if (left < 0)
        {
            headers.RetryAfter = "1";
            await new ProblemResponse(new Problem(
                "rate.exceeded",
                "RateLimit-Limit",
                "more requests than allowed",
                string.Create(CultureInfo.InvariantCulture, $"at most {settings.RequestsPerSecond} a second, {allowance.Most} at once"),
                "Wait as long as Retry-After says.") { Kind = ProblemKind.TooMany }).ExecuteAsync(context);
            return;
        }

        await next(context);
    }
}
