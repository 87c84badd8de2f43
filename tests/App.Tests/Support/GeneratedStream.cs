using OffGridFlow.Platform.Files;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Bytes that are made as they are read, the same for the same seed and place; none are kept. It may break half-way.</summary>
internal sealed class GeneratedStream(long length, int seed, long from = 0, long? breaksAt = null) : ForwardStream
{
    private readonly long start = from;
    private long position = from;

    public override long Length => length - start;

    public override long Position
    {
        get => position - start;
        set => throw new NotSupportedException();
    }

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
}
