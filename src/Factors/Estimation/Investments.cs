using OffGridFlow.Engine.Methods;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>Financed emissions: outstanding amount over the investee's value, times its emissions (PCAF Global GHG Standard part A, 2022, ch. 5).</summary>
internal static class Investments
{
    private const string Evic = "the investee's enterprise value including cash, in the row's currency";
    private const string Balance = "the total equity plus debt of the company or project, in the row's currency";

    // Column that holds the denominator of the attribution factor, the section that defines it, and the family of its quality scores.
    private static readonly Dictionary<string, (string Column, string Meaning, string Section, FinancedAsset Asset, Func<decimal, decimal, decimal> Attribution)> Assets = new(StringComparer.Ordinal)
    {
        ["investment.listed-equity"] = ("evic", Evic, "5.1", FinancedAsset.Company, Engine.Methods.Investments.ListedAttribution),
        ["investment.corporate-bond"] = ("evic", Evic, "5.1", FinancedAsset.Company, Engine.Methods.Investments.ListedAttribution),
        ["investment.business-loan"] = ("total_equity_and_debt", Balance, "5.2", FinancedAsset.Company, WholeBalance),
        ["investment.unlisted-equity"] = ("total_equity_and_debt", Balance, "5.2", FinancedAsset.Company, WholeBalance),
        ["investment.project-finance"] = ("project_total", Balance, "5.3", FinancedAsset.Company, WholeBalance),
        ["investment.commercial-real-estate"] = ("property_value", "the property's value at origination, in the row's currency", "5.4", FinancedAsset.Property, Engine.Methods.Investments.PropertyAttribution),
        ["investment.mortgage"] = ("property_value", "the property's value at origination, in the row's currency", "5.5", FinancedAsset.Property, Engine.Methods.Investments.PropertyAttribution),
        ["investment.vehicle-loan"] = ("vehicle_value", "the vehicle's value at origination, in the row's currency", "5.6", FinancedAsset.Vehicle, Engine.Methods.Investments.VehicleAttribution),
        ["investment.sovereign-debt"] = ("ppp_gdp", "the country's GDP adjusted by purchasing power parity, in the row's currency", "5.7", FinancedAsset.Company, Engine.Methods.Investments.SovereignAttribution),
    };

    public static Estimate Of(Activity a, PlanKey key, Planner planner)
    {
        if (!a.Unit.Dimension.StartsWith("currency-", StringComparison.Ordinal))
        {
            return Estimate.Reject(new Problem("unit.dimension", "unit", $"{a.Unit.Symbol} ({a.Unit.Dimension})", "a currency (ISO 4217)", "Give the amount in money."));
        }

        var (column, meaning, section, asset, attribution) = Assets[a.Kind.Key];
        Problem? problem = null;
        var value = ValueOf(a, column, meaning, ref problem);
        var emissions = a.Needed("emissions_t", "the yearly emissions of what is financed, in tonnes CO2e", ref problem);
        var score = Score(a, asset, ref problem);
        if (problem is null && a.Quantity < 0m)
        {
            problem = new Problem("number.range", "quantity", Text(a.Quantity), "an outstanding amount of 0 or more", "Correct quantity.");
        }

        if (problem is null && a.Quantity > value)
        {
            problem = new Problem("investment.over-attributed", "quantity", Text(a.Quantity), $"at most {column}, {Text(value)}", "An attribution factor cannot exceed 1: correct the amount or the value.");
        }

        if (problem is not null)
        {
            return Estimate.Reject(problem);
        }

        var kilograms = emissions * 1000m;
        var method = $"attribution: outstanding / {column} x emissions (PCAF Global GHG Standard part A, 2nd ed. 2022, {section}; {MethodTable.Guidance(a.Kind)})";
        var plan = planner.ByValue(
            key with { Quality = score ?? key.Quality },
            new Planner.Wanted([], a.Kind.Scope, a.Kind.Category, "attributed", Basis.Single, method, true),
            kilograms, "row:emissions_t", "the emissions of what is financed, as the row states") with { QuantityUnit = EntryPlan.Whole };
        var share = attribution(a.Quantity, value);
        return new Estimate(
            Disposition.Calculated, [new PlannedEntry(plan, share)], null, [],
            [new Step(Step($"attribution {a.Quantity} / {value} {a.Unit} = {share}"), $"PCAF part A {section}"), new Step(Step($"{emissions} t CO2e x 1000 = {kilograms} kg CO2e"))]);
    }

    // A balance sheet may be given by its two sides. A negative equity counts as nothing: all emissions are the lenders'.
    private static decimal ValueOf(Activity a, string column, string meaning, ref Problem? problem)
    {
        if (column is "evic" or "property_value" or "vehicle_value" or "ppp_gdp" || a.Columns.ContainsKey(column) || !a.Columns.ContainsKey("total_debt"))
        {
            return a.Positive(column, meaning, ref problem);
        }

        var equity = a.Needed("total_equity", "total equity, in the row's currency", ref problem);
        var debt = a.AtLeast("total_debt", 0m, "total debt, in the row's currency", ref problem);
        var total = Math.Max(0m, equity) + debt;
        if (problem is null && total <= 0m)
        {
            problem = new Problem("number.range", "total_debt", Text(total), "equity and debt of more than 0 together", "Correct total_equity or total_debt.");
        }

        return total;
    }

    private static int? Score(Activity a, FinancedAsset asset, ref Problem? problem)
    {
        if (a.Columns.TryGetValue("pcaf_option", out var option))
        {
            if (Enum.TryParse<PcafOption>("Option" + option.Trim().ToUpperInvariant(), out var known) && Enum.IsDefined(known) && Applies(asset, known))
            {
                return FinancedDataQuality.Score(asset, known);
            }

            problem ??= new Problem("word.unknown", "pcaf_option", option, "an option of PCAF's quality tables for this asset: 1a, 1b, 2a, 2b, 3a, 3b or 3c", "Correct pcaf_option.");
        }

        var score = a.Number("pcaf_score", ref problem);
        if (problem is null && score is { } s && (s is < 1m or > 5m || s != decimal.Truncate(s)))
        {
            problem = new Problem("number.range", "pcaf_score", Text(s), "a PCAF data quality score of 1, 2, 3, 4 or 5", "Correct pcaf_score.");
        }

        return (int?)score;
    }

    // Property has no option 3b, and only companies have a 3c.
    private static bool Applies(FinancedAsset asset, PcafOption option) => option switch
    {
        PcafOption.Option3B => asset is not FinancedAsset.Property,
        PcafOption.Option3C => asset is FinancedAsset.Company,
        PcafOption.Option1A or PcafOption.Option1B or PcafOption.Option2A or PcafOption.Option2B or PcafOption.Option3A => true,
    };

    private static decimal WholeBalance(decimal outstanding, decimal equityAndDebt) =>
        Engine.Methods.Investments.BalanceSheetAttribution(outstanding, equityAndDebt, 0m);
}
