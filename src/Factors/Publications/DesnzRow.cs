using System.Globalization;

namespace OffGridFlow.Factors.Publications;

/// <summary>One row of a flat file: headings, unit, which gas its figure is of, and the figure.</summary>
/// <param name="Gas">Null for the total and for rows that print energy; <c>co2</c>, <c>ch4</c>, <c>n2o</c> for a share of it.</param>
/// <param name="Figure">Null where the cell is blank or says <c>&lt; 1</c>.</param>
internal sealed record DesnzRow(
    string Id,
    string? Level1,
    string? Level2,
    string? Level3,
    string? Level4,
    string? ColumnText,
    string? Unit,
    string? Gas,
    decimal? Figure,
    string Locator)
{
    /// <summary>The same for the total and the gases of one thing.</summary>
    public string Key { get; } =
        string.Join(" > ", Level1, Level2, Level3, Level4, ColumnText, Unit).ToLowerInvariant();
}

/// <summary>Where the columns of one flat file are, found by their headings: 2016 has nine, 2018 eleven, 2025 ten.</summary>
internal sealed record DesnzColumns(
    int? Id, int Level1, int Level2, int Level3, int Level4, int ColumnText, int Unit, int Gas, int Figure)
{
    /// <exception cref="InvalidDataException">A heading is missing, or the figures are another year's.</exception>
    public static DesnzColumns Of(Workbook.Row header, string year)
    {
        return new DesnzColumns(
            Desnz.Column(header, "ID"), At("Level 1"), At("Level 2"), At("Level 3"), At("Level 4"), At("Column Text"),
            At("UOM"), At("GHG", "GHG/Unit"), At($"GHG Conversion Factor {year}"));

        int At(params ReadOnlySpan<string> names) => Desnz.Column(header, names)
            ?? throw new InvalidDataException($"{header.Locator}: there is no column '{string.Join("' or '", names.ToArray())}'.");
    }

    public DesnzRow Read(Workbook.Row row)
    {
        var unit = row.Text(Unit);
        var level4 = Level4Of(row.Text(Level4), unit);
        string?[] headings =
            [row.Text(Level1), row.Text(Level2), row.Text(Level3), level4, row.Text(ColumnText), unit];
        var figure = row.Figure(Figure);
        return new DesnzRow(
            Id is { } id && row.Text(id) is { } key ? Stem(key) : Slugs(headings),
            headings[0], headings[1], headings[2], level4, headings[4], unit, GasOf(row), figure, row.Locator);
    }

    // 1_100_1000_15_1 is the total of 1_100_1000_15, ..._2 its CO2.
    private static string Stem(string id) => id.LastIndexOf('_') is > 0 and var end ? id[..end] : id;

    private static string Slugs(string?[] headings) =>
        string.Join('/', headings.OfType<string>().Select(KindRules.Slug).Where(slug => slug.Length > 0));

    // Some editions put a 0, the year of the data or the unit where a heading belongs.
    private static string? Level4Of(string? text, string? unit) =>
        text is null || text == unit || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : text;

    // "kg CH4" (to 2021), "kg CO2e of CH4" (2022) and "kg CO2e of CH4 per unit" (from 2023) are the same thing: kg CO2e.
    private string? GasOf(Workbook.Row row)
    {
        var label = row.Text(Gas) ?? "";
        var name = label.Replace(" per unit", "", StringComparison.Ordinal) switch
        {
            var text when text.StartsWith("kg CO2e of ", StringComparison.Ordinal) => text["kg CO2e of ".Length..],
            var text when text.StartsWith("kg ", StringComparison.Ordinal) => text["kg ".Length..],
            var text => text,
        };
        return name switch
        {
            "CO2e" => null,
            "CO2" or "CH4" or "N2O" => name.ToLowerInvariant(),
            _ when IsEnergy(row) => null,
            _ when row.Figure(Figure) is null => null,
            _ => throw new InvalidDataException($"{row.Locator}: '{label}' is no gas of this publication."),
        };
    }

    // There the label is a unit of energy, spelled in five ways, one of them a stray backtick.
    private bool IsEnergy(Workbook.Row row) => row.Text(Level1)?.Contains("kWh", StringComparison.Ordinal) is true;
}
