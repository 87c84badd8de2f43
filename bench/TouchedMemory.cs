namespace OffGridFlow.Bench;

/// <summary>
/// Memory that the machine has had in hand before a measurement. A virtual machine's host charges for the first touch of a page (2 s a gigabyte were
/// seen, and 0.2 when it is touched again), and takes pages back that lie free: a short run finds touched ones, a long run does not.
/// </summary>
internal static class TouchedMemory
{
    private const long Kibibyte = 1024;
    private const int Block = 1 << 20;
    private const double Part = 0.85;

    /// <summary>Fills most of the free memory with pages of the cache, which are given up as soon as somebody wants them. Nothing is written to the disk: the file is one hole.</summary>
    /// <returns>Bytes touched; 0 where the system does not tell what is free.</returns>
    public static long Touch(string folder)
    {
        var free = File.Exists("/proc/meminfo") ? File.ReadLines("/proc/meminfo").Where(line => line.StartsWith("MemFree:", StringComparison.Ordinal)).Select(Kilobytes).FirstOrDefault() : 0;
        var size = (long)(free * Kibibyte * Part);
        if (size == 0)
        {
            return 0;
        }

        // It stays until the folder goes: deleted, its pages would be free again, and the host's.
        using var file = new FileStream(Path.Combine(folder, "touched"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1);
        file.SetLength(size);
        var block = new byte[Block];
        while (file.Read(block) > 0)
        {
        }

        return size;
    }

    private static long Kilobytes(string line) => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
}
