using OffGridFlow.Engine.Methods;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>Methods whose quantity is a product of the row's quantity and named columns.</summary>
internal static class Multipliers
{
    /// <summary>Mass x distance (Scope 3 Guidance ch. 4; ISO 14083): tonnes with distance_km, or km with weight_t, or tonne-km as it is.</summary>
    public static Driven Freight(Activity a, ReferenceData data)
    {
        Problem? problem = null;
        if (a.Unit.Dimension != "mass" && !(a.Unit.Dimension == "distance" && a.Columns.ContainsKey("weight_t")))
        {
            return Shared(a);
        }

        var mass = a.Unit.Dimension == "mass" ? a.Unit.Convert(a.Quantity, data.Units["t"]) : a.AtLeast("weight_t", 0m, "the mass carried in tonnes", ref problem);
        var stated = a.Unit.Dimension == "mass" ? a.AtLeast("distance_km", 0m, "the distance carried in km", ref problem) : a.Unit.Convert(a.Quantity, data.Units["km"]);
        var detour = a.AtLeastOr("distance_adjustment", 1m, 1m, "how much longer the way driven is than the one stated (GLEC: 1.05 on roads)", ref problem);
        var share = a.Share("share", ref problem);
        if (problem is not null)
        {
            return problem;
        }

        var distance = Signed(stated, way => Engine.Methods.Freight.AdjustedDistance(way, detour));
        var leg = new FreightLeg(mass, distance, 1m);
        return new Driver(
            a.Kind, leg.TonneKilometres * share, data.Units["tkm"],
            [new Step(Step($"{mass} t x {distance} km{(share == 1m ? "" : Step($" x share {share}"))} = {leg.TonneKilometres * share} tkm"), "Scope 3 Guidance formula 4.6")], []);
    }

    /// <summary>Floor area x energy intensity (Scope 3 Guidance ch. 8, average-data): an area over the row's dates, or an area-time as it is.</summary>
    public static Driven FloorArea(Activity a, ReferenceData data)
    {
        Problem? problem = null;
        var intensity = a.AtLeast("energy_intensity", 0m, "the building's kWh of electricity per m2 and year", ref problem);
        var share = a.Share("share", ref problem);
        if (problem is null && a.Unit.Dimension is not ("area" or "area-time"))
        {
            problem = new Problem("unit.dimension", "unit", $"{a.Unit} ({a.Unit.Dimension})", "area (m2) or area-time (m2-year)", $"Give {a.Kind.Key} in square metres.");
        }

        if (problem is not null)
        {
            return problem;
        }

        var steps = new List<Step>();
        var notes = new List<Note>();
        decimal areaYears;
        if (a.Unit.Dimension == "area")
        {
            var area = a.Unit.Convert(a.Quantity, data.Units["m2"]);
            var years = a is { Start: { } start, End: { } end } ? YearsCovered(start, end) : 1m;
            areaYears = area * years;
            steps.Add(new Step(Step($"{area} m2 x {years} years = {areaYears} m2-year")));
            if (a.Days is null)
            {
                notes.Add(new Note("period.year-assumed", "The row does not say from when to when: the area is read as held for one year."));
            }
        }
        else
        {
            areaYears = a.Unit.Convert(a.Quantity, data.Units["m2-year"]);
        }

        var energy = LeasedAssets.FloorEnergy(areaYears, intensity, share);
        steps.Add(new Step(Step($"{areaYears} m2-year x {intensity} kWh/m2-year{(share == 1m ? "" : Step($" x share {share}"))} = {energy} kWh"), $"{MethodTable.Guidance(a.Kind)}, average-data method"));
        return new Driver(a.Kind, energy, data.Units["kWh"], steps, notes, notes.Count > 0);
    }

    /// <summary>The share that is the row's: stated, or by floor area (Scope 3 Guidance ch. 8, example 8.1).</summary>
    public static Driven Shared(Activity a)
    {
        Problem? problem = null;
        var share = a.Share("share", ref problem);
        var how = Step($"share {share}");
        if (a.Columns.ContainsKey("total_area"))
        {
            var total = a.Positive("total_area", "the building's whole floor area", ref problem);
            var leased = a.AtLeast("leased_area", 0m, "the floor area leased, in the unit of total_area", ref problem);
            var let = a.Share("building_occupancy", ref problem);
            if (problem is null && (let <= 0m || leased > total * let))
            {
                problem = new Problem("number.range", "leased_area", Text(leased), Step($"at most total_area x building_occupancy, {total * let}"), "Correct leased_area, total_area or building_occupancy.");
            }

            if (problem is null)
            {
                share *= LeasedAssets.FloorShare(leased, total, let);
                how += Step($" x {leased} / ({total} x {let} let)");
            }
        }

        return problem is not null ? problem
            : share == 1m ? Plain(a)
            : new Driver(a.Kind, a.Quantity * share, a.Unit, [new Step(Step($"{a.Quantity} {a.Unit} x {how} = {a.Quantity * share} {a.Unit}"), MethodTable.Guidance(a.Kind))], []);
    }

