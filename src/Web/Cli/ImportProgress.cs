using System.Globalization;

namespace OffGridFlow.Web.Cli;

/// <summary>How far the reading of a file is, on one line of a terminal.</summary>
internal static class ImportProgress
{
    /// <summary><c>1,250,000 rows, 41 %, 96,000 rows/s</c>.</summary>
    /// <param name="rows">Read so far.</param>
    /// <param name="expected">About how many there are, or null where only the end tells.</param>
    /// <param name="elapsed">Since reading began.</param>
    public static string Line(long rows, long? expected, TimeSpan elapsed)
    {
        var share = expected is > 0 and var all ? string.Create(CultureInfo.InvariantCulture, $", {Math.Min(100 * rows / all, rows >= all ? 100 : 99)} %") : "";
        var speed = elapsed > TimeSpan.Zero && rows > 0 ? string.Create(CultureInfo.InvariantCulture, $", {rows / elapsed.TotalSeconds:#,0} rows/s") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{rows:#,0} rows{share}{speed}");
    }

    /// <summary>The lines beneath the header of a text file, a break within quotes counted as well; null for a workbook.</summary>
    public static long? Expected(FileInfo file)
    {
        if (file.Extension.ToLowerInvariant() is ".xlsx" or ".xls")
        {
            return null;
        }

        using var content = file.OpenRead();
        var (buffer, lines, last) = (new byte[1 << 20], 0L, (byte)'\n');
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            last = buffer[read - 1];
        }

        return Math.Max(lines - (last == '\n' ? 1 : 0), 0);
    }
}
