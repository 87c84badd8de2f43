namespace OffGridFlow.Factors;

/// <summary>One publication's yearly issue, as a line of data/factors/&lt;publisher&gt;/editions.csv describes it.</summary>
/// <remarks>Adding next year's edition is a line in that file; no code changes.</remarks>
public sealed record Edition
{
    /// <summary>Folder under data/factors: <c>desnz</c>.</summary>
    public required string Publisher { get; init; }

    /// <summary>Name of the edition within its publisher: <c>2025</c>, <c>v1.3.0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Path of the official file below the source folder; several are separated by a semicolon.</summary>
    public required string File { get; init; }

    public required string Title { get; init; }

    /// <summary>Who issued it, as a citation prints it.</summary>
    public required string Author { get; init; }

    /// <summary>Day it came out: the published-date policy and <c>--as-of</c> look at it.</summary>
    public required DateOnly Published { get; init; }

    /// <summary>First day of the activities it is meant for.</summary>
    public required DateOnly ValidFrom { get; init; }

    /// <summary>Last day, or null when it holds until a later edition comes.</summary>
    public DateOnly? ValidTo { get; init; }

    /// <summary>GWP set of its CO2e figures, or null where it does not say.</summary>
    public GwpSet? Gwp { get; init; }

    public required string Licence { get; init; }

    /// <summary>The sentence the licence asks for.</summary>
    public required string Attribution { get; init; }

    public required string Url { get; init; }

    /// <summary>Anything the publisher's reader needs to be told about this edition: sheet names, layout.</summary>
    public string? Layout { get; init; }

    /// <summary>SHA-256 of its table, where that is not the library's.</summary>
    public string? TableHash { get; init; }

    /// <summary><c>desnz:2025</c>.</summary>
    public string Key => $"{Publisher}:{Name}";

    /// <summary>All editions of one publisher, in the order of the file.</summary>
    public static IReadOnlyList<Edition> Load(string publisherFolder)
    {
        var publisher = Path.GetFileName(Path.TrimEndingDirectorySeparator(publisherFolder));
        return DataFile.Rows(Path.Combine(publisherFolder, "editions.csv")).Select(row => new Edition
        {
            Publisher = publisher,
            Name = row.Required("edition"),
            File = row.Required("file"),
            Title = row.Required("title"),
            Author = row.Required("author"),
            Published = row.Day("published") ?? throw row.Bad("published", "is empty"),
            ValidFrom = row.Day("valid_from") ?? throw row.Bad("valid_from", "is empty"),
            ValidTo = row.Day("valid_to"),
            Gwp = FactorTable.ParseGwp(row.Text("gwp")),
            Licence = row.Required("licence"),
            Attribution = row.Required("attribution"),
            Url = row.Required("url"),
            Layout = row.Text("layout"),
        }).ToList();
    }
}
