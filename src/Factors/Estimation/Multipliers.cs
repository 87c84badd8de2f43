using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>Methods whose quantity is a product of the row's quantity and named columns.</summary>
internal static class Multipliers
{
    /// <summary>Mass x distance (Scope 3 Guidance ch. 4; ISO 14083): tonnes with distance_km, or km with weight_t, or tonne-km as it is.</summary>
    public static Driven Freight(Activity a, ReferenceData data)
    {
        Problem? problem = null;
        if (a.Unit.Dimension == "mass" || (a.Unit.Dimension == "distance" && a.Columns.ContainsKey("weight_t")))
        {
            var mass = a.Unit.Dimension == "mass" ? a.Unit.Convert(a.Quantity, data.Units["t"]) : a.Needed("weight_t", "the mass carried in tonnes", ref problem);
            var distance = a.Unit.Dimension == "mass" ? a.Needed("distance_km", "the distance carried in km", ref problem) : a.Unit.Convert(a.Quantity, data.Units["km"]);
            return problem is not null ? problem : new Driver(a.Kind, mass * distance, data.Units["tkm"], [new Step(Step($"{mass} t x {distance} km = {mass * distance} tkm"))], []);
        }

        return Plain(a);
    }

    /// <summary>Passengers or occupancy: a distance of one person times passengers, or of a vehicle shared by several.</summary>
    public static Driven Travel(Activity a, ReferenceData data)
    {
        Problem? problem = null;
        var quantity = a.Quantity;
        var steps = new List<Step>();
        var unit = a.Unit;
        if (a.Number("employees", ref problem) is { } employees)
        {
            var days = a.Needed("days", "working days a year", ref problem);
            steps.Add(new Step(Step($"{quantity} {unit} a day x {employees} employees x {days} days = {quantity * employees * days} {unit}"), "Scope 3 Guidance ch. 7, distance-based"));
            quantity *= employees * days;
        }

        // A vehicle's kilometres are emitted once, whoever rides along.
        if (a.Number("passengers", ref problem) is { } passengers && unit.Dimension == "distance" && problem is null && ServedBy("passenger-distance", a, data) && !ServedBy("distance", a, data))
        {
            steps.Add(new Step(Step($"{quantity} {unit} x {passengers} passengers")));
            quantity = unit.Convert(quantity, data.Units["km"]) * passengers;
            unit = data.Units["pkm"];
        }

        if (a.Columns.ContainsKey("occupancy"))
        {
            var occupancy = a.Positive("occupancy", "people in the vehicle", ref problem);
            if (problem is null)
            {
                steps.Add(new Step(Step($"{quantity} {unit} / {occupancy} in the vehicle"), "Scope 3 Guidance ch. 6-7"));
                quantity /= occupancy;
            }
        }

        var share = a.Share("share", ref problem);
        if (share != 1m)
        {
            steps.Add(new Step(Step($"{quantity} {unit} x share {share} = {quantity * share} {unit}")));
            quantity *= share;
        }

        return problem is not null ? problem : new Driver(a.Kind, quantity, unit, steps, []);
    }

    /// <summary>Screening of a leak: charge x leak rate (GHG Protocol HFC tool, screening method); without a rate the quantity is what was released.</summary>
    public static Driven Leak(Activity a)
    {
        Problem? problem = null;
        if (!a.Columns.ContainsKey("leak_rate"))
        {
            return Plain(a);
        }

        var rate = a.Share("leak_rate", ref problem);
        var years = a.Number("lifetime_years", ref problem) ?? 1m;
        var released = a.Quantity * rate * years;
        return problem is not null ? problem : new Driver(
            a.Kind, released, a.Unit,
            [new Step(Step($"{a.Quantity} {a.Unit} charge x leak rate {rate}{(years == 1m ? "" : $" x {years} years")} = {released} {a.Unit}"), "GHG Protocol, Calculating HFC and PFC Emissions, screening method")], []);
    }

