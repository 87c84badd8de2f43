namespace OffGridFlow.Activities.Intake;

/// <summary>What stands around a number's digits: signs, parentheses, a percent sign, an exponent, spaces of several kinds.</summary>
/// <param name="Length">How many bytes of digits and marks are left.</param>
/// <param name="Negative">A minus before or after, or accountants' parentheses.</param>
/// <param name="Percent">A percent sign follows.</param>
/// <param name="HasExponent">Written as 1.5e3.</param>
/// <param name="Exponent">The power of ten, 0 where none is written.</param>
public readonly record struct NumberMarks(int Length, bool Negative, bool Percent, bool HasExponent, int Exponent)
{
    /// <summary>Leaves digits, '.', ',', one kind of blank and one of apostrophe in <paramref name="clean"/>.</summary>
    public static NumberProblem Clean(ReadOnlySpan<byte> text, Span<byte> clean, out NumberMarks marks)
    {
        marks = default;
        var percent = text[^1] == '%';
        text = percent ? Utf8Text.Trim(text[..^1]) : text;
        if (!TakeSigns(ref text, out var negative))
        {
            return NumberProblem.Malformed;
        }

        // Excel marks text cells with a leading apostrophe, and some exports keep it.
        text = text.Length > 1 && text[0] == '\'' ? text[1..] : text;
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiDigit((char)c) || c is (byte)'.' or (byte)',' or (byte)'\'')
            {
                clean[length++] = c;
            }
            else if (Utf8Text.BlankAtStart(text[i..]) is var blank and > 0)
            {
                clean[length++] = (byte)' ';
                i += blank - 1;
            }
            else if (text[i..].StartsWith("’"u8))
            {
                clean[length++] = (byte)'\'';
                i += 2;
            }
            else if (c is (byte)'e' or (byte)'E' && length > 0 && TryExponent(text[(i + 1)..], out var exponent))
            {
                marks = new NumberMarks(length, negative, percent, HasExponent: true, exponent);
                return NumberProblem.None;
            }
            else
            {
                return Stranger(text, i);
            }
        }

        marks = new NumberMarks(length, negative, percent, HasExponent: false, 0);
        return length == 0 ? NumberProblem.Malformed : NumberProblem.None;
    }

    /// <summary>Groups of three after a first of one to three; with commas also the Indian 12,34,567.</summary>
    public static bool WellGrouped(ReadOnlySpan<byte> whole, byte grouping)
    {
        if (grouping == 0 || !whole.Contains(grouping))
        {
            return !whole.ContainsAnyExceptInRange((byte)'0', (byte)'9');
        }

        var first = whole.IndexOf(grouping);
        var rest = whole[(first + 1)..];
        var step = rest.IndexOf(grouping) == 2 && grouping == ',' ? 2 : 3;
        if (first < 1 || first > step || whole[..first].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        for (; rest.Length > 3; rest = rest[(step + 1)..])
        {
            if (rest.Length <= step || rest[step] != grouping || rest[..step].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                return false;
            }
        }

        return rest.Length == 3 && !rest.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    // At most one of: a sign before, a minus after, parentheses around.
    private static bool TakeSigns(ref ReadOnlySpan<byte> text, out bool negative)
    {
        negative = false;
        var signs = 0;
        if (text.Length > 2 && text[0] == '(' && text[^1] == ')')
        {
            (negative, signs) = (true, 1);
            text = Utf8Text.Trim(text[1..^1]);
        }

        if (text.Length > 1 && text[0] is (byte)'+' or (byte)'-')
        {
            negative |= text[0] == '-';
            signs++;
            text = Utf8Text.Trim(text[1..]);
        }
        else if (text.StartsWith("−"u8))
        {
            negative = true;
            signs++;
            text = Utf8Text.Trim(text[3..]);
        }

        if (text.Length > 1 && text[^1] == '-')
        {
            negative = true;
            signs++;
            text = Utf8Text.Trim(text[..^1]);
        }
        else if (text.EndsWith("−"u8))
        {
            negative = true;
            signs++;
            text = Utf8Text.Trim(text[..^3]);
        }

        return signs <= 1 && !text.IsEmpty;
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        var negative = text.Length > 0 && text[0] == '-';
        text = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (text.Length is 0 or > 3 || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        foreach (var digit in text)
        {
            exponent = (exponent * 10) + digit - '0';
        }

        exponent = negative ? -exponent : exponent;
        return true;
    }

    // What a character that belongs in no number says about the cell.
    private static NumberProblem Stranger(ReadOnlySpan<byte> text, int at)
    {
        if (!text.ContainsAnyInRange((byte)'0', (byte)'9'))
        {
            return NumberProblem.Malformed;
        }

        if (text[at] == '$' || text.IndexOf("€"u8) >= 0 || text.IndexOf("£"u8) >= 0 || text.IndexOf("¥"u8) >= 0 || text.IndexOf("₹"u8) >= 0)
        {
            return NumberProblem.Symbol;
        }

        var digitFollows = at + 1 < text.Length && char.IsAsciiDigit((char)text[at + 1]);
        var digitPrecedes = at > 0 && char.IsAsciiDigit((char)text[at - 1]);
        if ((text[at] is (byte)'O' or (byte)'o' && (digitFollows || digitPrecedes)) || (text[at] is (byte)'l' or (byte)'I' && digitFollows))
        {
            return NumberProblem.Letter;
        }

        var word = text[at..];
        word = word[..(word.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') is var end and >= 0 ? end : word.Length)];
        return word.Length == 3 && (at + 3 == text.Length || !char.IsAsciiLetter((char)text[at + 3])) ? NumberProblem.Symbol :
            at > 0 ? NumberProblem.Unit : NumberProblem.Malformed;
    }
}
