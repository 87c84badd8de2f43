using System.Globalization;
using System.Text;

namespace OffGridFlow.Activities.Intake;

/// <summary>The written forms of <see cref="DateText"/>, told apart by their runs of digits and letters.</summary>
public static class DateForms
{
    // English, German, French and Spanish names by their unmistakable beginnings, lower case, January first.
    private static readonly string[][] Months =
    [
        ["jan", "jän", "ene"], ["feb", "fév", "fev"], ["mar", "mär", "mrz", "maer"], ["apr", "avr", "abr"], ["may", "mai"],
        ["jun", "juin"], ["jul", "juil"], ["aug", "aoû", "aou", "ago"], ["sep"], ["oct", "okt"], ["nov"], ["dec", "dez", "déc", "dic"],
    ];

    private static readonly string[] MonthNames =
    [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
        "januar", "jänner", "februar", "märz", "maerz", "mrz", "mär", "mai", "juni", "juli", "oktober", "okt", "dezember", "dez",
        "janvier", "janv", "février", "fevrier", "févr", "fév", "mars", "avril", "avr", "juin", "juillet", "juil", "août", "aout",
        "septembre", "octobre", "novembre", "décembre", "decembre", "déc",
        "enero", "ene", "febrero", "marzo", "abril", "abr", "mayo", "junio", "julio", "agosto", "ago", "septiembre", "octubre",
        "noviembre", "diciembre", "dic",
    ];

    private static readonly Dictionary<string, int> MonthOf = MonthNames.ToDictionary(
        name => name, name => Array.FindIndex(Months, starts => starts.Any(start => name.StartsWith(start, StringComparison.Ordinal))) + 1);

    /// <summary>One day of the calendar.</summary>
    public static DateProblem Day(int year, int month, int day, out Period period)
    {
        period = default;
        if (year is < 1900 or > 2199 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return DateProblem.Impossible;
        }

        var date = new DateOnly(year, month, day);
        period = new Period(date, date);
        return DateProblem.None;
    }

    /// <summary>Any of the written forms; <paramref name="proof"/> is the order that this text alone shows.</summary>
    public static DateProblem Read(ReadOnlySpan<byte> text, DateOrder order, int? fiscalYearStart, out Period period, out DateOrder proof)
    {
        period = default;
        proof = DateOrder.Unknown;
        var parts = Parts(WithoutTime(text), out var shape, out var marks);
        return (shape, parts) switch
        {
            ("D", [{ Text.Length: 5 } serial]) => Serial(serial.Number, out period),
            ("DD", [{ Text.Length: 5 } serial, _]) when marks is "." => Serial(serial.Number, out period),
            ("D", [var only]) => Compact(only, out period),
            ("DD", [var a, var b]) => TwoNumbers(a, b, fiscalYearStart, out period),
            ("DDD", [var a, var b, var c]) when marks is "//" or "--" or ".." or ". . " or "  " => ThreeNumbers(a, b, c, marks[0], order, out period, out proof),
            ("LD", [{ Text: "fy" }, var year]) => FiscalYear(year, fiscalYearStart, out period),
            ("LDD", [{ Text: "fy" }, var year, { Text.Length: 2 or 4 }]) => FiscalYear(new Part(year.Text, year.Number + 1, year.Text.Length), fiscalYearStart, out period),
            ("LD", [{ Text: "cy" }, var year]) => MonthsOf(year, 1, 12, out period),
            ("LDD", [{ Text: "q" or "h" or "w" } letter, var number, var year]) => Stretch(year, letter.Text, number.Number, out period),
            ("DLD", [var year, { Text: "q" or "h" or "w" or "m" or "kw" } letter, { Text.Length: 1 or 2 } number]) when year.Text.Length == 4 => Stretch(year, letter.Text, number.Number, out period),
            ("DLD", [{ Text.Length: 1 } number, { Text: "q" or "h" } letter, var year]) => Stretch(year, letter.Text, number.Number, out period),
            ("LD", [var month, var year]) when MonthOf.TryGetValue(month.Text, out var m) => MonthsOf(year, m, m, out period),
            ("DL", [{ Text.Length: 4 } year, var month]) when MonthOf.TryGetValue(month.Text, out var m) => MonthsOf(year, m, m, out period),
            ("DLD", [var day, var month, var year]) when MonthOf.TryGetValue(month.Text, out var m) => NamedMonth(day, m, year, out period),
            ("LDD", [var month, var day, var year]) when MonthOf.TryGetValue(month.Text, out var m) => NamedMonth(day, m, year, out period),
            _ => DateProblem.Malformed,
        };
    }

