using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Publications;

/// <summary>Keys of the pure gases among the refrigerants; a blend has none, for its composition is not printed.</summary>
internal static partial class NgaGases
{
    private static readonly Dictionary<string, string> ByFormula = new(StringComparer.Ordinal)
    {
        ["CO2"] = "co2", ["CH4"] = "ch4", ["N2O"] = "n2o", ["SF6"] = "sf6",
        ["CF4"] = "pfc-14", ["C2F6"] = "pfc-116", ["C3F8"] = "pfc-218", ["C4F10"] = "pfc-31-10",
        ["c-C4F8"] = "pfc-318", ["C5F12"] = "pfc-41-12", ["C6F14"] = "pfc-51-14",
    };

    /// <summary><c>hfc-134a</c> of <c>R134A (HFC-134A)</c>; null of <c>R410A (HFC-410A)</c>, which is a blend.</summary>
    public static string? Key(string label, string? formula) =>
        formula is not null && ByFormula.TryGetValue(formula, out var key) ? key
        : Pure().Match(label) is { Success: true } pure ? pure.Value.ToLowerInvariant()
        : null;

    // The 400 series are blends.
    [GeneratedRegex(@"\bH?C?FC-(?!4\d\d)\d[\w-]*", RegexOptions.IgnoreCase)]
    private static partial Regex Pure();
}
