using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OffGridFlow.Platform.Limits;

/// <summary>Buckets that several servers share, in a Redis: one atomic script takes out of all or out of none, by the Redis's own clock.</summary>
public sealed class RedisBuckets(RedisConnection redis)
{
    // A bucket that is full again is forgotten. Numbers come back as text: Redis cuts them to whole ones else.
    private const string Script = """
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
        local lefts, tightest = {}, 1
        for i = 1, #KEYS do
            local rate, most = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
            local level = redis.call('HMGET', KEYS[i], 'left', 'at')
            local left = most
            if level[1] then left = math.min(most, tonumber(level[1]) + math.max(0, now - tonumber(level[2])) * rate) end
            if left < 1 then return {0, i, tostring(left)} end
            lefts[i] = left - 1
            if lefts[i] < lefts[tightest] then tightest = i end
        end
        for i = 1, #KEYS do
            local rate, most = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
            redis.call('HSET', KEYS[i], 'left', string.format('%.6f', lefts[i]), 'at', string.format('%.6f', now))
            redis.call('PEXPIRE', KEYS[i], math.ceil((most - lefts[i]) / rate * 1000) + 1000)
        end
        return {1, tightest, tostring(lefts[tightest])}
        """;

    private static readonly string Hash = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(Script)));

    internal async Task<Taken> Take(IReadOnlyList<Bucket> buckets, CancellationToken ct)
    {
        var words = new List<string>(3 + (3 * buckets.Count)) { "EVALSHA", Hash, buckets.Count.ToString(CultureInfo.InvariantCulture) };
        words.AddRange(buckets.Select(bucket => "ogf:rate:" + bucket.Name));
        foreach (var bucket in buckets)
        {
            words.Add(bucket.PerSecond.ToString("R", CultureInfo.InvariantCulture));
            words.Add(bucket.Most.ToString(CultureInfo.InvariantCulture));
        }

        var answer = await redis.Ask(words, ct);
        if (answer is RedisError { Text: var text } && text.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            (words[0], words[1]) = ("EVAL", Script);
            answer = await redis.Ask(words, ct);
        }

        return answer is object[] and [long isTaken, long at, string left]
            ? Taken.Of(buckets[(int)at - 1], double.Parse(left, CultureInfo.InvariantCulture), isTaken == 1)
            : throw new IOException($"The Redis answers: {(answer as RedisError)?.Text ?? answer}.");
    }
}
