using System.Globalization;
using System.Text;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Activities.Imports;

/// <summary>Finds a row of an imported file again.</summary>
internal static class RawRows
{
    private const int Letters = 26;

    public static RawRow? Find(string path, ImportRecord import, long rowNo)
    {
        using var table = ActivityTable.Open(path, null, import.ReadOptions().Intake(import.FileName, fiscalYearStart: 1));
        while (table.Problem is null && table.Read() && table.Row <= rowNo)
        {
            if (table.Row == rowNo)
            {
                return new RawRow(import.FileName ?? "", Convert.ToHexStringLower(import.Sha256!), table.Format.Sheet, rowNo, [.. Cells(table)]);
            }
        }

        return null;
    }

    /// <summary>A cell's address as spreadsheets have it: <c>C7</c>.</summary>
    /// <param name="column">From 0.</param>
    /// <param name="row">From 1.</param>
    public static string Address(int column, long row)
    {
        var letters = "";
        for (var rest = column; rest >= 0; rest = (rest / Letters) - 1)
        {
            letters = (char)('A' + (rest % Letters)) + letters;
        }

        return letters + row.ToString(CultureInfo.InvariantCulture);
    }

    // A row with too many cells is rejected: those too many are what its owner must see.
    private static IEnumerable<RawCell> Cells(ActivityTable table)
    {
        var named = table.Columns.Where(column => column.Constant is null).ToDictionary(column => column.Index);
        for (var place = 0; place < Math.Max(named.Count, table.FieldCount); place++)
        {
            var text = Encoding.UTF8.GetString(table.Raw(place));
            if (named.TryGetValue(place, out var column))
            {
                yield return new RawCell(column.Name, column.Key, text, Address(place, table.Row));
            }
            else if (text.Length > 0)
            {
                yield return new RawCell("", "", text, Address(place, table.Row));
            }
        }
    }
}
