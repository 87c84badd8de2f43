namespace OffGridFlow.Factors.Reference;

/// <summary>Published rates of one currency against one base, by the day they hold from.</summary>
internal sealed class RateSeries(List<DateOnly> days, List<decimal> rates)
{
    public DateOnly Last => days[^1];

    /// <summary>The rate of the day, or the last published before it; null before the first.</summary>
    public (DateOnly Day, decimal Rate)? On(DateOnly day)
    {
        var at = days.BinarySearch(day);
        at = at >= 0 ? at : ~at - 1;
        return at < 0 ? null : (days[at], rates[at]);
    }

    /// <summary>Every rate published from the first day to the last, both included.</summary>
    public IEnumerable<(DateOnly Day, decimal Rate)> Between(DateOnly first, DateOnly last)
    {
        var at = days.BinarySearch(first);
        for (at = at >= 0 ? at : ~at; at < days.Count && days[at] <= last; at++)
        {
            yield return (days[at], rates[at]);
        }
    }
}
