using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Files;

/// <summary>Files in a folder: <c>tenant/ab/abcdef…</c>. A file appears there whole or not at all.</summary>
/// <param name="folder">On the same file system as <paramref name="staging"/>, or renaming copies.</param>
/// <param name="staging">See <see cref="FileStore"/>.</param>
internal sealed class LocalFileStore(string folder, string staging) : FileStore(staging)
{
    public override Task<string> PathOf(TenantId tenant, byte[] sha256, CancellationToken ct)
    {
        var path = Place(tenant, sha256);
        return File.Exists(path) ? Task.FromResult(path) : throw new FileNotFoundException($"The file store holds no file {Convert.ToHexStringLower(sha256)}.", path);
    }

    public override async Task<Stream> Open(TenantId tenant, byte[] sha256, long from, long? count, CancellationToken ct)
    {
        var file = new FileStream(await PathOf(tenant, sha256, ct), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
        file.Position = from;
        return count is { } most ? new BoundedStream(file, most) : file;
    }

    public override Task<long?> SizeOf(TenantId tenant, byte[] sha256, CancellationToken ct) =>
        Task.FromResult(new FileInfo(Place(tenant, sha256)) is { Exists: true } file ? file.Length : (long?)null);

    public override async IAsyncEnumerable<byte[]> PutBefore(TenantId tenant, DateTimeOffset instant, [EnumeratorCancellation] CancellationToken ct)
    {
        var place = Path.Combine(folder, tenant.ToString());
        foreach (var path in Directory.Exists(place) ? Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories) : [])
        {
            ct.ThrowIfCancellationRequested();
            if (Path.GetFileName(path) is { Length: 64 } name && File.GetLastWriteTimeUtc(path) < instant.UtcDateTime)
            {
                yield return Convert.FromHexString(name);
            }
        }

        await Task.CompletedTask;
    }

    // Taken aside first: whoever puts it meanwhile either finds it gone, or has touched it, and then it goes back.
    public override Task<bool> Remove(TenantId tenant, byte[] sha256, DateTimeOffset unlessPutSince, CancellationToken ct)
    {
        var (place, aside) = (Place(tenant, sha256), Place(tenant, sha256) + ".removed");
        if (!File.Exists(place) || File.GetLastWriteTimeUtc(place) >= unlessPutSince.UtcDateTime)
        {
            return Task.FromResult(!File.Exists(place));
        }

        File.Move(place, aside, overwrite: true);
        if (File.GetLastWriteTimeUtc(aside) >= unlessPutSince.UtcDateTime)
        {
            File.Move(aside, place, overwrite: true);
            return Task.FromResult(false);
        }

        File.Delete(aside);
        return Task.FromResult(true);
    }

    protected override async Task<string?> Mark(CancellationToken ct) =>
        File.Exists(Path.Combine(folder, MarkName)) ? (await File.ReadAllTextAsync(Path.Combine(folder, MarkName), ct)).Trim() : null;

    protected override Task SetMark(string region, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        return File.WriteAllTextAsync(Path.Combine(folder, MarkName), region + "\n", ct);
    }

    protected override Task<StoredFile> Keep(TenantId tenant, string path, StoredFile file, CancellationToken ct)
    {
        var place = Place(tenant, file.Sha256);
        if (!Touched(place))
        {
            var parent = Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Move(path, place, overwrite: true);
            Synchronize(parent.FullName);
        }

        return Task.FromResult(file);
    }

    private static bool Touched(string place)
    {
        try
        {
            File.SetLastWriteTimeUtc(place, TimeProvider.System.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    // A new name is in its folder's bytes: those must reach the disk too. .NET opens no folders.
    private static void Synchronize(string parent)
    {
        var handle = Open(parent, flags: 0);
        if (handle >= 0)
        {
            _ = Fsync(handle);
            _ = Close(handle);
        }
    }

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    private static extern int Fsync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int handle);

    private string Place(TenantId tenant, byte[] sha256)
    {
        var name = Convert.ToHexStringLower(sha256);
        return Path.Combine(folder, tenant.ToString(), name[..2], name);
    }
}
