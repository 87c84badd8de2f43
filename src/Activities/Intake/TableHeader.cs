using System.Globalization;

namespace OffGridFlow.Activities.Intake;

/// <summary>One column of an activity table.</summary>
/// <param name="Index">Its place, from 0, as <see cref="ActivityTable.Field"/> takes it.</param>
/// <param name="Name">As written in the header, trimmed.</param>
/// <param name="Key">A known column's name, or the written one in lower case with underscores; unique in the table.</param>
/// <param name="Constant">A unit that the header itself states, as in <c>Consumption (kWh)</c>; null for columns of cells.</param>
public sealed record Column(int Index, string Name, string Key, string? Constant = null);

/// <summary>A header found among the first rows of a table, or what is wrong with the best candidate.</summary>
/// <param name="First">Index of its first row among the rows looked at.</param>
/// <param name="Count">One, or two for two-line headers.</param>
/// <param name="Columns">All columns, known or not.</param>
/// <param name="Problem">Why this is no usable header; null when it is one.</param>
/// <param name="KnownCount">How many columns are known ones.</param>
/// <param name="Notes">Names passed over.</param>
public sealed record TableHeader(
    int First, int Count, IReadOnlyList<Column> Columns, Problem? Problem, int KnownCount, IReadOnlyList<string> Notes)
{
    /// <summary>How many rows are searched.</summary>
    public const int Window = 30;

    /// <summary>The first row, or pair of rows, that names a kind, a quantity and a unit.</summary>
    public static TableHeader Find(IReadOnlyList<string[]> rows, KnownColumns known)
    {
        TableHeader? best = null;
        for (var i = 0; i < rows.Count; i++)
        {
            var one = From(rows[i], i, 1, known);
            var below = i + 1 < rows.Count ? rows[i + 1] : null;
            var two = below is not null && IsSecondLine(below, one, known) && From(below, i + 1, 1, known).Problem is { Code: "file.header-missing" }
                ? From(Combined(rows[i], below, known), i, 2, known)
                : null;
            foreach (var header in new[] { two, one }.OfType<TableHeader>())
            {
                if (header.Problem is not { Code: "file.header-missing" })
                {
                    return header;
                }

                best = best is null || header.KnownCount > best.KnownCount ? header : best;
            }
        }

        return best ?? new TableHeader(0, 0, [], Missing([], []), 0, []);
    }

    // A second line names things (no figures), and stands where the first line leaves kind, quantity or unit unnamed,
    // or under the first line's groups.
    private static bool IsSecondLine(string[] below, TableHeader one, KnownColumns known)
    {
        var names = below.Where(cell => cell.Length > 0).ToList();
        if (names.Count == 0 || names.Exists(name => name.Any(char.IsAsciiDigit)) || !names.Exists(name => known.Find(name) is not null))
        {
            return false;
        }

        var usable = one.Problem is null;
        return !usable || (names.TrueForAll(name => known.Find(name) is not null || Bracketed(name) is not null)
            && one.Columns.Where(column => KnownColumns.Required.Contains(column.Key, StringComparer.Ordinal) && column.Constant is null)
                .All(column => column.Index >= below.Length || below[column.Index].Length == 0 || Bracketed(below[column.Index]) is not null));
    }

    // 'Period | | Quantity' over 'Start | End | ': the group's name is spread over the blanks to its right.
    private static string[] Combined(string[] top, string[] bottom, KnownColumns known)
    {
        var names = new string[Math.Max(top.Length, bottom.Length)];
        var group = "";
        for (var i = 0; i < names.Length; i++)
        {
            var (above, below) = (i < top.Length ? top[i] : "", i < bottom.Length ? bottom[i] : "");
            group = above.Length > 0 ? above : below.Length > 0 ? group : "";
            names[i] = below.Length == 0 ? above :
                group.Length == 0 ? below :
                known.Find($"{group} {below}") is null && known.Find(below) is not null ? below :
                known.Find($"{group} {below}") is null && Bracketed(below) is null && known.Find(above) is not null ? above :
                $"{group} {below}";
        }

        return names;
    }

    private static TableHeader From(string[] cells, int first, int count, KnownColumns known)
    {
        var width = Array.FindLastIndex(cells, cell => cell.Length > 0) + 1;
        var found = new (string Column, int Rank, string? Unit)?[width];
        for (var i = 0; i < width; i++)
        {
            found[i] = Recognize(cells[i], known);
        }

        var notes = new List<string>();
        var columns = new List<Column>(width);
        Problem? duplicate = null;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < width; i++)
        {
            if (found[i] is not { } match)
            {
                columns.Add(new Column(i, cells[i], ""));
                continue;
            }

            var rivals = Enumerable.Range(0, width).Where(j => j != i && found[j]?.Column == match.Column).ToList();
            var wins = rivals.TrueForAll(j => found[j]!.Value.Rank > match.Rank);
            if (!wins && rivals.TrueForAll(j => found[j]!.Value.Rank >= match.Rank))
            {
                var rival = rivals.Find(j => found[j]!.Value.Rank == match.Rank);
                if (match.Rank == 1 || KnownColumns.Required.Contains(match.Column, StringComparer.Ordinal) || KnownColumns.Normalize(cells[i]) == KnownColumns.Normalize(cells[rival]))
                {
                    duplicate ??= Duplicate(match.Column, cells[i], cells[rival]);
                }
                else
                {
                    notes.Add($"Column '{cells[i]}' is passed over: '{cells[rival]}' could be the {match.Column} as well.");
                }
            }
            else if (!wins)
            {
                notes.Add($"Column '{cells[i]}' is passed over: another column is the {match.Column}.");
            }

            columns.Add(new Column(i, cells[i], wins && keys.Add(match.Column) ? match.Column : ""));
        }

        NameTheRest(columns, keys, known, notes);
        var quantity = columns.Find(column => column.Key == "quantity");
        if (quantity is not null && !keys.Contains("unit") && found[quantity.Index]?.Unit is { } unit && keys.Add("unit"))
        {
            columns.Add(new Column(width, quantity.Name, "unit", unit));
            notes.Add($"The unit '{unit}' is taken from the header '{quantity.Name}'.");
        }

        foreach (var (column, value) in known.Constants)
        {
            if (keys.Add(column))
            {
                columns.Add(new Column(columns.Count, column, column, value));
            }
        }

        var named = found.OfType<(string Column, int Rank, string? Unit)>().Select(match => match.Column).ToHashSet(StringComparer.Ordinal);
        var missing = KnownColumns.Required.Where(name => !keys.Contains(name) && !named.Contains(name)).ToList();
        var problem = missing.Count > 0 ? Missing(missing, [.. cells.Where(cell => cell.Length > 0)]) : duplicate;
        return new TableHeader(first, count, columns, problem, named.Count, notes);
    }

    private static (string Column, int Rank, string? Unit)? Recognize(string cell, KnownColumns known) =>
        known.Find(cell) is { } plain ? (plain.Column, plain.Rank, null) :
        Bracketed(cell) is { } unit && known.Find(cell[..cell.LastIndexOfAny(['(', '['])]) is { Column: "quantity" } quantity ? (quantity.Column, quantity.Rank, unit) :
        null;

    // 'Consumption (kWh)' or 'Menge [kWh]': what stands in the brackets at the end.
    private static string? Bracketed(string cell)
    {
        var open = cell.LastIndexOfAny(['(', '[']);
        return open >= 0 && open < cell.Length - 2 && cell[^1] is ')' or ']' ? cell[(open + 1)..^1].Trim() : null;
    }

    private static void NameTheRest(List<Column> columns, HashSet<string> keys, KnownColumns known, List<string> notes)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            var column = columns[i];
            if (column.Key.Length > 0)
            {
                continue;
            }

            var own = column.Name.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"column_{i + 1}") : KnownColumns.Normalize(column.Name);
            own = known.Find(own)?.Column == own ? own + "_2" : own;
            var key = own;
            for (var again = 2; !keys.Add(key); again++)
            {
                key = string.Create(CultureInfo.InvariantCulture, $"{own}_{again}");
            }

            if (key != own && column.Name.Length > 0)
            {
                notes.Add($"Two columns are called '{column.Name}'; the second is '{key}'.");
            }

            columns[i] = column with { Key = key };
        }
    }

    private static Problem Duplicate(string column, string one, string other) => new(
        "file.column-duplicate", one, $"'{one}' and '{other}', which both mean {column}", $"one column for {column}", "Rename or remove one of the two.");

    private static Problem Missing(IReadOnlyList<string> missing, IReadOnlyList<string> names) => new(
        "file.header-missing",
        "",
        names.Count == 0 ? "no row with column names" : $"{string.Join(", ", names.Take(20).Select(name => $"'{name}'"))}; nothing that means {string.Join(" or ", missing)}",
        $"a header within the first {Window.ToString(CultureInfo.InvariantCulture)} rows with the columns kind, quantity and unit",
        "Add a first row that names the columns, at least kind, quantity and unit.");
}
