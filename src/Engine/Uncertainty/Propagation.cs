using OffGridFlow.Engine.Methods;

namespace OffGridFlow.Engine.Uncertainty;

/// <summary>One entry of a total, with what it shares with other entries.</summary>
/// <param name="Value">Amount, of any sign; all terms of a total have one unit.</param>
/// <param name="ActivityHalfWidth">Half of the 95 % range of the activity over its value, 0 or more.</param>
/// <param name="FactorHalfWidth">The same of the factor.</param>
/// <param name="FactorKey">Terms of one key used one factor and err together; null for a factor of its own.</param>
/// <param name="ActivityKey">Terms of one key (an entry and its reversal) are of one measurement; null for one of its own.</param>
public readonly record struct Term(
    decimal Value, double ActivityHalfWidth, double FactorHalfWidth, string? FactorKey = null, string? ActivityKey = null);

/// <summary>
/// Uncertainty of a total: IPCC 2006 vol. 1 ch. 3 approach 1, eq. 3.1 within a term and eq. 3.2 over terms. Terms that share a factor
/// are fully correlated through it: their contributions add with their signs, and the groups add in quadrature (sect. 3.2.2.4, 3.2.3.1).
/// </summary>
public static class Propagation
{
    /// <summary>Half of the 95 % range of the sum, in the unit of the values. The order of the terms does not matter beyond double precision.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A half-width is negative or not a number.</exception>
    public static double HalfWidth(IReadOnlyList<Term> terms)
    {
        var squares = 0.0;
        var shared = new Dictionary<(bool IsFactor, string Key), double>();
        foreach (var term in terms)
        {
            Add(term.FactorKey, isFactor: true, (double)term.Value * Require.NotNegative(term.FactorHalfWidth, nameof(terms)));
            Add(term.ActivityKey, isFactor: false, (double)term.Value * Require.NotNegative(term.ActivityHalfWidth, nameof(terms)));
        }

        return Math.Sqrt(squares + shared.Values.Sum(contribution => contribution * contribution));

        void Add(string? key, bool isFactor, double contribution)
        {
            if (key is null)
            {
                squares += contribution * contribution;
                return;
            }

            shared[(isFactor, key)] = shared.GetValueOrDefault((isFactor, key)) + contribution;
        }
    }

    /// <summary>The half-width over the absolute total, IPCC eq. 3.2; null where the total is zero and a share of it means nothing.</summary>
    public static double? RelativeHalfWidth(IReadOnlyList<Term> terms)
    {
        var total = terms.Sum(term => term.Value);
        return total == 0 ? null : HalfWidth(terms) / (double)Math.Abs(total);
    }

    /// <summary>The 95 % range of the sum: <see cref="Interval.Of"/> its relative half-width, or symmetric around a total of zero.</summary>
    public static Interval Total(IReadOnlyList<Term> terms)
    {
        var total = terms.Sum(term => term.Value);
        if (RelativeHalfWidth(terms) is { } relative)
        {
            return Interval.Of(total, relative);
        }

        var reach = (decimal)HalfWidth(terms);
        return new Interval(-reach, 0m, reach);
    }

    /// <summary>Equation 3.2 for independent amounts: sqrt(sum of (U x)²) / |sum of x|.</summary>
    /// <param name="amounts">Each with its half-width over its value.</param>
    public static double? OfSum(IReadOnlyList<(decimal Value, double HalfWidth)> amounts) =>
        RelativeHalfWidth([.. amounts.Select(amount => new Term(amount.Value, amount.HalfWidth, 0))]);
}
