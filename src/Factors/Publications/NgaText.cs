using System.Globalization;
using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Publications;

/// <summary>How the National Greenhouse Accounts Factors spell figures, units and places.</summary>
internal static partial class NgaText
{
    /// <summary>What a rate's header says: <c>t CO2-e/t clay material</c> is tonnes of CO2e a tonne.</summary>
    /// <param name="Kilograms">1 or 1000: kilograms of gas in the printed mass.</param>
    /// <param name="Unit">Denominator as a unit of data/units; energy is plain, the caller knows whether it is gross.</param>
    /// <param name="IsCo2">The mass is of CO2 itself, not of CO2e.</param>
    public readonly record struct Rate(decimal Kilograms, string Unit, bool IsCo2);

    /// <summary>A cell's figure and the unit printed beside it (<c>25.3 GJ/kL</c>), if any.</summary>
    public readonly record struct Figure(decimal Value, string? Unit);

    /// <summary>Plain hyphens for the three dashes in use, single spaces: <c>CO2‑e</c> is <c>CO2-e</c>.</summary>
    public static string Normal(string text) => string.Join(' ', text
        .Replace('\u2011', '-').Replace('\u2013', '-').Replace("\u2014", " - ", StringComparison.Ordinal)
        .Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The rate a header or a units cell prints, or null when it prints none.</summary>
    public static Rate? RateOf(string text)
    {
        if (text.Contains("CO2-e (t=tonnes)", StringComparison.OrdinalIgnoreCase))
        {
            return new Rate(1000, "t", false);
        }

        var match = RatePattern().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var unit = match.Groups["unit"].Value.ToLowerInvariant() switch
        {
            "kwh" => "kWh",
            "gj" => "GJ",
            "tj" => "TJ",
            "person" => "person",
            "platform" or "station" => "item",
            "kilometre" or "kilometres" => "km",
            _ => "t",
        };
        return new Rate(match.Groups["mass"].Value is "kg" ? 1 : 1000, unit, match.Groups["e"].Length == 0);
    }

    /// <summary>
    /// The figure of a cell: <c>0.02*</c> carries a footnote's star, <c>39.3 × 10-3</c> has lost its superscript,
    /// <c>t × 2.1</c> multiplies tonnes. <c>NE</c> (not estimated), <c>C</c> (confidential), <c>NA</c>, <c>-</c> and a
    /// blank are no figure and never zero.
    /// </summary>
    /// <exception cref="InvalidDataException">The cell holds something else.</exception>
    public static Figure? FigureOf(Workbook.Row row, int column)
    {
        if (row.Figure(column) is { } number)
        {
            return new Figure(number, null);
        }

        if (row.Text(column) is not { } text || Normal(text) is "NE" or "C" or "NA" or "-")
        {
            return null;
        }

        return TryFigure(Normal(text)) ?? throw new InvalidDataException(
            $"{row.Locator}, column {column + 1}: '{text}' is neither a figure nor one of NE, C, NA and -.");
    }

    /// <summary>True where the cell surely holds a figure; headers and labels hold none.</summary>
    public static bool HoldsFigure(Workbook.Row row, int column) =>
        row.Figure(column) is not null || (row.Text(column) is { } text && TryFigure(Normal(text)) is not null);

    /// <summary>Regions a label names, in the order of the states; the nation where it names the whole country.</summary>
    /// <exception cref="InvalidDataException">It names no place of Australia.</exception>
    public static IReadOnlyList<string> Regions(string label, string locator)
    {
        var states = States.Where(state => Names(label, state.Name, state.Short)).Select(state => state.Region).ToList();
        return states.Count > 0 ? states
            : NationalPattern().IsMatch(label) ? ["AU"]
            : throw new InvalidDataException($"{locator}: '{label}' names no state, territory or grid of Australia.");
    }

    /// <summary>Without trailing zeros, so that 0.0040 and 0.004 are the same text.</summary>
    public static string Plain(decimal value) =>
        (value / 1.000000000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);

    private static readonly (string Name, string Short, string Region)[] States =
    [
        ("New South Wales", "NSW", "AU-NSW"), ("Australian Capital Territory", "ACT", "AU-ACT"),
        ("Victoria", "VIC", "AU-VIC"), ("Queensland", "QLD", "AU-QLD"), ("South Australia", "SA", "AU-SA"),
        ("Western Australia", "WA", "AU-WA"), ("Tasmania", "TAS", "AU-TAS"), ("Northern Territory", "NT", "AU-NT"),
    ];

    // The short form stands alone: "NT" is in "National", "ACT" in "activities".
    private static bool Names(string label, string name, string abbreviation) =>
        label.Contains(name, StringComparison.OrdinalIgnoreCase)
        || label.Split(' ', '-', '(', ')').Contains(abbreviation, StringComparer.Ordinal);

    private static Figure? TryFigure(string text)
    {
        var match = FigurePattern().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var value = decimal.Parse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        if (match.Groups["power"] is { Success: true } power)
        {
            for (var i = int.Parse(power.Value, CultureInfo.InvariantCulture); i > 0; i--)
            {
                value /= 10;
            }
        }

        return new Figure(value, match.Groups["unit"] is { Success: true } unit ? unit.Value : null);
    }

    [GeneratedRegex(@"\b(?<mass>kg|t|tonnes?) ?CO2 ?(?<e>-? ?e)?\b ?(?:/|per) ?(?<unit>kWh|GJ|TJ|person|platform|station|kilometres?|tonnes?|t)\b", RegexOptions.IgnoreCase)]
    private static partial Regex RatePattern();

    [GeneratedRegex(@"^(?:t × )?(?<number>\d+(?:\.\d+)?)(?: ?[×x] ?10-(?<power>\d))?\*?(?: ?(?<unit>GJ/(?:t|kL|m3)))?$")]
    private static partial Regex FigurePattern();

    [GeneratedRegex("^(?:National|Australia|Off-grid)", RegexOptions.IgnoreCase)]
    private static partial Regex NationalPattern();
}
