using System.Globalization;
using OffGridFlow.Engine.Methods;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>Fuel by volume, mass or energy: a stated calorific value, a share, and the fuel that sold products burn over their life.</summary>
internal static class Fuels
{
    public static Driven Of(Activity a, ReferenceData data)
    {
        Problem? problem = null;
        var steps = new List<Step>();
        var quantity = a.Quantity;
        var unit = a.Unit;
        if (unit.Dimension == "count" && a.Kind.Method == "product-fuel")
        {
            (quantity, unit) = OfProducts(a, data, steps, ref problem);
        }

        var share = a.Share("share", ref problem);
        if (problem is not null)
        {
            return problem;
        }

        if (share != 1m)
        {
            steps.Add(new Step(Step($"{quantity} {unit} x share {share} = {quantity * share} {unit}"), MethodTable.Guidance(a.Kind)));
            quantity *= share;
        }

        if (a.Columns.TryGetValue("calorific_value", out var stated))
        {
            if (CalorificValue.Parse(stated, data.Units) is not { } value || !value.Per.SharesDimensionWith(unit))
            {
                return new Problem(
                    "calorific-value.unclear", "calorific_value", stated, $"energy per {unit.Dimension} with its unit, such as 39.5 MJ/m3 or 10.97 kWh/m3 (gross unless it says net)",
                    "Write the value with its unit: a bare number could be either.");
            }

            var energy = Combustion.Heat(unit.Convert(quantity, value.Per), value.Amount * value.Energy.InBase / 3.6m);
            var to = data.Units[value.IsNet ? "kWh-net" : "kWh-gross"];
            steps.Add(new Step(Step($"{quantity} {unit} x {value.Amount} {value.Energy}/{value.Per} = {energy} {to}"), $"calorific value as the row states, {(value.IsNet ? "net" : "gross")}"));
            (quantity, unit) = (energy, to);
        }

        return new Driver(a.Kind, quantity, unit, steps, []);
    }

    private static (decimal Quantity, Unit Unit) OfProducts(Activity a, ReferenceData data, List<Step> steps, ref Problem? problem)
    {
        var uses = Multipliers.LifetimeUses(a, ref problem, out var how);
        var perUse = a.AtLeast("fuel_per_use", 0m, "fuel of one use of the product, in fuel_unit", ref problem);
        var unit = data.Units.Find(a.Columns.GetValueOrDefault("fuel_unit", "")).Unit;
        if (unit is null)
        {
            problem ??= new Problem("column.missing", "fuel_unit", a.Columns.GetValueOrDefault("fuel_unit", "(blank)"), "the unit of fuel_per_use, such as litre", "Add fuel_unit.");
            return (a.Quantity, a.Unit);
        }

        var fuel = ProductUse.Energy(uses, a.Quantity, perUse);
        steps.Add(new Step(Step($"{a.Quantity} sold x {how} x {perUse} {unit} = {fuel} {unit}"), "Scope 3 Guidance ch. 11, direct use-phase emissions"));
        return (fuel, unit);
    }
}

/// <summary>Energy per unit of volume or mass, as a bill states it.</summary>
internal sealed record CalorificValue(decimal Amount, Unit Energy, Unit Per, bool IsNet)
{
    private static readonly string[] NetMarks = ["(net)", "net", "ncv", "lhv", "hi"];
    private static readonly string[] GrossMarks = ["(gross)", "gross", "gcv", "hhv", "hs", "brennwert"];

    /// <summary>Reads <c>39.5 MJ/m3</c>, <c>10,97 kWh/m³ (gross)</c>; null when it is no such value.</summary>
    public static CalorificValue? Parse(string written, UnitTable units)
    {
        var text = written.Trim();
        var net = Cut(ref text, NetMarks);
        var gross = Cut(ref text, GrossMarks);
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] is '.' or ','))
        {
            digits++;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > digits && !(net && gross)
            && decimal.TryParse(text[..digits].Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount > 0m
            && units.Find(text[digits..slash]).Unit is { Dimension: "energy" or "energy-gross" or "energy-net" } energy
            && units.Find(text[(slash + 1)..]).Unit is { Dimension: "volume" or "mass" } per
            ? new CalorificValue(amount, energy, per, net || energy.Dimension == "energy-net")
            : null;
    }

    private static bool Cut(ref string text, string[] marks)
    {
        foreach (var mark in marks)
        {
            if (text.EndsWith(" " + mark, StringComparison.OrdinalIgnoreCase))
            {
                text = text[..^(mark.Length + 1)].TrimEnd();
                return true;
            }
        }

        return false;
    }
}
