using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace OffGridFlow.Platform.Postgres;

/// <summary>
/// Rows in the bytes of <c>COPY … (format binary)</c>, made ahead of the transaction that copies them, on whatever core is free. Values
/// stand in the order of the COPY's columns and are of exactly their types.
/// </summary>
/// <remarks>Npgsql's own importer must be fed while the connection is held, and costs more a value than planning it does.</remarks>
public sealed class BinaryRows : IDisposable
{
    private const int NumericType = 1700;
    private const int GroupDigits = 4;
    private const int Groups = 8;
    private const ushort Negative = 0x4000;
    private const byte JsonbFormat = 1;

    // PGCOPY, four bytes that a careless transfer would change, and no flags and no extension.
    private static ReadOnlySpan<byte> Header => [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];

    // Few, and known to all threads: the shared pool keeps some for each of them.
    private static readonly ArrayPool<byte> Memory = ArrayPool<byte>.Create(1 << 25, 4);

    private static readonly int FirstDay = new DateOnly(2000, 1, 1).DayNumber;
    private static readonly long FirstTick = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private byte[] bytes;
    private int used;

    /// <param name="capacity">Bytes to begin with.</param>
    public BinaryRows(int capacity = 1 << 16)
    {
        bytes = Memory.Rent(Math.Max(capacity, 64));
        Clear();
    }

    /// <summary>Begins anew, in the same memory.</summary>
    public void Clear()
    {
        used = 0;
        Put(Header);
    }

    /// <summary>Its memory serves the next rows: millions of bytes, of which a garbage collection would know late.</summary>
    public void Dispose()
    {
        Memory.Return(bytes);
        (bytes, used) = ([], 0);
    }

    /// <summary>Begins a row.</summary>
    public void Row(short columns) => BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), columns);

    public void Null() => Size(-1);

    public void Bool(bool value)
    {
        Size(1);
        Room(1)[0] = value ? (byte)1 : (byte)0;
    }

    public void Short(short value)
    {
        Size(sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), value);
    }

    public void Short(short? value)
    {
        if (value is { } one)
        {
            Short(one);
        }
        else
        {
            Null();
        }
    }

    public void Int(int value)
    {
        Size(sizeof(int));
        Size(value);
    }

    public void Long(long value)
    {
        Size(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(Room(sizeof(long)), value);
    }

    public void Id(Guid value)
    {
        Size(16);
        value.TryWriteBytes(Room(16), bigEndian: true, out _);
    }

    public void Id(Guid? value)
    {
        if (value is { } one)
        {
            Id(one);
        }
        else
        {
            Null();
        }
    }

    public void Day(DateOnly value) => Int(value.DayNumber - FirstDay);

    /// <summary>A timestamptz, to the microsecond.</summary>
    public void Instant(DateTimeOffset value) => Long((value.UtcTicks - FirstTick) / TimeSpan.TicksPerMicrosecond);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Size(value.Length);
        Put(value);
    }

    /// <summary>A text or a json.</summary>
    public void Text(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        var size = used;
        Size(0);
        Utf8(value, size);
    }

    public void Jsonb(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        var size = used;
        Size(0);
        Room(1)[0] = JsonbFormat;
        Utf8(value, size);
    }

    public void Number(decimal? value)
    {
        if (value is { } one)
        {
            Number(one);
        }
        else
        {
            Null();
        }
    }

    /// <summary>A numeric, with every digit and the number of places it has.</summary>
    public void Number(decimal value)
    {
        // Groups of four digits, the first one first: eight hold the 29 digits of a decimal and what fills up its last group.
        Span<ushort> groups = stackalloc ushort[Groups];
        var places = (int)value.Scale;
        var fraction = (places + GroupDigits - 1) / GroupDigits;
        Split(value, (fraction * GroupDigits) - places, groups);
        var first = groups.IndexOfAnyExcept((ushort)0);
        var count = first < 0 ? 0 : groups.LastIndexOfAnyExcept((ushort)0) + 1 - first;
        var size = (4 + count) * sizeof(short);
        Size(size);
        var room = Room(size);
        BinaryPrimitives.WriteInt16BigEndian(room, (short)count);
        BinaryPrimitives.WriteInt16BigEndian(room[2..], count == 0 ? (short)0 : (short)(Groups - 1 - fraction - first));
        BinaryPrimitives.WriteUInt16BigEndian(room[4..], count > 0 && decimal.IsNegative(value) ? Negative : (ushort)0);
        BinaryPrimitives.WriteInt16BigEndian(room[6..], (short)places);
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(room[(8 + (2 * i))..], groups[first + i]);
        }
    }

    /// <summary>An array of numerics.</summary>
    public void Numbers(ReadOnlySpan<decimal> values)
    {
        var size = used;
        Size(0);
        Size(values.IsEmpty ? 0 : 1); // Dimensions.
        Size(0);
        Size(NumericType);
        if (!values.IsEmpty)
        {
            Size(values.Length);
            Size(1); // Counted from 1.
            foreach (var value in values)
            {
                Number(value);
            }
        }

        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(size), used - size - sizeof(int));
    }

    /// <summary>Copies the rows. PostgreSQL refuses COPY into a table with row-level security: it goes to a temporary one.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="sql"><c>copy … from stdin (format binary)</c>.</param>
    public async Task Copy(Session session, string sql)
    {
        await using var copy = await session.Connection.BeginRawBinaryCopyAsync(sql, session.Cancelled);
        try
        {
            await copy.WriteAsync(bytes.AsMemory(0, used), session.Cancelled);
            await copy.WriteAsync(new byte[] { 0xFF, 0xFF }, session.Cancelled); // The end.
        }
        catch
        {
            await copy.CancelAsync();
            throw;
        }
    }

    private static void Split(decimal value, int shift, Span<ushort> groups)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var low = ((ulong)(uint)bits[1] << 32) | (uint)bits[0];
        var scale = shift switch { 0 => 1UL, 1 => 10UL, 2 => 100UL, _ => 1000UL };
        if (bits[2] == 0 && low <= ulong.MaxValue / 1000)
        {
            Split(low * scale, groups);
            return;
        }

        const ulong Half = 10_000_000_000_000_000;
        var (high, rest) = UInt128.DivRem(new UInt128((uint)bits[2], low) * scale, Half);
        Split((ulong)high, groups[..(Groups / 2)]);
        Split((ulong)rest, groups[(Groups / 2)..]);
    }

    private static void Split(ulong value, Span<ushort> groups)
    {
        for (var i = groups.Length - 1; value != 0; i--)
        {
            (value, var group) = Math.DivRem(value, 10_000UL);
            groups[i] = (ushort)group;
        }
    }

    private void Utf8(string value, int size)
    {
        var room = Ensure(Encoding.UTF8.GetMaxByteCount(value.Length));
        used += Encoding.UTF8.GetBytes(value, room);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(size), used - size - sizeof(int));
    }

    private void Size(int value) => BinaryPrimitives.WriteInt32BigEndian(Room(sizeof(int)), value);

    private void Put(ReadOnlySpan<byte> value) => value.CopyTo(Room(value.Length));

    private Span<byte> Room(int length)
    {
        var room = Ensure(length);
        used += length;
        return room[..length];
    }

    private Span<byte> Ensure(int length)
    {
        if (used + length > bytes.Length)
        {
            var larger = Memory.Rent(Math.Max(2 * bytes.Length, used + length));
            bytes.AsSpan(0, used).CopyTo(larger);
            Memory.Return(bytes);
            bytes = larger;
        }

        return bytes.AsSpan(used);
    }
}
