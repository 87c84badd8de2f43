using System.Runtime.Intrinsics;

namespace OffGridFlow.Engine;

/// <summary>Decimals as UTF-8, every digit and no trailing zeros: a million rows print fourteen million of them.</summary>
/// <remarks>decimal.TryFormat goes by way of number buffers and cultures; this goes from the bits to the bytes.</remarks>
public static class DecimalText
{
    /// <summary>Room that <see cref="Write"/> needs, more than it fills: it copies in blocks of 32 bytes.</summary>
    public const int Room = 96;

    // No number has more than 29 digits.
    private const int Block = 32;
    private const ulong Billion = 1_000_000_000;

    /// <summary>Writes the number.</summary>
    /// <param name="value">Any decimal.</param>
    /// <param name="into">At least <see cref="Room"/> bytes; those beyond the length returned are garbage.</param>
    /// <returns>How many bytes the number takes.</returns>
    public static int Write(decimal value, Span<byte> into)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var scale = (bits[3] >> 16) & 0xFF;
        var low = ((ulong)(uint)bits[1] << 32) | (uint)bits[0];

        // Zeros before the digits, so that 0.001 needs no case of its own; room behind them to copy a whole block from.
        Span<byte> digits = stackalloc byte[3 * Block];
        Vector256.Create((byte)'0').CopyTo(digits);
        var end = Block + (bits[2] == 0 ? Digits(low, digits[Block..]) : Digits((uint)bits[2], low, digits[Block..]));
        while (scale > 0 && digits[end - 1] == '0' && end > Block)
        {
            end--;
            scale--;
        }

        if (end == Block || (end == Block + 1 && digits[Block] == '0'))
        {
            into[0] = (byte)'0';
            return 1;
        }

        var sign = bits[3] < 0 ? 1 : 0;
        into[0] = (byte)'-';
        var start = Math.Min(Block, end - scale - 1);
        var whole = end - scale - start;
        Vector256.Create<byte>(digits[start..]).CopyTo(into[sign..]);
        if (scale == 0)
        {
            return sign + whole;
        }

        into[sign + whole] = (byte)'.';
        Vector256.Create<byte>(digits[(start + whole)..]).CopyTo(into[(sign + whole + 1)..]);
        return sign + whole + 1 + scale;
    }

    private static int Digits(ulong number, Span<byte> into)
    {
        number.TryFormat(into, out var length, default, null);
        return length;
    }

    // 96 bits by 10^9 twice: long division in limbs of 32 bits, whose divisions by a constant are multiplications.
    private static int Digits(uint high, ulong low, Span<byte> into)
    {
        var (top, rest) = Math.DivRem(high, Billion);
        (var middle, rest) = Math.DivRem((rest << 32) | (low >> 32), Billion);
        (var bottom, var last) = Math.DivRem((rest << 32) | (uint)low, Billion);

        (middle, rest) = Math.DivRem((top << 32) | middle, Billion);
        (bottom, rest) = Math.DivRem((rest << 32) | bottom, Billion);
        var length = Digits((middle << 32) | bottom, into);

        // With 10^18 added the lower part has all its zeros; its leading 1 falls on a digit already written, which is put back.
        var kept = into[length - 1];
        Digits((Billion * Billion) + (rest * Billion) + last, into[(length - 1)..]);
        into[length - 1] = kept;
        return length + 18;
    }
}
