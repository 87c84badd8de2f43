using System.Globalization;

namespace OffGridFlow.Platform.Messaging;

/// <summary>A time table of five fields: minute, hour, day of month, month, day of week (0 or 7 is Sunday); <c>*</c>, lists, ranges and steps.</summary>
/// <remarks>As cron has it: when both days are restricted, either suffices.</remarks>
public sealed class Cron
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly ulong minutes;
    private readonly ulong hours;
    private readonly ulong days;
    private readonly ulong months;
    private readonly ulong weekdays;
    private readonly bool eitherDay;

    private Cron(ulong minutes, ulong hours, ulong days, ulong months, ulong weekdays, bool eitherDay)
    {
        (this.minutes, this.hours, this.days, this.months, this.eitherDay) = (minutes, hours, days, months, eitherDay);
        this.weekdays = Has(weekdays, 7) ? weekdays | 1 : weekdays;
    }

    public static Result<Cron> Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5 ||
            Field(fields[0], 0, 59, []) is not { } minutes || Field(fields[1], 0, 23, []) is not { } hours || Field(fields[2], 1, 31, []) is not { } days ||
            Field(fields[3], 1, 12, Months) is not { } months || Field(fields[4], 0, 7, Days) is not { } weekdays)
        {
            return new Problem("schedule.cron", "cron", text, "five fields such as \"30 2 * * 1-5\"", "Write minute, hour, day of month, month and day of week.");
        }

        // A field that begins with * leaves the choice to the other.
        var cron = new Cron(minutes, hours, days, months, weekdays, fields[2][0] != '*' && fields[4][0] != '*');
        return cron.Next(new DateTime(2000, 1, 1), 366 * 8) is null
            ? new Problem("schedule.cron", "cron", text, "a day that comes", "The month has no such day.")
            : cron;
    }

    /// <summary>The first instant after <paramref name="after"/>, by the clocks of the zone.</summary>
    /// <remarks>A time that the clocks skip in spring counts at the moment they skip it; one they show twice in autumn counts the first time.</remarks>
    public DateTimeOffset Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        // From an hour or two before: an hour that is shown twice begins earlier than the clock says.
        var wall = TimeZoneInfo.ConvertTime(after, zone).DateTime.AddHours(-3);
        while (true)
        {
            wall = Next(wall, 366 * 9) ?? throw new InvalidOperationException("A parsed time table has a next time.");
            var instant = Instant(wall, zone);
            if (instant > after)
            {
                return instant;
            }
        }
    }

    private static DateTimeOffset Instant(DateTime wall, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(wall))
        {
            // By the offset before the change, the wall time lies as far after it as it would have been shown: the change itself.
            var before = wall;
            while (zone.IsInvalidTime(before))
            {
                before = before.AddMinutes(-1);
            }

            return new DateTimeOffset(before, zone.GetUtcOffset(before)).AddMinutes(1).ToUniversalTime();
        }

        var offset = zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall);
        return new DateTimeOffset(wall, offset).ToUniversalTime();
    }

    private DateTime? Next(DateTime after, int withinDays)
    {
        var start = new DateTime(after.Year, after.Month, after.Day, after.Hour, after.Minute, 0).AddMinutes(1);
        for (var day = start.Date; day <= start.Date.AddDays(withinDays); day = day.AddDays(1))
        {
            if (!OnDay(day))
            {
                continue;
            }

            for (var minute = day == start.Date ? (start.Hour * 60) + start.Minute : 0; minute < 1440; minute++)
            {
                if (Has(hours, minute / 60) && Has(minutes, minute % 60))
                {
                    return day.AddMinutes(minute);
                }
            }
        }

        return null;
    }

    private bool OnDay(DateTime day)
    {
        var (ofMonth, ofWeek) = (Has(days, day.Day), Has(weekdays, (int)day.DayOfWeek));
        return Has(months, day.Month) && (eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek);
    }

    private static bool Has(ulong set, int value) => (set >> value & 1) == 1;

    private static ulong? Field(string text, int least, int most, string[] names)
    {
        var set = 0UL;
        foreach (var part in text.Split(','))
        {
            var slash = part.Split('/');
            var step = 1;
            if (slash.Length > 2 || (slash.Length == 2 && (!int.TryParse(slash[1], NumberStyles.None, CultureInfo.InvariantCulture, out step) || step == 0)))
            {
                return null;
            }

            var range = slash[0] == "*" ? [] : slash[0].Split('-');
            if (range.Length > 2)
            {
                return null;
            }

            // "5/10" is "from 5 on, every 10".
            var from = range.Length > 0 ? Value(range[0], least, most, names) : least;
            var to = range.Length == 2 ? Value(range[1], least, most, names) : range.Length == 0 || slash.Length == 2 ? most : from;
            if (from is null || to is null || from > to)
            {
                return null;
            }

            for (var value = from.Value; value <= to; value += step)
            {
                set |= 1UL << value;
            }
        }

        return set;
    }

    private static int? Value(string text, int least, int most, string[] names)
    {
        var named = Array.IndexOf(names, text.ToLowerInvariant());
        return named >= 0 ? named + least
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
            : null;
    }
}
