using OffGridFlow.Engine.Uncertainty;

namespace OffGridFlow.Factors;

/// <summary>How far a figure can be off: 95 % range of an entry from its factor, the factor's fit and the row's quality.</summary>
/// <remarks>
/// A publication's own range is used where it prints one; else the defaults of data/uncertainty, widened by how old and
/// how far away the factor is (pedigree of the GHG Protocol's Quantitative Inventory Uncertainty, table 2).
/// Factor and activity combine by IPCC 2006 vol. 1 ch. 3 eq. 3.1.
/// </remarks>
public sealed class UncertaintyModel
{
    private readonly Dictionary<(string Publisher, string Stage), (decimal HalfWidth, decimal Reliability)> factors;
    private readonly Dictionary<int, (decimal HalfWidth, string Label)> activities;

    private UncertaintyModel(
        Dictionary<(string Publisher, string Stage), (decimal HalfWidth, decimal Reliability)> factors,
        Dictionary<int, (decimal HalfWidth, string Label)> activities)
    {
        this.factors = factors;
        this.activities = activities;
    }

    /// <summary>A range as ratios of the value, and what it rests on.</summary>
    public sealed record Range(decimal LowRatio, decimal HighRatio, decimal FactorHalfWidth, decimal ActivityHalfWidth, decimal Quality, string Note);

    public static UncertaintyModel Load(string dataFolder)
    {
        var folder = Path.Combine(dataFolder, "uncertainty");
        return new UncertaintyModel(
            DataFile.Rows(Path.Combine(folder, "factors.csv")).ToDictionary(
                row => (row.Required("publisher"), row.Required("stage")),
                row => (row.Number("half_width") ?? throw row.Bad("half_width", "is empty"), row.Number("reliability") ?? throw row.Bad("reliability", "is empty"))),
            DataFile.Rows(Path.Combine(folder, "activities.csv")).ToDictionary(
                row => (int)(row.Number("quality") ?? throw row.Bad("quality", "is empty")),
                row => (row.Number("half_width") ?? throw row.Bad("half_width", "is empty"), row.Required("label"))));
    }

    /// <summary>The range of an entry by a factor of the library.</summary>
    public Range Of(Resolution resolution, int rowQuality)
    {
        var row = resolution.Row;
        var stage = FactorTable.StageName(row.Stage);
        var (basic, reliability) =
            factors.TryGetValue((row.Edition.Publisher, stage), out var own) ? own :
            factors.TryGetValue((row.Edition.Publisher, "*"), out var publisher) ? publisher :
            factors[("*", stage)];
        var published = row.Factor.Uncertainty;
        var years = Math.Min(resolution.YearsOff % 100, 20);
        var temporal = years switch { 0 => 1, <= 3 => 2, <= 6 => 3, <= 10 => 4, _ => 5 };
        var geographical = resolution.Proxy ? 4 : resolution.Tier switch
        {
            Tier.Supplier or Tier.Facility or Tier.Subnational => 1,
            Tier.Country or Tier.Spend => 2,
            Tier.Region => 3,
            Tier.World => 4,
        };
        var technological = resolution.Tier == Tier.Spend ? 4 : row.Stage is Stage.LifeCycle or Stage.CradleToGate ? 3 : 1;
        var pedigree = Fit(new PedigreeScores(1, 1, temporal, geographical, technological));
        var factor = Combine(published ?? basic, pedigree);
        var activity = activities[rowQuality];
        var quality = (reliability + temporal + geographical + technological + (rowQuality == 0 ? 2 : rowQuality)) / 5m;
        var note = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"factor {(published is null ? "default" : "published")} ±{(published ?? basic) * 100m:0.#} %, fit (time {temporal}, place {geographical}, technology {technological}) ±{pedigree * 100m:0.#} %, activity ±{activity.HalfWidth * 100m:0.#} % ({activity.Label})");
        return Build(factor, activity.HalfWidth, quality, note);
    }

    /// <summary>The range of an entry by a figure the row brings along.</summary>
    public Range Supplied(int rowQuality)
    {
        var activity = activities[rowQuality];
        return Build(0.10m, activity.HalfWidth, (rowQuality == 0 ? 2m : rowQuality) / 2m + 0.5m, $"supplier's figure ±10 %, activity ±{activity.HalfWidth * 100m:0.#} % ({activity.Label})");
    }

    /// <summary>Ends of an entry's 95 % range as ratios of the value, from the half widths of its factor and its activity.</summary>
    public static (decimal Low, decimal High) RatiosOf(decimal factorHalfWidth, decimal activityHalfWidth) => Ratios(Combine(factorHalfWidth, activityHalfWidth));

    private static Range Build(decimal factor, decimal activity, decimal quality, string note)
    {
        var (low, high) = RatiosOf(factor, activity);
        return new Range(low, high, factor, activity, quality, note);
    }

    /// <summary>Ends of the 95 % range as ratios of the value, to a ten-thousandth.</summary>
    public static (decimal Low, decimal High) Ratios(decimal halfWidth)
    {
        var interval = Interval.Of(1m, (double)halfWidth);
        return (Math.Round(interval.Low, 4), Math.Round(interval.High, 4));
    }

    private static decimal Combine(decimal a, decimal b) => Math.Round((decimal)Interval.OfProduct((double)a, (double)b), 4);

    // How well the factor fits the activity: energy's basic factor is the smallest, so that only the scores widen it.
    private static decimal Fit(PedigreeScores scores) => Math.Round(
        (decimal)Pedigree.HalfWidth(Pedigree.SquaredGeometricDeviation(scores, BasicUncertainty.Energy)), 4);
}
