using System.Collections.Concurrent;

namespace OffGridFlow.Factors;

/// <summary>Turns activities into entries: the one way from a row to what it emits, for files, imports and services.</summary>
public sealed class Estimator
{
    private readonly ReferenceData data;
    private readonly Planner planner;
    private readonly ConcurrentDictionary<PlanKey, Plan> plans = new();
    private readonly ConcurrentDictionary<(PlanKey Key, int PriceYear, bool WellToWheel), Plan> drivenPlans = new();

    public Estimator(ReferenceData data, EstimateOptions options)
    {
        this.data = data;
        Options = options;
        planner = new Planner(data, options);
    }

    public EstimateOptions Options { get; }

    /// <summary>Whether a row of the kind needs nothing but kind, quantity, unit, place and dates, so that its plan is its result.</summary>
    public static bool IsPlain(Kind kind) => kind.Method is
        "fuel" or "vehicle" or "electricity" or "heat" or "activity" or "process" or "waste" or "refrigerant" or "freight" or "travel"
        or "lease-energy" or "shared-fuel" or "product-fuel" or "product-leak" or "upstream" or "biogenic";

    /// <summary>The plan of plain rows, worked out once.</summary>
    public Plan PlanFor(PlanKey key) => plans.TryGetValue(key, out var plan) ? plan : plans.GetOrAdd(key, CheckedPlan(key) with { Unit = key.Unit });

    /// <summary>What an activity emits, or why that cannot be said.</summary>
    public Estimate Estimate(Activity activity)
    {
        activity = activity.WithOwnColumns();
        var key = new PlanKey(activity.Kind, activity.Unit, activity.Region, PlanKey.MonthOf(activity.Day), activity.Quality ?? 0);
        switch (activity.Kind.Method)
        {
            case "investment":
                return Investments.Of(activity, key, planner);
            case "reported" or "supplier" or "hybrid":
                return Supplied.Of(activity, key, planner, data);
            case "cloud":
                return CloudRows.Of(activity, key, planner, data);
            case "by-treatment":
                return Treatments.Of(activity, key, planner, data);
        }

        // A supplier's figure per unit of money is of its own prices: nothing is exchanged or deflated.
        var driven = activity is { FactorValue: not null, Kind.Method: "spend" } ? Multipliers.Plain(activity) : Drive(activity);
        if (driven.Driver is not { } driver)
        {
            return Factors.Estimate.Reject(driven.Problem!);
        }

        var drivenKey = key with { Kind = driver.Kind, Unit = driver.Unit };
        var (plan, problem) = Plan(activity, drivenKey, driver);
        if (problem is not null || plan!.Problem is not null)
        {
            return Factors.Estimate.Reject(problem ?? plan!.Problem!);
        }

        var result = activity.Kind.Method is "electricity" or "heat" or "cooling" && MarketBasedRows.Concerns(activity)
            ? MarketBasedRows.Apply(activity, driver, drivenKey, plan, planner)
            : new Estimate(plan.Disposition, plan.Entries.Select(entry => new PlannedEntry(entry, driver.Quantity)).ToList(), null, plan.Notes, []);
        if (result.Problem is not null)
        {
            return result;
        }

        var complete = result with { Steps = [.. driver.Steps, .. result.Steps], Notes = [.. driver.Notes, .. result.Notes] };
        return driver.Estimated ? complete with { Disposition = Disposition.Estimated } : complete;
    }

    /// <summary>For explanations: what each entry's resolution passed over, and why.</summary>
    public IEnumerable<(string Role, Basis Basis, IReadOnlyList<Rejected> Rejected)> Candidates(Activity activity)
    {
        if (Drive(activity.WithOwnColumns()).Driver is not { } driver)
        {
            return [];
        }

        var key = new PlanKey(driver.Kind, driver.Unit, activity.Region, PlanKey.MonthOf(activity.Day), activity.Quality ?? 0);
        return planner.Candidates(key).Select(c => (c.Want.Role, c.Want.Basis, (IReadOnlyList<Rejected>)c.Rejected));
    }

