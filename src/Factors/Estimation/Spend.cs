using OffGridFlow.Engine.Methods;
using OffGridFlow.Factors.Reference;
using static OffGridFlow.Factors.NamedColumns;

namespace OffGridFlow.Factors;

/// <summary>Money brought to a spend factor's currency and price year (Scope 3 Guidance ch. 1, spend-based method).</summary>
/// <remarks>First the exchange rate of the activity's date, then the deflator of the factor's currency area: both are shown.</remarks>
internal static class Spend
{
    // Spend factors here are in US dollars (EPA, CEDA); prices move with that economy.
    private const string FactorCurrency = "USD";
    private const string FactorCountry = "US";

    public static Driven Of(Activity a, ReferenceData data)
    {
        if (!a.Unit.Dimension.StartsWith("currency-", StringComparison.Ordinal))
        {
            return new Problem("unit.dimension", "unit", $"{a.Unit.Symbol} ({a.Unit.Dimension})", "a currency (ISO 4217)", $"Give {a.Kind.Key} in money.");
        }

        Problem? problem = null;
        var stated = a.Number("price_year", ref problem);
        if (stated is { } odd && (odd != decimal.Truncate(odd) || odd is < 1900m or > 2199m))
        {
            problem = new Problem("number.range", "price_year", a.Columns["price_year"], "a year such as 2022", "Correct price_year.");
        }

        if (problem is not null)
        {
            return problem;
        }

        var steps = new List<Step>();
        var notes = new List<Note>();
        var estimated = false;
        var amount = a.Quantity;
        if (a.Unit.Symbol != FactorCurrency)
        {
            var start = a.Start ?? a.End ?? (stated is { } y ? new DateOnly((int)y, 1, 1) : null);
            if (start is not { } first)
            {
                return new Problem("date.missing", "start", "(blank)", "the date of the spend, for the exchange rate", "Add start, or price_year.");
            }

            DateOnly? last = a.End ?? (a.Start is null && stated is { } year ? new DateOnly((int)year, 12, 31) : null);
            switch (data.Exchange.Convert(amount, a.Unit.Symbol, FactorCurrency, first, last == first ? null : last))
            {
                case NotExchanged none:
                    return new Problem(none.Code, "unit", a.Unit.Symbol, none.Message, "Give the amount in a currency with a published rate.");
                case Exchanged exchanged:
                    steps.Add(new Step(
                        Step($"{amount} {a.Unit} x {exchanged.Rate} = {exchanged.Amount} {FactorCurrency}"),
                        Step($"{exchanged.Source}, {exchanged.RateDate:yyyy-MM-dd}{(exchanged.Days > 1 ? Step($", mean of {exchanged.Days} published rates") : "")}")));
                    if (exchanged.Extrapolated)
                    {
                        notes.Add(new Note("exchange.extrapolated", $"Rates of {a.Unit} end on {exchanged.RateDate:yyyy-MM-dd}: the last one stands in."));
                        estimated = true;
                    }

                    amount = exchanged.Amount;
                    break;
            }
        }

        var moneyYear = (int?)stated ?? a.Day?.Year;
        var factorYear = FactorYear(a, data, moneyYear);
        if (factorYear is null)
        {
            return Multipliers.Plain(a); // No factor: the plan says what is missing.
        }

        if (moneyYear is null)
        {
            notes.Add(new Note("price-year.assumed", $"The row has neither price_year nor a date: the money is read as of {factorYear}, the factor's price year."));
            return Shared(a, amount, data, steps, notes, true, factorYear.Value);
        }

        if (moneyYear != factorYear)
        {
            var from = moneyYear.Value;
            switch (data.Deflators.Factor(FactorCountry, from, factorYear.Value))
            {
                case Deflated deflated when !deflated.LastAvailable:
                    var inPrices = PurchasedGoods.Deflate(amount, 1m, deflated.Factor);
                    steps.Add(new Step(Step($"{amount} {FactorCurrency} of {from} x {deflated.Factor} = {inPrices} {FactorCurrency} of {factorYear}"), "World Bank GDP deflator, United States"));
                    amount = inPrices;
                    break;
                case Deflated or NotDeflated:
                    // The series ends before the year of the money: its last year is the nearest that can be reached.
                    var reach = data.Deflators.Factor(FactorCountry, factorYear.Value, from);
                    if (reach is not Deflated { LastAvailable: true } last)
                    {
                        return new Problem("deflator.year-missing", "price_year", Step($"{from}"), $"a year from which prices of {factorYear} can be reached", "Give price_year.");
                    }

                    var reached = PurchasedGoods.Deflate(amount, last.Factor, 1m);
                    steps.Add(new Step(Step($"{amount} {FactorCurrency} of {from} / {last.Factor} (prices {factorYear} to {last.Year}) = {reached} {FactorCurrency} of {factorYear}"), "World Bank GDP deflator, United States"));
                    amount = reached;
                    notes.Add(new Note("deflator.last-available", $"The deflator ends in {last.Year}: prices of {from} are read as those of {last.Year}."));
                    estimated = true;
                    break;
            }
        }

        return Shared(a, amount, data, steps, notes, estimated, factorYear.Value);
    }

    // An investor's share of the investee's revenue (Scope 3 Guidance formula 15.2); 1 everywhere else unless stated.
    private static Driven Shared(Activity a, decimal amount, ReferenceData data, List<Step> steps, List<Note> notes, bool estimated, int factorYear)
    {
        Problem? problem = null;
        var share = a.Share("share", ref problem);
        if (problem is not null)
        {
            return problem;
        }

        if (share != 1m)
        {
            steps.Add(new Step(Step($"{amount} {FactorCurrency} x share {share} = {amount * share} {FactorCurrency}"), MethodTable.Guidance(a.Kind)));
        }

        return new Driver(a.Kind, amount * share, data.Units[FactorCurrency], steps, notes, estimated, factorYear);
    }

    // The price year of the factor that will be taken: the nearest to the money's, the later of two equally near.
    private static int? FactorYear(Activity a, ReferenceData data, int? moneyYear)
    {
        int? best = null;
        // Only the kind that serves has factors by spend: capital goods borrow those of purchased goods.
        foreach (var row in data.Library.OfKind(a.Kind.ServedBy))
        {
            if (row.Factor.PriceYear is { } year
                && (best is not { } b || moneyYear is not { } money ? best is null || year > best : (Math.Abs(year - money), -year).CompareTo((Math.Abs(b - money), -b)) < 0))
            {
                best = year;
            }
        }

        return best;
    }
}
