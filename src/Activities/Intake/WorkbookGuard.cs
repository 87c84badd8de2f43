using System.Globalization;
using System.IO.Compression;

namespace OffGridFlow.Activities.Intake;

/// <summary>
/// Refuses an .xlsx file that would unpack to far more than it is: one that was made to fill memory or disk. What the archive says of its parts is enough, since none
/// is read beyond the length it declares; and parts that lie over one another add up to more than the file.
/// </summary>
internal static class WorkbookGuard
{
    private const int MostParts = 10_000;
    private const long MostBytes = 8L << 30;

    // Deflate packs a thousand times at best; sheets of numbers and repeated text pack ten to fifty times.
    private const int MostTimes = 150;
    private const long AlwaysAllowed = 64 << 20;

    // Shared texts and styles are in memory, twice as large, for as long as the rows are read; sheets go by.
    private const long MostHeld = 256 << 20;

    /// <summary>What is wrong with the archive, or null.</summary>
    public static Problem? Check(Stream file)
    {
        try
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            var (packed, unpacked, held) = (0L, 0L, 0L);
            foreach (var part in zip.Entries)
            {
                packed += part.CompressedLength;
                unpacked = Math.Min(long.MaxValue / 2, unpacked + part.Length);
                held = Math.Min(long.MaxValue / 2, held + (IsHeld(part.FullName) ? part.Length : 0));
            }

            return zip.Entries.Count > MostParts ? Bomb(string.Create(CultureInfo.InvariantCulture, $"a workbook of {zip.Entries.Count} parts"), string.Create(CultureInfo.InvariantCulture, $"at most {MostParts}"))
                : packed > file.Length ? Bomb("a workbook whose parts lie over one another", "parts one after the other")
                : held > MostHeld
                    ? Bomb(string.Create(CultureInfo.InvariantCulture, $"{held} bytes of shared texts and styles"), string.Create(CultureInfo.InvariantCulture, $"at most {MostHeld}"))
                : unpacked > MostBytes || (unpacked > AlwaysAllowed && unpacked > file.Length * MostTimes)
                    ? Bomb(string.Create(CultureInfo.InvariantCulture, $"{file.Length} bytes that unpack to {unpacked}"), string.Create(CultureInfo.InvariantCulture, $"at most {MostTimes} times as much, and {MostBytes} bytes"))
                : null;
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException or OverflowException or ArgumentException)
        {
            return new Problem("file.unreadable", "", $"a workbook that cannot be read ({broken.Message})", "an .xlsx workbook", "Open it in a spreadsheet program and save it as .xlsx.");
        }
    }

    private static bool IsHeld(string part) => !part.Contains("/worksheets/", StringComparison.OrdinalIgnoreCase)
        && (part.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || part.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) || part.EndsWith(".rels", StringComparison.OrdinalIgnoreCase));

    private static Problem Bomb(string found, string expected) => new("file.inflated", "", found, expected, "Save the table as .csv, or in several workbooks.");
}
