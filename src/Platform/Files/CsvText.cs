namespace OffGridFlow.Platform.Files;

/// <summary>Text that others have written, on its way into a CSV file that somebody opens in a spreadsheet.</summary>
public static class CsvText
{
    // What spreadsheets take for the beginning of a formula, as typed on other keyboards too; a line break may put one at the beginning of a cell.
    private const string Beginnings = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private const string Figures = "0123456789.,' ";

    /// <summary>
    /// The text, led by an apostrophe where a spreadsheet would run it as a formula: spaces before it do not hide one. A plain number stays one: a credit begins with a minus.
    /// </summary>
    public static string Harmless(string text)
    {
        var first = text.AsSpan().TrimStart(" \u00A0\uFEFF");
        return first.IsEmpty || !Beginnings.Contains(first[0], StringComparison.Ordinal) || (first[0] is '+' or '-' && IsFigure(first[1..])) ? text : "'" + text;
    }

    /// <summary>One field: harmless, and within quotation marks where it needs them.</summary>
    public static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var harmless = Harmless(text);
        return harmless.AsSpan().IndexOfAny(",\"\n\r") < 0 ? harmless : $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    // A dash alone is nobody's formula.
    private static bool IsFigure(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Figures) < 0;
}
