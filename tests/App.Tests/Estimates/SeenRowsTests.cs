using OffGridFlow.Web.Estimates;

namespace OffGridFlow.App.Tests.Estimates;

public sealed class SeenRowsTests
{
    [Fact]
    public void Each_fingerprint_answers_with_the_row_that_had_it_first()
    {
        var random = new Random(5);
        var seen = new SeenRows();
        var first = new Dictionary<UInt128, int>();
        for (var row = 1; row <= 200_000; row++)
        {
            var fingerprint = row % 3 == 0 && first.Count > 0
                ? first.Keys.ElementAt(random.Next(Math.Min(first.Count, 50)))
                : new UInt128(((ulong)random.NextInt64() << 1) ^ (ulong)random.NextInt64(), (ulong)random.NextInt64());

            Assert.Equal(first.GetValueOrDefault(fingerprint), seen.FirstOrAdd(fingerprint, row));
            first.TryAdd(fingerprint, row);
        }
    }

    [Fact]
    public void Fingerprints_that_meet_in_one_slot_stay_apart()
    {
        var seen = new SeenRows();

        Assert.Equal(0, seen.FirstOrAdd(new UInt128(7, 1), 1));
        Assert.Equal(0, seen.FirstOrAdd(new UInt128(7, 2), 2));
        Assert.Equal(0, seen.FirstOrAdd(new UInt128(7 + (1UL << 40), 1), 3));
        Assert.Equal(2, seen.FirstOrAdd(new UInt128(7, 2), 4));
    }
}
