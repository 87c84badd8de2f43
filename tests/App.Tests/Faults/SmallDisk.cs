using System.Diagnostics;
using System.Globalization;

namespace OffGridFlow.App.Tests.Faults;

/// <summary>A file system of a few megabytes, to be filled up. To mount one takes root: elsewhere the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string ballast;

    private SmallDisk(string folder)
    {
        Folder = folder;
        ballast = Path.Combine(folder, "ballast");
    }

    public string Folder { get; }

    public static SmallDisk OrSkip(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("offgridflow-disk").FullName;
        var mounted = Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=777"), "tmpfs", folder);
        if (!mounted)
        {
            Directory.Delete(folder);
            Assert.Skip("A small file system can be mounted by root only.");
        }

        return new SmallDisk(folder);
    }

    /// <summary>Takes all the room but so much.</summary>
    public void Fill(long leaving)
    {
        using var file = new FileStream(ballast, FileMode.Create);
        var room = new DriveInfo(Folder).AvailableFreeSpace - leaving;
        var zeros = new byte[1 << 16];
        for (; room > 0; room -= zeros.Length)
        {
            file.Write(zeros, 0, (int)Math.Min(zeros.Length, room));
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Clear() => File.Delete(ballast);

    public void Dispose()
    {
        Assert.True(Run("umount", "--lazy", Folder));
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
