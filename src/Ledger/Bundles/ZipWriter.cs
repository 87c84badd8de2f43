using System.IO.Compression;
using System.Security.Cryptography;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>A part of a bundle as its manifest lists it.</summary>
/// <param name="Name">Path within the ZIP.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its content.</param>
/// <param name="StoredSize">Bytes as they stand in the ZIP.</param>
/// <param name="StoredSha256">Of those: compression leaves room for bits that the content does not depend on.</param>
internal sealed record BundlePart(string Name, long Size, string Sha256, long StoredSize, string StoredSha256);

/// <summary>Writes a bundle's ZIP, one member after the other, without holding any of them in memory.</summary>
internal sealed class ZipWriter(Stream file) : IDisposable
{
    private readonly List<ZipMember> members = [];

    /// <summary>Those written so far, in their order.</summary>
    public List<BundlePart> Parts { get; } = [];

    /// <summary>Adds a member; <paramref name="write"/> is given where its content goes.</summary>
    public async Task<BundlePart> Add(string name, Func<Stream, Task> write, bool deflate = true)
    {
        var offset = file.Position;
        var draft = new ZipMember(name, deflate, 0, 0, 0, offset);
        await file.WriteAsync(ZipLayout.Local(draft));
        using var stored = new Counted(file);
        using var content = new Counted(deflate ? new DeflateStream(stored, CompressionLevel.Fastest, leaveOpen: true) : stored);
        var buffered = new BufferedStream(content, 1 << 16); // Not disposed of: it would close what is counted.
        await write(buffered);
        await buffered.FlushAsync();

        content.Finish(close: deflate);
        stored.Finish(close: false);
        var member = draft with { Crc = ~content.Crc, Size = content.Count, StoredSize = stored.Count };
        var end = file.Position;
        file.Position = offset;
        await file.WriteAsync(ZipLayout.Local(member));
        file.Position = end;
        members.Add(member);
        var part = new BundlePart(name, content.Count, content.Sha256, stored.Count, stored.Sha256);
        Parts.Add(part);
        return part;
    }

    /// <summary>Writes the directory and the end.</summary>
    /// <param name="comment">As long as <see cref="ZipLayout.CommentSize"/>.</param>
    public async Task Finish(string comment)
    {
        var start = file.Position;
        foreach (var member in members)
        {
            await file.WriteAsync(ZipLayout.Entry(member));
        }

        await file.WriteAsync(ZipLayout.Tail(members.Count, start, file.Position - start, comment));
        await file.FlushAsync();
    }

    public void Dispose() => file.Dispose();

    /// <summary>Counts and hashes what goes through.</summary>
    private sealed class Counted(Stream next) : Stream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Count { get; private set; }

        public uint Crc { get; private set; } = uint.MaxValue;

        public string Sha256 { get; private set; } = "";

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Count;

        public override long Position
        {
            get => Count;
            set => throw new NotSupportedException();
        }

        public void Finish(bool close)
        {
            if (close)
            {
                next.Dispose();
            }

            Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            Crc = Crc32.Append(Crc, buffer);
            Count += buffer.Length;
            next.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => next.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                hash.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
