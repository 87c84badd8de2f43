using System.Runtime.CompilerServices;

namespace OffGridFlow.Engine;

/// <summary>A decimal taken apart once, to be multiplied many times.</summary>
/// <remarks>
/// decimal's own product takes both sides apart each time and allows for every length. Two factors of at most 64 bits whose
/// product has at most 96 need one multiplication of the processor: the same bits, sooner (the engine went from 7 to 9 million rows a second with it and Plan.Formulas).
/// </remarks>
internal readonly struct Multiplicand
{
    private const int MostPlaces = 28;
    private readonly ulong digits;
    private readonly byte places;
    private readonly bool isLong;

    public Multiplicand(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        digits = ((ulong)(uint)bits[1] << 32) | (uint)bits[0];
        places = value.Scale;
        IsNegative = bits[3] < 0;
        isLong = bits[2] != 0;
    }

    public bool IsNegative { get; }

    public bool IsZero => digits == 0 && !isLong;

    /// <summary>The exact product; false where it takes more than one multiplication, or would have to be rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryMultiply(in Multiplicand a, in Multiplicand b, out decimal product)
    {
        var high = Math.BigMul(a.digits, b.digits, out var low);
        var scale = a.places + b.places;
        if (a.isLong | b.isLong | high > uint.MaxValue | scale > MostPlaces)
        {
            product = 0m;
            return false;
        }

        product = new decimal((int)low, (int)(low >> 32), (int)high, a.IsNegative ^ b.IsNegative, (byte)scale);
        return true;
    }
}
