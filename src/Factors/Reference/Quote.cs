namespace OffGridFlow.Factors.Reference;

/// <summary>A rate between two currencies with its day and source, before an amount is put to it.</summary>
internal sealed record Quote(decimal Rate, DateOnly Day, string Source, int Days, bool Extrapolated)
{
    public Exchanged Of(decimal amount) => new(amount * Rate, Rate, Day, Source, Days, Extrapolated);

    /// <summary>
    /// The cross rate of two currencies quoted against one base: of a day, or averaged over the days of a period on which
    /// both were published.
    /// </summary>
    /// <param name="series">Units per unit of the base, by currency.</param>
    /// <param name="from">Currency given.</param>
    /// <param name="to">Currency asked for.</param>
    /// <param name="against">The base, which is 1 on every day.</param>
    /// <param name="first">First day.</param>
    /// <param name="last">Last day, the same for one day.</param>
    /// <param name="source">Name for citations.</param>
    /// <param name="pause">Days a source may be silent before its last rate no longer counts as current.</param>
    /// <returns>Null when a currency is not in the source, not yet, or suspended there over the time.</returns>
    public static Quote? Cross(
        IReadOnlyDictionary<string, RateSeries> series, string from, string to, string against,
        DateOnly first, DateOnly last, string source, int pause)
    {
        var given = from == against ? null : series.GetValueOrDefault(from);
        var asked = to == against ? null : series.GetValueOrDefault(to);
        if ((given is null && from != against) || (asked is null && to != against) || (given ?? asked) is not { } quoted)
        {
            return null;
        }

        var days = new List<(DateOnly Day, decimal Rate)>();
        if (first < last)
        {
            foreach (var (day, rate) in quoted.Between(first, last))
            {
                // The other leg must be published on the same day.
                var other = given is null || asked is null ? (day, 1m) : asked.On(day);
                if (other is var (otherDay, otherRate) && otherDay == day)
                {
                    days.Add((day, given is null ? rate : otherRate / rate));
                }
            }
        }

        if (days.Count == 0)
        {
            // One day, or a period so short that nothing was published in it: the last rate before its end.
            if (On(given, last) is not var (givenDay, givenRate) || On(asked, last) is not var (askedDay, askedRate))
            {
                return null;
            }

            days.Add((givenDay < askedDay ? givenDay : askedDay, askedRate / givenRate));
        }

        var ends = new[] { given, asked }.OfType<RateSeries>().Min(leg => leg.Last);
        var late = last.DayNumber - days[^1].Day.DayNumber > pause;
        return late && last <= ends
            ? null
            : new Quote(days.Sum(day => day.Rate) / days.Count, days[^1].Day, source, days.Count, late);
    }

    private static (DateOnly Day, decimal Rate)? On(RateSeries? series, DateOnly day) => series is null ? (day, 1) : series.On(day);
}
