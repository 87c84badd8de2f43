using System.Collections.Concurrent;

namespace OffGridFlow.Organizations;

/// <summary>What many requests ask: answered from memory for half a minute, and asked anew once something has changed.</summary>
internal sealed class Remembered<TKey, TValue>(TimeProvider clock, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private const int Most = 10_000;

    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<TKey, (TValue Value, DateTimeOffset Until)> known = new(comparer);

    public void Forget() => known.Clear();

    public async ValueTask<TValue> Get(TKey key, Func<Task<TValue>> ask)
    {
        var now = clock.GetUtcNow();
        if (known.TryGetValue(key, out var found) && now < found.Until)
        {
            return found.Value;
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }

        var value = await ask();
        known[key] = (value, now + GoodFor);
        return value;
    }
}
