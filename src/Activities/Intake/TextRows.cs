using System.Text;
using CsvHelper;

namespace OffGridFlow.Activities.Intake;

/// <summary>
/// The records of separated text. A quote that never ends, or ends in the middle of a field on a later line, spoils only the
/// line it starts on: that row has a problem, and reading goes on with the next line.
/// </summary>
public sealed class TextRows : TableRows
{
    // A record beyond this is an open quote that swallows the file.
    private const int LargestRecord = 1 << 20;

    // So many open quotes, and line breaks inside quotes are no longer believed.
    private const int MostRestarts = 20;

    private readonly SourceFile file;
    private readonly Encoding encoding;
    private readonly char separator;
    private readonly HashingStream? hash;
    private CsvReader reader;
    private CsvMalformedReason? malformed;
    private bool lineByLine;
    private int restarts;
    private long baseOffset;
    private int baseLine;

    /// <param name="file">Read from its start.</param>
    /// <param name="encoding">Of the file.</param>
    /// <param name="separator">Between fields.</param>
    /// <param name="hashed">Whether the file's hash is wanted.</param>
    public TextRows(SourceFile file, Encoding encoding, char separator, bool hashed)
    {
        this.file = file;
        this.encoding = encoding;
        this.separator = separator;
        var raw = file.OpenStream();
        hash = hashed ? new HashingStream(raw) : null;
        reader = Reader(Decoded(hash ?? raw));
    }

    /// <summary>The file's SHA-256, once every row was read.</summary>
    public string? Sha256 => hash?.Sha256;

    public override bool Next()
    {
        if (lineByLine && restarts < MostRestarts)
        {
            Restart(baseOffset + reader.ByteOffset + reader.RawRecord.Length, Number, byLine: false, dropFirst: true);
        }

        if (!Read())
        {
            CellCount = 0;
            hash?.Drain();
            return false;
        }

        Number = baseLine + (int)reader.LineNumber;
        CellCount = reader.FieldCount;
        Problem = malformed is null or CsvMalformedReason.StrayQuote ? null : Describe(malformed.Value, reader.RawRecord);
        return true;
    }

    public override ReadOnlySpan<byte> Cell(int column) => column < CellCount ? reader.GetSpan(column) : default;

    public override void Dispose()
    {
        reader.Dispose();
        hash?.Dispose();
    }

    private bool Read()
    {
        malformed = null;
        var before = reader.ByteOffset + reader.RawRecord.Length;
        try
        {
            if (!reader.Read())
            {
                return false;
            }
        }
        catch (CsvFormatException tooLong)
        {
            // Before the swallowing record comes the line break of the one before it, on the line before.
            var drop = before > 0;
            Restart(baseOffset + before, baseLine + (int)tooLong.LineNumber - (drop ? 1 : 0), byLine: true, drop);
            return reader.Read();
        }

        if (malformed is CsvMalformedReason.UnterminatedQuote or CsvMalformedReason.TextAfterClosingQuote && !lineByLine
            && reader.RawRecord.ContainsAny((byte)'\n', (byte)'\r'))
        {
            Restart(baseOffset + reader.ByteOffset, baseLine + (int)reader.LineNumber, byLine: true, dropFirst: false);
            return reader.Read();
        }

        return true;
    }

    // Reads on from an offset in the decoded text. Where that is the end of a record, what comes first is its line break, to be dropped.
    private void Restart(long offset, int line, bool byLine, bool dropFirst)
    {
        restarts += byLine ? 1 : 0;
        lineByLine = byLine;
        hash?.Drain();
        reader.Dispose();
        var stream = Decoded(file.OpenStream());
        if (stream.CanSeek)
        {
            stream.Position = offset;
        }
        else
        {
            Discard(stream, offset);
        }

        baseOffset = offset;
        baseLine = line - 1;
        reader = Reader(stream);
        if (dropFirst)
        {
            reader.Read();
        }

        malformed = null;
    }

    private CsvReader Reader(Stream stream) => CsvReader.Create(
        stream,
        new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = false,
            SkipEmptyLines = false,
            TrackLineNumbers = true,
            TrimWhitespace = true,
            MaxRecordSize = LargestRecord,
            AllowLineBreaksInQuotes = !lineByLine,
            OnMalformedRecord = record => malformed = record.Reason,
        },
        false);

    private Stream Decoded(Stream raw) =>
        encoding.CodePage == Encoding.UTF8.CodePage ? raw : Encoding.CreateTranscodingStream(raw, encoding, Encoding.UTF8);

    private static void Discard(Stream stream, long count)
    {
        var buffer = new byte[1 << 16];
        while (count > 0 && stream.Read(buffer, 0, (int)Math.Min(count, buffer.Length)) is var read and > 0)
        {
            count -= read;
        }
    }

    private static Problem Describe(CsvMalformedReason reason, ReadOnlySpan<byte> raw)
    {
        var line = raw.IndexOfAny((byte)'\n', (byte)'\r') is var end and >= 0 ? raw[..end] : raw;
        var text = Encoding.UTF8.GetString(line[..Math.Min(line.Length, 120)]);
        return reason == CsvMalformedReason.TextAfterClosingQuote
            ? new Problem("row.quote-malformed", "", text, "nothing between a closing quote and the separator", "Double the quotes inside the field, or take them out.")
            : new Problem("row.quote-unterminated", "", text, "a closing quote for every opening one", "Close the quote, or take it out.");
    }
}
