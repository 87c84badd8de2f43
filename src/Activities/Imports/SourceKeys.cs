using System.Buffers.Binary;
using System.Security.Cryptography;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Activities.Rows;

namespace OffGridFlow.Activities.Imports;

/// <summary>
/// What makes a repeated row recognisable: 12 bytes of a SHA-256, behind 4 that put rows near one another in the index whose ids or places are near
/// (random keys made ten million rows cost twelve times one million: each fell on a page of its own). A row with an id or the number of an invoice is its cells, wherever in the tenant they turn up
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
    // A thousand ids that count up, a thousand rows of a file, stand together.
    private const int NearDigits = 3;
    private const int NearBytes = 4;
    private const uint FnvOffset = 2166136261;

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
        var near = FnvOffset;
        if (!batch.Field(row, keyAt).IsEmpty)
        {
            Append([OfClientsKey]);
            Append(batch.Field(row, keyAt));
            near = Near(batch.Field(row, keyAt));
        }
        else if (batch.Field(row, idAt).IsEmpty && batch.Field(row, invoiceAt).IsEmpty)
        {
            Append([OfPlace]);
            Append(origin);
            Span<byte> number = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(number, batch.Rows[row]);
            Append(number);
            near = Hash(Hash(FnvOffset, origin.AsSpan(0, Math.Min(8, origin.Length))), number[..6]);
        }
        else
        {
            Append([OfCells]);
            near = Near(batch.Field(row, batch.Field(row, idAt).IsEmpty ? invoiceAt : idAt));
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
        var made = new byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(made, near);
        hash[..(made.Length - NearBytes)].CopyTo(made.AsSpan(NearBytes));
        return made;
    }

    // FNV-1a: it spreads, it need not withstand anybody.
    private static uint Hash(uint hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            hash = (hash ^ one) * 16777619;
        }

        return hash;
    }

    private static uint Near(ReadOnlySpan<byte> name) => Hash(FnvOffset, name[..Math.Max(0, name.Length - NearDigits)]);

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
