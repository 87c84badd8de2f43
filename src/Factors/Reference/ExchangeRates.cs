using System.Collections.Concurrent;
using System.Globalization;

namespace OffGridFlow.Factors.Reference;

/// <summary>What became of a conversion: <see cref="Exchanged"/> or <see cref="NotExchanged"/>.</summary>
public abstract record ExchangeOutcome
{
    private protected ExchangeOutcome()
    {
    }
}

/// <summary>An amount in the currency asked for.</summary>
/// <param name="Amount">The amount times the rate, unrounded.</param>
/// <param name="Rate">Units of the target currency per unit of the given one.</param>
/// <param name="RateDate">Day of the rate, or the last day averaged.</param>
/// <param name="Source">Who published it, as a citation prints it.</param>
/// <param name="Days">Published days (or months, of a monthly source) the rate is averaged over; 1 for one day's rate.</param>
/// <param name="Extrapolated">True when the currency's rates end before the day asked for: the last one stands in.</param>
public sealed record Exchanged(decimal Amount, decimal Rate, DateOnly RateDate, string Source, int Days, bool Extrapolated) : ExchangeOutcome;

/// <summary>No rate serves. Never read it as a rate of 1.</summary>
/// <param name="Code"><c>exchange.currency-unknown</c>, <c>exchange.no-rate</c> or <c>exchange.period</c>.</param>
/// <param name="Message">What was found and what is possible.</param>
public sealed record NotExchanged(string Code, string Message) : ExchangeOutcome;

/// <summary>
/// Converts money at the European Central Bank's reference rates (daily, from 1999), and at the US Federal Reserve's monthly
/// averages where the ECB does not quote a currency. Read from data/fx when first asked.
/// </summary>
public sealed class ExchangeRates(string dataFolder)
{
    private const string EcbName = "European Central Bank, euro foreign exchange reference rates";
    private const string FedName = "US Federal Reserve, monthly average foreign exchange rates";

    // Over Easter and over Christmas with a weekend the ECB publishes nothing for five days.
    private const int LongestPause = 7;

    // Months repeat from row to row; a hostile file's days do not, and are looked up each time beyond this.
    private const int MostKnown = 20_000;
    private readonly ConcurrentDictionary<(string From, string To, DateOnly First, DateOnly Last), Quote?> known = new();

    private readonly Lazy<Tables> tables = new(() => Load(Path.Combine(dataFolder, "fx")));

    /// <summary>The last day the ECB's table holds.</summary>
    public DateOnly LastDay => tables.Value.Ecb["USD"].Last;

    /// <summary>Converts at the rate of a day, or the last published before it (weekends, holidays).</summary>
    /// <param name="amount">In units of <paramref name="from"/>.</param>
    /// <param name="from">ISO 4217 code.</param>
    /// <param name="to">ISO 4217 code.</param>
    /// <param name="date">The day, or the first day of the period.</param>
    /// <param name="periodEnd">Last day of a period, whose published days are averaged; null for one day.</param>
    public ExchangeOutcome Convert(decimal amount, string from, string to, DateOnly date, DateOnly? periodEnd = null)
    {
        var end = periodEnd ?? date;
        if (end < date)
        {
            return new NotExchanged("exchange.period", $"The period ends on {Day(end)}, before it starts on {Day(date)}.");
        }

        if (new[] { from, to }.FirstOrDefault(currency => !tables.Value.Knows(currency)) is { } unknown)
        {
            return new NotExchanged("exchange.currency-unknown", $"There are no rates for '{unknown}'; currencies are ISO 4217 codes such as EUR.");
        }

        if (from == to)
        {
            return new Exchanged(amount, 1, end, "same currency", 1, Extrapolated: false);
        }

        var key = (from, to, date, end);
        if (!known.TryGetValue(key, out var found))
        {
            found = Find(from, to, date, end);
            if (known.Count < MostKnown)
            {
                known.TryAdd(key, found);
            }
        }

        return found is null
            ? new NotExchanged("exchange.no-rate", $"No rate from {from} to {to} is published for {Day(date)}{(periodEnd is null ? "" : " to " + Day(end))}.")
            : found.Of(amount);
    }

