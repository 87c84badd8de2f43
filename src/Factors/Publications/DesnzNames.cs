namespace OffGridFlow.Factors.Publications;

/// <summary>Names that read on their own, of a publication whose headings only read together.</summary>
internal static class DesnzNames
{
    /// <summary><c>Small car, diesel, well-to-tank</c>.</summary>
    public static string Name(DesnzRow row, KindMatch match)
    {
        var parts = new List<string?> { Thing(row), row.Level4, Variant(row), Part(row, match) };
        return string.Join(", ", parts.OfType<string>().Where(part => part.Length > 0).Select((part, i) => i == 0 ? part : Lower(part)));
    }

    private static string Thing(DesnzRow row)
    {
        var section = (row.Level2 ?? "").Replace("WTT- ", "", StringComparison.Ordinal).Replace("Managed ", "", StringComparison.Ordinal);
        var name = row.Level3 ?? section;
        return section.ToLowerInvariant() switch
        {
            var s when s.StartsWith("cars", StringComparison.Ordinal) => name.EndsWith(" car", StringComparison.Ordinal) ? name : $"{name} car",
            var s when s.StartsWith("motorbike", StringComparison.Ordinal) => $"{name} motorbike",
            var s when s.StartsWith("vans", StringComparison.Ordinal) => $"Van, {Lower(name)}",
            var s when s.StartsWith("hgv", StringComparison.Ordinal) =>
                $"HGV, {Lower(name)}{(s.Contains("refrigerated", StringComparison.Ordinal) ? ", refrigerated" : "")}",
            "flights" => $"Flight, {Lower(name)}",
            "freight flights" => $"Air freight, {Lower(name)}",
            "ferry" => $"Ferry, {Lower(name)}",
            "hotel stay" => $"Hotel stay, {name}",
            "heating" or "office equipment" => $"Homeworking, {Lower(section)}",
            var s when s.Contains("district heat", StringComparison.Ordinal) => $"District heat and steam, {name}",
            _ => name,
        };
    }

    // Fuels repeat their unit there up to 2021.
    private static string? Variant(DesnzRow row) => row.ColumnText switch
    {
        "Energy - Gross CV" or "Energy - Net CV" or "Volume" or "Tonnes" => null,
        var text when text?.EndsWith("Vehicle", StringComparison.Ordinal) is true => text.ToLowerInvariant(),
        "Unknown" => "unknown fuel",
        var text => text?.Replace("Laden", "laden", StringComparison.Ordinal),
    };

    private static string? Part(DesnzRow row, KindMatch match) => match switch
    {
        _ when match.Kind.StartsWith("energy.", StringComparison.Ordinal) =>
            $"{(match.Stage is Stage.Generation ? "electricity" : "fuel energy")} used per {row.Unit?.Replace("miles", "mile", StringComparison.Ordinal)}",
        _ when match.Kind.StartsWith("lease.", StringComparison.Ordinal) => "managed asset",
        { Stage: Stage.Upstream or Stage.UpstreamGeneration } => "well-to-tank",
        { Stage: Stage.UpstreamTransmissionLoss } => "well-to-tank of transmission and distribution losses",
        { Stage: Stage.TransmissionLoss } => "transmission and distribution losses",
        { Stage: Stage.Biogenic } => "biogenic CO2 outside of scopes",
        { Stage: Stage.Generation } when match.Kind.StartsWith("vehicle.", StringComparison.Ordinal) => "UK electricity used",
        _ => null,
    };

    // "Diesel" to "diesel", but "CNG" and "RF" as they are.
    private static string Lower(string text) =>
        text.Length > 1 && char.IsUpper(text[0]) && (char.IsLower(text[1]) || text[1] == ' ')
            ? char.ToLowerInvariant(text[0]) + text[1..]
            : text;
}
