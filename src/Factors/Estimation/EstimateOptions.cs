using OffGridFlow.Factors.Snapshots;

namespace OffGridFlow.Factors;

/// <summary>Choices that hold for a whole estimate.</summary>
/// <param name="Gwp">The set to weigh gases under, or null for each publication's own.</param>
/// <param name="AsOf">Day of knowledge.</param>
/// <param name="Policy">Which edition a date picks.</param>
public sealed record EstimateOptions(GwpSet? Gwp, DateOnly AsOf, DatePolicy Policy)
{
    /// <summary>Publishers by country that come before those of data/kinds/sources.csv.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Preference { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>A tenant's locked choice of editions and its own factors, or null for the library as released.</summary>
    public FactorSnapshot? Snapshot { get; init; }

    public bool Equals(EstimateOptions? other) => other is not null && (Gwp, AsOf, Policy) == (other.Gwp, other.AsOf, other.Policy)
        && Equals(Snapshot, other.Snapshot) && PreferenceText == other.PreferenceText;

    public override int GetHashCode() => HashCode.Combine(Gwp, AsOf, Policy, Snapshot, PreferenceText);

    private string PreferenceText => string.Join(';', Preference.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={string.Join(' ', pair.Value)}"));
}
