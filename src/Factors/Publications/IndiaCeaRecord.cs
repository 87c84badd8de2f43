using System.Globalization;
using System.Text.Json;

namespace OffGridFlow.Factors.Publications;

/// <summary>One record of the Open India Emission Factors, read with errors that name it.</summary>
internal sealed class IndiaCeaRecord(JsonElement json)
{
    // First word of a denominator: "tonne DM burned" is per tonne.
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["kWh"] = "kWh",
        ["litre"] = "L",
        ["kg"] = "kg",
        ["kgN"] = "kg",
        ["t"] = "t",
        ["tonne"] = "t",
        ["m3"] = "m3",
        ["m³"] = "m3",
        ["Nm3"] = "m3",
        ["passenger-km"] = "pkm",
        ["tonne-km"] = "tkm",
        ["head/year"] = "head",
        ["ha/season"] = "ha",
    };

    // Words by which a method shows its arithmetic, and words by which it says that the cited publication prints the result.
    private static readonly string[] Computed = ["×", "Derived", "EF = ", "EF per pkm = "];
    private static readonly string[] Published =
        ["CEA-published", "report states", "FY 2014-15 value", "SFC India V1.0 Table", "Table 3.1 emission factor"];

    public string Id { get; } = json.GetProperty("id").GetString()!;

    /// <summary>The record says that its CO2e is CO2 alone.</summary>
    public bool IsCo2Only =>
        Components is { } parts && IsFalse(parts, "CH4_included") && IsFalse(parts, "N2O_included");

    private JsonElement? Components => json.TryGetProperty("ghg_components", out var parts) ? parts : null;

    public bool Has(string field) => json.TryGetProperty(field, out _);

    /// <summary>Text, or a number as it is written (a reference year can be either).</summary>
    /// <exception cref="InvalidDataException">There is no such field.</exception>
    public string Text(string field) =>
        json.TryGetProperty(field, out var value) ? value.ToString() : throw new InvalidDataException($"{Id} has no '{field}'.");

    /// <exception cref="InvalidDataException">There is no such field, or no number in it.</exception>
    public decimal Number(string field) => NumberOf(json, field);

    /// <summary>A figure of <c>ghg_components</c>.</summary>
    public decimal Component(string field) =>
        NumberOf(Components ?? throw new InvalidDataException($"{Id} has no 'ghg_components'."), field);

    /// <summary>TJ of net calorific value in a tonne, where the record prints it.</summary>
    public decimal? TerajoulesPerTonne() =>
        Has("ipcc_net_calorific_value_TJ_per_Gg") ? Number("ipcc_net_calorific_value_TJ_per_Gg") / 1000m :
        Has("ipcc_net_calorific_value_GJ_per_tonne") ? Number("ipcc_net_calorific_value_GJ_per_tonne") / 1000m :
        null;

    /// <summary>The fiscal year of an electricity figure, April to March: <c>FY 2024-25</c>; null for everything else.</summary>
    public (DateOnly From, DateOnly? To)? FiscalYear()
    {
        if (!string.Equals(Text("sector"), "Electricity", StringComparison.Ordinal))
        {
            return null;
        }

        var text = Text("reference_year");
        return text.Length == 10 && text.StartsWith("FY ", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(3, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            ? (new DateOnly(year, 4, 1), new DateOnly(year + 1, 3, 31))
            : throw new InvalidDataException($"{Id}: '{text}' is no fiscal year of the form FY 2024-25.");
    }

    /// <summary>The gases in a kilogram of a refrigerant: itself, or the parts of a blend; empty for anything else.</summary>
    public IReadOnlyList<GasAmount> Refrigerant()
    {
        if (json.TryGetProperty("blend_components", out var parts))
        {
            return parts.EnumerateObject().Where(part => part.Name.EndsWith("_pct", StringComparison.Ordinal))
                .Select(part => new GasAmount($"hfc-{part.Name[2..^4].ToLowerInvariant()}", part.Value.GetDecimal() / 100m, AsCo2e: false)).ToList();
        }

        // refrigerant-r134a-gwp
        var code = Id.Replace("refrigerant-r", "", StringComparison.Ordinal).Replace("-gwp", "", StringComparison.Ordinal);
        return json.TryGetProperty("refrigerant_class", out var family) && family.GetString() is "HFC" or "HCFC"
            ? [new GasAmount($"{family.GetString()!.ToLowerInvariant()}-{code}", 1m, AsCo2e: false)]
            : Has("chemical_formula") && string.Equals(Text("chemical_formula"), "CO2", StringComparison.Ordinal)
                ? [new GasAmount("co2", 1m, AsCo2e: false)]
                : [];
    }

    /// <summary>A note where the figure was computed and is not printed in the publication it cites; else empty.</summary>
    public string Derivation()
    {
        var method = Text("methodology");
        return Text("source_document").Contains("aggregated by", StringComparison.Ordinal)
                ? " (computed by the compiler from plant data, not published by CEA)"
            : Array.Exists(Computed, words => method.Contains(words, StringComparison.Ordinal))
                && !Array.Exists(Published, words => method.Contains(words, StringComparison.Ordinal))
                ? " (computed, as the record's method shows)"
            : "";
    }

    /// <summary>
    /// A printed unit: <c>kgCH4/head/year</c> is methane per head. Gas is null for CO2e; quality is the denominator's
    /// full wording where it says more than the unit.
    /// </summary>
    /// <exception cref="InvalidDataException">The unit is none of those known.</exception>
    public static (string? Gas, string Denominator, string? Quality) Unit(string id, string printed)
    {
        var text = printed.Split(" (", 2)[0];
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var denominator = text[(slash + 1)..];
        var word = denominator.Split(' ')[0];
        if (slash < 0 || !Units.TryGetValue(word, out var unit))
        {
            throw new InvalidDataException($"{id}: the unit '{printed}' is not known.");
        }

        string? gas = text[..slash] switch
        {
            "kgCO2e" => null,
            "kgCO2" => "co2",
            "kgCH4" => "ch4",
            _ => throw new InvalidDataException($"{id}: the unit '{printed}' is not known."),
        };
        var saysMore = denominator.Contains(' ') || denominator.Contains('/') || word is "Nm3" or "kgN";
        return (gas, unit, saysMore ? denominator : null);
    }

    private static bool IsFalse(JsonElement parts, string field) =>
        parts.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.False;

    private decimal NumberOf(JsonElement element, string field) =>
        element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDecimal()
            : throw new InvalidDataException($"{Id} has no number '{field}'.");
}
