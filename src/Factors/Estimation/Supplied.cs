using OffGridFlow.Engine.Methods;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>Figures that a supplier, a lessee, a franchisee or an investee brings: its factor, its emissions, or its share of both with averages for the rest.</summary>
internal static class Supplied
{
    /// <summary>Who stands behind a figure of the row.</summary>
    public static string Source(Activity a) => a.Columns.TryGetValue("supplier", out var supplier) ? $"{supplier}, as the row states" : "as the row states";

    public static Estimate Of(Activity a, PlanKey key, Planner planner, ReferenceData data) => a.Kind.Method switch
    {
        "supplier" => ByFactor(a, key, planner),
        "hybrid" => Hybrid(a, key, planner),
        _ => Reported(a, key, planner, data),
    };

    // Supplier-specific (Scope 3 Guidance formula 1.1).
    private static Estimate ByFactor(Activity a, PlanKey key, Planner planner)
    {
        Problem? problem = null;
        var share = a.Share("share", ref problem);
        if (a.FactorValue is not { } value)
        {
            problem ??= new Problem("column.missing", "factor_value", "(blank)", $"the supplier's kg CO2e per {a.Unit}, cradle-to-gate", "Add factor_value.");
            return Estimate.Reject(problem);
        }

        var entry = planner.ByValue(key, Entry(a.Kind, $"supplier-specific: quantity x the supplier's factor ({MethodTable.Guidance(a.Kind)}, formula 1.1)"), value, "row:factor_value", Source(a));
        return problem is not null ? Estimate.Reject(problem)
            : new Estimate(Disposition.Calculated, [new PlannedEntry(entry, a.Quantity * share)], null, [], Shared(a.Quantity, a.Unit, share));
    }

    // Emissions allocated to us by whoever caused them, or the share of them that is ours.
    private static Estimate Reported(Activity a, PlanKey key, Planner planner, ReferenceData data)
    {
        Problem? problem = null;
        var share = a.Share("share", ref problem);
        var dimension = a.Unit.Dimension;
        if (dimension is not ("emissions" or "mass"))
        {
            problem ??= new Problem("unit.dimension", "unit", $"{a.Unit} ({dimension})", "emissions (kgCO2e or tCO2e)", $"Give {a.Kind.Key} as a mass of CO2e.");
        }

        if (problem is not null)
        {
            return Estimate.Reject(problem);
        }

        var biogenic = a.Kind.Key == "biogenic.co2";
        var unit = data.Units[dimension == "mass" ? "kg" : "kgCO2e"];
        var kilograms = a.Unit.Convert(a.Quantity, unit);
        var want = Entry(a.Kind, biogenic
            ? "biogenic CO2 as measured, outside the scopes (GHG Protocol Corporate Standard ch. 9)"
            : $"emissions as reported by their source x share ({MethodTable.Guidance(a.Kind)})") with { Role = biogenic ? Planner.BiogenicRole : "direct" };
        var entry = planner.ByValue(key with { Unit = unit }, want, 1m, "row:quantity", Source(a), biogenic);
        return new Estimate(Disposition.Calculated, [new PlannedEntry(entry, kilograms * share)], null, [], Shared(kilograms, unit, share));
    }

    // Hybrid (formulas 1.2 and 1.3): what the supplier knows of itself; what lies before it by its own data or by an average.
    private static Estimate Hybrid(Activity a, PlanKey key, Planner planner)
    {
        Problem? problem = null;
        var own = a.AtLeast("supplier_energy_kg", 0m, "kg CO2e of the supplier's scope 1 and 2 that belong to these goods", ref problem);
        var waste = a.AtLeastOr("waste_kg", 0m, 0m, "kg CO2e of the waste of making them", ref problem);
        var other = a.AtLeastOr("other_kg", 0m, 0m, "kg CO2e of processes and leaks of making them", ref problem);
        decimal total;
        string how;
        if (a.Columns.ContainsKey("materials_kg"))
        {
            var materials = a.AtLeast("materials_kg", 0m, "kg CO2e cradle-to-gate of the materials in them", ref problem);
            var transport = a.AtLeastOr("transport_kg", 0m, 0m, "kg CO2e of hauling those materials to the supplier", ref problem);
            total = PurchasedGoods.Hybrid([new Line(own, 1m)], [new Line(materials, 1m)], [new Haul(1m, transport, 1m)], [new Line(waste, 1m)], other);
            how = Step($"energy {own} + materials {materials} + transport {transport} + waste {waste} + other {other} = {total} kg CO2e");
        }
        else if (a.FactorValue is { } upstream)
        {
            total = PurchasedGoods.HybridWithSecondary([new Line(own + other, 1m)], [new Line(waste, 1m)], new Line(a.Quantity, upstream));
            how = Step($"energy {own} + waste {waste} + other {other} + {a.Quantity} {a.Unit} x {upstream} kg CO2e upstream = {total} kg CO2e");
        }
        else
        {
            problem ??= new Problem("column.missing", "materials_kg", "(blank)", $"materials_kg, or factor_value (kg CO2e per {a.Unit} of what lies before the supplier)", "Add one of them: the supplier's own energy is only part of its goods.");
            (total, how) = (0m, "");
        }

        if (problem is not null)
        {
            return Estimate.Reject(problem);
        }

        var entry = planner.ByValue(key, Entry(a.Kind, $"hybrid: supplier's data, and averages for the rest ({MethodTable.Guidance(a.Kind)}, formulas 1.2 and 1.3)"), total, "row:hybrid", Source(a)) with { QuantityUnit = EntryPlan.Whole };
        return new Estimate(Disposition.Calculated, [new PlannedEntry(entry, 1m)], null, [], [new Step(how, "Scope 3 Guidance formulas 1.2 and 1.3")]);
    }

    private static Planner.Wanted Entry(Kind kind, string method) => new([], kind.Scope, kind.Category, "direct", Basis.Single, method, true);

    private static Step[] Shared(decimal quantity, Unit unit, decimal share) =>
        share == 1m ? [] : [new Step(Step($"{quantity} {unit} x share {share} = {quantity * share} {unit}"))];
}
