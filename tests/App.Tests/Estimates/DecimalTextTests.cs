using System.Globalization;
using System.Text;
using OffGridFlow.Engine;

namespace OffGridFlow.App.Tests.Estimates;

/// <summary>Figures are written by hand for speed: they must be what the runtime writes, but for trailing zeros.</summary>
public sealed class DecimalTextTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0.000", "0")]
    [InlineData("0.10", "0.1")]
    [InlineData("100", "100")]
    [InlineData("-100.00", "-100")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    [InlineData("-79228162514264337593543950335", "-79228162514264337593543950335")]
    [InlineData("7.9228162514264337593543950335", "7.9228162514264337593543950335")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("18446744073709551616", "18446744073709551616")]
    [InlineData("1000000000000000000000000000", "1000000000000000000000000000")]
    [InlineData("20000000000.000000000000000000", "20000000000")]
    public void A_decimal_is_written_with_every_digit_and_no_trailing_zero(string value, string expected) =>
        Assert.Equal(expected, Written(decimal.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture)));

    [Fact]
    public void Any_decimal_is_written_as_the_runtime_writes_it_without_trailing_zeros()
    {
        var random = new Random(8_2026);
        for (var i = 0; i < 500_000; i++)
        {
            // Mantissas of every length, so that one, two and three words each meet every scale.
            var bits = random.Next(97);
            var mantissa = (UInt128.One << bits) - 1 & new UInt128((ulong)random.NextInt64(1L << 32), (ulong)random.NextInt64() ^ ((ulong)random.NextInt64() << 1));
            var value = new decimal((int)(uint)mantissa, (int)(uint)(mantissa >> 32), (int)(uint)(mantissa >> 64), random.Next(2) == 1, (byte)random.Next(29));

            Assert.Equal(Expected(value), Written(value));
        }
    }

    [Fact]
    public void Round_numbers_of_every_scale_are_written_as_the_runtime_writes_them()
    {
        for (byte scale = 0; scale <= 28; scale++)
        {
            for (var (power, places) = (1m, 0); places < 28; power *= 10m, places++)
            {
                var bits = decimal.GetBits(power);
                var value = new decimal(bits[0], bits[1], bits[2], false, scale);

                Assert.Equal(Expected(value), Written(value));
            }
        }
    }

    private static string Expected(decimal value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        text = text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
        return text == "-0" ? "0" : text;
    }

    private static string Written(decimal value)
    {
        Span<byte> room = stackalloc byte[DecimalText.Room];
        return Encoding.ASCII.GetString(room[..DecimalText.Write(value, room)]);
    }
}
