namespace OffGridFlow.Engine.Uncertainty;

/// <summary>How good a datum is, five times from 1 (very good) to 5 (poor).</summary>
/// <param name="Reliability">Verified measurement .. rough estimate.</param>
/// <param name="Completeness">All sites over a fitting period .. unknown.</param>
/// <param name="Temporal">Under 3 years from the period .. over 15 years or unknown.</param>
/// <param name="Geographical">From the area .. from a distinctly different or unknown one.</param>
/// <param name="Technological">From the very process .. from another technology or a laboratory.</param>
public readonly record struct PedigreeScores(int Reliability, int Completeness, int Temporal, int Geographical, int Technological);

/// <summary>What a datum is of: sets its basic uncertainty, before its pedigree.</summary>
public enum BasicUncertainty
{
    /// <summary>Energy, fuels and heat.</summary>
    Energy,

    /// <summary>Materials and semi-finished goods.</summary>
    Material,

    /// <summary>Transport services.</summary>
    Transport,

    /// <summary>Waste treatment.</summary>
    WasteTreatment,

    /// <summary>Buildings, machines and roads.</summary>
    Infrastructure,

    /// <summary>CO2 that was emitted.</summary>
    CarbonDioxide,

    /// <summary>Methane or nitrous oxide of burning.</summary>
    CombustionMethaneOrNitrousOxide,

    /// <summary>Methane of agriculture.</summary>
    AgriculturalMethane,

    /// <summary>Nitrous oxide of agriculture.</summary>
    AgriculturalNitrousOxide,
}

/// <summary>
/// From quality scores to a range: the pedigree matrix of ecoinvent 2 (Frischknecht et al. 2007, tables 7.2 and 7.3), which the GHG
/// Protocol's "Quantitative Inventory Uncertainty" (2011) takes over: GSD² = exp(sqrt(sum of ln(U)²)).
/// </summary>
public static class Pedigree
{
    // Geographical 4 and technological 2 are not defined there. Each takes the next worse factor, so that a gap never makes a datum better than it is.
    private static readonly double[] Reliability = [1.00, 1.05, 1.10, 1.20, 1.50];
    private static readonly double[] Completeness = [1.00, 1.02, 1.05, 1.10, 1.20];
    private static readonly double[] Temporal = [1.00, 1.03, 1.10, 1.20, 1.50];
    private static readonly double[] Geographical = [1.00, 1.01, 1.02, 1.10, 1.10];
    private static readonly double[] Technological = [1.00, 1.20, 1.20, 1.50, 2.00];

    /// <summary>The squared geometric standard deviation: 95 % of the distribution lies between value / GSD² and value x GSD².</summary>
    /// <param name="scores">Each 1..5.</param>
    /// <param name="basic">What the datum is of.</param>
    /// <returns>At least 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A score lies outside 1..5.</exception>
    public static double SquaredGeometricDeviation(PedigreeScores scores, BasicUncertainty basic) =>
        Combine(
            Of(Reliability, scores.Reliability, nameof(scores)),
            Of(Completeness, scores.Completeness, nameof(scores)),
            Of(Temporal, scores.Temporal, nameof(scores)),
            Of(Geographical, scores.Geographical, nameof(scores)),
            Of(Technological, scores.Technological, nameof(scores)),
            BasicFactor(basic));

    /// <summary>exp(sqrt(sum of ln(U)²)) over any uncertainty factors.</summary>
    /// <param name="factors">Each greater than 0; 1 for certain.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is 0 or less.</exception>
    public static double Combine(params ReadOnlySpan<double> factors)
    {
        var squares = 0.0;
        foreach (var factor in factors)
        {
            var log = factor > 0 ? Math.Log(factor) : throw new ArgumentOutOfRangeException(nameof(factors), factor, "Must be greater than zero.");
            squares += log * log;
        }

        return Math.Exp(Math.Sqrt(squares));
    }

    /// <summary>Half of the 95 % range over the mean, for <see cref="Propagation"/>: 1.96 sqrt(exp(sigma²) - 1), sigma = ln(GSD²) / 2.</summary>
    /// <param name="squaredGeometricDeviation">At least 1.</param>
    public static double HalfWidth(double squaredGeometricDeviation)
    {
        var sigma = squaredGeometricDeviation >= 1
            ? Math.Log(squaredGeometricDeviation) / 2
            : throw new ArgumentOutOfRangeException(nameof(squaredGeometricDeviation), squaredGeometricDeviation, "At least 1.");
        return Interval.Z95 * Math.Sqrt(Math.Exp(sigma * sigma) - 1);
    }

    /// <summary>Basic uncertainty factor Ub (Frischknecht et al. 2007 table 7.2, at least 1).</summary>
    public static double BasicFactor(BasicUncertainty basic) => basic switch
    {
        BasicUncertainty.Energy => 1.05,
        BasicUncertainty.Material => 1.05,
        BasicUncertainty.WasteTreatment => 1.05,
        BasicUncertainty.CarbonDioxide => 1.05,
        BasicUncertainty.Transport => 2.00,
        BasicUncertainty.Infrastructure => 3.00,
        BasicUncertainty.CombustionMethaneOrNitrousOxide => 1.50,
        BasicUncertainty.AgriculturalMethane => 1.20,
        BasicUncertainty.AgriculturalNitrousOxide => 1.40,
    };

    private static double Of(double[] factors, int score, string name) =>
        score is >= 1 and <= 5 ? factors[score - 1] : throw new ArgumentOutOfRangeException(name, score, "A score lies between 1 and 5.");
}
