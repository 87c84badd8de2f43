using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OffGridFlow.Ledger.Runs;

/// <summary>What chains runs: each run's hash holds the hash before it, so that none can be changed, left out or put in unseen.</summary>
internal static class RunHash
{
    /// <summary>What the first run follows.</summary>
    public static byte[] Beginning => new byte[SHA256.HashSizeInBytes];

    /// <summary>
    /// The canonical text of a run: one line of JSON, members in this order. Its SHA-256 is the run's hash; an evidence bundle has it
    /// as the run's line.
    /// </summary>
    /// <param name="postedAt">UTC, to the microsecond, as the database holds it.</param>
    public static string Text(long runNo, byte[] previous, byte[] root, int entries, DateTimeOffset postedAt, string cause) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"run\":{runNo},\"previous\":\"{Convert.ToHexStringLower(previous)}\",\"root\":\"{Convert.ToHexStringLower(root)}\",\"entries\":{entries},\"posted_at\":\"{postedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}Z\",\"cause\":\"{cause}\"}}");

    public static byte[] Of(long runNo, byte[] previous, byte[] root, int entries, DateTimeOffset postedAt, string cause) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(Text(runNo, previous, root, entries, postedAt, cause)));

    /// <summary>An instant as the database keeps it: microseconds.</summary>
    public static DateTimeOffset Microseconds(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
