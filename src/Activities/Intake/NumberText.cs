using System.Globalization;
using System.Text;

namespace OffGridFlow.Activities.Intake;

/// <summary>How a column writes its decimals. Mixed: both, so that a doubtful value stays doubtful.</summary>
public enum DecimalStyle
{
    Unknown,
    Point,
    Comma,
    Mixed,
}

/// <summary>Why a cell is no number.</summary>
public enum NumberProblem
{
    None,
    Blank,
    Ambiguous,
    OtherStyle,
    Symbol,
    Percent,
    Unit,
    Letter,
    CellError,
    TooLong,
    Malformed,
}

/// <summary>
/// Numbers as people write them: <c>1234.5</c>, <c>1,234.56</c>, <c>1.234,56</c>, <c>1 234,56</c>, <c>1'234.56</c>, <c>12,34,567</c>,
/// <c>1.234,56-</c>, <c>(123)</c>, <c>1.5e3</c>. Exact: a number that a decimal cannot hold to its last digit is refused.
/// </summary>
public static class NumberText
{
    private const int Longest = 64;
    private const int Digits = 28;

    /// <summary>Reads one cell.</summary>
    /// <param name="text">The cell in UTF-8, with or without blanks around it.</param>
    /// <param name="style">
    /// What the column is known to do. <c>1,234</c> and <c>1.234</c> can be read in two ways, so that an unknown or mixed style
    /// refuses them; every other form proves its own reading, and a known style refuses the forms of the other one.
    /// </param>
    /// <param name="value">The number, 0 when there is none.</param>
    /// <param name="problem">Why there is none. A blank cell is its own outcome: missing is not zero.</param>
    /// <param name="percent">Read <c>5%</c> as 0.05 instead of refusing it.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> text, DecimalStyle style, out decimal value, out NumberProblem problem, bool percent = false)
    {
        if (TryPlain(text, style, out value))
        {
            problem = NumberProblem.None;
            return true;
        }

        problem = Scan(text, style, percent, out value, out _);
        return problem == NumberProblem.None;
    }

    /// <summary>The style that this cell alone proves; Unknown when it proves none; <paramref name="doubtful"/> when it needs proof from others.</summary>
    public static DecimalStyle Proof(ReadOnlySpan<byte> text, out bool doubtful)
    {
        doubtful = Scan(text, DecimalStyle.Unknown, percent: true, out _, out var proof) == NumberProblem.Ambiguous;
        return proof;
    }

    /// <summary>The problem in words; both readings where there are two.</summary>
    public static Problem Describe(NumberProblem problem, ReadOnlySpan<byte> text, string column)
    {
        var found = Encoding.UTF8.GetString(Utf8Text.Trim(text));
        const string Expected = "a number such as 1234.56";
        return problem switch
        {
            NumberProblem.None => throw new ArgumentOutOfRangeException(nameof(problem), problem, "There is no problem to describe."),
            NumberProblem.Blank => new("number.blank", column, found, Expected, "Fill in the figure. A blank is not read as zero; write 0 where nothing was used."),
            NumberProblem.Ambiguous => Ambiguous(found, text, column),
            NumberProblem.OtherStyle => new("number.style", column, found, "the decimal mark that the rest of the column uses", "Write the number with the same decimal mark as the others."),
            NumberProblem.Symbol => new("number.symbol", column, found, Expected, "Take the currency sign out of the cell and name the currency in the unit column."),
            NumberProblem.Percent => new("number.percent", column, found, Expected, "Write the quantity itself, not a percentage."),
            NumberProblem.Unit => new("number.unit", column, found, Expected, "Put the unit into the unit column and leave the number alone in its cell."),
            NumberProblem.Letter => new("number.letter", column, found, Expected, "A letter stands where a digit should (O for 0, l for 1); write the digit."),
            NumberProblem.CellError => new("cell.error", column, found, Expected, "Mend the formula in the spreadsheet and save it again."),
            NumberProblem.TooLong => new("number.too-long", column, found, "at most 28 digits", "Write fewer digits, or a larger unit."),
            NumberProblem.Malformed => new("number.malformed", column, found, Expected, "Write the figure in digits, with at most one decimal mark."),
        };
    }

    private static Problem Ambiguous(string found, ReadOnlySpan<byte> text, string column)
    {
        Scan(text, DecimalStyle.Point, percent: true, out var point, out _);
        Scan(text, DecimalStyle.Comma, percent: true, out var comma, out _);
        return new(
            "number.ambiguous",
            column,
            found,
            string.Create(CultureInfo.InvariantCulture, $"{point} (decimal point) or {comma} (decimal comma), and nothing in the file says which"),
            "Write it without a thousands separator, or with other than three decimals, or name the file's decimal mark.");
    }

    // The form of machine exports: digits, at most one point, at most 18 digits, nothing doubtful.
    private static bool TryPlain(ReadOnlySpan<byte> text, DecimalStyle style, out decimal value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == '-';
        var digits = negative ? text[1..] : text;
        if (digits.IsEmpty || digits.Length > 19)
        {
            return false;
        }

        long number = 0;
        var point = -1;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[i] - (uint)'0';
            if (digit <= 9)
            {
                number = (number * 10) + digit;
            }
            else if (digits[i] == '.' && point < 0 && i > 0 && i < digits.Length - 1)
            {
                point = i;
            }
            else
            {
                return false;
            }
        }

