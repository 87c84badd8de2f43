using System.Numerics;
using OffGridFlow.Engine;

namespace OffGridFlow.App.Tests.Estimates;

public sealed class ExactSumTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sum_is_that_of_whole_numbers_in_every_order_and_grouping(bool oneScale)
    {
        var random = new Random(17);
        for (var round = 0; round < 500; round++)
        {
            var fixedScale = (byte)random.Next(19);
            var parts = Enumerable.Range(0, 50).Select(_ => new decimal(random.Next(100_000_000), 0, 0, random.Next(2) == 1, oneScale ? fixedScale : (byte)random.Next(19))).ToArray();
            var whole = parts.Aggregate(BigInteger.Zero, (sum, part) => sum + Scaled(part));

            var forward = Sum(parts);
            var backward = Sum(parts.Reverse());
            var joined = Sum(parts.Take(20));
            joined.Add(Sum(parts.Skip(20)));

            Assert.Equal(whole, Scaled(forward.Value));
            Assert.Equal(forward.Value, backward.Value);
            Assert.Equal(forward.Value, joined.Value);
        }
    }

    [Fact]
    public void Nothing_is_lost_between_the_largest_and_the_smallest_part()
    {
        var sum = Sum([99_999_999_999_999_999m, 0.0000000001m, -99_999_999_999_999_999m]);

        Assert.Equal(0.0000000001m, sum.Value);
    }

    [Fact]
    public void A_sum_far_beyond_any_company_is_rounded_and_not_refused()
    {
        var sum = Sum(Enumerable.Repeat(9_000_000_000_000_000_000.123456789m, 1_000));

        Assert.Equal(9_000_000_000_000_000_000_123.456789m, sum.Value);
    }

    private static ExactSum Sum(IEnumerable<decimal> parts)
    {
        var sum = default(ExactSum);
        foreach (var part in parts)
        {
            sum.Add(part);
        }

        return sum;
    }

    // In units of 10^-18; the parts are small enough that a decimal holds their sum to that place.
    private static BigInteger Scaled(decimal value)
    {
        var bits = decimal.GetBits(value);
        var mantissa = new BigInteger((uint)bits[2]) << 64 | new BigInteger((uint)bits[1]) << 32 | (uint)bits[0];
        return (bits[3] < 0 ? -mantissa : mantissa) * BigInteger.Pow(10, 18 - value.Scale);
    }
}