    /// <summary>Cooling bought: the electricity behind it is cooling over the chiller's coefficient of performance.</summary>
    public static Driven Cooling(Activity a)
    {
        Problem? problem = null;
        var performance = a.Positive("cop", "the chiller's coefficient of performance: cooling out per electricity in", ref problem);
        return problem is not null ? problem : new Driver(
            a.Kind, a.Quantity / performance, a.Unit,
            [new Step(Step($"{a.Quantity} {a.Unit} of cooling / {performance} = {a.Quantity / performance} {a.Unit} of electricity"), "GHG Protocol Scope 2 Guidance ch. 5: cooling is purchased energy, by the energy that makes it")], []);
    }

    /// <summary>Direct use phase of sold products (Scope 3 Guidance ch. 11): units sold x lifetime x energy.</summary>
    public static Driven ProductUse(Activity a, ReferenceData data)
    {
        if (a.Unit.Dimension == "energy")
        {
            return Shared(a);
        }

        // Afterwards the row's own unit is gone: kilograms of a product are not pieces of it.
        var problem = a.Unit.Dimension == "count" ? null : new Problem(
            "unit.dimension", "unit", $"{a.Unit.Symbol} ({a.Unit.Dimension})", "count (item) or energy (kWh)", $"Give the quantity of {a.Kind.Key} in one of these.");
        decimal uses, perUse;
        string how;
        if (a.Columns.ContainsKey("kwh_per_use"))
        {
            uses = LifetimeUses(a, ref problem, out how);
            perUse = a.AtLeast("kwh_per_use", 0m, "kWh per use", ref problem);
        }
        else
        {
            uses = a.Positive("lifetime_years", "years the product is used", ref problem);
            perUse = a.AtLeast("kwh_per_year", 0m, "kWh a unit uses in a year (or kwh_per_use with lifetime_uses)", ref problem);
            how = Step($"{uses} years");
        }

        var share = a.Share("share", ref problem);
        if (problem is not null)
        {
            return problem;
        }

        var energy = Engine.Methods.ProductUse.Energy(uses, a.Quantity, perUse) * share;
        return new Driver(
            a.Kind, energy, data.Units["kWh"],
            [new Step(Step($"{a.Quantity} sold x {how} x {perUse} kWh{(share == 1m ? "" : Step($" x share {share}"))} = {energy} kWh"), "Scope 3 Guidance ch. 11, direct use-phase emissions")], []);
    }

    /// <summary>Uses over a product's life: lifetime_uses, or uses_per_year x lifetime_years.</summary>
    public static decimal LifetimeUses(Activity a, ref Problem? problem, out string how)
    {
        if (a.Columns.ContainsKey("lifetime_uses"))
        {
            var uses = a.Positive("lifetime_uses", "uses over the product's life", ref problem);
            how = Step($"{uses} uses");
            return uses;
        }

        var perYear = a.Positive("uses_per_year", "uses a year (or lifetime_uses)", ref problem);
        var years = a.Positive("lifetime_years", "years the product is used", ref problem);
        how = Step($"{perYear} uses a year x {years} years");
        return problem is null ? Engine.Methods.ProductUse.LifetimeUses(perYear, 1m, years) : 0m;
    }

    /// <summary>The row's quantity as it is.</summary>
    public static Driver Plain(Activity a) => new(a.Kind, a.Quantity, a.Unit, [], []);

    // Each calendar year counts by its own days: a whole leap year is one year.
    private static decimal YearsCovered(DateOnly start, DateOnly end)
    {
        var years = 0m;
        for (var year = start.Year; year <= end.Year; year++)
        {
            var first = year == start.Year ? start : new DateOnly(year, 1, 1);
            var last = year == end.Year ? end : new DateOnly(year, 12, 31);
            years += (last.DayNumber - first.DayNumber + 1) / (DateTime.IsLeapYear(year) ? 366m : 365m);
        }

        return years;
    }
}
