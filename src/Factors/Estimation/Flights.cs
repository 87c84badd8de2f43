using System.Globalization;
using OffGridFlow.Engine.Methods;
using OffGridFlow.Factors.Reference;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>Flights (Scope 3 Guidance ch. 6, distance-based): airports or a distance, a class, passengers.</summary>
internal static class Flights
{
    private static readonly string[] Classes = ["economy", "premium-economy", "business", "first", "average"];

    public static Driven Of(Activity a, ReferenceData data)
    {
        Problem? problem = null;
        var cabin = Cabin(a, ref problem);
        var forcing = a.YesNo("rf", true, ref problem);

        // The EPA prints flights of the United States without forcing, for the average seat, in bands of its own.
        var american = !forcing && cabin == "average" && (a.Region == "US" || (a.Region?.StartsWith("US-", StringComparison.Ordinal) ?? false));
        var steps = new List<Step>();
        var notes = new List<Note>();
        var returns = a.YesNo("return", false, ref problem);
        decimal passengerKilometres;
        string haul;
        if (a.Columns.ContainsKey("from") || a.Columns.ContainsKey("to"))
        {
            var from = Airport(a, "from", data, ref problem);
            var to = Airport(a, "to", data, ref problem);
            if (from is null || to is null || problem is not null)
            {
                return problem!;
            }

            if (from.Country == to.Country && from == to)
            {
                return new Problem("travel.same-airport", "to", a.Columns["to"], "another airport than from", "Correct from or to.");
            }

            // A tenth of a kilometre is finer than any airport's reference point.
            var distance = Math.Round((decimal)Travel.GreatCircle((double)from.Latitude, (double)from.Longitude, (double)to.Latitude, (double)to.Longitude), 1);
            var trips = Trips(a, ref problem) * (returns ? 2m : 1m);
            passengerKilometres = Signed(trips, people => Travel.PassengerDistance(people, distance));
            haul = american ? AmericanHaul(distance) : Haul(from.Country == to.Country, from.Country == "GB" || to.Country == "GB", distance);
            steps.Add(new Step(Step($"great circle {a.Columns["from"].ToUpperInvariant()}-{a.Columns["to"].ToUpperInvariant()} = {distance} km"), "haversine on the mean earth radius, 6371.0088 km; detours are inside the factors since the 2021 edition"));
            steps.Add(new Step(Step($"{distance} km x {trips} passenger flights{(returns ? " (return: two each)" : "")} = {passengerKilometres} passenger-km")));
        }
        else if (a.Unit.Dimension is "distance" or "passenger-distance")
        {
            var passengers = a.AtLeastOr("passengers", 0m, 1m, "how many people travelled", ref problem) * (returns ? 2m : 1m);
            var amount = a.Unit.Dimension == "distance" ? a.Unit.Convert(a.Quantity, data.Units["km"]) : a.Unit.Convert(a.Quantity, data.Units["pkm"]);
            passengerKilometres = a.Unit.Dimension == "distance" ? Signed(amount, way => Travel.PassengerDistance(passengers, way)) : returns ? amount * 2m : amount;
            var distance = a.Unit.Dimension == "distance" || passengers == 0m ? amount : passengerKilometres / passengers;
            haul = a.Columns.TryGetValue("haul", out var named) ? KindRules.Slug(named)
                : american ? AmericanHaul(Math.Abs(distance))
                : Haul(false, a.Region is null or "GB" || a.Region.StartsWith("GB-", StringComparison.Ordinal), Math.Abs(distance));
            steps.Add(new Step(Step($"{a.Quantity} {a.Unit}{(a.Unit.Dimension == "distance" && passengers != 1m ? Step($" x {passengers} passenger flights") : returns ? " there and back" : "")} = {passengerKilometres} passenger-km, {haul}"), american ? "short-haul below 300 miles, long-haul from 2,300 miles (EPA)" : "short-haul up to 3,700 km (DESNZ)"));
        }
        else
        {
            return new Problem("column.missing", "from", "(blank)", "airport codes in from and to, or a distance in km", "Add from and to (IATA codes such as LHR), or give the distance.");
        }

        if (problem is not null)
        {
            return problem;
        }

        var key = $"travel.air.{haul}{(cabin is "average" ? "" : "." + cabin)}{(forcing ? "" : ".without-rf")}";
        var kind = data.Kinds.Find(key);
        if (kind is null && cabin != "average")
        {
            // Domestic flights are published for one class only.
            notes.Add(new Note("travel.class-average", $"No factor for {cabin} on {haul} flights: the average passenger was used."));
            kind = data.Kinds.Find($"travel.air.{haul}{(forcing ? "" : ".without-rf")}");
        }

        return kind is null
            ? new Problem("factor.none", "class", key, "a haul and class with a factor: domestic, short-haul, long-haul or international; economy, premium-economy, business or first", "Correct haul or class.")
            : new Driver(kind, passengerKilometres, data.Units["pkm"], steps, notes, notes.Count > 0);
    }