    private Driven Drive(Activity a) => a.Kind.Method switch
    {
        "air" => Flights.Of(a, data),
        "spend" => Spend.Of(a, data),
        "fuel" => Fuels.Of(a, data),
        "shared-fuel" or "product-fuel" => Fuels.Of(a, data),
        "freight" => Multipliers.Freight(a, data),
        "travel" => Travels.Of(a, data),
        "homeworking" => Travels.AtHome(a, data),
        "refrigerant" or "product-leak" => Leaks.Of(a, data),
        "floor-area" => Multipliers.FloorArea(a, data),
        "lease-energy" or "waste" => Multipliers.Shared(a),
        "cooling" => Multipliers.Cooling(a),
        "product-use" => Multipliers.ProductUse(a, data),
        _ => Multipliers.Plain(a),
    };

    // The library's plan, or the one of the factor or the figure that the row brings: it replaces what must be there, and the
    // entries beside it (upstream, losses) stay.
    private (Plan? Plan, Problem? Problem) Plan(Activity a, PlanKey key, Driver driver)
    {
        if (WellToWheel(a, out var wheel) is { } unclear)
        {
            return (null, unclear);
        }

        if (a.Factor is { } id)
        {
            return (data.Library.Find(id) ?? Options.Snapshot?.Find(id)) is { } row
                ? (planner.Build(key, Wanted(driver.Kind, wheel), driver.PriceYear, row), null)
                : (null, new Problem("factor.unknown", "factor", id, "the id of a factor in the library", "Find it with: offgridflow factors search TEXT."));
        }

        if (a.FactorValue is { } value && a.Kind.Method is not ("electricity" or "heat" or "cooling"))
        {
            var wanted = Wanted(driver.Kind, wheel);
            var main = wanted[0] with { Method = $"supplier-specific: quantity x the row's own factor ({MethodTable.Guidance(a.Kind)})" };
            var entry = planner.ByValue(key, main, value, "row:factor_value", Supplied.Source(a));
            var beside = planner.Build(key, wanted.Where(want => !want.Required).ToList());
            return (new Plan(Disposition.Calculated, [entry, .. beside.Entries], null, beside.Entries.Count > 0 ? beside.Notes : []), null);
        }

        if (a.Kind.Method == "processing")
        {
            return (null, new Problem("column.missing", "factor_value", "(blank)", "kg CO2e per unit processed", "Give the processor's factor: no publication has an average for it."));
        }

        return (Usual(key, driver, wheel), null);
    }

    // Working a plan out looks through every factor of the kind (0.4 ms where a kind has thousands): once, not for each row.
    private Plan Usual(PlanKey key, Driver driver, bool wheel)
    {
        // A quantity that is worked out is in a unit of our choice: only what a person wrote is checked.
        if (driver.PriceYear is null && !wheel && driver.Steps.Count == 0 && IsPlain(driver.Kind))
        {
            return PlanFor(key);
        }

        var cached = (key, driver.PriceYear ?? 0, wheel);
        return drivenPlans.TryGetValue(cached, out var plan)
            ? plan
            : drivenPlans.GetOrAdd(cached, planner.Build(key, Wanted(driver.Kind, wheel), driver.PriceYear));
    }

    private static IReadOnlyList<Planner.Wanted> Wanted(Kind kind, bool wheel) =>
        wheel ? [.. MethodTable.Entries(kind), MethodTable.WellToTank(kind)] : MethodTable.Entries(kind);

    private static Problem? WellToWheel(Activity a, out bool wanted)
    {
        Problem? problem = null;
        wanted = a.Kind.Method is "freight" or "travel" or "air" or "shared-fuel" && a.YesNo("well_to_wheel", false, ref problem);
        return problem;
    }

    private Plan CheckedPlan(PlanKey key)
    {
        var dimensions = key.Kind.Dimensions;
        return dimensions.Count > 0 && !dimensions.Contains(key.Unit.Dimension, StringComparer.Ordinal)
            && !(key.Unit.Dimension == "energy" && dimensions.Contains("energy-gross", StringComparer.Ordinal))
            && !data.Serves(key.Kind, key.Unit) && !planner.HasOwn(key)
            ? Factors.Plan.Reject(new Problem(
                "unit.dimension", "unit", $"{key.Unit.Symbol} ({key.Unit.Dimension})", string.Join(" or ", dimensions.Select(d => $"{d} ({data.ExampleUnit(d)})")),
                $"Give the quantity of {key.Kind.Key} in one of these."))
            : planner.Build(key);
    }
}
