using System.Security.Cryptography;
using System.Text;
using OffGridFlow.Ledger.Runs;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>
/// Recomputes a bundle without the database and without trusting what the ledger worked out: the ZIP to its last byte, every hash,
/// every figure, every root, and each file's rows against the activities. Stops at the first difference.
/// </summary>
public static class VerifyBundle
{
    /// <param name="What">Which check failed; null when all is as it must be.</param>
    /// <param name="Where">Part, line, entry.</param>
    /// <param name="Found">What the bundle says.</param>
    /// <param name="Recomputed">What it should say.</param>
    /// <param name="Sha256">Of the manifest.</param>
    /// <param name="FileRows">Rows of files that were compared, cell by cell, with their activities or with what was said of them.</param>
    /// <param name="WithoutFile">Activities that came by the API or as corrections: there is no file to compare them with.</param>
    /// <param name="Remarks">What could not be compared, and what the reader should know.</param>
    public sealed record Response(
        string? What, string? Where, string? Found, string? Recomputed, string Sha256, string Tenant, string Period, long Entries, long Calculations, long Factors, long Runs,
        long Activities, long FileRows, long WithoutFile, IReadOnlyList<string> Remarks);

    /// <param name="path">The bundle.</param>
    /// <param name="data">The factor library of this program: factors are compared with it where it has the same tables.</param>
    /// <param name="scratch">A folder for unpacked files.</param>
    public static Response Handle(string path, ReferenceData data, string scratch)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        var tally = new Tally();
        try
        {
            Check(ZipReader.Open(file), data, scratch, tally);
            return tally.Response(null);
        }
        catch (DifferenceException found)
        {
            return tally.Response(found.Difference);
        }
    }

    private static void Check(ZipReader zip, ReferenceData data, string scratch, Tally tally)
    {
        var manifest = Manifest(zip, tally);
        Parts(zip, manifest);
        var lines = new BundleLines(zip);
        var context = BundleFormat.Read<BundleContext>(lines.Whole(BundleFormat.Context), BundleFormat.Context);
        Equal("text of a part", BundleFormat.Readme, Encoding.UTF8.GetString(lines.Whole(BundleFormat.Readme)), BundleFormat.ReadmeText);
        Equal("tenant", BundleFormat.Context, context.Tenant, manifest.Tenant);
        Equal("period", BundleFormat.Context, context.Period, manifest.Period);
        var runs = Runs(lines, manifest);
        tally.Runs = runs.Count;
        var calculations = CalculationChecks.All(lines, data, tally);
        var activities = new FileChecks(zip, lines, context, data, scratch, tally).All(manifest.Activities);
        Equal("number of activities", BundleFormat.Manifest, manifest.Activities, tally.Activities);
        new EntryChecks(lines, context, runs, activities, calculations).All(manifest.Entries, tally);
        Equal("number of entries", BundleFormat.Manifest, manifest.Entries, tally.Entries);
        Unaccounted(lines, activities, tally);
        if (context.LibrarySha256 != data.Library.ContentHash)
        {
            tally.Remarks.Add($"The bundle was made with library {(context.LibraryRelease is { } release ? $"release {release}" : context.LibrarySha256[..12])}, this program has {(data.Release is { } own ? $"release {own.Number}" : data.Library.ContentHash[..12])}: factors of tables that differ are checked by their lines in the bundle alone.");
        }
    }

    private static BundleManifest Manifest(ZipReader zip, Tally tally)
    {
        var last = zip.Members[^1];
        Equal("last part", "directory", last.Name, BundleFormat.Manifest);
        if (last.IsDeflated || last.Size != last.StoredSize || last.Size > int.MaxValue)
        {
            throw new DifferenceException("zip structure", BundleFormat.Manifest, "deflated", "stored as it is");
        }

        using var content = new MemoryStream();
        var (_, crc, sha) = zip.Unpack(last, content);
        Equal("hash of the manifest", "comment of the ZIP", zip.Comment, ZipLayout.CommentStart + sha);
        Equal("CRC-32", BundleFormat.Manifest, last.Crc, crc);
        tally.Sha256 = sha;
        var manifest = BundleFormat.Read<BundleManifest>(content.ToArray(), BundleFormat.Manifest);
        Equal("format", BundleFormat.Manifest, manifest.Format, BundleFormat.Name);
        (tally.Tenant, tally.Period) = (manifest.Tenant, manifest.Period);
        return manifest;
    }

    private static void Parts(ZipReader zip, BundleManifest manifest)
    {
        Equal("parts", "directory", string.Join(' ', zip.Members.Take(zip.Members.Count - 1).Select(member => member.Name)), string.Join(' ', manifest.Parts.Select(part => part.Name)));
        Equal("parts", BundleFormat.Manifest, string.Join(' ', manifest.Parts.Where(part => !part.Name.StartsWith(BundleFormat.Files, StringComparison.Ordinal)).Select(part => part.Name)), string.Join(' ', BundleFormat.Parts));
        var broken = new DifferenceException?[manifest.Parts.Count];
        Parallel.ForEach(Enumerable.Range(0, broken.Length).OrderByDescending(i => zip.Members[i].Size), i =>
        {
            try
            {
                Part(manifest.Parts[i], zip.Members[i]);
            }
            catch (DifferenceException found)
            {
                broken[i] = found;
            }
        });
        if (Array.Find(broken, found => found is not null) is { } first)
        {
            throw first;
        }

        void Part(BundlePart part, ZipMember member)
        {
            Equal("stored size", part.Name, member.StoredSize, part.StoredSize);
            Equal("stored SHA-256", part.Name, zip.StoredSha256(member), part.StoredSha256);
            var (size, crc, sha) = zip.Unpack(member);
            Equal("size", part.Name, size, part.Size);
            Equal("size", part.Name, member.Size, size);
            Equal("CRC-32", part.Name, member.Crc, crc);
            Equal("SHA-256", part.Name, sha, part.Sha256);
            if (part.Name.StartsWith(BundleFormat.Files, StringComparison.Ordinal))
            {
                Equal("SHA-256 of a file", part.Name, part.Name[BundleFormat.Files.Length..], sha);
            }
        }
    }

    private static Dictionary<long, (string Root, int Entries)> Runs(BundleLines lines, BundleManifest manifest)
    {
        var runs = new Dictionary<long, (string, int)>();
        var (previous, next, at) = (RunHash.Beginning, 1L, DateTimeOffset.MinValue);
        foreach (var (run, hash, where) in lines.Of(BundleFormat.Runs, (line, where) => (BundleFormat.Read<RunLine>(line, where), SHA256.HashData(line), where)))
        {
            Equal("number of a run", where, run.Run, next);
            Equal("chain of runs", FormattableString.Invariant($"run {run.Run}"), run.Previous, Convert.ToHexStringLower(previous));
            if (run.PostedAt <= at)
            {
                throw new DifferenceException("order of runs", FormattableString.Invariant($"run {run.Run}"), FormattableString.Invariant($"{run.PostedAt:O}"), FormattableString.Invariant($"after {at:O}"));
            }

            (previous, at) = (hash, run.PostedAt);
            next++;
            runs[run.Run] = (run.Root, run.Entries);
        }

        Equal("last run", BundleFormat.Manifest, manifest.LedgerRun, next - 1);
        Equal("hash of the last run", BundleFormat.Manifest, manifest.LedgerHash, Convert.ToHexStringLower(previous));
        return runs;
    }

    // Activities without an entry: those that were told as unposted, and others.
    private static void Unaccounted(BundleLines lines, ActivityIndex activities, Tally tally)
    {
        var (told, without) = (0L, 0L);
        foreach (var (id, version, where) in lines.Of(BundleFormat.Unposted, (line, where) => BundleFormat.Read<BundleUnposted>(line, where) is var left ? (left.ActivityId, left.ActivityVersion, where) : default))
        {
            ref var row = ref activities[activities.Find(id, version, where)];
            told += row.IsPosted || row.Withdrawn ? 0 : 1;
        }

        for (var i = 0; i < activities.Count; i++)
        {
            without += activities[i].IsPosted || activities[i].Withdrawn ? 0 : 1;
        }

        if (told > 0)
        {
            tally.Remarks.Add(FormattableString.Invariant($"{told} activities could not be posted; {BundleFormat.Unposted} says why."));
        }

        if (without > told)
        {
            tally.Remarks.Add(FormattableString.Invariant($"{without - told} activities have no entry in the period: not posted yet, or withdrawn before they were."));
        }
    }

    internal static void Equal<T>(string what, string where, T found, T recomputed)
    {
        if (!EqualityComparer<T>.Default.Equals(found, recomputed))
        {
            throw new DifferenceException(what, where, Text(found), Text(recomputed));
        }

        static string Text(T value) => value is IFormattable number ? number.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : value?.ToString() ?? "nothing";
    }

    /// <summary>As <see cref="RunHash.Text"/> writes it.</summary>
    [System.Text.Json.Serialization.JsonConverter(typeof(RunLineText))]
    internal sealed record RunLine(long Run, string Previous, string Root, int Entries, DateTimeOffset PostedAt, string Cause);

    // The text that is hashed has its own form: microseconds always, Z for UTC.
    private sealed class RunLineText : System.Text.Json.Serialization.JsonConverter<RunLine>
    {
        public override RunLine Read(ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options)
        {
            using var document = System.Text.Json.JsonDocument.ParseValue(ref reader);
            var run = document.RootElement;
            return new RunLine(
                run.GetProperty("run").GetInt64(), run.GetProperty("previous").GetString()!, run.GetProperty("root").GetString()!, run.GetProperty("entries").GetInt32(),
                run.GetProperty("posted_at").GetDateTimeOffset(), run.GetProperty("cause").GetString()!);
        }

        public override void Write(System.Text.Json.Utf8JsonWriter writer, RunLine value, System.Text.Json.JsonSerializerOptions options) => writer.WriteRawValue(
            RunHash.Text(value.Run, Convert.FromHexString(value.Previous), Convert.FromHexString(value.Root), value.Entries, value.PostedAt, value.Cause));
    }

    /// <summary>What was checked so far.</summary>
    internal sealed class Tally
    {
        public string Sha256 { get; set; } = "";

        public string Tenant { get; set; } = "";

        public string Period { get; set; } = "";

        public long Entries { get; set; }

        public long Calculations { get; set; }

        public long Factors { get; set; }

        public long Runs { get; set; }

        public long Activities { get; set; }

        public long FileRows { get; set; }

        /// <summary>Activities that came by the API or as corrections.</summary>
        public long WithoutFile { get; set; }

        public List<string> Remarks { get; } = [];

        public Response Response(Difference? first) => new(
            first?.What, first?.Where, first?.Found, first?.Recomputed, Sha256, Tenant, Period, Entries, Calculations, Factors, Runs, Activities, FileRows, WithoutFile, Remarks);
    }
}
