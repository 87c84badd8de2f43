using System.Text.Json;

namespace OffGridFlow.Organizations;

/// <summary>How a period's inventory is calculated. A change to a period that has entries goes through a recalculation, never around it.</summary>
/// <param name="GwpSet"><c>AR4</c>, <c>AR5</c>, <c>AR6</c>, or null for each publication's own.</param>
/// <param name="FactorDate">Day of knowledge: editions published later are not used.</param>
/// <param name="FactorDates">Which edition a date picks: <c>effective</c> or <c>published</c>.</param>
/// <param name="Boundary">Consolidation approach: <c>operational_control</c>, <c>financial_control</c> or <c>equity_share</c>.</param>
/// <param name="SignificanceThreshold">Share of base-year emissions, 0 to 1, from which a change calls for a restatement.</param>
/// <param name="SnapshotId">The tenant's locked choice of overrides, or null for the library as released.</param>
public sealed record Policy(
    string? GwpSet, DateOnly FactorDate, string FactorDates, string Boundary, decimal SignificanceThreshold, Guid? SnapshotId)
{
    public static readonly IReadOnlyList<string> GwpSets = ["AR4", "AR5", "AR6"];
    public static readonly IReadOnlyList<string> DateChoices = ["effective", "published"];
    public static readonly IReadOnlyList<string> Boundaries = ["operational_control", "financial_control", "equity_share"];

    /// <summary>Which publishers come first in a country, where the tenant departs from data/kinds/sources.csv.</summary>
    public SourcePreference SourcePreference { get; init; } = SourcePreference.None;

    /// <summary>
    /// What a period has unless told otherwise: each publication's own warming potentials (its published totals stay as published, as
    /// <c>estimate</c> has them), all that is known on the day, effective dates, operational control, 5 % (GHG Protocol's usual mark).
    /// </summary>
    public static Policy Default(DateOnly today) => new(null, today, "effective", "operational_control", 0.05m, null);
}

/// <summary>Country to publishers, the first that serves wins. Equal when its text is.</summary>
public sealed class SourcePreference : IEquatable<SourcePreference>
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> byCountry;

    private SourcePreference(IReadOnlyDictionary<string, IReadOnlyList<string>> byCountry)
    {
        this.byCountry = byCountry;
        Json = JsonSerializer.Serialize(byCountry.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal));
    }

    public static SourcePreference None { get; } = Of(new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));

    /// <summary>Canonical: countries in order.</summary>
    public string Json { get; }

    public bool IsEmpty => byCountry.Count == 0;

    public static SourcePreference Of(IReadOnlyDictionary<string, IReadOnlyList<string>> byCountry) => new(byCountry);

    /// <summary>From <see cref="Json"/>, as the database keeps it.</summary>
    public static SourcePreference Read(string json) => Of(JsonSerializer.Deserialize<Dictionary<string, IReadOnlyList<string>>>(json)!);

    /// <summary>Publishers in the order preferred for a country; empty: as the library has it.</summary>
    public IReadOnlyList<string> For(string country) => byCountry.TryGetValue(country, out var publishers) ? publishers : [];

    /// <summary>As it goes into an answer.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ByCountry => byCountry;

    public bool Equals(SourcePreference? other) => other is not null && Json == other.Json;

    public override bool Equals(object? obj) => Equals(obj as SourcePreference);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Json);
}
