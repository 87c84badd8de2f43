using OffGridFlow.Engine.Methods;

namespace OffGridFlow.Engine.Uncertainty;

/// <summary>A 95 % range around an amount, in the unit of the amount. Low is at most the value, high at least.</summary>
public readonly record struct Interval(decimal Low, decimal Value, decimal High)
{
    /// <summary>
    /// Widest half-width, as a share of the value, that is drawn as a normal distribution; beyond it a log-normal one, which cannot reach
    /// below zero (IPCC 2006 vol. 1 ch. 3 sect. 3.2.2.4 names the shapes and leaves the limit to judgement: 30 % is ours).
    /// </summary>
    public const double NormalUpTo = 0.30;

    /// <summary>Standard deviations from the mean to either end of a 95 % range.</summary>
    public const double Z95 = 1.96;

    /// <summary>
    /// The uncertainty of a product of independent quantities, IPCC 2006 vol. 1 ch. 3 eq. 3.1: the root of the sum of squares.
    /// </summary>
    /// <param name="halfWidths">Half of each 95 % range over its value (0.05 for ±5 %), 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not a number.</exception>
    public static double OfProduct(params ReadOnlySpan<double> halfWidths)
    {
        var squares = 0.0;
        foreach (var halfWidth in halfWidths)
        {
            squares += Require.NotNegative(halfWidth, nameof(halfWidths)) * halfWidth;
        }

        return Math.Sqrt(squares);
    }

    /// <summary>
    /// The range of one amount whose mean is the value. Up to <see cref="NormalUpTo"/> symmetric; beyond it log-normal with
    /// sigma² = ln(1 + (U/1.96)²) (IPCC 2006 vol. 1 ch. 3 sect. 3.2.3.1), and never narrower than at the limit.
    /// </summary>
    /// <param name="value">Any amount. A negative one (a credit note) has the mirror image of its opposite's range; zero has no width.</param>
    /// <param name="halfWidth">Half of the 95 % range over the value, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The half-width is negative or not a number.</exception>
    public static Interval Of(decimal value, double halfWidth)
    {
        Require.NotNegative(halfWidth, nameof(halfWidth));
        if (value < 0)
        {
            var mirrored = Of(-value, halfWidth);
            return new Interval(-mirrored.High, value, -mirrored.Low);
        }

        if (halfWidth <= NormalUpTo)
        {
            var reach = value * (decimal)halfWidth;
            return new Interval(value - reach, value, value + reach);
        }

        var sigma = LogSigma(halfWidth);
        var low = Math.Min(1 - NormalUpTo, Math.Exp((-sigma * sigma / 2) - (Z95 * sigma)));

        // Beyond sigma = 1.96 the upper limit of a log-normal with a fixed mean falls again: it stays at its highest.
        var capped = Math.Min(sigma, Z95);
        var high = Math.Max(1 + NormalUpTo, Math.Exp((-capped * capped / 2) + (Z95 * capped)));
        return new Interval(value * (decimal)low, value, value * (decimal)high);
    }

    /// <summary>The range of a log-normal amount whose median is the value: value / GSD² to value x GSD² (GHG Protocol, Quantitative Inventory Uncertainty).</summary>
    /// <param name="value">Any amount; a negative one is mirrored.</param>
    /// <param name="squaredGeometricDeviation">GSD², at least 1; see <see cref="Pedigree"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1, or not a number.</exception>
    public static Interval OfPedigree(decimal value, double squaredGeometricDeviation)
    {
        var factor = (decimal)(squaredGeometricDeviation >= 1 && double.IsFinite(squaredGeometricDeviation)
            ? squaredGeometricDeviation
            : throw new ArgumentOutOfRangeException(nameof(squaredGeometricDeviation), squaredGeometricDeviation, "At least 1."));
        return value < 0
            ? new Interval(value * factor, value, value / factor)
            : new Interval(value / factor, value, value * factor);
    }

    /// <summary>The standard deviation of the logarithm of an amount with that half-width and a fixed mean.</summary>
    internal static double LogSigma(double halfWidth)
    {
        var variation = halfWidth / Z95;
        return Math.Sqrt(Math.Log(1 + (variation * variation)));
    }
}
