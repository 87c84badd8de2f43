using System.Globalization;
using System.Text;

namespace OffGridFlow.Activities.Intake;

/// <summary>Tells activities from what else stands in the rows below a header: totals, the header again, overflow, debris.</summary>
public sealed class RowKinds
{
    private static readonly byte[][] Totals =
    [
        .. new[]
        {
            "total", "totals", "grand total", "subtotal", "sub-total", "sub total", "sum", "summe", "zwischensumme", "gesamt",
            "gesamtsumme", "gesamtergebnis", "insgesamt", "overall total", "total général", "suma", "totale",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private readonly byte[][][] header;
    private readonly int width;
    private readonly int kind;
    private readonly int quantity;
    private readonly KnownColumns known;

    /// <param name="headerLines">The header as written, one or two lines of cells.</param>
    /// <param name="columns">The table's columns.</param>
    /// <param name="width">How many of them are columns of cells.</param>
    /// <param name="known">Names that only headers hold.</param>
    public RowKinds(IReadOnlyList<string[]> headerLines, IReadOnlyList<Column> columns, int width, KnownColumns known)
    {
        header = [.. headerLines.Select(line => line.Select(Encoding.UTF8.GetBytes).ToArray())];
        kind = columns.First(column => column.Key == "kind").Index;
        quantity = columns.First(column => column.Key == "quantity").Index;
        this.width = width;
        this.known = known;
    }

    /// <summary>More cells than columns, or a scrap of a header; null for a sound row.</summary>
    public Problem? Problem(TableRows row)
    {
        for (var i = width; i < row.CellCount; i++)
        {
            if (!row.IsBlank(i))
            {
                return new Problem(
                    "row.too-many-fields",
                    "",
                    string.Create(CultureInfo.InvariantCulture, $"{row.CellCount} fields, with '{Text(row, i)}' beyond the last column"),
                    string.Create(CultureInfo.InvariantCulture, $"at most {width} fields"),
                    "Put quotes around the field that holds a separator (a decimal comma?), or name the extra column in the header.");
            }
        }

        return !row.IsBlank(kind) || !row.IsBlank(quantity) || IsRepeatedHeader(row) ? null : Debris(row);
    }

    /// <summary>Every cell that holds something holds what one line of the header has there.</summary>
    public bool IsRepeatedHeader(TableRows row)
    {
        foreach (var line in header)
        {
            var same = 0;
            for (var i = 0; i < row.CellCount; i++)
            {
                var cell = Utf8Text.Trim(row.Cell(i));
                if (cell.IsEmpty)
                {
                    continue;
                }

                if (i >= line.Length || !Utf8Text.Same(cell, line[i]))
                {
                    same = -1;
                    break;
                }

                same++;
            }

            if (same > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first cell that holds something says <c>Total</c> or the like, and no other cell names a kind.</summary>
    public bool IsTotal(TableRows row)
    {
        var first = 0;
        while (first < row.CellCount && row.IsBlank(first))
        {
            first++;
        }

        var cell = Utf8Text.Trim(row.Cell(first));
        if (cell.IsEmpty || cell.Length > 40 || (first != kind && !row.IsBlank(kind)))
        {
            return false;
        }

        // Below a kind column 'Total heat' may be a name, elsewhere it heads a sum.
        var words = cell[^1] == ':' ? Utf8Text.Trim(cell[..^1]) : cell;
        foreach (var total in Totals)
        {
            if (Utf8Text.Same(words, total) || (first != kind && words.Length > total.Length && words[total.Length] == ' ' && Utf8Text.Same(words[..total.Length], total)))
            {
                return true;
            }
        }

        return false;
    }

    // Names of columns and nothing else.
    private Problem? Debris(TableRows row)
    {
        var scraps = Enumerable.Range(0, row.CellCount).Where(i => !row.IsBlank(i)).Select(i => Text(row, i)).ToList();
        return scraps.TrueForAll(scrap => known.Find(scrap) is not null)
            ? new Problem("row.header-debris", "", string.Join(", ", scraps), "an activity", "This looks like a piece of a header; remove the row.")
            : null;
    }

    private static string Text(TableRows row, int column) => Encoding.UTF8.GetString(Utf8Text.Trim(row.Cell(column)));
}
