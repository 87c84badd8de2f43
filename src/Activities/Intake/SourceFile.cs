using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace OffGridFlow.Activities.Intake;

/// <summary>What a file's bytes say it is.</summary>
public enum FileShape
{
    Text,
    Xlsx,
    Xls,
    Unusable,
}

/// <summary>
/// A user's file that can be read from its start several times: once to learn its encoding, once or twice to learn its habits,
/// once for its rows. Standard input is kept first, in memory up to 4 MB and beyond that in a file that vanishes when closed.
/// </summary>
public sealed class SourceFile : IDisposable
{
    private const int KeptInMemory = 4 << 20;

    private readonly string name;
    private readonly byte[]? memory;
    private readonly string? path;
    private readonly FileStream? spool;

    private SourceFile(string name, byte[]? memory, string? path, FileStream? spool)
    {
        this.name = name;
        this.memory = memory;
        this.path = path;
        this.spool = spool;
    }

    /// <summary>As the user named it.</summary>
    public string Name => name;

    /// <summary>The ending of the name in lower case, with its dot; empty for standard input.</summary>
    public string Extension => Path.GetExtension(name).ToLowerInvariant();

    /// <summary>Opens the file, or standard input for <c>-</c>; a problem when it cannot be read at all.</summary>
    public static (SourceFile? File, Problem? Problem) Open(string pathOrDash, Stream? stdin, string? name = null)
    {
        if (pathOrDash == "-")
        {
            return stdin is null
                ? (null, new Problem("file.missing", "", "no standard input", "a table on standard input", "Pipe a table into the command, or name a file."))
                : (Keep(stdin), null);
        }

        try
        {
            using var probe = File.OpenRead(pathOrDash);
            return (new SourceFile(name ?? Path.GetFileName(pathOrDash), null, Path.GetFullPath(pathOrDash), null), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, new Problem("file.missing", "", pathOrDash, "a file that exists", "Check the path; relative paths start from the current folder."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, new Problem("file.unreadable", "", $"{pathOrDash} ({e.Message})", "a file that can be read", "Check that it is a file, that you may read it, and that no other program locks it."));
        }
    }

    /// <summary>A fresh stream from the first byte on; the caller disposes it.</summary>
    public Stream OpenStream() =>
        memory is not null
            ? new MemoryStream(memory, writable: false)
            : new FileStream(path!, FileMode.Open, FileAccess.Read, spool is null ? FileShare.Read : FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);

    /// <summary>Lower-case hexadecimal SHA-256 of all bytes.</summary>
    public string Sha256()
    {
        using var stream = OpenStream();
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Looks at all bytes: what kind of file, and for text in which encoding.</summary>
    public (FileShape Shape, Encoding? Encoding, Problem? Problem) Sniff()
    {
        using var stream = OpenStream();
        var buffer = new byte[1 << 16];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var head = buffer.AsSpan(0, length);
        if (head.StartsWith("PK\u0003\u0004"u8))
        {
            stream.Position = 0;
            return WorkbookGuard.Check(stream) is { } bomb ? (FileShape.Unusable, null, bomb) : (FileShape.Xlsx, null, null);
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]))
        {
            return (FileShape.Xls, null, null);
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return (FileShape.Text, Encoding.Unicode, null);
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return (FileShape.Text, Encoding.BigEndianUnicode, null);
        }

        return Foreign(head) is { } problem ? (FileShape.Unusable, null, problem) : SniffText(stream, buffer, length);
    }

    public void Dispose() => spool?.Dispose();

    private static SourceFile Keep(Stream stdin)
    {
        var first = new byte[KeptInMemory];
        var length = stdin.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        if (length < first.Length)
        {
            return new SourceFile("-", first[..length], null, null);
        }

        var place = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var kept = new FileStream(place, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.DeleteOnClose);
        kept.Write(first);
        stdin.CopyTo(kept);
        kept.Flush();
        return new SourceFile("-", null, place, kept);
    }

