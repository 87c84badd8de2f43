namespace OffGridFlow.Factors.Checks;

/// <summary>Which figure of a factor is compared.</summary>
internal enum Measure
{
    /// <summary>kg CO2e: as published, else the published gases weighed under the factor's GWP set (AR5 where it names none).</summary>
    Co2e,

    /// <summary>kg CO2 of biological origin.</summary>
    Biogenic,

    /// <summary>One gas, in kg or kg CO2e of it as published.</summary>
    Gas,

    /// <summary>Energy content or density that leads from one dimension to another.</summary>
    Bridge,
}

/// <summary>One figure of a factor, per base unit of its dimension so that it compares with others.</summary>
/// <param name="Measure">Which figure.</param>
/// <param name="Of">The gas, or the dimension a bridge leads to; empty otherwise.</param>
/// <param name="Dimension">What it is per.</param>
/// <param name="PerBase">The figure per base unit of the dimension.</param>
/// <param name="Printed">The figure per the factor's own unit.</param>
internal readonly record struct Reading(Measure Measure, string Of, string Dimension, decimal PerBase, decimal Printed)
{
    /// <summary>Every figure a factor carries; none when its unit is unknown.</summary>
    public static List<Reading> From(Factor factor, IReadOnlyDictionary<string, Unit> units, GwpTable gwps)
    {
        var readings = new List<Reading>(2 + factor.Gases.Count);
        if (!units.TryGetValue(factor.Unit, out var unit))
        {
            return readings;
        }

        if (Effect(factor, gwps) is { } effect)
        {
            readings.Add(new Reading(Measure.Co2e, "", unit.Dimension, effect / unit.InBase, effect));
        }

        if (factor.BiogenicCo2 is { } biogenic)
        {
            readings.Add(new Reading(Measure.Biogenic, "", unit.Dimension, biogenic / unit.InBase, biogenic));
        }

        foreach (var gas in factor.Gases)
        {
            readings.Add(new Reading(Measure.Gas, gas.AsCo2e ? gas.Gas + " as CO2e" : gas.Gas, unit.Dimension, gas.Kilograms / unit.InBase, gas.Kilograms));
        }

        if (Bridge.Parse(factor.Bridge, units) is { } bridge)
        {
            readings.Add(new Reading(
                Measure.Bridge, bridge.Per.Dimension, bridge.Other.Dimension, bridge.Content * bridge.Per.InBase / bridge.Other.InBase, bridge.Content));
        }

        return readings;
    }

    /// <summary>kg CO2e per unit, or null where a published gas has no warming potential.</summary>
    public static decimal? Effect(Factor factor, GwpTable gwps) => factor.Co2e ?? (factor.Gases.Count == 0 ? null : Sum(factor, gwps, factor.Gwp ?? GwpSet.Ar5));

    /// <summary>The published gases weighed under a set, or null where one has no potential in it.</summary>
    public static decimal? Sum(Factor factor, GwpTable gwps, GwpSet set)
    {
        decimal? sum = 0m;
        foreach (var gas in factor.Gases)
        {
            sum += gas.AsCo2e || gas.Gas == "co2" ? gas.Kilograms : gas.Kilograms * gwps.Value(gas.Gas, set);
        }

        return sum;
    }
}

/// <summary>A published energy content or density taken apart: <c>38.6 GJ-gross/m3</c>.</summary>
internal sealed record Bridge(decimal Content, Unit Per, Unit Other)
{
    /// <summary>Null when there is none, or when it is not of the form above.</summary>
    public static Bridge? Parse(string? text, IReadOnlyDictionary<string, Unit> units)
    {
        var space = text?.IndexOf(' ', StringComparison.Ordinal) ?? -1;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return space > 0 && slash > space
            && decimal.TryParse(text.AsSpan(0, space), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var content)
            && units.TryGetValue(text![(space + 1)..slash], out var per)
            && units.TryGetValue(text[(slash + 1)..], out var other)
            ? new Bridge(content, per, other)
            : null;
    }
}
