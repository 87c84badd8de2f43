using System.Collections.Concurrent;
using System.Globalization;

namespace OffGridFlow.Factors.Reference;

/// <summary>Which change of prices.</summary>
public enum PriceIndex
{
    /// <summary>GDP deflator: all that an economy produces; for business spend.</summary>
    GdpDeflator,

    /// <summary>Consumer prices.</summary>
    Consumer,
}

/// <summary>What became of a change of price year: <see cref="Deflated"/> or <see cref="NotDeflated"/>.</summary>
public abstract record DeflationOutcome
{
    private protected DeflationOutcome()
    {
    }
}

/// <summary>How prices of one year relate to those of another.</summary>
/// <param name="Factor">Multiply money of the first year by it to have money of <paramref name="Year"/>.</param>
/// <param name="Year">Year the factor reaches.</param>
/// <param name="LastAvailable">True when that is as far as the data goes, short of the year asked for: mark the figure an estimate.</param>
public sealed record Deflated(decimal Factor, int Year, bool LastAvailable) : DeflationOutcome;

/// <summary>No factor can be had. Never read it as 1.</summary>
/// <param name="Code"><c>deflator.country-unknown</c> or <c>deflator.year-missing</c>.</param>
/// <param name="Message">What is missing and what there is.</param>
public sealed record NotDeflated(string Code, string Message) : DeflationOutcome;

/// <summary>Brings money of one year to the prices of another, by the World Bank's yearly changes. Read from data/deflators when first asked.</summary>
public sealed class Deflators(string dataFolder)
{
    private readonly Lazy<Dictionary<string, SortedDictionary<int, decimal>>> deflator = new(() => Load(Path.Combine(dataFolder, "deflators", "gdp-deflator.csv")));
    private readonly Lazy<Dictionary<string, SortedDictionary<int, decimal>>> consumer = new(() => Load(Path.Combine(dataFolder, "deflators", "cpi.csv")));

    // Spend rows ask for the same few years every time. With the exchange rates kept as well, a row takes 10 µs instead of 23.
    private readonly ConcurrentDictionary<(string Country, int From, int To, PriceIndex Index), DeflationOutcome> known = new();

    /// <summary>The product of (1 + p/100) over the years after the earlier one up to the later one, or its inverse backwards.</summary>
    /// <param name="country">ISO 3166-1 alpha-2, <c>world</c> or <c>group:eu-27</c>.</param>
    /// <param name="from">Year the money is of.</param>
    /// <param name="to">Year whose prices are wanted.</param>
    /// <param name="index">Which prices.</param>
    public DeflationOutcome Factor(string country, int from, int to, PriceIndex index = PriceIndex.GdpDeflator) =>
        known.TryGetValue((country, from, to, index), out var outcome) ? outcome : known.GetOrAdd((country, from, to, index), Find(country, from, to, index));

    private DeflationOutcome Find(string country, int from, int to, PriceIndex index)
    {
        var series = index switch
        {
            PriceIndex.GdpDeflator => deflator.Value,
            PriceIndex.Consumer => consumer.Value,
        };
        if (!series.TryGetValue(country, out var changes))
        {
            return new NotDeflated("deflator.country-unknown", $"There are no price changes for '{country}'; countries are ISO 3166-1 codes such as GB.");
        }

        if (from == to)
        {
            return new Deflated(1, to, LastAvailable: false);
        }

        var last = changes.Keys.Max();
        var (earlier, later) = from < to ? (from, to) : (to, from);
        var reached = Math.Min(later, last);

        // Backwards from a year without data, or forwards from one, there is nothing to chain.
        if (earlier >= last || (from > to && later > last))
        {
            return Missing(country, later, last);
        }

        var product = 1m;
        for (var year = earlier + 1; year <= reached; year++)
        {
            if (!changes.TryGetValue(year, out var percent))
            {
                return Missing(country, year, last);
            }

            product *= 1 + (percent / 100);
        }

        return new Deflated(from < to ? product : 1 / product, from < to ? reached : to, LastAvailable: reached < later);
    }

    private static NotDeflated Missing(string country, int year, int last) => new(
        "deflator.year-missing",
        string.Create(CultureInfo.InvariantCulture, $"The change of prices in {country} in {year} is not published here; the last year is {last}."));

    private static Dictionary<string, SortedDictionary<int, decimal>> Load(string path) => DataFile.Rows(path)
        .GroupBy(row => row.Required("country"), StringComparer.Ordinal)
        .ToDictionary(
            country => country.Key,
            country => new SortedDictionary<int, decimal>(country.ToDictionary(
                row => (int)(row.Number("year") ?? throw row.Bad("year", "is empty")),
                row => row.Number("percent") ?? throw row.Bad("percent", "is empty"))),
            StringComparer.Ordinal);
}
