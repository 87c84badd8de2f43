using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Publications;

/// <summary>One numbered table of the workbook: its title, what each column is by its header words, and its rows.</summary>
/// <remarks>Nothing is found by row or column number, for the tables move from edition to edition.</remarks>
internal sealed partial class NgaTable
{
    private NgaTable(string title, IReadOnlyList<NgaColumn> columns, IReadOnlyList<NgaRow> rows)
    {
        Title = title;
        Columns = columns;
        Rows = rows;
    }

    /// <summary>Without <c>Table 12:</c>, dashes made plain.</summary>
    public string Title { get; }

    public IReadOnlyList<NgaColumn> Columns { get; }

    public IReadOnlyList<NgaRow> Rows { get; }

    /// <summary>The numbered tables of a workbook; a sheet that only repeats them per unit of fuel has no number and is left out.</summary>
    public static IEnumerable<NgaTable> Open(string path) =>
        Workbook.Open(path).Select(Read).OfType<NgaTable>();

    /// <summary>The gases of a row as kg CO2e of each, in the order of their columns.</summary>
    public IReadOnlyList<GasAmount> Gases(NgaRow row) =>
        (from column in Columns
         where column is { Gas: not null, Rate: not null }
         let figure = NgaText.FigureOf(row.Cells, column.Index)
         where figure is not null
         select new GasAmount(column.Gas!, figure.Value.Value * RateOf(row, column).Kilograms, AsCo2e: true)).ToList();

    /// <summary>What a row's figure is per: its own units cell where the table has one, else the column's header.</summary>
    public NgaText.Rate RateOf(NgaRow row, NgaColumn column) =>
        Columns.FirstOrDefault(c => c.IsUnits) is { } units && row.Cells.Text(units.Index) is { } text && NgaText.RateOf(NgaText.Normal(text)) is { } rate
            ? rate
            : column.Rate!.Value;

    /// <summary>Energy content or density of a row as a factor's bridge, or null: <c>38.6 GJ-gross/m3</c>, <c>0.36 t/m3</c>.</summary>
    public string? Contents(NgaRow row)
    {
        if (Columns.FirstOrDefault(c => c.IsVolumeToMass) is { } density)
        {
            return NgaText.FigureOf(row.Cells, density.Index) is { } tonnes ? $"{NgaText.Plain(tonnes.Value)} t/m3" : null;
        }

        if (Columns.FirstOrDefault(c => c.IsEnergyContent) is not { } energy || NgaText.FigureOf(row.Cells, energy.Index) is not { } figure)
        {
            return null;
        }

        // A unit beside the figure wins over the header's. "GJ per unit of fuel" without one is GJ/kL, as 2022 still says.
        var unit = figure.Unit ?? (energy.Says("GJ/t") ? "GJ/t" : energy.Says("GJ/m3") ? "GJ/m3" : "GJ/kL");
        return $"{NgaText.Plain(figure.Value)} GJ-gross/{(unit == "GJ/t" ? "t" : "m3")}";
    }

    private static NgaTable? Read(Workbook.Sheet sheet)
    {
        var rows = sheet.Rows.Where(row => Cells(row).Any()).ToList();
        if (rows.Count < 2 || rows[0].Text(0) is not { } first || TitlePattern().Match(NgaText.Normal(first)) is not { Success: true } title)
        {
            return null;
        }

        // The header ends where the figures begin, but for the group names that may stand right above them.
        var data = rows.FindIndex(1, row => Cells(row).Any(column => column > 0 && NgaText.HoldsFigure(row, column)));
        data = data < 0 ? rows.Count : data;
        while (data > 2 && IsNameOnly(rows[data - 1]))
        {
            data--;
        }

        var columns = ReadColumns(rows[1..data]);
        return new NgaTable(title.Groups["title"].Value, columns, ReadRows(rows[data..], columns).ToList());
    }

