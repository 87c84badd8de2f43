using OffGridFlow.Engine.Methods;

namespace OffGridFlow.Engine.Uncertainty;

/// <summary>The words of GHG Protocol Scope 3 Standard table 7.6.</summary>
public enum QualityBand
{
    /// <summary>Average score below 1.5.</summary>
    VeryGood = 1,

    /// <summary>Below 2.5.</summary>
    Good = 2,

    /// <summary>Below 3.5.</summary>
    Fair = 3,

    /// <summary>3.5 and more.</summary>
    Poor = 4,
}

/// <summary>The quality of one entry: its activity's and its factor's five scores (Scope 3 Standard sect. 7.3; ISO 14064-1 sect. 8.3).</summary>
public readonly record struct EntryQuality(PedigreeScores Activity, PedigreeScores Factor);

/// <summary>Summaries of data quality: 1 is best, 5 worst.</summary>
public static class DataQuality
{
    /// <summary>The mean of five scores, 1..5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A score lies outside 1..5.</exception>
    public static decimal Average(PedigreeScores scores) =>
        (Checked(scores.Reliability) + Checked(scores.Completeness) + Checked(scores.Temporal)
            + Checked(scores.Geographical) + Checked(scores.Technological)) / 5m;

    /// <summary>The worse of activity and factor: a product is no better than its weaker part.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A score lies outside 1..5.</exception>
    public static decimal Average(EntryQuality entry) => Math.Max(Average(entry.Activity), Average(entry.Factor));

    /// <summary>The mean over entries, weighted by the absolute emissions; null where there is nothing to weigh by.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A score lies outside 1..5.</exception>
    public static decimal? Weighted(IReadOnlyList<(decimal Emissions, EntryQuality Quality)> entries)
    {
        var weight = entries.Sum(entry => Math.Abs(entry.Emissions));
        return weight == 0 ? null : entries.Sum(entry => Math.Abs(entry.Emissions) * Average(entry.Quality)) / weight;
    }

    /// <summary>The word for an average score.</summary>
    /// <param name="average">1..5.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside 1..5.</exception>
    public static QualityBand Band(decimal average) => average switch
    {
        < 1m or > 5m => throw new ArgumentOutOfRangeException(nameof(average), average, "An average score lies between 1 and 5."),
        < 1.5m => QualityBand.VeryGood,
        < 2.5m => QualityBand.Good,
        < 3.5m => QualityBand.Fair,
        _ => QualityBand.Poor,
    };

    /// <summary>The half-width of an entry for <see cref="Propagation"/>, from both pedigrees.</summary>
    /// <param name="entry">Scores of activity and factor.</param>
    /// <param name="activity">What the activity is of.</param>
    /// <param name="factor">What the factor is of.</param>
    public static double HalfWidth(EntryQuality entry, BasicUncertainty activity, BasicUncertainty factor) =>
        Interval.OfProduct(
            Pedigree.HalfWidth(Pedigree.SquaredGeometricDeviation(entry.Activity, activity)),
            Pedigree.HalfWidth(Pedigree.SquaredGeometricDeviation(entry.Factor, factor)));

    private static int Checked(int score) => (int)Require.Positive(
        score <= 5 ? score : throw new ArgumentOutOfRangeException(nameof(score), score, "A score lies between 1 and 5."), nameof(score));
}
