namespace OffGridFlow.Platform.Secrets;

/// <summary>A data key as the database keeps it.</summary>
/// <param name="Master">The name of the master key that sealed it.</param>
public sealed record WrappedKey(string Master, byte[] Wrapped);

/// <summary>
/// What seals tenants' data keys. The program's own is <see cref="MasterKeys"/>: keys in a file or in the environment. A key management service takes its place by these
/// three members: there the master keys never leave the service, and each <see cref="Wrap"/> and <see cref="Unwrap"/> is a call to it (docs/security/keys.md).
/// </summary>
public interface IMasterKeys
{
    /// <summary>The name of the key that seals from now on.</summary>
    string Current { get; }

    /// <summary>Seals a data key with the key in force.</summary>
    /// <param name="dataKey">32 bytes.</param>
    /// <param name="of">What it is a key of: it opens for the same only.</param>
    /// <param name="ct">Stops.</param>
    ValueTask<WrappedKey> Wrap(ReadOnlyMemory<byte> dataKey, ReadOnlyMemory<byte> of, CancellationToken ct);

    /// <summary>Opens a data key.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The master key is not there, or the data key was changed.</exception>
    ValueTask<byte[]> Unwrap(WrappedKey key, ReadOnlyMemory<byte> of, CancellationToken ct);
}
