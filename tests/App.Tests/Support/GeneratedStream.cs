namespace OffGridFlow.App.Tests.Support;

/// <summary>Bytes that are made as they are read, the same for the same seed and place; none are kept. It may break half-way.</summary>
internal sealed class GeneratedStream(long length, int seed, long from = 0, long? breaksAt = null) : Stream
{
    private readonly long start = from;
    private long position = from;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length - start;

    public override long Position
    {
        get => position - start;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (position >= breaksAt)
        {
            throw new IOException("The line is dead.");
        }

        var count = (int)Math.Min(buffer.Length, Math.Min(length, breaksAt ?? length) - position);
        for (var i = 0; i < count; i++)
        {
            var at = (ulong)(position + i + seed);
            buffer[i] = (byte)((at * 0x9E3779B97F4A7C15) >> 53);
        }

        position += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
