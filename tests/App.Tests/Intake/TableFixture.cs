using System.Text;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.App.Tests.Intake;

/// <summary>Small files in a folder of their own, and tables read to the end.</summary>
internal sealed class TableFixture : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("intake").FullName;

    public string Write(string name, string text, Encoding? encoding = null, bool mark = false)
    {
        var path = Path.Combine(Folder, name);
        encoding ??= new UTF8Encoding(false);
        File.WriteAllBytes(path, [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes(text)]);
        return path;
    }

    public ActivityTable Table(string text, string name = "t.csv", Encoding? encoding = null, bool mark = false, IntakeOptions? options = null) =>
        ActivityTable.Open(Write(name, text, encoding, mark), null, options);

    public static ActivityTable Piped(byte[] bytes) => ActivityTable.Open("-", new MemoryStream(bytes));

    /// <summary>All rows that follow as 'row: cell|cell', marks in front of rows that are no activities.</summary>
    public static List<string> Rest(ActivityTable table)
    {
        var rows = new List<string>();
        while (table.Read())
        {
            var cells = Enumerable.Range(0, table.Columns.Count).Select(i => Text(table, i));
            var mark = table.RowProblem is { } problem ? problem.Code + " " : table.IsTotal ? "total " : table.IsRepeatedHeader ? "header " : "";
            rows.Add($"{mark}{table.Row}: {string.Join('|', cells)}");
        }

        return rows;
    }

    public static string Text(ActivityTable table, int column) => Encoding.UTF8.GetString(table.Field(column));

    /// <summary>The quantities of all rows: a number, <c>blank</c> or a problem's code.</summary>
    public static List<string> Quantities(ActivityTable table) => Outcomes(table, "quantity", (t, column) =>
        (t.Number(column, out var value, out var problem), FormattableString.Invariant($"{value}"), problem));

    /// <summary>The starts of all rows: a day, <c>blank</c> or a problem's code.</summary>
    public static List<string> Starts(ActivityTable table) => Outcomes(table, "start", (t, column) =>
        (t.Period(column, out var period, out var problem), FormattableString.Invariant($"{period.First:yyyy-MM-dd}"), problem));

    public static List<string> Keys(ActivityTable table) => [.. table.Columns.Select(column => column.Key)];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static List<string> Outcomes(ActivityTable table, string key, Func<ActivityTable, int, (CellOutcome, string, Problem?)> read)
    {
        var all = new List<string>();
        while (table.Read())
        {
            var (outcome, text, problem) = read(table, table.ColumnOf(key));
            all.Add(outcome switch { CellOutcome.Value => text, CellOutcome.Blank => "blank", CellOutcome.Problem => problem!.Code, _ => throw new ArgumentOutOfRangeException(nameof(read)) });
        }

        return all;
    }
}