    private static List<NgaColumn> ReadColumns(List<Workbook.Row> header)
    {
        var width = header.Max(row => row.Cells.Count);
        var own = Enumerable.Range(0, width).Select(_ => new List<string>()).ToList();
        var full = Enumerable.Range(0, width).Select(_ => new List<string>()).ToList();
        foreach (var row in header)
        {
            // A merged heading is printed in its first cell and serves the columns to the right of it; the names' does not.
            string? carried = null;
            for (var column = 0; column < width; column++)
            {
                if (row.Text(column) is { } text)
                {
                    carried = NgaText.Normal(text);
                    own[column].Add(carried);
                }

                if (carried is not null)
                {
                    full[column].Add(carried);
                }

                carried = column == 0 ? null : carried;
            }
        }

        return Enumerable.Range(0, width).Select(i => new NgaColumn(i, own[i], string.Join(' ', full[i]))).ToList();
    }

    private static IEnumerable<NgaRow> ReadRows(List<Workbook.Row> rows, List<NgaColumn> columns)
    {
        var named = columns.Count > 1 && columns[1].Header.Contains("Fuel combusted", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        string? heading = null;
        string? group = null;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (IsNameOnly(row))
            {
                heading = group = NgaText.Normal(row.Text(0)!);
                continue;
            }

            if (row.Text(named) is not { } label)
            {
                continue;
            }

            if (named == 1 && row.Text(0) is { } kind)
            {
                group = heading is null ? NgaText.Normal(kind) : $"{heading}, {NgaText.Normal(kind)}";
            }

            label = NgaText.Normal(label).TrimEnd('*');
            if (label.EndsWith('-') && i + 1 < rows.Count && IsNameOnly(rows[i + 1]))
            {
                label = $"{label} {NgaText.Normal(rows[++i].Text(0)!)}";
            }

            yield return new NgaRow(row, group, label);
        }
    }

    private static IEnumerable<int> Cells(Workbook.Row row) =>
        Enumerable.Range(0, row.Cells.Count).Where(column => row.Text(column) is not null);

    private static bool IsNameOnly(Workbook.Row row) => Cells(row).SequenceEqual([0]);

    [GeneratedRegex(@"^Table \d+[a-z]?:? (?<title>.+)$")]
    private static partial Regex TitlePattern();
}

/// <summary>A row with figures: its own name, and the name above it that it belongs to, if any.</summary>
internal sealed record NgaRow(Workbook.Row Cells, string? Group, string Label)
{
    public string Locator => Cells.Locator;
}

/// <summary>A column by its header words.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Own">The header cells of this column alone, top to bottom.</param>
/// <param name="Header">All header words over it, those of merged cells included.</param>
internal sealed record NgaColumn(int Index, IReadOnlyList<string> Own, string Header)
{
    private static readonly Dictionary<string, string> Gases = new(StringComparer.Ordinal)
    {
        ["CO2"] = "co2", ["CH4"] = "ch4", ["N2O"] = "n2o", ["CF4"] = "pfc-14", ["C2F6"] = "pfc-116",
        ["CH4 emission factor"] = "ch4", ["N2O emission factor"] = "n2o",
    };

    private static readonly string[] Scopes = ["Scope 1", "Scope 2", "Scope 3"];

    /// <summary>The gas whose CO2e the column prints.</summary>
    public string? Gas => Own.Select(text => Gases.GetValueOrDefault(text)).FirstOrDefault(gas => gas is not null);

    /// <summary>What its figures are per, or null when they are no emission factors.</summary>
    public NgaText.Rate? Rate => IsUnits ? null : NgaText.RateOf(Header);

    public bool IsEnergyContent => Says("Energy content");

    public bool IsVolumeToMass => Says("Volume to mass") || Says("Volume to weight");

    public bool IsScope3 => Says("Scope 3");

    /// <summary>Prints each row's own unit, which holds where the header above names another.</summary>
    public bool IsUnits => Own.Contains("Units");

    /// <summary>What the column is among its neighbours: metro or non-metro supply, or the scope its header or else the title names.</summary>
    public string? Heading(string title) =>
        Own.FirstOrDefault(text => text.EndsWith("metro", StringComparison.OrdinalIgnoreCase))
            ?? Scopes.FirstOrDefault(Says)
            ?? Scopes.FirstOrDefault(scope => title.Contains(scope, StringComparison.OrdinalIgnoreCase));

    public bool Says(string words) => Header.Contains(words, StringComparison.OrdinalIgnoreCase);
}
