namespace OffGridFlow.Engine.Allocation;

/// <summary>
/// Rounds parts so that what is printed adds up to the printed total (Hare-Niemeyer). Only renderers call it: nothing is rounded before.
/// </summary>
public static class LargestRemainder
{
    /// <summary>Every part is cut to the unit below, then the units still missing go to the largest remainders, the earlier first.</summary>
    /// <param name="parts">Exact amounts, of any sign.</param>
    /// <param name="decimals">Places printed, 0..12.</param>
    /// <returns>
    /// Amounts that add exactly to <see cref="Total"/>, each less than one unit of the last place from its exact part. An exact multiple
    /// of the unit, zero above all, stays itself.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">Places outside 0..12.</exception>
    public static IReadOnlyList<decimal> Round(IReadOnlyList<decimal> parts, int decimals)
    {
        var unit = Unit(decimals);
        var rounded = parts.Select(part => decimal.Floor(part / unit) * unit).ToArray();
        var missing = (int)((Total(parts, decimals) - rounded.Sum()) / unit);
        foreach (var index in Enumerable.Range(0, rounded.Length).OrderByDescending(i => parts[i] - rounded[i]).Take(missing))
        {
            rounded[index] += unit;
        }

        return rounded;
    }

    /// <summary>The sum of the exact parts, rounded to the places printed, halves away from zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Places outside 0..12.</exception>
    public static decimal Total(IReadOnlyList<decimal> parts, int decimals)
    {
        Unit(decimals);
        return decimal.Round(parts.Sum(), decimals, MidpointRounding.AwayFromZero);
    }

    private static decimal Unit(int decimals) =>
        decimals is >= 0 and <= 12
            ? new decimal(1, 0, 0, isNegative: false, (byte)decimals)
            : throw new ArgumentOutOfRangeException(nameof(decimals), decimals, "Print between 0 and 12 places.");
}
