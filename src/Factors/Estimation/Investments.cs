using System.Globalization;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>Financed emissions: outstanding amount over the investee's value, times its emissions (PCAF Global GHG Standard part A, 2022, ch. 5).</summary>
internal static class Investments
{
    // Column that holds the denominator of the attribution factor, and the section that defines it.
    private static readonly Dictionary<string, (string Column, string Meaning, string Section)> Denominators = new(StringComparer.Ordinal)
    {
        ["investment.listed-equity"] = ("evic", "the investee's enterprise value including cash, in the row's currency", "5.1"),
        ["investment.business-loan"] = ("total_equity_and_debt", "the borrower's total equity plus debt, in the row's currency", "5.2"),
        ["investment.project-finance"] = ("project_total", "the project's total equity plus debt, in the row's currency", "5.3"),
        ["investment.commercial-real-estate"] = ("property_value", "the property's value at origination, in the row's currency", "5.4"),
        ["investment.mortgage"] = ("property_value", "the property's value at origination, in the row's currency", "5.5"),
        ["investment.vehicle-loan"] = ("vehicle_value", "the vehicle's value at origination, in the row's currency", "5.6"),
    };

    public static Estimate Of(Activity a, PlanKey key, Planner planner)
    {
        var (column, meaning, section) = Denominators[a.Kind.Key];
        Problem? problem = null;
        var value = a.Positive(column, meaning, ref problem);
        var emissions = a.Needed("emissions_t", "the investee's yearly emissions in tonnes CO2e", ref problem);
        var score = a.Number("pcaf_score", ref problem);
        if (problem is null && score is < 1m or > 5m)
        {
            problem = new Problem("number.range", "pcaf_score", score.Value.ToString(CultureInfo.InvariantCulture), "a PCAF data quality score from 1 to 5", "Correct pcaf_score.");
        }

        if (problem is null && a.Quantity > value)
        {
            problem = new Problem("investment.over-attributed", "quantity", a.Quantity.ToString(CultureInfo.InvariantCulture), $"at most {column}, {value.ToString(CultureInfo.InvariantCulture)}", "An attribution factor cannot exceed 1: correct the amount or the value.");
        }

        if (problem is not null)
        {
            return Estimate.Reject(problem);
        }

        var kilograms = emissions * 1000m;
        var method = $"attribution: outstanding / {column} x emissions (PCAF Global GHG Standard part A, 2nd ed. 2022, {section})";
        var plan = planner.ByValue(
            key with { Quality = score is { } s ? (int)s : key.Quality },
            new Planner.Wanted([], a.Kind.Scope, a.Kind.Category, "attributed", Basis.Single, method, true),
            kilograms, "row:emissions_t", "the investee's emissions, as the row states");
        var share = a.Quantity / value;
        return new Estimate(
            Disposition.Calculated, [new PlannedEntry(plan, share)], null, [],
            [new Step(Step($"attribution {a.Quantity} / {value} {a.Unit} = {share}"), $"PCAF part A {section}"), new Step(Step($"{emissions} t CO2e x 1000 = {kilograms} kg CO2e"))]);
    }
}
