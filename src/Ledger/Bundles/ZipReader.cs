using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using OffGridFlow.Platform.Files;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>The first thing in a bundle that is not as it must be.</summary>
/// <param name="What">Which check.</param>
/// <param name="Where">Part, line, entry.</param>
/// <param name="Found">What the bundle says.</param>
/// <param name="Recomputed">What it should say.</param>
internal sealed record Difference(string What, string Where, string Found, string Recomputed);

/// <summary>Ends a verification.</summary>
internal sealed class DifferenceException(string what, string where, string found, string recomputed) : Exception($"{what}: {where}")
{
    public Difference Difference { get; } = new(what, where, found, recomputed);
}

/// <summary>Reads a bundle's ZIP and nothing that is not exactly one: every byte outside the members' contents is written again and compared.</summary>
internal sealed class ZipReader
{
    private const int LongestName = 200;
    private const int MostMembers = 1_000_000;

    private readonly FileStream file;

    private ZipReader(FileStream file, IReadOnlyList<ZipMember> members, string comment)
    {
        (this.file, Members, Comment) = (file, members, comment);
        ByName = members.ToDictionary(member => member.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<ZipMember> Members { get; }

    public IReadOnlyDictionary<string, ZipMember> ByName { get; }

    /// <summary>Of the whole ZIP.</summary>
    public string Comment { get; }

    /// <exception cref="DifferenceException">It is not a bundle's ZIP to the last byte.</exception>
    public static ZipReader Open(FileStream file)
    {
        var tail = At(file, file.Length - ZipLayout.TailSize, ZipLayout.TailSize, "the end of the file");
        var start = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(48));
        var size = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(40));
        var count = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(32));
        if (start < 0 || size < 0 || count is < 1 or > MostMembers || start > file.Length || size > file.Length || start + size != file.Length - ZipLayout.TailSize || size > int.MaxValue)
        {
            throw new DifferenceException("zip structure", "the end of the directory", $"{count} members, directory of {size} bytes from byte {start}", $"a directory that ends at byte {file.Length - ZipLayout.TailSize}");
        }

        var comment = Encoding.ASCII.GetString(tail.AsSpan(ZipLayout.TailSize - ZipLayout.CommentSize));
        Same(tail, ZipLayout.Tail(count, start, size, comment), start + size, "the end of the directory");
        var members = Directory(At(file, start, (int)size, "the directory"), count, start);
        var expected = 0L;
        foreach (var member in members)
        {
            if (member.Offset != expected || member.StoredSize < 0 || member.Size < 0 || member.End > start || member.End < member.Begin)
            {
                throw new DifferenceException("zip structure", $"place of {member.Name}", $"bytes {member.Offset} to {member.End}", $"from byte {expected} on");
            }

            Same(At(file, member.Offset, ZipLayout.LocalSize(member.Name), member.Name), ZipLayout.Local(member), member.Offset, $"local header of {member.Name}");
            expected = member.End;
        }

        if (expected != start)
        {
            throw new DifferenceException("zip structure", "between the last member and the directory", $"{start - expected} bytes", "none");
        }

        if (members.DistinctBy(member => member.Name).Count() != members.Count)
        {
            throw new DifferenceException("zip structure", "the directory", "a name that stands twice", "every name once");
        }

        return new ZipReader(file, members, comment);
    }

    /// <summary>A member's content; reading past its stated size is an error.</summary>
    public Stream Content(ZipMember member)
    {
        Stream stored = new Window(file, member.Begin, member.StoredSize);
        return member.IsDeflated ? new DeflateStream(stored, CompressionMode.Decompress) : stored;
    }

    /// <summary>SHA-256 of a member as it stands in the ZIP.</summary>
    public string StoredSha256(ZipMember member)
    {
        using var stored = new Window(file, member.Begin, member.StoredSize);
        return Convert.ToHexStringLower(SHA256.HashData(stored));
    }

    /// <summary>Size, CRC and SHA-256 of a member's content.</summary>
    /// <exception cref="DifferenceException">It cannot be unpacked, or is larger than it says.</exception>
    public (long Size, uint Crc, string Sha256) Unpack(ZipMember member, Stream? into = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (size, crc) = (0L, uint.MaxValue);
        var buffer = new byte[1 << 17];
        try
        {
            using var content = Content(member);
            for (int count; (count = content.Read(buffer)) > 0;)
            {
                size += count;
                if (size > member.Size)
                {
                    throw new DifferenceException("zip structure", member.Name, $"more than {member.Size} bytes", $"{member.Size} bytes");
                }

                var read = buffer.AsSpan(0, count);
                hash.AppendData(read);
                crc = Crc32.Append(crc, read);
                into?.Write(read);
            }
        }
        catch (InvalidDataException broken)
        {
            throw new DifferenceException("zip structure", member.Name, $"what does not unpack ({broken.Message})", "deflated bytes");
        }

        return (size, ~crc, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static List<ZipMember> Directory(byte[] bytes, long count, long start)
    {
        var members = new List<ZipMember>();
        var at = 0;
        for (var i = 0L; i < count; i++)
        {
            var where = FormattableString.Invariant($"directory, member {i + 1} at byte {start + at}");
            var length = bytes.Length - at < 46 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 28));
            if (length is 0 or > LongestName || bytes.Length - at < 46 + length + 28)
            {
                throw new DifferenceException("zip structure", where, "no entry", "an entry with a name of 1 to 200 bytes");
            }

            var extra = bytes.AsSpan(at + 46 + length + 4);
            var member = new ZipMember(
                Encoding.UTF8.GetString(bytes.AsSpan(at + 46, length)), BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 10)) == 8,
                BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 16)), BinaryPrimitives.ReadInt64LittleEndian(extra),
                BinaryPrimitives.ReadInt64LittleEndian(extra[8..]), BinaryPrimitives.ReadInt64LittleEndian(extra[16..]));
            var expected = ZipLayout.Entry(member);
            Same(bytes.AsSpan(at, Math.Min(expected.Length, bytes.Length - at)), expected, start + at, where);
            members.Add(member);
            at += expected.Length;
        }

        return at == bytes.Length ? members : throw new DifferenceException("zip structure", "the directory", $"{bytes.Length} bytes", $"{at} bytes");
    }

    private static byte[] At(FileStream file, long offset, int size, string what)
    {
        if (offset < 0 || offset > file.Length - size)
        {
            throw new DifferenceException("zip structure", what, $"a file of {file.Length} bytes", "a bundle of the verb 'bundle'");
        }

        var bytes = new byte[size];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static void Same(ReadOnlySpan<byte> found, ReadOnlySpan<byte> expected, long offset, string where)
    {
        var at = found.CommonPrefixLength(expected);
        if (at < expected.Length || found.Length != expected.Length)
        {
            throw new DifferenceException(
                "zip structure", FormattableString.Invariant($"{where}, byte {offset + at}"), at < found.Length ? $"0x{found[at]:x2}" : "nothing", at < expected.Length ? $"0x{expected[at]:x2}" : "nothing");
        }
    }

    // A part of the file as a stream of its own.
    private sealed class Window(FileStream file, long begin, long size) : ForwardStream
    {
        private long at;

        public override long Length => size;

        public override long Position
        {
            get => at;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var count = RandomAccess.Read(file.SafeFileHandle, buffer[..(int)Math.Min(buffer.Length, size - at)], begin + at);
            at += count;
            return count;
        }

    }
}
