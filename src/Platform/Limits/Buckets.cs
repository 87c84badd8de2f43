using System.Collections.Concurrent;

namespace OffGridFlow.Platform.Limits;

/// <summary>A token bucket: it holds so many at most, and fills at a rate.</summary>
/// <param name="Name">Whose it is and for what: <c>tenant 0191…</c>.</param>
public sealed record Bucket(string Name, double PerSecond, int Most);

/// <summary>What came of taking one token out of each of several buckets: out of all of them, or out of none.</summary>
/// <param name="Bucket">The one that is nearest to empty; the empty one when none was taken.</param>
/// <param name="Left">How many it still holds.</param>
/// <param name="Wait">Until it holds one again; zero when one was taken.</param>
public sealed record Taken(Bucket Bucket, int Left, TimeSpan Wait)
{
    public bool IsAllowed => Wait == TimeSpan.Zero;

    /// <summary>Until the bucket is full again.</summary>
    public TimeSpan UntilFull => TimeSpan.FromSeconds((Bucket.Most - Left) / Bucket.PerSecond);

    internal static Taken Of(Bucket bucket, double left, bool isTaken) =>
        new(bucket, (int)Math.Max(0, left), isTaken ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Max(0.001, (1 - left) / bucket.PerSecond)));
}

/// <summary>Buckets of this process.</summary>
internal sealed class LocalBuckets(TimeProvider clock)
{
    // More than this, and those that are full again are dropped: a full one and none are the same.
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<string, Level> levels = new(StringComparer.Ordinal);
    private readonly Lock taking = new();

    public Taken Take(IReadOnlyList<Bucket> buckets)
    {
        lock (taking)
        {
            var now = clock.GetTimestamp();
            if (levels.Count > Most)
            {
                Drop(now);
            }

            var found = new Level[buckets.Count];
            Taken? tightest = null;
            for (var i = 0; i < buckets.Count; i++)
            {
                var bucket = buckets[i];
                var level = found[i] = levels.GetOrAdd(bucket.Name, _ => new Level { Left = bucket.Most, At = now });
                level.Left = Math.Min(bucket.Most, level.Left + (clock.GetElapsedTime(level.At, now).TotalSeconds * bucket.PerSecond));
                level.FullAfter = (bucket.Most - level.Left) / bucket.PerSecond;
                level.At = now;
                if (level.Left < 1)
                {
                    return Taken.Of(bucket, level.Left, isTaken: false);
                }

                if (tightest is null || level.Left - 1 < tightest.Left)
                {
                    tightest = Taken.Of(bucket, level.Left - 1, isTaken: true);
                }
            }

            foreach (var level in found)
            {
                level.Left--;
            }

            return tightest!;
        }
    }

    private void Drop(long now)
    {
        foreach (var (name, level) in levels)
        {
            if (clock.GetElapsedTime(level.At, now).TotalSeconds > level.FullAfter + 1)
            {
                levels.TryRemove(name, out _);
            }
        }
    }

    private sealed class Level
    {
        public double Left { get; set; }

        public long At { get; set; }

        public double FullAfter { get; set; }
    }
}
