using System.Collections.Concurrent;

namespace OffGridFlow.Factors;

/// <summary>Turns activities into entries: the one way from a row to what it emits, for files, imports and services.</summary>
public sealed class Estimator
{
    // Columns that change the arithmetic of any kind.
    private static readonly string[] General = ["instrument", "instrument_quantity", "share", "occupancy", "passengers"];

    private readonly ReferenceData data;
    private readonly Planner planner;
    private readonly ConcurrentDictionary<PlanKey, Plan> plans = new();
    private readonly ConcurrentDictionary<(PlanKey Key, int? PriceYear), Plan> drivenPlans = new();

    public Estimator(ReferenceData data, EstimateOptions options)
    {
        this.data = data;
        Options = options;
        planner = new Planner(data, options);
    }

    public EstimateOptions Options { get; }

    /// <summary>Whether a row of the kind needs nothing but kind, quantity, unit, place and dates, so that its plan is its result.</summary>
    public static bool IsPlain(Kind kind) =>
        kind.Method is "fuel" or "vehicle" or "electricity" or "heat" or "activity" or "refrigerant" or "freight" or "travel" or "lease-energy" or "product-fuel" or "product-leak"
        && kind.Method is not "cloud";

    /// <summary>The plan of plain rows, worked out once.</summary>
    public Plan PlanFor(PlanKey key) => plans.TryGetValue(key, out var plan) ? plan : plans.GetOrAdd(key, CheckedPlan(key) with { Unit = key.Unit });

    /// <summary>What an activity emits, or why that cannot be said.</summary>
    public Estimate Estimate(Activity activity)
    {
        var key = new PlanKey(activity.Kind, activity.Unit, activity.Region, PlanKey.MonthOf(activity.Day), activity.Quality ?? 0);
        if (activity.Kind.Method == "investment")
        {
            return activity.Unit.Dimension.StartsWith("currency-", StringComparison.Ordinal) ? Investments.Of(activity, key, planner) : WrongDimension(activity);
        }

        var driven = Drive(activity);
        if (driven.Driver is not { } driver)
        {
            return Factors.Estimate.Reject(driven.Problem!);
        }

        var drivenKey = key with { Kind = driver.Kind, Unit = driver.Unit };
        var overriding = Overridden(activity, drivenKey, driver);
        if (overriding is not null)
        {
            return overriding;
        }

        var plan = driver.PriceYear is null && IsPlain(driver.Kind)
            ? PlanFor(drivenKey)
            : DrivenPlan(drivenKey, driver.PriceYear);
        if (plan.Problem is not null)
        {
            return Factors.Estimate.Reject(plan.Problem);
        }

        var result = activity.Kind.Method is "electricity" or "heat" && (activity.Columns.ContainsKey("instrument") || activity.FactorValue is not null)
            ? MarketBasedRows.Apply(activity, drivenKey, plan, planner)
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
        if (Drive(activity).Driver is not { } driver)
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
        "freight" => Multipliers.Freight(a, data),
        "travel" => Multipliers.Travel(a, data),
        "refrigerant" or "product-leak" => Multipliers.Leak(a),
        "floor-area" => Multipliers.FloorArea(a, data),
        "lease-energy" => Multipliers.Shared(a),
        "product-use" => Multipliers.ProductUse(a, data),
        _ => Multipliers.Plain(a),
    };

    // Working a plan out looks through every factor of the kind (0.4 ms where a kind has thousands): once, not for each row.
    private Plan DrivenPlan(PlanKey key, int? priceYear) => drivenPlans.TryGetValue((key, priceYear), out var plan)
        ? plan
        : drivenPlans.GetOrAdd((key, priceYear), planner.Build(key, MethodTable.Entries(key.Kind), priceYear));

    // The row names a factor or brings one: it replaces the library's for the main entry.
    private Estimate? Overridden(Activity a, PlanKey key, Driver driver)
    {
        var main = MethodTable.Entries(a.Kind)[0];
        if (a.Factor is { } id)
        {
            if (data.Library.Find(id) is not { } row)
            {
                return Factors.Estimate.Reject(new Problem("factor.unknown", "factor", id, "the id of a factor in the library", "Find it with: offgridflow factors search TEXT."));
            }

            var plan = planner.ByFactor(key, row, main);
            return plan.Problem is { } problem
                ? Factors.Estimate.Reject(problem)
                : new Estimate(plan.Disposition, plan.Entries.Select(entry => new PlannedEntry(entry, driver.Quantity)).ToList(), null, plan.Notes, driver.Steps);
        }

        if (a.FactorValue is not { } value || a.Kind.Method is "electricity" or "heat")
        {
            return a.Kind.Method == "processing"
                ? Factors.Estimate.Reject(new Problem("column.missing", "factor_value", "(blank)", "kg CO2e per unit processed", "Give the processor's factor: no publication has an average for it."))
                : null;
        }

        var wanted = main with { Method = "supplier-specific: quantity x the row's own factor (GHG Protocol Scope 3 Guidance ch. 1)" };
        var entry = planner.ByValue(key, wanted, value, "row:factor_value", a.Columns.TryGetValue("supplier", out var supplier) ? $"{supplier}, as the row states" : "as the row states");
        return new Estimate(Disposition.Calculated, [new PlannedEntry(entry, driver.Quantity)], null, [], driver.Steps);
    }

    private Plan CheckedPlan(PlanKey key)
    {
        var dimensions = key.Kind.Dimensions;
        return dimensions.Count > 0 && !dimensions.Contains(key.Unit.Dimension, StringComparer.Ordinal)
            && !(key.Unit.Dimension == "energy" && dimensions.Contains("energy-gross", StringComparer.Ordinal))
            && !data.Serves(key.Kind, key.Unit)
            ? Plan.Reject(new Problem(
                "unit.dimension", "unit", $"{key.Unit.Symbol} ({key.Unit.Dimension})", string.Join(" or ", dimensions.Select(d => $"{d} ({data.ExampleUnit(d)})")),
                $"Give the quantity of {key.Kind.Key} in one of these."))
            : planner.Build(key);
    }

    private static Estimate WrongDimension(Activity a) => Factors.Estimate.Reject(new Problem(
        "unit.dimension", "unit", $"{a.Unit.Symbol} ({a.Unit.Dimension})", "a currency (ISO 4217)", "Give the amount in money."));

    /// <summary>Whether any of the row's columns changes the arithmetic of its kind.</summary>
    public static bool HasNamedColumns(Activity a) =>
        a.Factor is not null || a.FactorValue is not null
        || a.Columns.Keys.Any(column => General.Contains(column, StringComparer.Ordinal) || a.Kind.Columns.Contains(column, StringComparer.Ordinal));
}
