using System.Globalization;

namespace OffGridFlow.Factors;

/// <summary>How a quantity in one unit becomes a number of a factor's units.</summary>
/// <param name="UnitsPerQuantity">Factor units in one of the quantity's.</param>
/// <param name="Step">In words for the explanation, or null when the units are the same.</param>
/// <param name="Length">0 same unit, 1 same dimension, 2 energy read as gross, 3 by a published energy content or density.</param>
public sealed record UnitPath(decimal UnitsPerQuantity, string? Step, int Length)
{
    /// <summary>The way from a unit to a factor, or null when there is none.</summary>
    public static UnitPath? Find(Unit from, FactorRow row, UnitTable units)
    {
        var to = units[row.Unit];
        if (from.Symbol == to.Symbol)
        {
            return new UnitPath(1m, null, 0);
        }

        if (from.SharesDimensionWith(to))
        {
            return new UnitPath(from.Ratio(to), Equation(1m, from, from.Ratio(to), to), 1);
        }

        // Bills and meters state fuel energy on the gross calorific value unless they say otherwise.
        if (from.Dimension == "energy" && to.Dimension == "energy-gross")
        {
            var ratio = from.InBase / to.InBase;
            return new UnitPath(ratio, $"{Equation(1m, from, ratio, to)} (energy of a fuel is read as gross calorific value)", 2);
        }

        return row.Factor.Bridge is { } bridge ? Across(bridge, from, to, units) : null;
    }

    // "38.6 GJ-gross/m3": one of the other unit is so many of the factor's (or of a unit of its dimension).
    private static UnitPath? Across(string bridge, Unit from, Unit to, UnitTable units)
    {
        var space = bridge.IndexOf(' ', StringComparison.Ordinal);
        var slash = bridge.IndexOf('/', StringComparison.Ordinal);
        var content = decimal.Parse(bridge.AsSpan(0, space), NumberStyles.Float, CultureInfo.InvariantCulture);
        var per = units[bridge[(space + 1)..slash]];
        var other = units[bridge[(slash + 1)..]];
        if (!per.SharesDimensionWith(to) || !other.SharesDimensionWith(from))
        {
            return null;
        }

        var ratio = from.Ratio(other) * content * per.Ratio(to);
        return new UnitPath(ratio, $"{Equation(1m, from, ratio, to)} by the publication's {bridge}", 3);
    }

    private static string Equation(decimal a, Unit from, decimal b, Unit to) =>
        string.Create(CultureInfo.InvariantCulture, $"{a} {from.Symbol} = {b} {to.Symbol}");
}
