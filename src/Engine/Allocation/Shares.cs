using OffGridFlow.Engine.Methods;

namespace OffGridFlow.Engine.Allocation;

/// <summary>
/// Physical and economic allocation (GHG Protocol Scope 3 Standard ch. 8, box 8.1; ISO 14044 sect. 4.3.4): a total over parts by mass,
/// volume, energy, area, pieces or market value.
/// </summary>
public static class Shares
{
    /// <summary>Each weight over their sum.</summary>
    /// <param name="weights">0 or more, not all 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative, or all are 0.</exception>
    public static IReadOnlyList<decimal> Of(IReadOnlyList<decimal> weights) => Allocate(1m, weights);

    /// <summary>A total over parts in proportion to weights. What decimal division leaves over goes to the largest part.</summary>
    /// <param name="total">Any amount; a negative one (a reversal) is shared in the same way.</param>
    /// <param name="weights">0 or more, not all 0.</param>
    /// <returns>Parts in the order of the weights.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative, or all are 0.</exception>
    public static IReadOnlyList<decimal> Allocate(decimal total, IReadOnlyList<decimal> weights)
    {
        var sum = Require.Positive(weights.Sum(weight => Require.NotNegative(weight, nameof(weights))), nameof(weights));
        var parts = new decimal[weights.Count];
        var largest = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = total * weights[i] / sum;
            largest = weights[i] > weights[largest] ? i : largest;
        }

        parts[largest] += total - parts.Sum();
        return parts;
    }
}
