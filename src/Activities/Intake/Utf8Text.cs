using System.Text;

namespace OffGridFlow.Activities.Intake;

/// <summary>Small questions about UTF-8 cells, answered without making strings.</summary>
public static class Utf8Text
{
    /// <summary>Without blanks, no-break spaces, zero-width marks and line breaks at either end.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || (text[0] - 0x21u < 0x5eu && text[^1] - 0x21u < 0x5eu))
        {
            return text;
        }

        while (BlankAtStart(text) is var length and > 0)
        {
            text = text[length..];
        }

        while (BlankAtEnd(text) is var length and > 0)
        {
            text = text[..^length];
        }

        return text;
    }

    /// <summary>How many bytes the blank at the start takes; 0 when the text starts with something else.</summary>
    public static int BlankAtStart(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? 0 :
        text[0] <= 0x20 ? 1 :
        text.StartsWith("\u00a0"u8) ? 2 :
        IsWideBlank(text) ? 3 : 0;

    /// <summary>Whether the words are the same but for ASCII case.</summary>
    public static bool Same(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        one.SequenceEqual(other) || Ascii.EqualsIgnoreCase(one, other);

    /// <summary>
    /// Whether the cell says that there is no figure: empty, a dash, <c>n/a</c>, <c>not available</c>, <c>null</c>, <c>k. A.</c>
    /// Such a cell is missing, which is not zero. <c>nil</c> and <c>none</c> are no blanks: they may mean zero.
    /// </summary>
    public static bool SaysNothing(ReadOnlySpan<byte> trimmed) =>
        trimmed.IsEmpty || (trimmed.Length <= 14 && !char.IsAsciiDigit((char)trimmed[0]) && (
            trimmed.SequenceEqual("-"u8) || trimmed.SequenceEqual("--"u8) || trimmed.SequenceEqual("–"u8) || trimmed.SequenceEqual("—"u8)
            || Same(trimmed, "n/a"u8) || Same(trimmed, "n.a."u8) || Same(trimmed, "na"u8) || Same(trimmed, "null"u8)
            || Same(trimmed, "not available"u8) || Same(trimmed, "k.a."u8) || Same(trimmed, "k. a."u8) || Same(trimmed, "(blank)"u8)));

    private static int BlankAtEnd(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? 0 :
        text[^1] <= 0x20 ? 1 :
        text.EndsWith("\u00a0"u8) ? 2 :
        text.Length >= 3 && IsWideBlank(text[^3..]) ? 3 : 0;

    // Thin and narrow no-break spaces group digits; zero-width space and byte order mark are invisible debris.
    private static bool IsWideBlank(ReadOnlySpan<byte> text) =>
        text.StartsWith("\u202f"u8) || text.StartsWith("\u2009"u8) || text.StartsWith("\u2007"u8)
        || text.StartsWith("\u200b"u8) || text.StartsWith("\ufeff"u8);
}
