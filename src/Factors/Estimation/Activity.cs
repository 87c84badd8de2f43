namespace OffGridFlow.Factors;

/// <summary>One measured quantity of a kind, at a place, over dates: a row with every name already looked up.</summary>
public sealed record Activity
{
    public required Kind Kind { get; init; }

    /// <summary>Amount in <see cref="Unit"/>; negative for a credit.</summary>
    public required decimal Quantity { get; init; }

    public required Unit Unit { get; init; }

    /// <summary>Code of the place, or null when the row names none.</summary>
    public string? Region { get; init; }

    public DateOnly? Start { get; init; }

    public DateOnly? End { get; init; }

    /// <summary>How good the quantity is, 1 (measured) to 5 (guessed), or null.</summary>
    public int? Quality { get; init; }

    /// <summary>Id of the factor the row insists on, or null.</summary>
    public string? Factor { get; init; }

    /// <summary>kg CO2e per <see cref="Unit"/> that the row brings along, or null.</summary>
    public decimal? FactorValue { get; init; }

    /// <summary>Every other column a method may read, by normalized name. Blank columns are absent.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = NoColumns;

    /// <summary>The same without the columns that the kind does not read: "days" of a hotel bill are no commuting days.</summary>
    public Activity WithOwnColumns()
    {
        foreach (var column in Columns.Keys)
        {
            if (!Reads(column))
            {
                return this with { Columns = Columns.Where(pair => Reads(pair.Key)).ToDictionary(StringComparer.Ordinal) };
            }
        }

        return this;

        // Who supplied something is named in the citation of any figure the row brings.
        bool Reads(string column) => column == "supplier" || Kind.Reads(column);
    }

    /// <summary>No named columns.</summary>
    public static IReadOnlyDictionary<string, string> NoColumns { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The middle of the dates, or the one that is given.</summary>
    public DateOnly? Day => (Start, End) switch
    {
        ({ } start, { } end) => start.AddDays((end.DayNumber - start.DayNumber) / 2),
        ({ } start, null) => start,
        (null, { } end) => end,
        _ => null,
    };

    /// <summary>Days covered, both ends included, or null without both dates.</summary>
    public int? Days => Start is { } start && End is { } end ? end.DayNumber - start.DayNumber + 1 : null;
}
