using System.Buffers.Binary;
using System.Text;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>A member of a bundle's ZIP.</summary>
/// <param name="Name">Path within it.</param>
/// <param name="IsDeflated">Or stored as it is.</param>
/// <param name="Crc">CRC-32 of the content.</param>
/// <param name="Size">Of the content.</param>
/// <param name="StoredSize">Of what stands in the ZIP.</param>
/// <param name="Offset">Of its local header.</param>
internal sealed record ZipMember(string Name, bool IsDeflated, uint Crc, long Size, long StoredSize, long Offset)
{
    /// <summary>Where what is stored begins.</summary>
    public long Begin => Offset + ZipLayout.LocalSize(Name);

    public long End => Begin + StoredSize;
}

/// <summary>
/// The one form of a bundle's ZIP (APPNOTE 6.3.10, always Zip64): members one after the other, the directory, the end with a comment
/// of 71 characters; no times, no attributes, nothing between. So every byte that is no content follows from the members: who reads
/// can write it again and compare, and a byte that was changed has nowhere to hide. Any tool that knows Zip64 unpacks it.
/// </summary>
internal static class ZipLayout
{
    public const string CommentStart = "sha256:";
    public const int CommentSize = 7 + 64;

    /// <summary>The three records behind the directory.</summary>
    public const int TailSize = 56 + 20 + 22 + CommentSize;

    private const ushort Version = 45;
    private const ushort Utf8Names = 0x0800;
    private const ushort FirstDay = 0x0021; // 1 January 1980: the earliest there is.

    public static int LocalSize(string name) => 30 + Encoding.UTF8.GetByteCount(name) + 20;

    public static int EntrySize(string name) => 46 + Encoding.UTF8.GetByteCount(name) + 28;

    public static byte[] Local(ZipMember member)
    {
        var bytes = new Record(LocalSize(member.Name));
        bytes.Put4(0x04034b50).Put2(Version).Put2(Utf8Names).Put2(member.IsDeflated ? 8u : 0u).Put2(0).Put2(FirstDay).Put4(member.Crc).Put4(uint.MaxValue).Put4(uint.MaxValue);
        bytes.Put2((uint)Encoding.UTF8.GetByteCount(member.Name)).Put2(20).Put(member.Name).Put2(1).Put2(16).Put8(member.Size).Put8(member.StoredSize);
        return bytes.Bytes;
    }

    public static byte[] Entry(ZipMember member)
    {
        var bytes = new Record(EntrySize(member.Name));
        bytes.Put4(0x02014b50).Put2(Version).Put2(Version).Put2(Utf8Names).Put2(member.IsDeflated ? 8u : 0u).Put2(0).Put2(FirstDay).Put4(member.Crc).Put4(uint.MaxValue).Put4(uint.MaxValue);
        bytes.Put2((uint)Encoding.UTF8.GetByteCount(member.Name)).Put2(28).Put2(0).Put2(0).Put2(0).Put4(0).Put4(uint.MaxValue);
        bytes.Put(member.Name).Put2(1).Put2(24).Put8(member.Size).Put8(member.StoredSize).Put8(member.Offset);
        return bytes.Bytes;
    }

    /// <param name="count">Members.</param>
    /// <param name="start">Where the directory begins.</param>
    /// <param name="size">Its size.</param>
    /// <param name="comment">As long as <see cref="CommentSize"/>.</param>
    public static byte[] Tail(long count, long start, long size, string comment)
    {
        var bytes = new Record(TailSize);
        bytes.Put4(0x06064b50).Put8(44).Put2(Version).Put2(Version).Put4(0).Put4(0).Put8(count).Put8(count).Put8(size).Put8(start);
        bytes.Put4(0x07064b50).Put4(0).Put8(start + size).Put4(1);
        bytes.Put4(0x06054b50).Put2(0).Put2(0).Put2(ushort.MaxValue).Put2(ushort.MaxValue).Put4(uint.MaxValue).Put4(uint.MaxValue).Put2(CommentSize).Put(comment);
        return bytes.Bytes;
    }

    private sealed class Record(int size)
    {
        private int at;

        public byte[] Bytes { get; } = new byte[size];

        public Record Put2(uint value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(at), (ushort)value);
            at += 2;
            return this;
        }

        public Record Put4(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(at), value);
            at += 4;
            return this;
        }

        public Record Put8(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(Bytes.AsSpan(at), value);
            at += 8;
            return this;
        }

        public Record Put(string text)
        {
            at += Encoding.UTF8.GetBytes(text, Bytes.AsSpan(at));
            return this;
        }
    }
}

/// <summary>CRC-32 as ZIP has it, eight bytes at a time: all that is in a bundle goes through it.</summary>
internal static class Crc32
{
    private const int Width = 8;
    private static readonly uint[] Tables = Make();

    /// <summary>Goes on from a state; the first is <see cref="uint.MaxValue"/>, and the CRC is the complement of the last.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        var tables = Tables;
        for (; bytes.Length >= Width; bytes = bytes[Width..])
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ state;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            state = tables[(7 * 256) + (int)(low & 0xFF)] ^ tables[(6 * 256) + (int)((low >> 8) & 0xFF)]
                ^ tables[(5 * 256) + (int)((low >> 16) & 0xFF)] ^ tables[(4 * 256) + (int)(low >> 24)]
                ^ tables[(3 * 256) + (int)(high & 0xFF)] ^ tables[(2 * 256) + (int)((high >> 8) & 0xFF)]
                ^ tables[256 + (int)((high >> 16) & 0xFF)] ^ tables[(int)(high >> 24)];
        }

        foreach (var value in bytes)
        {
            state = (state >> 8) ^ tables[(byte)(state ^ value)];
        }

        return state;
    }

    // The first table is a byte's own; each further one is that of the same byte followed by one more zero.
    private static uint[] Make()
    {
        var tables = new uint[Width * 256];
        for (var value = 0u; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }

            tables[value] = crc;
        }

        for (var i = 256; i < tables.Length; i++)
        {
            tables[i] = (tables[i - 256] >> 8) ^ tables[(byte)tables[i - 256]];
        }

        return tables;
    }
}
