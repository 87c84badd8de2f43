namespace OffGridFlow.Web.Estimates;

/// <summary>A sum of decimals that loses no digit, so that it is the same in every order and equals the printed parts.</summary>
/// <remarks>
/// A decimal holds 28 digits: the sum of a large and a small one drops the last digits of the small. Held apart, what lies above
/// a hundred-millionth and what lies below are each summed without loss, up to 10^20 and over 10^9 parts.
/// </remarks>
internal struct ExactSum
{
    private const int Places = 8;

    private decimal above;
    private decimal below;

    /// <summary>The sum, rounded once where it has more than 28 digits.</summary>
    public readonly decimal Value => above + below;

    public void Add(decimal part)
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

    public void Add(in ExactSum other)
    {
        above += other.above;
        below += other.below;
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

/// <summary>kg CO2e, and kg CO2 of biological origin apart.</summary>
internal struct KilogramSum
{
    public ExactSum Co2e;

    public ExactSum Biogenic;

    public void Add(decimal co2e, decimal biogenic)
    {
        Co2e.Add(co2e);
        Biogenic.Add(biogenic);
    }

    public void Add(in KilogramSum other)
    {
        Co2e.Add(other.Co2e);
        Biogenic.Add(other.Biogenic);
    }
}