    private Quote? Find(string from, string to, DateOnly date, DateOnly end)
    {
        var ecb = Quote.Cross(tables.Value.Ecb, from, to, "EUR", date, end, EcbName, LongestPause);
        return ecb is { Extrapolated: false } ? ecb
            : ThroughDollars(from, to, date, end) is { } dollars && (ecb is null || !dollars.Extrapolated) ? dollars : ecb;
    }

    // Each leg is units per dollar: the Federal Reserve's where it has the currency, else the ECB's.
    private Quote? ThroughDollars(string from, string to, DateOnly date, DateOnly end)
    {
        var fromLeg = Leg(from, date, end);
        var toLeg = Leg(to, date, end);
        return fromLeg is null || toLeg is null ? null : new Quote(
            toLeg.Rate / fromLeg.Rate,
            fromLeg.Day < toLeg.Day ? fromLeg.Day : toLeg.Day,
            string.Join("; ", new[] { fromLeg.Source, toLeg.Source }.Where(source => source.Length > 0).Distinct(StringComparer.Ordinal)),
            Math.Min(fromLeg.Days, toLeg.Days),
            fromLeg.Extrapolated || toLeg.Extrapolated);
    }

    private Quote? Leg(string currency, DateOnly date, DateOnly end)
    {
        if (currency == "USD")
        {
            return new Quote(1, end, "", int.MaxValue, Extrapolated: false);
        }

        // A month's average holds from the month's first day.
        var fed = Quote.Cross(tables.Value.Fed, "USD", currency, "USD", FirstOfMonth(date), FirstOfMonth(end), FedName, pause: 0);
        var ecb = Quote.Cross(tables.Value.Ecb, "USD", currency, "EUR", date, end, EcbName, LongestPause);
        return fed is { Extrapolated: false } ? fed : ecb is { Extrapolated: false } ? ecb : fed ?? ecb;
    }

    private static DateOnly FirstOfMonth(DateOnly day) => new(day.Year, day.Month, 1);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Tables Load(string folder)
    {
        var ecb = new Dictionary<string, (List<DateOnly> Days, List<decimal> Rates)>(StringComparer.Ordinal);
        foreach (var row in DataFile.Rows(Path.Combine(folder, "ecb-daily.csv")))
        {
            var day = row.Day("date") ?? throw row.Bad("date", "is empty");
            for (var i = 1; i < row.Fields.Length; i++)
            {
                if (row.Fields[i].Length > 0)
                {
                    Add(ecb, row.Header[i], day, decimal.Parse(row.Fields[i], NumberStyles.Float, CultureInfo.InvariantCulture));
                }
            }
        }

        var fed = new Dictionary<string, (List<DateOnly> Days, List<decimal> Rates)>(StringComparer.Ordinal);
        foreach (var row in DataFile.Rows(Path.Combine(folder, "fed-monthly.csv")))
        {
            var month = DateOnly.ParseExact(row.Required("month") + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);
            Add(fed, row.Required("currency"), month, row.Number("per_usd") ?? throw row.Bad("per_usd", "is empty"));
        }

        return new Tables(Series(ecb), Series(fed));

        static void Add(Dictionary<string, (List<DateOnly> Days, List<decimal> Rates)> to, string currency, DateOnly day, decimal rate)
        {
            if (!to.TryGetValue(currency, out var series))
            {
                to[currency] = series = ([], []);
            }

            series.Days.Add(day);
            series.Rates.Add(rate);
        }

        static Dictionary<string, RateSeries> Series(Dictionary<string, (List<DateOnly> Days, List<decimal> Rates)> lists) =>
            lists.ToDictionary(list => list.Key, list => new RateSeries(list.Value.Days, list.Value.Rates), StringComparer.Ordinal);
    }

    private sealed record Tables(Dictionary<string, RateSeries> Ecb, Dictionary<string, RateSeries> Fed)
    {
        public bool Knows(string currency) => currency is "EUR" or "USD" || Ecb.ContainsKey(currency) || Fed.ContainsKey(currency);
    }
}
