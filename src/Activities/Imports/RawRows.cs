using System.Text;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Activities.Imports;

/// <summary>Finds a row of an imported file again.</summary>
internal static class RawRows
{
    public static RawRow? Find(string path, ImportRecord import, long rowNo)
    {
        using var table = ActivityTable.Open(path, null, import.ReadOptions().Intake(import.FileName, fiscalYearStart: 1));
        while (table.Problem is null && table.Read() && table.Row <= rowNo)
        {
            if (table.Row == rowNo)
            {
                return new RawRow(
                    import.FileName ?? "", Convert.ToHexStringLower(import.Sha256!), table.Format.Sheet, rowNo,
                    [.. table.Columns.Where(column => column.Constant is null).Select(column => new RawCell(column.Name, column.Key, Encoding.UTF8.GetString(table.Field(column.Index))))]);
            }
        }

        return null;
    }
}
