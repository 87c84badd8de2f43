using System.Diagnostics;
using System.Globalization;

namespace OffGridFlow.App.Tests.Faults;

/// <summary>A file system of a few megabytes, to be filled up. To mount one takes root, or sudo that asks nothing: elsewhere the test is skipped.</summary>
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
        if (!AsRoot("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=777"), "tmpfs", folder))
        {
            Directory.Delete(folder);
            Assert.Skip("A small file system can be mounted by root only, and neither are these tests root, nor may they use sudo.");
        }

        return new SmallDisk(folder);
    }

    /// <summary>Takes all the room but so much.</summary>
    public void Fill(long leaving)
    {
        // As long as there is any: others write meanwhile.
        using var file = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var zeros = new byte[1 << 16];
        while (new DriveInfo(Folder).AvailableFreeSpace - leaving is > 0 and var room)
        {
            file.Write(zeros, 0, (int)Math.Min(zeros.Length, room));
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Clear() => File.Delete(ballast);

    public void Dispose()
    {
        Assert.True(AsRoot("umount", "--lazy", Folder));
        Directory.Delete(Folder);
    }

    private static bool AsRoot(params string[] command)
    {
        string[] all = Environment.IsPrivilegedProcess ? command : ["sudo", "-n", .. command];
        try
        {
            using var process = Process.Start(new ProcessStartInfo(all[0], all[1..]) { UseShellExecute = false, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // There is no such program.
        }
    }
}
