using OffGridFlow.Engine.Methods;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>Distances of people, and the hours they work at home (Scope 3 Guidance ch. 6 and 7).</summary>
internal static class Travels
{
    /// <summary>Employees and days, a return trip, passengers, occupancy, a share: each a named column.</summary>
    public static Driven Of(Activity a, ReferenceData data)
    {
        Problem? problem = null;
        var steps = new List<Step>();
        var quantity = a.Quantity;
        var unit = a.Unit;
        var returns = a.YesNo("return", false, ref problem);
        if (a.Columns.ContainsKey("employees") || a.Columns.ContainsKey("days"))
        {
            var employees = a.AtLeastOr("employees", 0m, 1m, "how many people commute", ref problem);
            var days = a.AtLeast("days", 0m, "days commuted in the period", ref problem);
            var all = Signed(quantity, way => employees * (returns ? Commuting.Distance(way, days) : way * days));
            steps.Add(new Step(Step($"{quantity} {unit} a day{(returns ? ", there and back x 2," : "")} x {employees} employees x {days} days = {all} {unit}"), "Scope 3 Guidance formula 7.1"));
            quantity = all;
        }
        else if (returns)
        {
            steps.Add(new Step(Step($"{quantity} {unit} there and back = {quantity * 2m} {unit}")));
            quantity *= 2m;
        }

        // A vehicle's kilometres are emitted once, whoever rides along.
        if (a.Columns.ContainsKey("passengers") && unit.Dimension == "distance" && Serves(a.Kind, data, "passenger-distance") && !Serves(a.Kind, data, "distance"))
        {
            var passengers = a.AtLeast("passengers", 0m, "how many people travelled", ref problem);
            var kilometres = Signed(unit.Convert(quantity, data.Units["km"]), way => Travel.PassengerDistance(passengers, way));
            steps.Add(new Step(Step($"{quantity} {unit} x {passengers} passengers = {kilometres} pkm")));
            (quantity, unit) = (kilometres, data.Units["pkm"]);
        }

        if (a.Columns.ContainsKey("occupancy"))
        {
            if (unit.Dimension is not ("distance" or "passenger-distance") || !Serves(a.Kind, data, "distance"))
            {
                return problem ?? new Problem("travel.occupancy", "occupancy", a.Columns["occupancy"], $"a kind whose factor is per vehicle: {a.Kind.Key} is counted per passenger already", "Leave occupancy blank.");
            }

            var occupancy = a.AtLeast("occupancy", 1m, "people in the vehicle", ref problem);
            var travellers = unit.Dimension == "distance" ? a.AtLeastOr("passengers", 0m, 1m, "how many people travelled", ref problem) : 1m;
            var driven = Signed(quantity, way => Travel.VehicleDistance(travellers, occupancy, way));
            var vehicle = unit.Dimension == "distance" ? unit : data.Units["km"];
            driven = unit.Dimension == "distance" ? driven : driven * unit.Ratio(data.Units["pkm"]);
            steps.Add(new Step(Step($"{quantity} {unit}{(travellers == 1m ? "" : Step($" x {travellers} travellers"))} / {occupancy} in the vehicle = {driven} {vehicle}"), "Scope 3 Guidance formula 6.1"));
            (quantity, unit) = (driven, vehicle);
        }

        var share = a.Share("share", ref problem);
        if (share != 1m)
        {
            steps.Add(new Step(Step($"{quantity} {unit} x share {share} = {quantity * share} {unit}")));
            quantity *= share;
        }

        return problem is not null ? problem : new Driver(a.Kind, quantity, unit, steps, []);
    }

    /// <summary>Hours of full-time equivalents: as they are, or days or people with the columns that make hours of them.</summary>
    public static Driven AtHome(Activity a, ReferenceData data)
    {
        Problem? problem = null;
        if (a.Unit.Dimension == "work-time")
        {
            return Multipliers.Plain(a);
        }

        // A day at home is not 24 hours: the row says how long people work.
        var people = a.Unit.Dimension == "person";
        var perDay = people || a.Unit.Symbol == "day" ? a.AtLeast("hours_per_day", 0m, "hours worked on a day at home", ref problem) : 1m;
        var days = people ? a.AtLeast("days", 0m, "days worked at home in the period", ref problem) : 1m;
        if (problem is not null)
        {
            return problem;
        }

        if (!people && a.Unit.Dimension != "time")
        {
            return Multipliers.Plain(a);
        }

        var hours = people ? a.Quantity * days * perDay
            : a.Unit.Symbol == "day" ? a.Quantity * perDay
            : a.Unit.Convert(a.Quantity, data.Units["hour"]);
        var how = people ? Step($"{a.Quantity} people x {days} days x {perDay} hours")
            : a.Unit.Symbol == "day" ? Step($"{a.Quantity} days x {perDay} hours")
            : Step($"{a.Quantity} {a.Unit} of work");
        return new Driver(a.Kind, hours, data.Units["fte-hour"], [new Step($"{how} = {Text(hours)} fte-hour", "Scope 3 Guidance ch. 7; DESNZ, Homeworking")], []);
    }

    private static bool Serves(Kind kind, ReferenceData data, string dimension)
    {
        foreach (var source in kind.Sources)
        {
            foreach (var row in data.Library.OfKind(source))
            {
                if (data.Units[row.Unit].Dimension == dimension)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
