namespace OffGridFlow.Factors;

/// <summary>Choices that hold for a whole estimate.</summary>
/// <param name="Gwp">The set to weigh gases under, or null for each publication's own.</param>
/// <param name="AsOf">Day of knowledge.</param>
/// <param name="Policy">Which edition a date picks.</param>
public sealed record EstimateOptions(GwpSet? Gwp, DateOnly AsOf, DatePolicy Policy)
{
    /// <summary>Publishers by country that come before those of data/kinds/sources.csv.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Preference { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
}
