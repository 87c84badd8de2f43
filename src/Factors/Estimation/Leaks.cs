using OffGridFlow.Engine.Methods;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>
/// Gas released from equipment: as it is, by mass balance, or from the charge by the losses of installing, running and scrapping
/// (EPA, Direct Fugitive Emissions, 2014, sect. 2; IPCC 2006 vol. 3 ch. 7; Scope 3 Guidance ch. 11 for products sold).
/// </summary>
internal static class Leaks
{
    private static readonly string[] Balance = ["stock_start", "stock_end", "disbursed", "capacity_start", "capacity_end"];
    private static readonly string[] Losses = ["installation_loss", "leak_rate", "charge_left", "recovered", "released"];

    public static Driven Of(Activity a, ReferenceData data)
    {
        if (Balance.Any(a.Columns.ContainsKey))
        {
            return ByBalance(a);
        }

        if (!Losses.Any(a.Columns.ContainsKey) && a.Unit.Dimension != "count")
        {
            return Multipliers.Plain(a);
        }

        Problem? problem = null;
        var steps = new List<Step>();
        var charge = a.Quantity;
        var unit = a.Unit;
        if (unit.Dimension == "count")
        {
            var each = a.AtLeast("charge_kg", 0m, "kg of gas in one product", ref problem);
            charge = ProductUse.GasReleased(each, a.Quantity, 1m);
            unit = data.Units["kg"];
            steps.Add(new Step(Step($"{a.Quantity} sold x {each} kg = {charge} kg charge")));
        }

        var released = Released(a, charge, unit, steps, ref problem);
        return problem is not null ? problem : new Driver(a.Kind, released, unit, steps, []);
    }

    private static decimal Released(Activity a, decimal charge, Unit unit, List<Step> steps, ref Problem? problem)
    {
        if (!Losses.Any(a.Columns.ContainsKey))
        {
            problem ??= new Problem("column.missing", "leak_rate", "(blank)", "leak_rate with lifetime_years, or released as a share of the charge", $"Say how much of the charge of {a.Kind.Key} escapes.");
            return 0m;
        }

        var total = 0m;
        if (a.Columns.ContainsKey("installation_loss"))
        {
            var share = a.Share("installation_loss", ref problem);
            Add(Refrigerants.Installation(charge, share), Step($"installation: {charge} {unit} x {share}"));
        }

        if (a.Columns.ContainsKey("leak_rate"))
        {
            var rate = a.Share("leak_rate", ref problem);
            var years = a.AtLeastOr("lifetime_years", 0m, 1m, "years in use", ref problem);
            Add(Refrigerants.Operation(charge, rate, years), Step($"in use: {charge} {unit} charge x leak rate {rate}{(years == 1m ? "" : Step($" x {years} years"))}"));
        }

        if (a.Columns.ContainsKey("released"))
        {
            var share = a.Share("released", ref problem);
            Add(ProductUse.GasReleased(1m, charge, share), Step($"over the life: {charge} {unit} x {share}"));
        }

        if (a.Columns.ContainsKey("charge_left") || a.Columns.ContainsKey("recovered"))
        {
            var left = a.Share("charge_left", ref problem);
            var recovered = a.Columns.ContainsKey("recovered") ? a.Share("recovered", ref problem) : 0m;
            Add(Refrigerants.Disposal(charge, left, recovered), Step($"scrapped: {charge} {unit} x {left} left x (1 - {recovered} recovered)"));
        }

        return total;

        void Add(decimal mass, string how)
        {
            steps.Add(new Step(Step($"{how} = {mass} {unit}"), "GHG Protocol, Calculating HFC and PFC Emissions, screening and life-cycle methods; IPCC 2006 vol. 3 eq. 7.12-7.14"));
            total += mass;
        }
    }

    // The quantity is what was acquired; the other terms are columns in its unit. A blank is not zero here: it would be a leak.
    private static Driven ByBalance(Activity a)
    {
        Problem? problem = null;
        if (a.Quantity < 0m)
        {
            return new Problem("number.range", "quantity", Text(a.Quantity), "the gas acquired in the period, 0 or more", "Correct quantity.");
        }

        decimal Term(string column, string meaning) => a.AtLeast(column, 0m, $"{meaning}, in {a.Unit}", ref problem);
        var year = new RefrigerantYear(
            Term("stock_start", "gas in storage at the start"), Term("stock_end", "gas in storage at the end"), a.Quantity,
            Term("disbursed", "gas sold or sent away"), Term("capacity_start", "full charge of all equipment at the start"), Term("capacity_end", "full charge of all equipment at the end"));
        if (problem is not null)
        {
            return problem;
        }

        var released = Refrigerants.MassBalance(year);
        return released < 0m
            ? new Problem("refrigerant.balance-negative", "quantity", Text(released), "a balance of 0 or more", "The records contradict each other: correct stock, purchases, sales or capacity.")
            : new Driver(
                a.Kind, released, a.Unit,
                [new Step(Step($"stock {year.StockAtStart} - {year.StockAtEnd} + acquired {year.Acquired} - disbursed {year.Disbursed} + capacity {year.CapacityAtStart} - {year.CapacityAtEnd} = {released} {a.Unit}"), "mass balance (EPA, Direct Fugitive Emissions, 2014, sect. 2.3; IPCC 2006 vol. 3 eq. 7.9)")], []);
    }
}
