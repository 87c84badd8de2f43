using System.Globalization;
using System.Text;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace OffGridFlow.Activities.Intake;

/// <summary>Where a file's table is: its separator or its sheet, and its header.</summary>
/// <param name="Header">Found, or the best candidate with its problem.</param>
/// <param name="HeaderNumbers">Row numbers of the header's lines.</param>
/// <param name="HeaderCells">The header's lines as written.</param>
/// <param name="Separator">Of text.</param>
/// <param name="Sheet">Of a workbook.</param>
/// <param name="Notes">What was left out.</param>
/// <param name="Rows">Opens the table from its top; true when the file's hash is wanted on the way.</param>
public sealed record TableSource(
    TableHeader Header,
    IReadOnlyList<int> HeaderNumbers,
    IReadOnlyList<string[]> HeaderCells,
    char? Separator,
    string? Sheet,
    IReadOnlyList<string> Notes,
    Func<bool, TableRows> Rows)
{
    private const string Candidates = ",;\t|";

    static TableSource() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Text: the separator is the one with which a header appears, else the one that divides the lines most alike.</summary>
    public static TableSource OfText(SourceFile file, Encoding encoding, KnownColumns known)
    {
        TableSource? best = null;
        var bestScore = -1;
        var hinted = Hinted(file, encoding);
        foreach (var separator in hinted is { } hint ? hint.ToString() : file.Extension == ".tsv" ? "\t,;|" : Candidates)
        {
            using var rows = new TextRows(file, encoding, separator, hashed: false);
            var source = Sample(known, separator, null, rows, hashed => new TextRows(file, encoding, separator, hashed), out var widths);
            var usual = widths.Where(width => width > 1).GroupBy(width => width).Select(group => group.Count()).DefaultIfEmpty(0).Max();
            var score = (source.Header.Problem is null ? 10_000 : 0) + (source.Header.KnownCount * 100) + usual;
            if (score > bestScore)
            {
                (best, bestScore) = (source, score);
            }
        }

        return best!;
    }

    /// <summary>A workbook: the first sheet with a usable header, visible ones before hidden ones.</summary>
    public static (TableSource? Source, Problem? Problem) OfWorkbook(SourceFile file, FileShape shape, KnownColumns known)
    {
        try
        {
            var filled = Sheets(file, known).FindAll(s => s.Source.Header.Count > 0);
            if (filled.Count == 0)
            {
                return (null, new Problem("file.empty", "", "a workbook without any filled cell", "a table with a header and rows", "Check that the export was complete."));
            }

            var chosen = filled.OrderBy(s => s.Source.Header.Problem is null ? 0 : 1)
                .ThenBy(s => s.Source.Header.Problem is null && s.Sheet.Hidden ? 1 : 0)
                .ThenByDescending(s => s.Source.Header.Problem is null ? 0 : s.Source.Header.KnownCount).First();
            var notes = chosen.Source.Notes.ToList();
            if (chosen.Sheet.Hidden)
            {
                notes.Add($"The sheet '{chosen.Sheet.Name}' is hidden.");
            }

            notes.AddRange(filled.Where(s => s.Sheet.Index != chosen.Sheet.Index).Select(s => s.Source.Header.Problem is null
                ? $"The sheet '{s.Sheet.Name}' has activities too and is not read; put it into a file of its own."
                : $"The sheet '{s.Sheet.Name}' is not read."));
            var errors = Errors(file, shape, chosen.Sheet.Name);
            return (chosen.Source with { Notes = notes, Rows = _ => Open(file, chosen.Sheet.Index, errors) }, null);
        }
        catch (Exception e) when (Describe(e) is { } problem)
        {
            return (null, problem);
        }
    }

    /// <summary>What an exception of the workbook reader means for the file's owner; null when it is none of the reader's.</summary>
    public static Problem? Describe(Exception e) => e switch
    {
        InvalidPasswordException => new Problem("file.encrypted", "", "a workbook that is protected by a password", "a workbook that opens without a password", "Save it without a password and try again."),
        ExcelReaderException or InvalidOperationException or NotSupportedException or InvalidDataException or IOException or System.Xml.XmlException
            or ArgumentException or FormatException or IndexOutOfRangeException or NullReferenceException or OverflowException or KeyNotFoundException
            => new Problem("file.unreadable", "", $"a workbook that cannot be read ({e.Message})", "an .xlsx workbook", "Open it in a spreadsheet program and save it as .xlsx."),
        _ => null,
    };

    private static TableSource Sample(KnownColumns known, char? separator, string? sheet, TableRows rows, Func<bool, TableRows> open, out List<int> widths)
    {
        var (cells, numbers) = (new List<string[]>(), new List<int>());
        widths = [];
        while (cells.Count < TableHeader.Window && rows.Next())
        {
            if (!rows.IsBlank())
            {
                cells.Add([.. Enumerable.Range(0, rows.CellCount).Select(i => Text(rows, i))]);
                numbers.Add(rows.Number);
                widths.Add(rows.CellCount);
            }
        }

        var header = TableHeader.Find(cells, known);
        return new TableSource(
            header, numbers.GetRange(header.First, header.Count), cells.GetRange(header.First, header.Count), separator, sheet, header.Notes, open);
    }

    // A line break inside a header cell is a blank.
    private static string Text(TableRows rows, int column) =>
        string.Join(' ', Encoding.UTF8.GetString(Utf8Text.Trim(rows.Cell(column))).Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // Excel's own first line: sep=;
    private static char? Hinted(SourceFile file, Encoding encoding)
    {
        using var reader = new StreamReader(file.OpenStream(), encoding, detectEncodingFromByteOrderMarks: true);
        Span<char> start = stackalloc char[8];
        var length = reader.ReadBlock(start);
        return length >= 5 && start.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && (length == 5 || start[5] is '\r' or '\n') && char.IsAscii(start[4])
            ? start[4]
            : null;
    }

    // All sheets by one reader: opening one looks through the whole sheet.
    private static List<((int Index, string Name, bool Hidden) Sheet, TableSource Source)> Sheets(SourceFile file, KnownColumns known)
    {
        var sheets = new List<((int Index, string Name, bool Hidden) Sheet, TableSource Source)>();
        using var stream = file.OpenStream();
        using var reader = ExcelReaderFactory.CreateReader(stream);
        using var rows = new WorkbookRows(reader, stream, errors: null);
        do
        {
            var sheet = (sheets.Count, reader.Name, !string.Equals(reader.VisibleState, "visible", StringComparison.OrdinalIgnoreCase));
            sheets.Add((sheet, Sample(known, null, reader.Name, rows, _ => throw new InvalidOperationException("The sheet is opened once it is chosen."), out _)));
        }
        while (reader.NextResult());
        return sheets;
    }

    private static IReadOnlyDictionary<(int Row, int Column), string>? Errors(SourceFile file, FileShape shape, string sheet)
    {
        if (shape != FileShape.Xlsx)
        {
            return null;
        }

        using var stream = file.OpenStream();
        return SheetErrors.Of(stream, sheet);
    }

    private static WorkbookRows Open(SourceFile file, int sheet, IReadOnlyDictionary<(int Row, int Column), string>? errors)
    {
        var stream = file.OpenStream();
        try
        {
            var reader = ExcelReaderFactory.CreateReader(stream);
            for (var i = 0; i < sheet; i++)
            {
                reader.NextResult();
            }

            return new WorkbookRows(reader, stream, errors);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
