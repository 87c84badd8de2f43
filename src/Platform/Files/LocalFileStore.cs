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

    protected override Task<StoredFile> Keep(TenantId tenant, string path, StoredFile file, CancellationToken ct)
    {
        var place = Place(tenant, file.Sha256);
        if (!File.Exists(place))
        {
            var parent = Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Move(path, place, overwrite: true);
            Synchronize(parent.FullName);
        }

        return Task.FromResult(file);
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