    /// <summary>Floor area x energy intensity (Scope 3 Guidance ch. 8, average-data): an area over the row's dates, or an area-time as it is.</summary>
    public static Driven FloorArea(Activity a, ReferenceData data)
    {
        var problem = OtherDimension(a, data);
        var intensity = a.Needed("energy_intensity", "the building's kWh of electricity per m2 and year", ref problem);
        var share = a.Share("share", ref problem);
        if (problem is not null)
        {
            return problem;
        }

        var steps = new List<Step>();
        decimal areaYears;
        if (a.Unit.Dimension == "area")
        {
            var area = a.Unit.Convert(a.Quantity, data.Units["m2"]);
            var days = a.Days ?? 365;
            var year = a.Start is { } start && DateTime.IsLeapYear(start.Year) && days == 366 ? 366 : 365;
            areaYears = area * days / year;
            steps.Add(new Step(Step($"{area} m2 x {days} days / {year} = {areaYears} m2-year")));
        }
        else
        {
            areaYears = a.Unit.Convert(a.Quantity, data.Units["m2-year"]);
        }

        var energy = areaYears * intensity * share;
        steps.Add(new Step(Step($"{areaYears} m2-year x {intensity} kWh/m2-year{(share == 1m ? "" : $" x share {share}")} = {energy} kWh"), "Scope 3 Guidance ch. 8, average-data method"));
        return new Driver(a.Kind, energy, data.Units["kWh"], steps, []);
    }

    /// <summary>Share of energy that is the row's (Scope 3 Guidance ch. 8, 13, 14).</summary>
    public static Driven Shared(Activity a)
    {
        Problem? problem = null;
        var share = a.Share("share", ref problem);
        return problem is not null ? problem
            : share == 1m ? Plain(a)
            : new Driver(a.Kind, a.Quantity * share, a.Unit, [new Step(Step($"{a.Quantity} {a.Unit} x share {share} = {a.Quantity * share} {a.Unit}"))], []);
    }

    /// <summary>Direct use phase of sold products (Scope 3 Guidance ch. 11): units sold x lifetime x energy.</summary>
    public static Driven ProductUse(Activity a, ReferenceData data)
    {
        if (a.Unit.Dimension == "energy")
        {
            return Plain(a);
        }

        var problem = OtherDimension(a, data);
        var years = a.Positive("lifetime_years", "years the product is used", ref problem);
        decimal perYear;
        string how;
        if (a.Columns.ContainsKey("kwh_per_use"))
        {
            var uses = a.Needed("uses_per_year", "uses a year", ref problem);
            var perUse = a.Needed("kwh_per_use", "kWh per use", ref problem);
            (perYear, how) = (uses * perUse, Step($"{uses} uses a year x {perUse} kWh"));
        }
        else
        {
            perYear = a.Needed("kwh_per_year", "kWh a unit uses in a year (or kwh_per_use with uses_per_year)", ref problem);
            how = Step($"{perYear} kWh a year");
        }

        var energy = a.Quantity * years * perYear;
        return problem is not null ? problem : new Driver(
            a.Kind, energy, data.Units["kWh"], [new Step(Step($"{a.Quantity} sold x {years} years x {how} = {energy} kWh"), "Scope 3 Guidance ch. 11, direct use-phase emissions")], []);
    }

    // What is turned into another dimension is checked before: afterwards the row's own unit is gone.
    private static Problem? OtherDimension(Activity a, ReferenceData data) =>
        a.Kind.Dimensions.Contains(a.Unit.Dimension, StringComparer.Ordinal) ? null : new Problem(
            "unit.dimension", "unit", $"{a.Unit.Symbol} ({a.Unit.Dimension})", string.Join(" or ", a.Kind.Dimensions.Select(d => $"{d} ({data.ExampleUnit(d)})")),
            $"Give the quantity of {a.Kind.Key} in one of these.");

    /// <summary>The row's quantity as it is.</summary>
    public static Driver Plain(Activity a) => new(a.Kind, a.Quantity, a.Unit, [], []);

    private static bool ServedBy(string dimension, Activity a, ReferenceData data)
    {
        foreach (var row in data.Library.OfKind(a.Kind.ServedBy))
        {
            if (data.Units[row.Unit].Dimension == dimension)
            {
                return true;
            }
        }

        return false;
    }
}
