namespace OffGridFlow.Activities.Rows;

/// <summary>How good a quantity is, as meters and people say it: 1 (measured) to 5 (guessed).</summary>
public static class QualityText
{
    // A bill or a record; an estimate by someone who knows the site (data/uncertainty/activities.csv).
    private const int Record = 2;
    private const int Estimate = 4;

    /// <summary>Reads the cell.</summary>
    /// <param name="text">What it holds.</param>
    /// <param name="column">The column as the file names it: under "Estimation" a no says that it is none.</param>
    /// <returns>1 to 5, or null for what means neither.</returns>
    public static int? Read(ReadOnlySpan<char> text, string column)
    {
        if (text is [>= '1' and <= '5'])
        {
            return text[0] - '0';
        }

        Span<char> word = stackalloc char[16];
        var length = text.Length <= word.Length ? text.ToLowerInvariant(word) : 0;
        var asksForEstimates = column.Contains("estimat", StringComparison.OrdinalIgnoreCase);
        return word[..Math.Max(0, length)] switch
        {
            "measured" or "metered" or "actual" or "billed" or "invoiced" => Record,
            "estimated" or "estimate" or "geschätzt" => Estimate,
            "no" or "false" or "n" when asksForEstimates => Record,
            "yes" or "true" or "y" when asksForEstimates => Estimate,
            _ => null,
        };
    }
}