    private static DateProblem Serial(int days, out Period period)
    {
        // 1900 system; day 60 is the 29 February 1900 that never was, and no activity is that old.
        var date = new DateOnly(1899, 12, 30).AddDays(days);
        period = new Period(date, date);
        return DateProblem.None;
    }

    private static DateProblem Compact(Part only, out Period period)
    {
        period = default;
        return only.Text.Length switch
        {
            4 => MonthsOf(only, 1, 12, out period),
            6 => MonthsOf(new Part(only.Text[..4], only.Number / 100, 4), only.Number % 100, only.Number % 100, out period),
            8 => Day(only.Number / 10000, only.Number / 100 % 100, only.Number % 100, out period),
            _ => DateProblem.Malformed,
        };
    }

    private static DateProblem TwoNumbers(Part a, Part b, int? fiscalYearStart, out Period period)
    {
        period = default;
        var (year, other) = a.Text.Length == 4 ? (a, b) : (b, a);
        if (year.Text.Length != 4)
        {
            return DateProblem.Malformed;
        }

        if (other.Text.Length <= 2 && other.Number is >= 1 and <= 12)
        {
            return MonthsOf(year, other.Number, other.Number, out period);
        }

        // 2024/25 and 2024/2025 are a year that starts in one and ends in the next.
        return year == a && (other.Number == year.Number + 1 || (other.Text.Length == 2 && other.Number == (year.Number + 1) % 100))
            ? FiscalYear(new Part(year.Text, year.Number + 1, 4), fiscalYearStart, out period)
            : DateProblem.Malformed;
    }

    private static DateProblem ThreeNumbers(Part a, Part b, Part c, char mark, DateOrder order, out Period period, out DateOrder proof)
    {
        period = default;
        proof = DateOrder.Unknown;
        if (a.Text.Length == 4)
        {
            return Day(a.Number, b.Number, c.Number, out period);
        }

        if (a.Text.Length > 2 || b.Text.Length > 2 || Year(c, out var year) is var problem and not DateProblem.None)
        {
            return a.Text.Length > 2 || b.Text.Length > 2 ? DateProblem.Malformed : DateProblem.ShortYear;
        }

        if (mark is '-' or ' ' && c.Text.Length == 2)
        {
            return DateProblem.ShortYear;
        }

        if (mark == '.' || a.Number == b.Number)
        {
            return Day(year, b.Number, a.Number, out period);
        }

        proof = (a.Number, b.Number) switch
        {
            ( > 12 and <= 31, >= 1 and <= 12) => DateOrder.DayMonth,
            ( >= 1 and <= 12, > 12 and <= 31) => DateOrder.MonthDay,
            _ => DateOrder.Unknown,
        };
        if (proof != DateOrder.Unknown && order is DateOrder.DayMonth or DateOrder.MonthDay && order != proof)
        {
            return DateProblem.OtherOrder;
        }

        var reading = proof == DateOrder.Unknown ? order : proof;
        return reading switch
        {
            DateOrder.DayMonth => Day(year, b.Number, a.Number, out period),
            DateOrder.MonthDay => Day(year, a.Number, b.Number, out period),
            DateOrder.Unknown or DateOrder.Mixed => Day(year, b.Number, a.Number, out _) == DateProblem.None ? DateProblem.Ambiguous : DateProblem.Impossible,
        };
    }

