using System.Globalization;
using System.Text;

namespace OffGridFlow.Activities.Intake;

/// <summary>How a column writes 03/04/2025. Mixed: both, so that a doubtful date stays doubtful.</summary>
public enum DateOrder
{
    Unknown,
    DayMonth,
    MonthDay,
    Mixed,
}

/// <summary>Why a cell is no date.</summary>
public enum DateProblem
{
    None,
    Blank,
    Ambiguous,
    OtherOrder,
    FiscalYear,
    ShortYear,
    Impossible,
    CellError,
    Malformed,
}

/// <summary>The days a cell names, both ends included: one day, or all of a month, quarter or year.</summary>
public readonly record struct Period(DateOnly First, DateOnly Last);

/// <summary>
/// Dates as people write them: 2025-01-31, 31.01.2025, 1/31/2025, 31-Jan-2025, 45688 (Excel), 2025, 2025-01, Jan 2025, 2025Q1.
/// A time of day is left out. Years run from 1900 to 2199.
/// </summary>
public static class DateText
{
    /// <summary>Reads one cell.</summary>
    /// <param name="text">The cell in UTF-8.</param>
    /// <param name="order">What the column is known to do; 03/04/2025 is refused where that is unknown or mixed. 31.12.2025 is never in doubt.</param>
    /// <param name="period">The first and the last day it names: for a start take the first, for an end the last.</param>
    /// <param name="problem">Why there is none.</param>
    /// <param name="fiscalYearStart">The month in which a fiscal year starts, 1 to 12. FY2025 is then the fiscal year that ends in 2025; without it FY2025 is refused.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> text, DateOrder order, out Period period, out DateProblem problem, int? fiscalYearStart = null)
    {
        text = Utf8Text.Trim(text);
        if (text.Length == 10 && text[4] == '-' && text[7] == '-' && TryDigits(text[..4], out var y) && TryDigits(text[5..7], out var m)
            && TryDigits(text[8..], out var d))
        {
            problem = DateForms.Day(y, m, d, out period);
            return problem == DateProblem.None;
        }

        problem = Utf8Text.SaysNothing(text) ? DateProblem.Blank :
            text[0] == '#' ? DateProblem.CellError :
            text.Length > 48 ? DateProblem.Malformed : DateProblem.None;
        if (problem != DateProblem.None)
        {
            period = default;
            return false;
        }

        problem = DateForms.Read(text, order, fiscalYearStart, out period, out _);
        return problem == DateProblem.None;
    }

    /// <summary>The order that this cell alone proves; Unknown when it proves none; <paramref name="doubtful"/> when it needs proof from others.</summary>
    public static DateOrder Proof(ReadOnlySpan<byte> text, out bool doubtful)
    {
        text = Utf8Text.Trim(text);
        doubtful = false;
        if (text.Length is < 6 or > 48 || !text[..4].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return DateOrder.Unknown;
        }

        doubtful = DateForms.Read(text, DateOrder.Unknown, null, out _, out var proof) == DateProblem.Ambiguous;
        return proof;
    }

    /// <summary>The problem in words; both readings where there are two.</summary>
    public static Problem Describe(DateProblem problem, ReadOnlySpan<byte> text, string column)
    {
        var found = Encoding.UTF8.GetString(Utf8Text.Trim(text));
        const string Expected = "a date such as 2025-01-31, or a month or year such as 2025-01 or 2025";
        return problem switch
        {
            DateProblem.None => throw new ArgumentOutOfRangeException(nameof(problem), problem, "There is no problem to describe."),
            DateProblem.Blank => new("date.blank", column, found, Expected, "Fill in the date."),
            DateProblem.Ambiguous => Ambiguous(found, text, column),
            DateProblem.OtherOrder => new("date.order", column, found, "day and month in the order that the rest of the column uses", "Write the date as 2025-01-31."),
            DateProblem.FiscalYear => new("date.fiscal-year", column, found, Expected, "Fiscal years start in different months; write the first and the last day in the start and end columns."),
            DateProblem.ShortYear => new("date.year", column, found, "a year of four digits", "Write the date as 2025-01-31."),
            DateProblem.Impossible => new("date.impossible", column, found, "a day of the calendar between 1900 and 2199", "Correct the date."),
            DateProblem.CellError => new("cell.error", column, found, Expected, "Mend the formula in the spreadsheet and save it again."),
            DateProblem.Malformed => new("date.malformed", column, found, Expected, "Write the date as 2025-01-31."),
        };
    }

    /// <summary>Up to eight digits and nothing else.</summary>
    internal static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        if (text.Length is 0 or > 8)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiDigit((char)c))
            {
                return false;
            }

            number = (number * 10) + c - '0';
        }

        return true;
    }

    private static Problem Ambiguous(string found, ReadOnlySpan<byte> text, string column)
    {
        DateForms.Read(Utf8Text.Trim(text), DateOrder.DayMonth, null, out var dayFirst, out _);
        DateForms.Read(Utf8Text.Trim(text), DateOrder.MonthDay, null, out var monthFirst, out _);
        return new(
            "date.ambiguous",
            column,
            found,
            string.Create(CultureInfo.InvariantCulture, $"{dayFirst.First:yyyy-MM-dd} (day first) or {monthFirst.First:yyyy-MM-dd} (month first), and nothing in the file says which"),
            "Write the date as 2025-01-31, or name the file's date order.");
    }
}
