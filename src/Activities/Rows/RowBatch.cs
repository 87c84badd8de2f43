using System.Buffers.Binary;
using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Activities.Rows;

/// <summary>Some hundred rows of a table, copied out of the reader so that another thread can work on them.</summary>
public sealed class RowBatch
{
    // Small enough that a batch and its output (1.7 kB a row) stay in the cache of the core that works on it.
    public const int Capacity = 128;

    private readonly int columns;
    private readonly int[] ends;
    private readonly bool[]? typed;
    private byte[] bytes = new byte[128 * Capacity];
    private int used;

    /// <param name="table">The table whose rows it takes.</param>
    public RowBatch(ActivityTable table)
    {
        columns = table.Columns.Count;
        ends = new int[(Capacity * columns) + 1];
        typed = table.Format.Sheet is null ? null : new bool[Capacity * columns];
    }

    public int Count { get; private set; }

    /// <summary>Whether it holds the first rows of the file.</summary>
    public bool IsFirst { get; set; }

    public bool IsFull => Count == Capacity;

    /// <summary>The row's number as its owner sees it.</summary>
    public int[] Rows { get; } = new int[Capacity];

    /// <summary>Why the row cannot be trusted as a row, or null.</summary>
    public Problem?[] Problems { get; } = new Problem?[Capacity];

    /// <summary>Why the row does not count as an activity (a total, a repeated header), or null.</summary>
    public string?[] Exclusions { get; } = new string?[Capacity];

    /// <summary>The row it repeats word for word, or 0.</summary>
    public int[] DuplicateOf { get; } = new int[Capacity];

    /// <summary>A fingerprint of the row's cells: two rows share one when every cell is the same.</summary>
    public UInt128 Hash(int row)
    {
        var at = row * columns;
        var cells = bytes.AsSpan(ends[at], ends[at + columns] - ends[at]);
        var hash = new UInt128(0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F);
        for (var i = 1; i <= columns; i++)
        {
            hash = Mix(hash, (ulong)(ends[at + i] - ends[at]));
        }

        while (cells.Length >= 8)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(cells));
            cells = cells[8..];
        }

        var rest = 0UL;
        foreach (var value in cells)
        {
            rest = (rest << 8) | value;
        }

        return Mix(hash, rest);

        static UInt128 Mix(UInt128 hash, ulong value)
        {
            var low = Math.BigMul((ulong)hash ^ value, 0xFF51AFD7ED558CCD, out var lowest);
            var high = Math.BigMul((ulong)(hash >> 64) + value, 0xC4CEB9FE1A85EC53, out var higher);
            return new UInt128(high ^ lowest, low ^ higher);
        }
    }

    public void Clear()
    {
        Count = 0;
        used = 0;
    }

    /// <summary>Takes the table's current row.</summary>
    public void Add(ActivityTable table)
    {
        Rows[Count] = table.Row;
        Problems[Count] = table.RowProblem;
        DuplicateOf[Count] = 0;
        Exclusions[Count] = table.IsTotal ? "total" : table.IsRepeatedHeader ? "repeated-header" : null;
        var at = Count * columns;
        for (var i = 0; i < columns; i++)
        {
            var field = table.Field(i);
            if (used + field.Length > bytes.Length)
            {
                Array.Resize(ref bytes, Math.Max(2 * bytes.Length, used + field.Length));
            }

            field.CopyTo(bytes.AsSpan(used));
            used += field.Length;
            ends[at + i + 1] = used;
            if (typed is not null)
            {
                typed[at + i] = table.IsTyped(i);
                Problems[Count] ??= table.Columns[i].Key.Length > 0 ? table.CellProblem(i) : null;
            }
        }

        Count++;
    }

    public ReadOnlySpan<byte> Field(int row, int column)
    {
        var at = (row * columns) + column;
        return column < 0 ? default : bytes.AsSpan(ends[at], ends[at + 1] - ends[at]);
    }

    /// <summary>Whether the file itself holds the cell as a number or date.</summary>
    public bool IsTyped(int row, int column) => typed is not null && column >= 0 && typed[(row * columns) + column];

    public string? Text(int row, int column)
    {
        var field = Field(row, column);
        return field.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(field);
    }
}
