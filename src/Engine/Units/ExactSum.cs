namespace OffGridFlow.Engine;

/// <summary>A sum of decimals that loses no digit, so that it is the same in every order and equals the printed parts.</summary>
/// <remarks>
/// A decimal holds 28 digits: the sum of a large and a small one drops the last digits of the small. Parts of one scale (a
/// column of figures with two decimals, times one factor) add up as whole numbers of 128 bits, sooner than two roundings and
/// sums of decimals; parts of other scales are held apart above and below a hundred-millionth, each summed without loss, up
/// to 10^20 and over 10^9 parts.
/// </remarks>
public struct ExactSum
{
    private const int Places = 8;

    private Int128 units;
    private decimal above;
    private decimal below;
    private int scale;
    private bool begun;

    /// <summary>The sum, rounded once where it has more than 28 digits.</summary>
    public readonly decimal Value
    {
        get
        {
            var sum = this;
            sum.Fold(units, scale);
            return sum.above + sum.below;
        }
    }

    /// <summary>Two decimals that are the sum without rounding: the second is 0 unless the sum has more than 28 digits.</summary>
    public readonly (decimal Value, decimal Finer) Parts
    {
        get
        {
            if (above == 0m && below == 0m && Int128.Abs(units) >> 96 == 0)
            {
                var size = (UInt128)Int128.Abs(units);
                return (new decimal((int)(uint)size, (int)(uint)(size >> 32), (int)(uint)(size >> 64), Int128.IsNegative(units), (byte)scale), 0m);
            }

            var sum = this;
            sum.Fold(units, scale);
            var value = sum.above + sum.below;
            return value - sum.above == sum.below ? (value, 0m) : (sum.above, sum.below);
        }
    }

    public void Add(decimal part)
    {
        if (!begun)
        {
            (begun, scale) = (true, part.Scale);
        }

        if (part.Scale == scale)
        {
            units += Units(part);
        }
        else
        {
            AddApart(part);
        }
    }

    public void Add(in ExactSum other)
    {
        if (!begun)
        {
            this = other;
            return;
        }

        above += other.above;
        below += other.below;
        if (other.scale == scale)
        {
            units += other.units;
        }
        else
        {
            Fold(other.units, other.scale);
        }
    }

    private static Int128 Units(decimal part)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(part, bits);
        var size = new Int128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        return bits[3] < 0 ? -size : size;
    }

    // Whole kilograms first, so that no piece outgrows a decimal.
    private void Fold(Int128 sum, int places)
    {
        var (whole, fraction) = Int128.DivRem(sum, Power(places));
        var (coarse, fine) = Int128.DivRem(fraction, Power(Math.Max(places - Places, 0)));
        above += (decimal)whole;
        above += (decimal)coarse * new decimal(1, 0, 0, false, (byte)Math.Min(places, Places));
        below += (decimal)fine * new decimal(1, 0, 0, false, (byte)places);
    }

    private static Int128 Power(int exponent)
    {
        var power = Int128.One;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }

    private void AddApart(decimal part)
    {
        if (part.Scale <= Places)
        {
            above += part;
            return;
        }

        var rounded = decimal.Round(part, Places);
        above += rounded;
        below += part - rounded;
    }

    /// <summary>The sum of sums.</summary>
    public static decimal Of(IEnumerable<ExactSum> parts)
    {
        var sum = default(ExactSum);
        foreach (var part in parts)
        {
            sum.Add(part);
        }

        return sum.Value;
    }
}
