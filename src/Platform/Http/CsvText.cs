namespace OffGridFlow.Platform.Http;

/// <summary>Fields of CSV files that people open in a spreadsheet (RFC 4180).</summary>
public static class CsvText
{
    /// <summary>A field as it is written. Text that a spreadsheet would run as a formula is led by an apostrophe. A plain number stays one: a credit begins with a minus.</summary>
    public static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        if (text[0] is '=' or '@' or '\t' or '\r' || (text[0] is '+' or '-' && !HasOnlyFigures(text.AsSpan(1))))
        {
            text = "'" + text;
        }

        return text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static bool HasOnlyFigures(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExcept("0123456789.,' ") < 0;
}
