using System.Globalization;
using System.Text;
using ExcelDataReader;

namespace OffGridFlow.Activities.Intake;

/// <summary>The rows of one sheet; formulas count with the values the workbook saved for them.</summary>
/// <param name="reader">At the sheet.</param>
/// <param name="stream">Disposed with the rows.</param>
/// <param name="errors">Cells whose formula ended in an error, which the reader shows as empty.</param>
public sealed class WorkbookRows(IExcelDataReader reader, Stream stream, IReadOnlyDictionary<(int Row, int Column), string>? errors) : TableRows
{
    private static readonly HashSet<string> Errors = new(StringComparer.Ordinal)
    {
        "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!",
    };

    private readonly List<(int Start, int Length, bool Typed)> cells = [];
    private byte[] text = new byte[4096];
    private int used;

    /// <summary>Rows that their owner hid; they are read like the others.</summary>
    public int HiddenRows { get; private set; }

    public override bool Next()
    {
        if (!reader.Read())
        {
            CellCount = 0;
            return false;
        }

        Number = reader.Depth + 1;
        CellCount = reader.FieldCount;
        HiddenRows += reader.RowHeight == 0 ? 1 : 0;
        cells.Clear();
        used = 0;
        for (var i = 0; i < CellCount; i++)
        {
            Write(reader.GetValue(i) ?? errors?.GetValueOrDefault((Number, i)));
        }

        return true;
    }

    public override ReadOnlySpan<byte> Cell(int column) =>
        column < CellCount ? text.AsSpan(cells[column].Start, cells[column].Length) : default;

    public override bool IsTyped(int column) => column < CellCount && cells[column].Typed;

    public override string? Error(int column)
    {
        var cell = Cell(column);
        return !cell.IsEmpty && cell[0] == '#' && Encoding.UTF8.GetString(cell) is var words && Errors.Contains(words) ? words : null;
    }

    public override void Dispose()
    {
        reader.Dispose();
        stream.Dispose();
    }

    private void Write(object? value)
    {
        var start = used;
        switch (value)
        {
            case null:
                break;
            case string words:
                Reserve(Encoding.UTF8.GetMaxByteCount(words.Length));
                used += Encoding.UTF8.GetBytes(words, text.AsSpan(used));
                break;
            case double number:
                Write(number);
                break;
            case DateTime moment:
                Format(moment, moment.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss");
                break;
            case bool yes:
                Write((object)(yes ? "TRUE" : "FALSE"));
                return;
            case IUtf8SpanFormattable other:
                Format(other, "");
                break;
            default:
                Write((object?)value.ToString());
                return;
        }

        cells.Add((start, used - start, value is double or int or DateTime));
    }

    // The shortest digits that give the same number back: 0.24107, not 0.24107000000000001; and no exponent where digits do.
    private void Write(double number)
    {
        if (Math.Abs(number) is >= 1e-10 and < 1e28 or 0)
        {
            Span<byte> shortest = stackalloc byte[32];
            if (number.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture)
                && decimal.TryParse(shortest[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var exact))
            {
                Format(exact, "");
                return;
            }
        }

        Format(number, "R");
    }

    private void Format<T>(T value, string format)
        where T : IUtf8SpanFormattable
    {
        Reserve(64);
        value.TryFormat(text.AsSpan(used), out var length, format, CultureInfo.InvariantCulture);
        used += length;
    }

    private void Reserve(int length)
    {
        if (text.Length - used < length)
        {
            Array.Resize(ref text, Math.Max(text.Length * 2, used + length));
        }
    }
}
