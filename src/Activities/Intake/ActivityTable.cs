using System.Text;

namespace OffGridFlow.Activities.Intake;

/// <summary>What a cell held.</summary>
public enum CellOutcome
{
    Value,
    Blank,
    Problem,
}

/// <summary>
/// A user's activity table, whatever file it came in: .csv, .tsv, .xlsx, .xls or standard input, told apart by content. Rows
/// stream by once, cells as UTF-8; memory does not grow with the file. Nothing is dropped in silence: blank rows are counted,
/// totals, repeated headers and rows that cannot be trusted are returned and marked.
/// </summary>
public sealed class ActivityTable : IDisposable
{
    private readonly SourceFile? file;
    private readonly IntakeOptions options;
    private readonly TableRows? rows;
    private readonly RowKinds? rowKinds;
    private readonly ColumnHabits? habits;
    private readonly byte[]?[] constants;
    private readonly string? workbookHash;
    private readonly int width;
    private readonly TableFormat format;
    private readonly DecimalStyle[] decimals;
    private readonly DateOrder[] dates;

    private ActivityTable(SourceFile? file, IntakeOptions options, Problem problem)
    {
        this.file = file;
        this.options = options;
        Problem = problem;
        (constants, decimals, dates) = ([], [], []);
        Columns = [];
        format = new TableFormat("", "", null, DecimalStyle.Unknown, DateOrder.Unknown, 0, null, []);
    }

    private ActivityTable(SourceFile? file, IntakeOptions options, TableSource source, TableFormat format, string? workbookHash)
    {
        this.file = file;
        this.options = options;
        this.workbookHash = workbookHash;
        Problem = source.Header.Problem;
        Columns = source.Header.Columns;
        this.format = format;
        decimals = new DecimalStyle[Columns.Count];
        dates = new DateOrder[Columns.Count];
        Array.Fill(decimals, options.Decimals ?? DecimalStyle.Unknown);
        Array.Fill(dates, options.Dates ?? DateOrder.Unknown);
        constants = [.. Columns.Select(column => column.Constant is { } unit ? Encoding.UTF8.GetBytes(unit) : null)];
        width = Columns.Count(column => column.Constant is null);
        if (Problem is null)
        {
            rowKinds = new RowKinds(source.HeaderCells, Columns, width, options.Columns ?? KnownColumns.Shipped);
            habits = new ColumnHabits(Columns, () => Body(source, hashed: false), options, lookNow: workbookHash is null);
            rows = Body(source, hashed: true);
        }
    }

    /// <summary>
    /// Why the file as a whole is of no use; null when it can be read. Check it again after the last row: a workbook that is
    /// damaged half-way says so only there.
    /// </summary>
    public Problem? Problem { get; private set; }

    /// <summary>In the file's order; a unit stated by the header (<c>Menge (kWh)</c>) is a column of its own at the end.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>What the file turned out to be; its habits as far as rows have been looked at.</summary>
    public TableFormat Format => habits is null ? format : format with { Decimals = habits.SeenDecimals, Dates = habits.SeenDates };

    /// <summary>Lower-case hexadecimal SHA-256 of the file's bytes; null before <see cref="Read"/> has returned false.</summary>
    public string? Sha256 { get; private set; }

    /// <summary>The current row's number: the line it starts on, counting lines inside quotes, or Excel's row number.</summary>
    public int Row => rows?.Number ?? 0;

    /// <summary>Rows without any content that were passed over so far.</summary>
    public int BlankRows { get; private set; }

    /// <summary>How many cells the row has, which may be fewer or more than the columns.</summary>
    public int FieldCount => rows?.CellCount ?? 0;

    /// <summary>Why the current row as such cannot be trusted; null for a sound row. Its cells are for display only.</summary>
    public Problem? RowProblem { get; private set; }

    /// <summary>Whether the row sums up others (<c>Total</c>, <c>Summe</c>) and is no activity.</summary>
    public bool IsTotal { get; private set; }

