using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Files;

/// <summary>A file that was stored.</summary>
/// <param name="Sha256">Of its bytes: its name in the store.</param>
/// <param name="Size">In bytes.</param>
public sealed record StoredFile(byte[] Sha256, long Size);

/// <summary>Raw files of tenants, by the SHA-256 of their bytes: on local disk, or in any S3-compatible store.</summary>
public abstract class FileStore
{
    /// <summary>5 GB: the largest file where nothing else is set.</summary>
    public const long UsualMostBytes = 5L << 30;

    // EWOULDBLOCK: another has the file's lock. .NET passes it on as it is.
    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;

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
    /// <param name="mostBytes">The largest file that imports and uploads take.</param>
    public static FileStore At(string place, string state, long mostBytes = UsualMostBytes) => place.StartsWith("s3://", StringComparison.Ordinal)
        ? S3FileStore.Of(new Uri(place), Path.Combine(state, "staging"), mostBytes: mostBytes)
        : new LocalFileStore(place, Path.Combine(state, "staging")) { MostBytes = mostBytes };

    /// <summary>Makes sure that the store is a region's: one that nobody has marked yet is marked as it.</summary>
    /// <exception cref="InvalidDataException">It is another region's.</exception>
    /// <exception cref="FileStoreException">It does not answer.</exception>
    public async Task Claim(string region, CancellationToken ct)
    {
        var mark = await Mark(ct);
        if (mark is null && region != Regions.Unnamed)
        {
            await SetMark(mark = region, ct);
        }

        if ((mark ?? Regions.Unnamed) != region)
        {
            throw new InvalidDataException($"The file store belongs to region {mark}, this node to region {region} ({Regions.Variable}): raw files stay in their region. Name a store of this region in OFFGRIDFLOW_FILES.");
        }
    }

    /// <summary>The largest file that imports and uploads take, in bytes.</summary>
    public long MostBytes { get; init; } = UsualMostBytes;

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
    /// <param name="tenant">Whose.</param>
    /// <param name="upload">Which.</param>
    /// <param name="content">The next bytes.</param>
    /// <param name="offset">Where they belong.</param>
    /// <param name="size">Of the whole.</param>
    /// <param name="ct">Stops it; what has arrived stays.</param>
    /// <returns>The offset afterwards; null when another request writes to the upload, or it is not at the offset any more.</returns>
    public async Task<long?> Append(TenantId tenant, Guid upload, Stream content, long offset, long size, CancellationToken ct)
    {
        await using var file = Alone(Staged(tenant, upload));
        if (file?.Length != offset)
        {
            return null;
        }

        var buffer = new byte[1 << 16];
        int count;
        while (offset < size && (count = await Arriving(content, buffer.AsMemory(0, (int)Math.Min(buffer.Length, size - offset)), ct)) > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None);
            offset += count;
        }

        file.Flush(flushToDisk: true);
        return offset;
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

    /// <summary>Deletes what was being received and was given up: files on their way to which nothing was added since then.</summary>
    public void Sweep(DateTimeOffset untouchedSince)
    {
        foreach (var file in new DirectoryInfo(staging).EnumerateFiles().Where(file => file.LastWriteTimeUtc < untouchedSince.UtcDateTime))
        {
            file.Delete();
        }
    }

    /// <summary>A path to read the file from, as often as wanted: of the store itself, or of a local copy.</summary>
    /// <exception cref="FileNotFoundException">The store does not hold it.</exception>
    public abstract Task<string> PathOf(TenantId tenant, byte[] sha256, CancellationToken ct);

    /// <summary>The file's bytes from an offset on, as they come: nothing is copied to this machine. The caller disposes of the stream.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="sha256">Its name.</param>
    /// <param name="from">The first byte wanted, from 0; not beyond the end.</param>
    /// <param name="count">How many at most; null: all to the end.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="FileNotFoundException">The store does not hold it.</exception>
    public abstract Task<Stream> Open(TenantId tenant, byte[] sha256, long from, long? count, CancellationToken ct);

    /// <summary>The size of a file the store holds, or null.</summary>
    public abstract Task<long?> SizeOf(TenantId tenant, byte[] sha256, CancellationToken ct);

    /// <summary>The tenant's files that were last put before an instant.</summary>
    public abstract IAsyncEnumerable<byte[]> PutBefore(TenantId tenant, DateTimeOffset instant, CancellationToken ct);

    /// <summary>Removes a file, unless it was put (again) since the instant. Only for one that nothing refers to.</summary>
    /// <returns>Whether it is gone.</returns>
    public abstract Task<bool> Remove(TenantId tenant, byte[] sha256, DateTimeOffset unlessPutSince, CancellationToken ct);

    /// <summary>The tenant's uploads in pieces of which something has arrived.</summary>
    public IReadOnlyList<Guid> Uploads(TenantId tenant) =>
        [.. Directory.EnumerateFiles(staging, $"{tenant}-*").Select(path => Guid.ParseExact(Path.GetFileName(path)[(tenant.ToString().Length + 1)..], "N"))];

    /// <summary>Drops what has arrived of an upload.</summary>
    public void Drop(TenantId tenant, Guid upload) => File.Delete(Staged(tenant, upload));

    /// <summary>Deletes what lies in the staging folder and was not touched since an instant: uploads given up, remains of a process that was killed, local copies.</summary>
    public void TidyStaging(DateTimeOffset untouchedSince)
    {
        foreach (var path in Directory.EnumerateFiles(staging, "*", SearchOption.AllDirectories))
        {
            if (File.GetLastWriteTimeUtc(path) < untouchedSince.UtcDateTime)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>The region the store was marked as, or null.</summary>
    protected abstract Task<string?> Mark(CancellationToken ct);

    protected abstract Task SetMark(string region, CancellationToken ct);

    /// <summary>The name of what marks a store.</summary>
    protected const string MarkName = "region";

    /// <summary>Takes the file at a local path, whose content is known, into the store. Again: it counts as put now.</summary>
    protected abstract Task<StoredFile> Keep(TenantId tenant, string path, StoredFile file, CancellationToken ct);

    // After a broken connection the client asks for the offset and goes on from there.
    private static async Task<int> Arriving(Stream content, Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            return await content.ReadAsync(buffer, ct);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            return 0;
        }
    }

    private static FileStream? Alone(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        }
        catch (IOException held) when (held.HResult is WouldBlock or WouldBlockOnMac)
        {
            return null;
        }
    }

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
