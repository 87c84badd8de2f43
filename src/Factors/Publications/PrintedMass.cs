using System.Globalization;
using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Publications;

/// <summary>What a US column heading says its figures are: <c>CH4 Factor (g CH4 / gallon)</c> is 0.001 kg per gallon.</summary>
/// <param name="Kilograms">Kilograms in one of the printed masses; exact.</param>
/// <param name="Per">The denominator as printed: <c>gallon</c>, <c>mmBtu</c>, <c>MWh</c>, <c>unit</c>.</param>
internal readonly partial record struct PrintedMass(decimal Kilograms, string Per)
{
    /// <summary>Reads a heading. The mass is never guessed: a column of grams taken for kilograms is wrong by a thousand.</summary>
    /// <exception cref="InvalidDataException">The heading names no mass, or none of kg, g, lb and metric tons.</exception>
    public static PrintedMass Of(string? heading, string where)
    {
        var match = MassPerUnit().Match(heading ?? "");
        if (!match.Success)
        {
            throw new InvalidDataException($"{where}: '{heading}' does not say a mass per unit (kg, g, lb or metric tons).");
        }

        var kilograms = match.Groups["mass"].Value.ToLower(CultureInfo.InvariantCulture) switch
        {
            "kg" => 1m,
            "g" => 0.001m,
            "lb" => 0.45359237m, // exact: the international pound of 1959
            _ => 1000m,
        };
        return new PrintedMass(kilograms, match.Groups["per"].Value.Trim());
    }

    [GeneratedRegex(@"\b(?<mass>kg|g|lb|metric tons)\b.*?(?:/| per )\s*(?<per>[^()]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex MassPerUnit();
}