    // "Domestic" is what flies within the United Kingdom, whose length is 1,000 km: longer flights within one country are not of that kind.
    private const decimal LongestDomesticKilometres = 1000m;

    private const decimal KilometresPerMile = 1.609344m;

    // EPA GHG Emission Factors Hub, table 10.
    private static string AmericanHaul(decimal kilometres) => (kilometres / KilometresPerMile) switch
    {
        < 300m => "short-haul",
        < 2300m => "medium-haul",
        _ => "long-haul",
    };

    // DESNZ: flights that do not touch the UK have a band of their own.
    private static string Haul(bool withinOneCountry, bool touchesUnitedKingdom, decimal kilometres) =>
        Travel.Band(withinOneCountry && (touchesUnitedKingdom || kilometres <= LongestDomesticKilometres), kilometres) switch
        {
            FlightBand.Domestic => "domestic",
            FlightBand.ShortHaul => touchesUnitedKingdom ? "short-haul" : "international",
            FlightBand.LongHaul => touchesUnitedKingdom ? "long-haul" : "international",
        };

    private static string Cabin(Activity a, ref Problem? problem)
    {
        if (!a.Columns.TryGetValue("class", out var written))
        {
            return "average";
        }

        var slug = KindRules.Slug(written).Replace("-class", "", StringComparison.Ordinal);
        slug = slug switch { "coach" or "eco" or "y" => "economy", "premium" or "premium-eco" or "w" => "premium-economy", "j" or "c" => "business", "f" => "first", _ => slug };
        if (Array.IndexOf(Classes, slug) < 0)
        {
            problem ??= new Problem("travel.class-unknown", "class", written, string.Join(", ", Classes), "Correct class, or leave it blank for the average passenger.");
        }

        return slug;
    }

    private static decimal Trips(Activity a, ref Problem? problem)
    {
        if (a.Unit.Dimension is "person" or "count")
        {
            return a.Quantity * (a.Unit.Dimension == "count" ? a.Number("passengers", ref problem) ?? 1m : 1m);
        }

        // Airports decide the distance; a distance in the quantity would be a second, different answer.
        problem ??= new Problem("unit.dimension", "unit", $"{a.Unit.Symbol} ({a.Unit.Dimension})", "person (one-way flights taken), or no airports with a distance", "Give the number of one-way passenger flights in unit person, or remove from and to.");
        return 0m;
    }

    private static Airport? Airport(Activity a, string column, ReferenceData data, ref Problem? problem)
    {
        if (!a.Columns.TryGetValue(column, out var code))
        {
            problem ??= new Problem("column.missing", column, "(blank)", "an airport's IATA or ICAO code", $"Add {column}.");
            return null;
        }

        var airport = data.Airports.Find(code);
        if (airport is null)
        {
            problem ??= new Problem("airport.unknown", column, code, "an airport's IATA or ICAO code such as LHR", $"Correct {column}{(data.Airports.Suggest(code) is { Count: > 0 } near ? $"; near it: {string.Join(", ", near.Select(found => found.Iata))}" : "")}.");
        }

        return airport;
    }
}
