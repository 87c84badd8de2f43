using System.Security.Cryptography;
using OffGridFlow.Platform.Files;

namespace OffGridFlow.Activities.Intake;

/// <summary>Passes bytes through and knows the SHA-256 of all of them once the end was read.</summary>
public sealed class HashingStream(Stream inner) : ForwardStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Lower-case hexadecimal, or null before the end.</summary>
    public string? Sha256 { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        if (count > 0)
        {
            hash.AppendData(buffer[..count]);
        }
        else if (!buffer.IsEmpty)
        {
            Sha256 ??= Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        return count;
    }

    /// <summary>Reads whatever is left.</summary>
    public void Drain()
    {
        var rest = new byte[1 << 16];
        while (Sha256 is null)
        {
            _ = Read(rest);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
