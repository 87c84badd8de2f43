using System.Globalization;
using System.IO.Compression;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Factors;
using OffGridFlow.Factors.Reference;
using OffGridFlow.Factors.Reference.Tables;

namespace OffGridFlow.App.Tests.Reference;

public sealed class ExchangeRatesTests
{
    private static readonly ExchangeRates Rates = new(Repository.Data);

    [Fact]
    public void a_day_has_the_rate_published_on_it()
    {
        var exchanged = Done(100, "EUR", "USD", "2026-04-13");

        Assert.Equal((116.84m, 1.1684m, Day("2026-04-13"), 1, false), (exchanged.Amount, exchanged.Rate, exchanged.RateDate, exchanged.Days, exchanged.Extrapolated));
        Assert.Contains("European Central Bank", exchanged.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void a_weekend_takes_the_rate_of_the_friday_before()
    {
        var exchanged = Done(1, "EUR", "USD", "2026-04-12");

        Assert.Equal((1.1711m, Day("2026-04-10"), false), (exchanged.Rate, exchanged.RateDate, exchanged.Extrapolated));
    }

    [Fact]
    public void two_currencies_cross_over_the_euro_of_the_same_day() =>
        Assert.Equal(1.1684m / 0.87058m, Done(1, "GBP", "USD", "2026-04-13").Rate);

    [Fact]
    public void a_period_takes_the_average_of_its_published_days()
    {
        var exchanged = Done(1, "EUR", "USD", "1999-01-01", "1999-01-05");

        Assert.Equal(((1.1789m + 1.179m) / 2, 2, Day("1999-01-05")), (exchanged.Rate, exchanged.Days, exchanged.RateDate));
    }

    [Fact]
    public void a_period_crosses_day_by_day_and_not_the_averages()
    {
        var expected = ((1.1789m / 0.7111m) + (1.179m / 0.7122m)) / 2;

        Assert.Equal(expected, Done(1, "GBP", "USD", "1999-01-04", "1999-01-05").Rate);
    }

    [Fact]
    public void a_period_in_which_nothing_was_published_takes_the_last_rate_before_it() =>
        Assert.Equal(1.1711m, Done(1, "EUR", "USD", "2026-04-11", "2026-04-12").Rate);

    [Fact]
    public void a_day_after_the_last_rate_is_said_to_be_extrapolated()
    {
        var exchanged = Done(1, "EUR", "USD", "2026-12-31");

        Assert.True(exchanged.Extrapolated);
        Assert.Equal(Rates.LastDay, exchanged.RateDate);
    }

    [Fact]
    public void a_currency_that_gave_way_to_the_euro_is_extrapolated_after_its_end() =>
        Assert.Equal((true, Day("2022-12-30")), (Done(1, "HRK", "EUR", "2024-06-03").Extrapolated, Done(1, "HRK", "EUR", "2024-06-03").RateDate));

    [Fact]
    public void a_currency_not_quoted_for_years_has_no_rate_in_between() => Assert.Equal("exchange.no-rate", Problem("EUR", "ISK", "2012-06-01"));

    [Fact]
    public void a_day_before_the_first_rate_has_no_rate() => Assert.Equal("exchange.no-rate", Problem("EUR", "USD", "1998-12-31"));

    [Theory]
    [InlineData("XXX", "EUR")]
    [InlineData("EUR", "XXX")]
    [InlineData("XXX", "XXX")]
    [InlineData("eur", "USD")]
    public void an_unknown_currency_is_an_error_and_never_a_rate_of_one(string from, string to) =>
        Assert.Equal("exchange.currency-unknown", Problem(from, to, "2024-01-15"));

    [Fact]
    public void a_period_that_ends_before_it_starts_is_an_error() => Assert.Equal(
        "exchange.period", Assert.IsType<NotExchanged>(Rates.Convert(1, "EUR", "USD", Day("2024-02-01"), Day("2024-01-01"))).Code);

    [Fact]
    public void a_currency_the_ecb_lacks_takes_the_monthly_average_of_the_federal_reserve()
    {
        var exchanged = Done(1000, "TWD", "USD", "2025-03-15");

        Assert.Equal((Day("2025-03-01"), false), (exchanged.RateDate, exchanged.Extrapolated));
        Assert.InRange(exchanged.Amount, 30m, 31m);
        Assert.Contains("Federal Reserve", exchanged.Source, StringComparison.Ordinal);
        Assert.DoesNotContain("European", exchanged.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void a_time_the_ecb_did_not_quote_a_currency_takes_the_federal_reserve_too() =>
        Assert.Contains("Federal Reserve", Done(1, "BRL", "EUR", "2005-06-15").Source, StringComparison.Ordinal);

    [Fact]
    public void a_currency_only_the_ecb_has_crosses_with_one_only_the_federal_reserve_has()
    {
        var exchanged = Done(1, "PLN", "TWD", "2025-03-14");

        Assert.Contains("European Central Bank", exchanged.Source, StringComparison.Ordinal);
        Assert.Contains("Federal Reserve", exchanged.Source, StringComparison.Ordinal);
        Assert.InRange(exchanged.Rate, 8m, 9m);
    }

    [Fact]
    public void a_redenominated_currency_has_no_rates_from_before() => Assert.Equal("exchange.no-rate", Problem("VES", "USD", "2019-06-01"));

    // The Federal Reserve quotes the pound, the euro and the Australian and New Zealand dollars as US dollars per unit.
    [Fact]
    public void both_sources_quote_every_currency_in_one_direction()
    {
        var fed = DataFile.Rows(Path.Combine(Repository.Data, "fx", "fed-monthly.csv"))
            .Select(row => (Currency: row.Required("currency"), Month: row.Required("month"), Rate: row.Number("per_usd")!.Value))
            .Where(row => row.Month.EndsWith("-06", StringComparison.Ordinal) && string.CompareOrdinal(row.Month, "2026-04") < 0)
            .ToList();
        var compared = 0;
        foreach (var (currency, month, rate) in fed)
        {
            var first = Day(month + "-01");
            if (Rates.Convert(1, "USD", currency, first, first.AddDays(29)) is Exchanged { Extrapolated: false } ecb
                && ecb.Source.Contains("European", StringComparison.Ordinal))
            {
                compared++;
                Assert.True(Math.Abs((rate / ecb.Rate) - 1) < 0.02m, $"{currency} in {month}: {rate} against {ecb.Rate}");
            }
        }

        Assert.True(compared > 400, $"only {compared} months were compared");
    }

    [Fact]
    public void not_quoted_is_blank_and_not_zero()
    {
        var zip = Path.Combine(Directory.CreateTempSubdirectory().FullName, "hist.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            using var writer = new StreamWriter(archive.CreateEntry("eurofxref-hist.csv").Open());
            writer.Write("Date,USD,BGN,\n2026-04-13,1.1684,N/A,\n2026-04-10,1.1711,1.9558,\n");
        }

        var table = ExchangeRateTables.Ecb(zip, Path.ChangeExtension(zip, "csv"));

        Assert.Equal("date,USD,BGN\n2026-04-10,1.1711,1.9558\n2026-04-13,1.1684,\n", File.ReadAllText(table.Path));
    }

    [Fact]
    public void every_day_since_1999_is_there() =>
        Assert.Equal(6983, DataFile.Rows(Path.Combine(Repository.Data, "fx", "ecb-daily.csv")).Count());

    [Fact]
    public void building_the_tables_again_gives_the_same_bytes() => Rebuilt.SameBytes("fx", "fx");

    private static Exchanged Done(decimal amount, string from, string to, string date, string? end = null) =>
        Assert.IsType<Exchanged>(Rates.Convert(amount, from, to, Day(date), end is null ? null : Day(end)));

    private static string Problem(string from, string to, string date) =>
        Assert.IsType<NotExchanged>(Rates.Convert(1, from, to, Day(date))).Code;

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
