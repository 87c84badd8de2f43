using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Files;

/// <summary>A file that was stored.</summary>
/// <param name="Sha256">Of its bytes: its name in the store.</param>
/// <param name="Size">In bytes.</param>
public sealed record StoredFile(byte[] Sha256, long Size);

/// <summary>Raw files of tenants, by the SHA-256 of their bytes: on local disk, or in any S3-compatible store.</summary>
public abstract class FileStore
{
    // ENOSPC and EDQUOT: .NET passes them on as they are.
    private const int NoSpace = 28;
    private const int NoQuota = 122;

    private readonly string staging;

    /// <param name="staging">A local folder where files are received before their hash is known.</param>
    protected FileStore(string staging)
    {
        this.staging = staging;
        Directory.CreateDirectory(staging);
    }

    /// <summary>The store that a setting names.</summary>
    /// <param name="place">A folder, or <c>s3://bucket/prefix?endpoint=https://…&amp;region=eu-central-1</c> with the credentials where AWS tools look for them.</param>
    /// <param name="state">The folder of the installation: for files on their way, and for local copies.</param>
    public static FileStore At(string place, string state) => place.StartsWith("s3://", StringComparison.Ordinal)
        ? S3FileStore.Of(new Uri(place), Path.Combine(state, "staging"))
        : new LocalFileStore(place, Path.Combine(state, "staging"));

    /// <summary>Whether something failed for want of room on the disk.</summary>
    public static bool IsFull(Exception failure) => failure is IOException { HResult: NoSpace or NoQuota };

    /// <summary>Takes a stream to its end, without holding it in memory.</summary>
    /// <param name="most">Bytes from which on it is refused.</param>
    /// <returns>Null when there are more bytes than <paramref name="most"/>; nothing is stored then.</returns>
    public async Task<StoredFile?> Put(TenantId tenant, Stream content, long most, CancellationToken ct)
    {
        var place = Path.Combine(staging, Guid.CreateVersion7().ToString("N"));
        try
        {
            return await Receive(content, place, most, ct) is { } received ? await Keep(tenant, place, received, ct) : null;
        }
        finally
        {
            File.Delete(place);
        }
    }

    /// <summary>How many bytes of an upload in pieces have arrived.</summary>
    public long Offset(TenantId tenant, Guid upload) => new FileInfo(Staged(tenant, upload)) is { Exists: true } file ? file.Length : 0;

    /// <summary>Appends to an upload what arrives, up to its size; what has arrived stays when the connection breaks.</summary>
    /// <returns>The offset afterwards.</returns>
    public async Task<long> Append(TenantId tenant, Guid upload, Stream content, long size, CancellationToken ct)
    {
        await using var file = new FileStream(Staged(tenant, upload), FileMode.Append, FileAccess.Write, FileShare.Read);
        var buffer = new byte[1 << 16];
        try
        {
            int count;
            while (file.Length < size && (count = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, size - file.Length)), ct)) > 0)
            {
                await file.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None);
                await file.FlushAsync(CancellationToken.None);
            }
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException && !IsFull(broken))
        {
            // The client asks for the offset and goes on from there.
        }

        file.Flush(flushToDisk: true);
        return file.Length;
    }

    /// <summary>Takes a complete upload into the store.</summary>
    public async Task<StoredFile> Finish(TenantId tenant, Guid upload, CancellationToken ct)
    {
        var place = Staged(tenant, upload);
        byte[] hash;
        await using (var file = File.OpenRead(place))
        {
            hash = await System.Security.Cryptography.SHA256.HashDataAsync(file, ct);
        }

        var stored = await Keep(tenant, place, new StoredFile(hash, new FileInfo(place).Length), ct);
        File.Delete(place);
        return stored;
    }

    /// <summary>A path to read the file from, as often as wanted: of the store itself, or of a local copy.</summary>
    /// <exception cref="FileNotFoundException">The store does not hold it.</exception>
    public abstract Task<string> PathOf(TenantId tenant, byte[] sha256, CancellationToken ct);

    /// <summary>Takes the file at a local path, whose content is known, into the store. Again: nothing happens.</summary>
    protected abstract Task<StoredFile> Keep(TenantId tenant, string path, StoredFile file, CancellationToken ct);

    private static async Task<StoredFile?> Receive(Stream content, string place, long most, CancellationToken ct)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        await using var file = new FileStream(place, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var buffer = new byte[1 << 17];
        var size = 0L;
        int count;
        while ((count = await content.ReadAsync(buffer, ct)) > 0)
        {
            size += count;
            if (size > most)
            {
                return null;
            }

            hash.AppendData(buffer, 0, count);
            await file.WriteAsync(buffer.AsMemory(0, count), ct);
        }

        file.Flush(flushToDisk: true);
        return new StoredFile(hash.GetHashAndReset(), size);
    }

    private string Staged(TenantId tenant, Guid upload) => Path.Combine(staging, $"{tenant}-{upload:N}");
}