    /// <summary>Whether the row is the header once more, as where exports were glued together.</summary>
    public bool IsRepeatedHeader { get; private set; }

    /// <summary>Opens a table. What is wrong with the file is in <see cref="Problem"/>; nothing about the file throws.</summary>
    /// <param name="pathOrDash">A path, or <c>-</c> for <paramref name="stdin"/>.</param>
    /// <param name="stdin">Read to its end at once: kept in memory up to 4 MB, beyond that in a file that vanishes when closed.</param>
    /// <param name="options">What the caller knows better than the file.</param>
    public static ActivityTable Open(string pathOrDash, Stream? stdin = null, IntakeOptions? options = null)
    {
        options ??= new IntakeOptions();
        var known = options.Columns ?? KnownColumns.Shipped;
        var (file, problem) = SourceFile.Open(pathOrDash, stdin, options.Name);
        if (file is null)
        {
            return new ActivityTable(null, options, problem!);
        }

        var (shape, encoding, unusable) = file.Sniff();
        if (unusable is not null)
        {
            return new ActivityTable(file, options, unusable);
        }

        if (shape == FileShape.Text)
        {
            var text = TableSource.OfText(file, encoding!, known);
            return new ActivityTable(file, options, text, FormatOfText(file, encoding!, text), null);
        }

        var (source, unreadable) = TableSource.OfWorkbook(file, shape, known);
        return source is null
            ? new ActivityTable(file, options, unreadable!)
            : new ActivityTable(file, options, source, FormatOfWorkbook(file, shape, source), file.Sha256());
    }

    /// <summary>A table of rows that are at hand, as of a request's body.</summary>
    /// <param name="source">Its columns and rows; row 0 is the header.</param>
    /// <param name="options">See <see cref="Open"/>.</param>
    public static ActivityTable Of(TableSource source, IntakeOptions options) => new(
        null, options, source, new TableFormat("json", "utf-8", null, DecimalStyle.Unknown, DateOrder.Unknown, 0, null, source.Notes), workbookHash: "");

    /// <summary>The place of a column by its key (<c>quantity</c>), or -1.</summary>
    public int ColumnOf(string key)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Goes to the next row that is not blank; false after the last one.</summary>
    public bool Read()
    {
        (RowProblem, IsTotal, IsRepeatedHeader) = (null, false, false);
        if (rows is null || Sha256 is not null)
        {
            return false;
        }

        try
        {
            while (rows.Next())
            {
                if (rows.Problem is null && rows.IsBlank())
                {
                    BlankRows++;
                    continue;
                }

                RowProblem = rows.Problem ?? rowKinds!.Problem(rows);
                IsRepeatedHeader = RowProblem is null && rowKinds!.IsRepeatedHeader(rows);
                IsTotal = RowProblem is null && !IsRepeatedHeader && rowKinds!.IsTotal(rows);
                return true;
            }
        }
        catch (Exception e) when (rows is WorkbookRows && TableSource.Describe(e) is { } problem)
        {
            Problem = problem;
        }

        Sha256 = workbookHash ?? (rows as TextRows)?.Sha256;
        return false;
    }

    /// <summary>The cell's text, trimmed; empty where the row is short. Valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Field(int column) =>
        column < width ? Utf8Text.Trim(rows!.Cell(column)) : constants[column];

    /// <summary>The text of the row's cell at a place, trimmed, whether it has a column or not; empty beyond the row's end.</summary>
    public ReadOnlySpan<byte> Raw(int place) => Utf8Text.Trim(rows!.Cell(place));

    /// <summary>The error that a formula ended in, as a problem of its cell; null for every other cell.</summary>
    public Problem? CellProblem(int column) =>
        column < width && rows!.Error(column) is { } error
            ? new Problem("cell.error", Columns[column].Name, error, "a value", "Mend the formula in the spreadsheet and save it again.")
            : null;

    /// <summary>Whether the file itself holds a number or date in the current row's cell, so that its form is beyond doubt.</summary>
    public bool IsTyped(int column) => column < width && rows!.IsTyped(column);

