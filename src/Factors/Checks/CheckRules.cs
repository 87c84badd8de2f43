namespace OffGridFlow.Factors.Checks;

/// <summary>Which dimensions a family's factors may be per, and whether they may come without emissions.</summary>
internal sealed record DimensionRule(string Prefix, IReadOnlyList<string> Dimensions, bool EmissionsRequired);

/// <summary>How far a figure may be from others before a person must say why. Blank limits are not compared.</summary>
/// <param name="Measure">Which figure of a factor.</param>
/// <param name="Prefix">Kinds it is for; the longest that fits decides.</param>
/// <param name="Stage">Where given, only this stage.</param>
/// <param name="Unit">Where given, only factors per a unit of its dimension.</param>
/// <param name="Previous">Largest ratio to the publisher's previous edition.</param>
/// <param name="Series">Largest ratio to the period before within one edition.</param>
/// <param name="Peers">Largest ratio to the median of the kind's other factors.</param>
/// <param name="Publishers">Largest ratio to the median of what other publishers say of the kind.</param>
/// <param name="Family">Largest ratio to the median of the family, for kinds with fewer than two other factors.</param>
/// <param name="AmongRegion">Peers and publishers are those of the same region.</param>
/// <param name="Slack">Differences up to this many kg per unit are never held against a factor: rounding, and near-zero grids.</param>
internal sealed record LimitRule(
    Measure Measure, string Prefix, Stage? Stage, Unit? Unit, decimal? Previous, decimal? Series, decimal? Peers, decimal? Publishers, decimal? Family,
    bool AmongRegion, decimal Slack);

/// <summary>What is physically plausible for a family, in kg CO2e per unit.</summary>
internal sealed record BoundRule(string Prefix, Stage? Stage, Unit Unit, decimal Least, decimal Most, string Why);

/// <summary>The rules of data/checks.</summary>
internal sealed class CheckRules
{
    private readonly List<DimensionRule> dimensions;
    private readonly List<LimitRule> limits;
    private readonly List<BoundRule> bounds;
    private readonly Dictionary<(Measure, string, Stage, string), LimitRule?> limitOf = [];
    private readonly Dictionary<(string, Stage, string), BoundRule?> boundOf = [];
    private readonly Dictionary<string, DimensionRule?> dimensionOf = new(StringComparer.Ordinal);

    private CheckRules(List<DimensionRule> dimensions, List<LimitRule> limits, List<BoundRule> bounds)
    {
        this.dimensions = dimensions;
        this.limits = limits;
        this.bounds = bounds;
    }

    /// <exception cref="InvalidDataException">A line is incomplete or names an unknown unit, measure or stage.</exception>
    public static CheckRules Load(string dataFolder, UnitTable units)
    {
        var folder = Path.Combine(dataFolder, "checks");
        return new CheckRules(
            DataFile.Rows(Path.Combine(folder, "dimensions.csv")).Select(row => new DimensionRule(
                row.Required("prefix"), row.Required("dimensions").Split(' '), row.Required("emissions") == "required")).ToList(),
            DataFile.Rows(Path.Combine(folder, "limits.csv")).Select(row => new LimitRule(
                Enum.TryParse<Measure>(row.Required("measure"), ignoreCase: true, out var measure)
                    ? measure : throw row.Bad("measure", $"'{row.Text("measure")}' is no measure"),
                row.Text("prefix") ?? "",
                row.Text("stage") is { } stage ? FactorTable.ParseStage(stage) : null,
                row.Text("unit") is { } unit ? UnitOf(row, unit, units) : null,
                row.Number("previous"), row.Number("series"), row.Number("peers"), row.Number("publishers"), row.Number("family"),
                row.Text("among") == "region",
                row.Number("slack") ?? 0m)).ToList(),
            DataFile.Rows(Path.Combine(folder, "bounds.csv")).Select(row => new BoundRule(
                row.Required("prefix"),
                row.Text("stage") is { } stage ? FactorTable.ParseStage(stage) : null,
                UnitOf(row, row.Required("unit"), units),
                row.Number("least") ?? throw row.Bad("least", "is empty"),
                row.Number("most") ?? throw row.Bad("most", "is empty"),
                row.Required("why"))).ToList());
    }

    /// <summary>The rule for a kind, or null when its family is not listed.</summary>
    public DimensionRule? Dimensions(string kind)
    {
        if (!dimensionOf.TryGetValue(kind, out var rule))
        {
            dimensionOf[kind] = rule = dimensions.Where(d => Covers(d.Prefix, kind)).MaxBy(d => d.Prefix.Length);
        }

        return rule;
    }

    /// <summary>The most specific limits for a figure of a kind, or null.</summary>
    public LimitRule? Limits(Measure measure, string kind, Stage stage, string dimension)
    {
        if (!limitOf.TryGetValue((measure, kind, stage, dimension), out var rule))
        {
            limitOf[(measure, kind, stage, dimension)] = rule = limits
                .Where(l => l.Measure == measure && Covers(l.Prefix, kind)
                    && (l.Stage is null || l.Stage == stage) && (l.Unit is null || l.Unit.Dimension == dimension))
                .MaxBy(l => (l.Prefix.Length * 4) + (l.Stage is null ? 0 : 2) + (l.Unit is null ? 0 : 1));
        }

        return rule;
    }

    /// <summary>The most specific bounds for a kind's stage in a dimension, or null.</summary>
    public BoundRule? Bounds(string kind, Stage stage, string dimension)
    {
        if (!boundOf.TryGetValue((kind, stage, dimension), out var rule))
        {
            boundOf[(kind, stage, dimension)] = rule = bounds
                .Where(b => Covers(b.Prefix, kind) && (b.Stage is null || b.Stage == stage) && b.Unit.Dimension == dimension)
                .MaxBy(b => (b.Prefix.Length * 2) + (b.Stage is null ? 0 : 1));
        }

        return rule;
    }

    // "fuel" covers fuel and fuel.diesel, not fuels; an empty prefix covers everything.
    private static bool Covers(string prefix, string kind) =>
        prefix.Length == 0 || (kind.StartsWith(prefix, StringComparison.Ordinal) && (kind.Length == prefix.Length || kind[prefix.Length] == '.'));

    private static Unit UnitOf(DataRow row, string symbol, UnitTable units) =>
        units.All.FirstOrDefault(unit => unit.Symbol == symbol) ?? throw row.Bad("unit", $"'{symbol}' is no unit of data/units");
}
