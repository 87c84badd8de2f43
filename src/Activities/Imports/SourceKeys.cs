using System.Buffers.Binary;
using System.Security.Cryptography;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Activities.Rows;

namespace OffGridFlow.Activities.Imports;

/// <summary>
/// What makes a repeated row recognisable: 16 bytes of a SHA-256. A row with an id or the number of an invoice is its cells, wherever in the tenant they turn up
/// again and in whatever order the columns stand: the same id with other content is another activity, since meters and sites repeat.
/// Any other row is its place in its file. One for each thread.
/// </summary>
internal sealed class SourceKeys
{
    private const byte OfCells = 1;
    private const byte OfPlace = 2;
    private const byte OfClientsKey = 3;

    private readonly (byte[] Key, int Index)[] columns;
    private readonly byte[] origin;
    private readonly int idAt;
    private readonly int invoiceAt;
    private readonly int keyAt;
    private byte[] text = new byte[1024];
    private int length;

    /// <param name="table">The table.</param>
    /// <param name="origin">The file's SHA-256, or the import's id.</param>
    public SourceKeys(ActivityTable table, byte[] origin)
    {
        this.origin = origin;
        idAt = table.ColumnOf("id");
        invoiceAt = table.ColumnOf("invoice");
        keyAt = table.ColumnOf(JsonTable.KeyColumn);
        columns = [.. table.Columns.Where(column => column.Constant is null && !RejectedCsv.IsOurs(column.Key) && column.Key != JsonTable.KeyColumn)
            .OrderBy(column => column.Key, StringComparer.Ordinal).Select(column => (System.Text.Encoding.UTF8.GetBytes(column.Key), column.Index))];
    }

    public byte[] Of(RowBatch batch, int row)
    {
        length = 0;
        if (!batch.Field(row, keyAt).IsEmpty)
        {
            Append([OfClientsKey]);
            Append(batch.Field(row, keyAt));
        }
        else if (batch.Field(row, idAt).IsEmpty && batch.Field(row, invoiceAt).IsEmpty)
        {
            Append([OfPlace]);
            Append(origin);
            Span<byte> number = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(number, batch.Rows[row]);
            Append(number);
        }
        else
        {
            Append([OfCells]);
            foreach (var (key, index) in columns)
            {
                var cell = batch.Field(row, index);
                if (!cell.IsEmpty)
                {
                    AppendPart(key);
                    AppendPart(cell);
                }
            }
        }

        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(text.AsSpan(0, length), hash);
        return hash[..16].ToArray();
    }

    // With its length, so that no two rows of cells make the same text.
    private void AppendPart(ReadOnlySpan<byte> part)
    {
        Span<byte> size = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, part.Length);
        Append(size);
        Append(part);
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (length + part.Length > text.Length)
        {
            Array.Resize(ref text, Math.Max(2 * text.Length, length + part.Length));
        }

        part.CopyTo(text.AsSpan(length));
        length += part.Length;
    }
}