    private static Problem? Foreign(ReadOnlySpan<byte> head)
    {
        var text = Utf8Text.Trim(head.StartsWith("\ufeff"u8) ? head[3..] : head);
        if (text.IsEmpty)
        {
            return new Problem("file.empty", "", "an empty file", "a table with a header and rows", "Check that the export was complete.");
        }

        var start = Encoding.ASCII.GetString(text[..Math.Min(text.Length, 512)]).ToLowerInvariant();
        if (start.StartsWith("<!doctype html", StringComparison.Ordinal) || start.StartsWith("<html", StringComparison.Ordinal)
            || start.StartsWith("<table", StringComparison.Ordinal) || (start.StartsWith('<') && start.Contains("<html", StringComparison.Ordinal)))
        {
            return new Problem("file.html", "", "a web page", "a .csv, .tsv, .xlsx or .xls file", "Some portals save a web page under a spreadsheet's name. Open it in a spreadsheet program and save it as .xlsx.");
        }

        var other = start.StartsWith("%pdf", StringComparison.Ordinal) ? "a PDF document" :
            start.StartsWith("<?xml", StringComparison.Ordinal) ? "an XML document" :
            start.StartsWith("{\\rtf", StringComparison.Ordinal) ? "a text document" :
            head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? "a compressed file" : null;
        return other is null ? null : new Problem("file.unreadable", "", other, "a .csv, .tsv, .xlsx or .xls file", "Open it in a spreadsheet program and save it as .xlsx or .csv.");
    }

    private static (FileShape Shape, Encoding? Encoding, Problem? Problem) SniffText(Stream stream, byte[] buffer, int length)
    {
        var utf8 = true;
        var blank = true;
        long nuls = 0;
        long oddNuls = 0;
        long total = 0;
        var carried = 0;
        while (length > 0)
        {
            var chunk = buffer.AsSpan(0, carried + length);
            var fresh = chunk[carried..];
            blank = blank && Utf8Text.Trim(chunk).IsEmpty;
            if (fresh.Contains((byte)0))
            {
                for (var i = 0; i < fresh.Length; i++)
                {
                    nuls += fresh[i] == 0 ? 1 : 0;
                    oddNuls += fresh[i] == 0 && ((total + i) & 1) == 1 ? 1 : 0;
                }
            }

            total += fresh.Length;
            var tail = utf8 ? IncompleteTail(chunk) : 0;
            utf8 = utf8 && Utf8.IsValid(chunk[..^tail]);
            chunk[^tail..].CopyTo(buffer);
            carried = tail;
            length = stream.Read(buffer.AsSpan(carried));
        }

        utf8 = utf8 && carried == 0;
        return nuls > 0 ? Utf16OrBinary(total, nuls, oddNuls) :
            blank ? (FileShape.Unusable, null, Foreign([])) :
            (FileShape.Text, utf8 ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(1252), null);
    }

    // Text in UTF-16 without a mark has a zero in nearly every second byte.
    private static (FileShape Shape, Encoding? Encoding, Problem? Problem) Utf16OrBinary(long total, long nuls, long oddNuls) =>
        nuls * 5 > total * 2 && oddNuls * 20 > nuls * 19 ? (FileShape.Text, Encoding.Unicode, null) :
        nuls * 5 > total * 2 && oddNuls * 20 < nuls ? (FileShape.Text, Encoding.BigEndianUnicode, null) :
        (FileShape.Unusable, null, new Problem(
            "file.binary",
            "",
            string.Create(CultureInfo.InvariantCulture, $"bytes that are no text ({nuls} zero bytes)"),
            "a .csv, .tsv, .xlsx or .xls file",
            "Export the table again as .csv or .xlsx."));

    // The bytes at the end that begin a character whose rest has not been read yet.
    private static int IncompleteTail(ReadOnlySpan<byte> chunk)
    {
        for (var back = 1; back <= Math.Min(3, chunk.Length); back++)
        {
            var b = chunk[^back];
            if (b >= 0xC0)
            {
                var needed = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return needed > back ? back : 0;
            }

            if (b < 0x80)
            {
                return 0;
            }
        }

        return 0;
    }
}
