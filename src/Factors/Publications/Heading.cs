namespace OffGridFlow.Factors.Publications;

/// <summary>Columns found by what their heading says, not by where they stood last year.</summary>
internal static class Heading
{
    /// <summary>The first column at or after <paramref name="from"/> whose heading starts with <paramref name="start"/>.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static int Column(this Workbook.Row heading, string start, int from = 0)
    {
        for (var i = from; i < heading.Cells.Count; i++)
        {
            if (heading.Text(i)?.StartsWith(start, StringComparison.OrdinalIgnoreCase) == true)
            {
                return i;
            }
        }

        throw new InvalidDataException($"{heading.Locator}: there is no column '{start}'.");
    }
}