    private static DateProblem NamedMonth(Part day, int month, Part year, out Period period)
    {
        (day, year) = day.Text.Length == 4 ? (year, day) : (day, year);
        period = default;
        return day.Text.Length > 2 ? DateProblem.Malformed :
            Year(year, out var y) is var problem and not DateProblem.None ? problem : Day(y, month, day.Number, out period);
    }

    private static DateProblem Stretch(Part year, string letter, int number, out Period period)
    {
        period = default;
        if (Year(year, out var y) is var problem and not DateProblem.None)
        {
            return problem;
        }

        if (letter is "w" or "kw")
        {
            if (number < 1 || number > ISOWeek.GetWeeksInYear(y))
            {
                return DateProblem.Impossible;
            }

            var monday = DateOnly.FromDateTime(ISOWeek.ToDateTime(y, number, DayOfWeek.Monday));
            period = new Period(monday, monday.AddDays(6));
            return DateProblem.None;
        }

        var length = letter switch { "q" => 3, "h" => 6, _ => 1 };
        return number < 1 || number > 12 / length ? DateProblem.Impossible : MonthsOf(year, ((number - 1) * length) + 1, number * length, out period);
    }

    private static DateProblem FiscalYear(Part year, int? start, out Period period)
    {
        period = default;
        if (start is not { } month)
        {
            return DateProblem.FiscalYear;
        }

        if (Year(year, out var y) is var problem and not DateProblem.None)
        {
            return problem;
        }

        var last = new DateOnly(y, month, 1).AddMonths(month == 1 ? 12 : 0).AddDays(-1);
        period = new Period(last.AddDays(1).AddYears(-1), last);
        return DateProblem.None;
    }

    private static DateProblem MonthsOf(Part year, int first, int last, out Period period)
    {
        period = default;
        if (Year(year, out var y) is var problem and not DateProblem.None)
        {
            return problem;
        }

        if (y is < 1900 or > 2199 || first is < 1 or > 12)
        {
            return DateProblem.Impossible;
        }

        period = new Period(new DateOnly(y, first, 1), new DateOnly(y, last, DateTime.DaysInMonth(y, last)));
        return DateProblem.None;
    }

    // Two digits are this century up to 69 and the last from 90; between them nobody can tell.
    private static DateProblem Year(Part part, out int year)
    {
        year = part.Digits == 4 ? part.Number : part.Number < 70 ? 2000 + part.Number : 1900 + part.Number;
        return part.Digits == 4 ? (year is < 1900 or > 2199 ? DateProblem.Impossible : DateProblem.None) :
            part.Digits == 2 && part.Number is < 70 or >= 90 ? DateProblem.None : DateProblem.ShortYear;
    }

    private static ReadOnlySpan<byte> WithoutTime(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        var end = colon < 0 ? -1 : text[..colon].LastIndexOfAny((byte)' ', (byte)'T', (byte)'t');
        return end > 0 ? Utf8Text.Trim(text[..end]) : text;
    }

    private static List<Part> Parts(ReadOnlySpan<byte> utf8, out string shape, out string marks)
    {
        var parts = new List<Part>(4);
        var (kinds, between) = (new StringBuilder(4), new StringBuilder(4));
        var text = Encoding.UTF8.GetString(utf8).ToLowerInvariant();
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            var digit = char.IsAsciiDigit(text[i]);
            while (i < text.Length && (digit ? char.IsAsciiDigit(text[i]) : char.IsLetter(text[i])))
            {
                i++;
            }

            if (i == start)
            {
                if (parts.Count > 0)
                {
                    between.Append(text[i]);
                }

                i++;
                continue;
            }

            var word = text[start..i];
            var number = 0;
            if (digit ? !int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number) : word is "st" or "nd" or "rd" or "th" or "de")
            {
                continue;
            }

            parts.Add(new Part(word, number, digit ? word.Length : 0));
            kinds.Append(digit ? 'D' : 'L');
        }

        shape = kinds.ToString();
        marks = between.ToString();
        return parts;
    }

    /// <summary>A run of digits or letters.</summary>
    private readonly record struct Part(string Text, int Number, int Digits);
}