    /// <summary>Reads a number, doubtful ones by the habits of the whole file. A blank is an outcome of its own, never zero.</summary>
    public CellOutcome Number(int column, out decimal value, out Problem? problem) =>
        Number(column, Field(column), IsTyped(column), out value, out problem);

    /// <summary>Reads a number of a cell that was copied from the table. Several threads may ask at once.</summary>
    public CellOutcome Number(int column, ReadOnlySpan<byte> text, bool typed, out decimal value, out Problem? problem)
    {
        var sound = NumberText.TryParse(text, typed ? DecimalStyle.Point : decimals[column], out value, out var why);
        if (why == NumberProblem.Ambiguous && decimals[column] == DecimalStyle.Unknown)
        {
            lock (habits!)
            {
                decimals[column] = habits.Decimals(column);
            }

            sound = NumberText.TryParse(text, decimals[column], out value, out why);
        }

        problem = sound || why == NumberProblem.Blank ? null : NumberText.Describe(why, text, Columns[column].Name);
        return sound ? CellOutcome.Value : why == NumberProblem.Blank ? CellOutcome.Blank : CellOutcome.Problem;
    }

    /// <summary>Reads the days a cell names, doubtful ones by the habits of the whole file: a start is the first, an end the last.</summary>
    public CellOutcome Period(int column, out Period period, out Problem? problem) =>
        Period(column, Field(column), out period, out problem);

    /// <summary>Reads the days of a cell that was copied from the table. Several threads may ask at once.</summary>
    public CellOutcome Period(int column, ReadOnlySpan<byte> text, out Period period, out Problem? problem)
    {
        var sound = DateText.TryParse(text, dates[column], out period, out var why, options.FiscalYearStart);
        if (why == DateProblem.Ambiguous && dates[column] == DateOrder.Unknown)
        {
            lock (habits!)
            {
                dates[column] = habits.Dates(column);
            }

            sound = DateText.TryParse(text, dates[column], out period, out why, options.FiscalYearStart);
        }

        problem = sound || why == DateProblem.Blank ? null : DateText.Describe(why, text, Columns[column].Name);
        return sound ? CellOutcome.Value : why == DateProblem.Blank ? CellOutcome.Blank : CellOutcome.Problem;
    }

    public void Dispose()
    {
        rows?.Dispose();
        file?.Dispose();
    }

    private static TableRows Body(TableSource source, bool hashed)
    {
        var body = source.Rows(hashed);
        while (body.Number != source.HeaderNumbers[^1] && body.Next())
        {
        }

        return body;
    }

    private static TableFormat FormatOfText(SourceFile file, Encoding encoding, TableSource source)
    {
        var kind = source.Separator == '\t' ? "tsv" : "csv";
        var notes = source.Notes.ToList();
        if (file.Extension is ".xlsx" or ".xls" or ".xlsm" or ".xlsb")
        {
            notes.Insert(0, $"{file.Name} is separated text under a workbook's name.");
        }

        if (encoding.CodePage == 1252)
        {
            notes.Add("The file is not UTF-8 and is read as Windows-1252; where names look wrong, save it as UTF-8.");
        }

        var name = encoding.CodePage switch { 1200 => "utf-16le", 1201 => "utf-16be", 1252 => "windows-1252", _ => "utf-8" };
        return new TableFormat(kind, name, source.Separator, DecimalStyle.Unknown, DateOrder.Unknown, source.HeaderNumbers.LastOrDefault(), null, notes);
    }

    private static TableFormat FormatOfWorkbook(SourceFile file, FileShape shape, TableSource source)
    {
        var kind = shape == FileShape.Xlsx ? "xlsx" : "xls";
        var notes = source.Notes.ToList();
        if (file.Extension is ".csv" or ".tsv" or ".txt")
        {
            notes.Insert(0, $"{file.Name} is a workbook under a text file's name.");
        }

        return new TableFormat(kind, "", null, DecimalStyle.Unknown, DateOrder.Unknown, source.HeaderNumbers.LastOrDefault(), source.Sheet, notes);
    }
}
