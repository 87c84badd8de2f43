namespace OffGridFlow.Ledger.Posting;

/// <summary>Shares a quantity out over the calendar months its days fall in. The parts add to the whole exactly.</summary>
internal static class MonthShares
{
    // A millionth of any unit is finer than any meter; more places would leave no room for the digits of the factor, and products would round.
    private const int LeastPlaces = 6;

    /// <summary>First day of a day's month.</summary>
    public static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);

    /// <summary>By days, both ends included; the last month takes what rounding leaves.</summary>
    public static void Of(decimal quantity, DateOnly start, DateOnly end, List<(DateOnly Month, decimal Quantity)> into)
    {
        into.Clear();
        var month = MonthOf(start);
        var last = MonthOf(end);
        var days = end.DayNumber - start.DayNumber + 1;
        var places = Math.Min(Math.Max((int)quantity.Scale, LeastPlaces), 12);
        var left = quantity;
        for (var from = start; month < last; month = month.AddMonths(1), from = month)
        {
            var covered = month.AddMonths(1).DayNumber - from.DayNumber;
            var part = Trimmed(decimal.Round(quantity * covered / days, places));
            into.Add((month, part));
            left -= part;
        }

        into.Add((last, left));
    }

    // Zeros at the end would make products longer than they are.
    private static decimal Trimmed(decimal value) => value / 1.0000000000000000000000000000m;
}
