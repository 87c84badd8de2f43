using System.Globalization;
using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Publications;

/// <summary>One numbered table of the EPA hub's sheet. Its labels stand in column C; a Source or Notes row ends it.</summary>
internal sealed partial record HubTable(int Number, IReadOnlyList<Workbook.Row> Rows)
{
    /// <summary>Column C, where every table has its row labels.</summary>
    public const int Label = 2;

    /// <summary>What stands below the data: sources and notes.</summary>
    public string Notes => string.Join('\n', Rows.Skip(End()).Select(row => row.Text(Label)));

    /// <summary>The tables of the sheet the edition's layout names, by number. Sheets somebody added are not read.</summary>
    /// <exception cref="InvalidDataException">No such sheet, or one of the tables 1 to 12 is missing.</exception>
    public static IReadOnlyDictionary<int, HubTable> All(EditionSource source)
    {
        var sheet = Workbook.Open(source.File).FirstOrDefault(sheet => sheet.Name == source.Edition.Layout)
            ?? throw new InvalidDataException($"{source.Edition.Key} has no sheet '{source.Edition.Layout}'.");
        var tables = new Dictionary<int, HubTable>();
        var rows = new List<Workbook.Row>();
        foreach (var row in sheet.Rows)
        {
            if (TableNumber().Match(row.Text(1) ?? "") is { Success: true } match)
            {
                var number = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
                tables.Add(number, new HubTable(number, rows = []));
            }

            rows.Add(row);
        }

        return Enumerable.Range(1, 12).FirstOrDefault(number => !tables.ContainsKey(number)) is var missing && missing == 0
            ? tables
            : throw new InvalidDataException($"{source.Edition.Key} has no Table {missing.ToString(CultureInfo.InvariantCulture)}.");
    }

    /// <summary>The row in which a column starts with <paramref name="heading"/>, and the data below it.</summary>
    public (Workbook.Row Heading, IReadOnlyList<Workbook.Row> Body) Under(string heading)
    {
        var end = End();
        for (var i = 0; i < end; i++)
        {
            var row = Rows[i];
            if (Enumerable.Range(Label, Math.Max(0, row.Cells.Count - Label)).Any(column =>
                row.Text(column)?.StartsWith(heading, StringComparison.OrdinalIgnoreCase) == true))
            {
                return (row, Rows.Skip(i + 1).Take(end - i - 1).ToList());
            }
        }

        throw new InvalidDataException($"Table {Number.ToString(CultureInfo.InvariantCulture)} has no column '{heading}'.");
    }

    /// <summary>Where a row is printed: <c>Table 1, Emission Factors Hub, row 38</c>.</summary>
    public string At(Workbook.Row row) => $"Table {Number.ToString(CultureInfo.InvariantCulture)}, {row.Locator}";

    /// <summary>Row key of a factor: <c>t8-rail-short-ton-mi</c>.</summary>
    public string Key(params ReadOnlySpan<string?> parts) =>
        string.Create(CultureInfo.InvariantCulture, $"t{Number}-{KindRules.Slug(string.Join(' ', parts.ToArray()))}");

    /// <summary>The path the kind rules see: <c>Table 8 &gt; Rail &gt; short ton-mile</c>.</summary>
    public KindMatch Match(EditionSource source, params ReadOnlySpan<string?> headings) =>
        source.Rules.Match([string.Create(CultureInfo.InvariantCulture, $"Table {Number}"), .. headings]);

    /// <summary>A label without the letter that points to a footnote: "Passenger Car A", "Medium- and Heavy-Duty TruckC".</summary>
    public static string WithoutFootnote(string label) => Footnote().Replace(label, "");

    private int End()
    {
        for (var i = 0; i < Rows.Count; i++)
        {
            if (Rows[i].Text(Label) is { } text
                && (text.StartsWith("Source:", StringComparison.Ordinal) || text.StartsWith("Notes:", StringComparison.Ordinal)))
            {
                return i;
            }
        }

        return Rows.Count;
    }

    [GeneratedRegex("^Table (?<number>[0-9]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex TableNumber();

    [GeneratedRegex("(?<=[a-z)]) ?[A-E]$", RegexOptions.ExplicitCapture)]
    private static partial Regex Footnote();
}