        if (digits.Length > (point < 0 ? 18 : 19))
        {
            return false;
        }

        var scale = point < 0 ? 0 : digits.Length - 1 - point;
        if (point >= 0 && (style == DecimalStyle.Comma || (style != DecimalStyle.Point && Doubtful(digits, point))))
        {
            return false;
        }

        value = new decimal((int)number, (int)(number >> 32), 0, negative && number != 0, (byte)scale);
        return true;
    }

    // One to three digits that do not start with 0, a mark, three digits: a thousand or a decimal.
    private static bool Doubtful(ReadOnlySpan<byte> clean, int mark) =>
        mark is >= 1 and <= 3 && clean.Length - mark == 4 && clean[0] != '0';

    private static NumberProblem Scan(ReadOnlySpan<byte> text, DecimalStyle style, bool percent, out decimal value, out DecimalStyle proof)
    {
        value = 0;
        proof = DecimalStyle.Unknown;
        text = Utf8Text.Trim(text);
        if (Utf8Text.SaysNothing(text))
        {
            return NumberProblem.Blank;
        }

        if (text[0] == '#')
        {
            return NumberProblem.CellError;
        }

        if (text.Length > Longest)
        {
            return NumberProblem.Malformed;
        }

        Span<byte> clean = stackalloc byte[Longest];
        if (NumberMarks.Clean(text, clean, out var marks) is var problem and not NumberProblem.None)
        {
            return problem;
        }

        if (marks.Percent && !percent)
        {
            return NumberProblem.Percent;
        }

        problem = Split(clean[..marks.Length], style, marks.HasExponent, out var mark, out var grouping, out proof);
        if (problem != NumberProblem.None)
        {
            return problem;
        }

        if (style is DecimalStyle.Point or DecimalStyle.Comma && proof != DecimalStyle.Unknown && proof != style)
        {
            return NumberProblem.OtherStyle;
        }

        problem = Value(clean[..marks.Length], mark, grouping, marks.Exponent, out value);
        if (problem == NumberProblem.None)
        {
            value = marks.Percent ? value / 100 : value;
            value = marks.Negative ? -value : value;
            return NumberProblem.None;
        }

        proof = DecimalStyle.Unknown;
        return problem;
    }

    // Which mark is the decimal one (-1: none) and which groups (0: none).
    private static NumberProblem Split(
        ReadOnlySpan<byte> clean, DecimalStyle style, bool exponent, out int mark, out byte grouping, out DecimalStyle proof)
    {
        mark = -1;
        proof = DecimalStyle.Unknown;
        var spaced = clean.IndexOfAny((byte)' ', (byte)'\'');
        grouping = spaced < 0 ? (byte)0 : clean[spaced];
        var point = clean.LastIndexOf((byte)'.');
        var comma = clean.LastIndexOf((byte)',');
        var last = Math.Max(point, comma);
        if (last < 0)
        {
            return NumberProblem.None;
        }

        var own = clean[last] == '.' ? DecimalStyle.Point : DecimalStyle.Comma;
        if (point >= 0 && comma >= 0)
        {
            if (grouping != 0)
            {
                return NumberProblem.Malformed;
            }

            (mark, grouping, proof) = (last, clean[Math.Min(point, comma)], own);
        }
        else if (clean.Count(clean[last]) > 1)
        {
            (grouping, proof) = (clean[last], own == DecimalStyle.Point ? DecimalStyle.Comma : DecimalStyle.Point);
        }
        else if (grouping != 0 || exponent || !Doubtful(clean, last))
        {
            (mark, proof) = (last, own);
        }
        else if (style is DecimalStyle.Unknown or DecimalStyle.Mixed)
        {
            return NumberProblem.Ambiguous;
        }
        else if (style == own)
        {
            mark = last;
        }
        else
        {
            grouping = clean[last];
        }

        return NumberProblem.None;
    }

    private static NumberProblem Value(ReadOnlySpan<byte> clean, int mark, byte grouping, int exponent, out decimal value)
    {
        value = 0;
        var whole = mark < 0 ? clean : clean[..mark];
        var fraction = mark < 0 ? default : clean[(mark + 1)..];
        if (!NumberMarks.WellGrouped(whole, grouping) || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || (mark >= 0 && fraction.IsEmpty && clean[mark] == ',') || (whole.IsEmpty && fraction.IsEmpty))
        {
            return NumberProblem.Malformed;
        }

        Span<byte> plain = stackalloc byte[Longest + 8];
        var length = 0;
        foreach (var digit in whole)
        {
            if (digit != grouping && (digit != '0' || length > 0))
            {
                plain[length++] = digit;
            }
        }

        var significant = length;
        plain[length++] = (byte)'.';
        fraction.CopyTo(plain[length..]);
        length += fraction.Length;
        significant += significant > 0 ? fraction.Length : fraction.TrimStart((byte)'0').Length;
        var scale = fraction.TrimEnd((byte)'0').Length - exponent;
        if (significant > Digits || scale > Digits || significant + exponent > Digits + fraction.Length)
        {
            return NumberProblem.TooLong;
        }

        plain[length++] = (byte)'e';
        exponent.TryFormat(plain[length..], out var written, default, CultureInfo.InvariantCulture);
        length += written;
        return decimal.TryParse(plain[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            ? NumberProblem.None
            : NumberProblem.TooLong;
    }
}
