namespace OffGridFlow.Factors;

/// <summary>What an activity is an activity of, as a line of data/kinds/kinds.csv says.</summary>
public sealed record Kind
{
    /// <summary>Stable key: <c>fuel.diesel</c>.</summary>
    public required string Key { get; init; }

    public required string Title { get; init; }

    /// <summary>1, 2 or 3 (GHG Protocol Corporate Standard ch. 4).</summary>
    public required int Scope { get; init; }

    /// <summary>Scope 3 category 1-15 (Scope 3 Standard ch. 5), or null in Scopes 1 and 2.</summary>
    public int? Category { get; init; }

    /// <summary>Which of the calculator's methods turns a quantity of it into entries.</summary>
    public required string Method { get; init; }

    /// <summary>Dimensions a quantity may have; empty when its factors alone decide.</summary>
    public IReadOnlyList<string> Dimensions { get; init; } = [];

    public IReadOnlyList<string> Synonyms { get; init; } = [];

    /// <summary>The kind whose factors serve this one; itself unless the file names another.</summary>
    public required string ServedBy { get; init; }

    /// <summary>Keys whose factors serve it, in the order they are asked: its own come before those it borrows.</summary>
    /// <remarks>India publishes factors for commuting by bus; elsewhere a bus is a bus, whoever rides it.</remarks>
    public IReadOnlyList<string> Sources => ServedBy == Key ? [Key] : [Key, ServedBy];

    /// <summary>Places whose factors stand in, in order, where the activity's own place has none: an estimate, and said to be.</summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>Named columns its method reads besides kind, quantity and unit. What is not listed here changes no figure.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Whether a column of that name changes what a row of the kind comes to.</summary>
    public bool Reads(string column)
    {
        foreach (var own in Columns)
        {
            if (own == column)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An example row: <c>kind,quantity,unit,region</c>, then <c>column=value</c> pairs. <see cref="KindExample"/> reads it.</summary>
    public string? Example { get; init; }

    /// <summary>The pattern of the family it was made from (<c>goods.food.*</c>), or null when it is listed itself.</summary>
    public string? Family { get; init; }
}
