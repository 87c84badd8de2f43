using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Activities.Intake;
using static OffGridFlow.App.Tests.Intake.TableFixture;

namespace OffGridFlow.App.Tests.Intake;

public sealed class WorkbookTableTests : IDisposable
{
    private static readonly object?[] Header = ["kind", "quantity", "unit", "start"];

    private readonly TableFixture files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void a_sheet_is_read_with_excel_s_row_numbers_and_the_shortest_digits()
    {
        using var table = Workbook("t.xlsx", ("Data", [["Energy 2025"], [], Header, ["fuel.diesel", 0.24107, "L", 45688], [], ["fuel.petrol", 1234.567, "L", "2025-02"]]));

        Assert.Null(table.Problem);
        Assert.Equal(["4: fuel.diesel|0.24107|L|45688", "6: fuel.petrol|1234.567|L|2025-02"], Rest(table));
        Assert.Equal(("xlsx", "Data", 3, 1), (table.Format.Kind, table.Format.Sheet, table.Format.HeaderRow, table.BlankRows));
        Assert.Equal(64, table.Sha256!.Length);
    }

    [Fact]
    public void a_cell_that_holds_a_number_is_never_in_doubt_and_a_formula_counts_with_its_saved_value()
    {
        using var table = Workbook("t.xlsx", ("Data", [Header, ["fuel.diesel", 1.234, "L"], ["fuel.diesel", "=1+1|1234.5", "L"], ["fuel.diesel", "1,234", "L"], ["fuel.diesel", null, "L"]]));

        Assert.Equal(["1.234", "1234.5", "number.ambiguous", "blank"], Quantities(table));
    }

    [Fact]
    public void a_serial_number_is_a_day_and_a_small_one_a_year()
    {
        using var table = Workbook("t.xlsx", ("Data", [Header, ["fuel.diesel", 1, "L", 45688], ["fuel.diesel", 1, "L", 2025]]));

        Assert.Equal(["2025-01-31", "2025-01-01"], Starts(table));
    }

    [Fact]
    public void a_cell_formatted_as_a_date_is_that_date_in_both_of_excel_s_calendars()
    {
        foreach (var since1904 in new[] { false, true })
        {
            var path = TestWorkbook.Write(Path.Combine(files.Folder, $"{since1904}.xlsx"), ("Data", [Header, ["fuel.diesel", 1, "L", since1904 ? 45688 - 1462 : 45688]]));
            FormatAsDate(path, "D2", since1904);
            using var table = ActivityTable.Open(path);

            Assert.Equal(["2: fuel.diesel|1|L|2025-01-31"], Rest(table));
        }
    }

    [Theory]
    [InlineData("#REF!")]
    [InlineData("#DIV/0!")]
    [InlineData("#N/A")]
    public void a_formula_that_ended_in_an_error_is_a_problem_of_its_cell(string error)
    {
        var path = TestWorkbook.Write(Path.Combine(files.Folder, "t.xlsx"), ("Data", [Header, ["fuel.diesel", "=A1/0|0", "L", null]]));
        MakeError(path, "B2", error);
        using var table = ActivityTable.Open(path);

        Assert.True(table.Read());
        Assert.Equal("cell.error", table.CellProblem(1)?.Code);
        Assert.Equal(error, table.CellProblem(1)?.Found);
        Assert.Null(table.CellProblem(0));
        Assert.Equal(CellOutcome.Problem, table.Number(1, out _, out var problem));
        Assert.Equal("cell.error", problem?.Code);
    }

    [Fact]
    public void the_first_sheet_with_a_header_is_read_and_the_others_are_named()
    {
        using var table = Workbook(
            "t.xlsx",
            ("Cover", [["About this workbook"]]),
            ("Jan", [Header, ["fuel.diesel", 1, "L", null]]),
            ("Empty", []),
            ("Feb", [Header, ["fuel.diesel", 2, "L", null]]));

        Assert.Equal("Jan", table.Format.Sheet);
        Assert.Equal(["The sheet 'Cover' is not read.", "The sheet 'Feb' has activities too and is not read; put it into a file of its own."], table.Format.Notes);
        Assert.Equal(["2: fuel.diesel|1|L|"], Rest(table));
    }

    [Fact]
    public void a_hidden_sheet_gives_way_to_a_visible_one()
    {
        var path = TestWorkbook.Write(Path.Combine(files.Folder, "t.xlsx"), ("Old", [Header, ["fuel.diesel", 1, "L"]]), ("New", [Header, ["fuel.diesel", 2, "L"]]));
        using (var document = SpreadsheetDocument.Open(path, isEditable: true))
        {
            document.WorkbookPart!.Workbook.Descendants<Sheet>().First().State = SheetStateValues.Hidden;
        }

        using var table = ActivityTable.Open(path);

        Assert.Equal("New", table.Format.Sheet);
    }

    [Fact]
    public void a_workbook_under_a_csv_name_is_read_as_what_it_is()
    {
        using var table = Workbook("t.csv", ("Data", [Header, ["fuel.diesel", 1, "L", null]]));

        Assert.Equal("xlsx", table.Format.Kind);
        Assert.Contains(table.Format.Notes, note => note.Contains("under a text file's name", StringComparison.Ordinal));
        Assert.Single(Rest(table));
    }

    [Fact]
    public void a_workbook_can_be_piped()
    {
        var path = TestWorkbook.Write(Path.Combine(files.Folder, "t.xlsx"), ("Data", [Header, ["fuel.diesel", 1, "L", null]]));
        using var table = Piped(File.ReadAllBytes(path));

        Assert.Equal(["2: fuel.diesel|1|L|"], Rest(table));
    }

    [Fact]
    public void a_header_of_two_lines_with_merged_cells_is_combined()
    {
        using var table = Workbook("t.xlsx", ("Data", [["Kind", "Period", null, "Quantity", "Unit"], [null, "Start", "End", null, null], ["fuel.diesel", "2025-01-01", "2025-01-31", 5, "L"]]));

        Assert.Equal(["kind", "start", "end", "quantity", "unit"], Keys(table));
        Assert.Equal(["3: fuel.diesel|2025-01-01|2025-01-31|5|L"], Rest(table));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void an_empty_workbook_is_a_problem(int rows)
    {
        using var table = Workbook("t.xlsx", ("Data", rows == 0 ? [] : [[]]));

        Assert.Equal("file.empty", table.Problem?.Code);
    }

    [Theory]
    [InlineData("t.xlsx")]
    [InlineData("t.xls")]
    public void a_damaged_workbook_is_a_problem_that_asks_for_xlsx(string name)
    {
        var path = Path.Combine(files.Folder, name);
        byte[] magic = name == "t.xls" ? [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] : [0x50, 0x4B, 3, 4];
        File.WriteAllBytes(path, [.. magic, .. new byte[4096]]);
        using var table = ActivityTable.Open(path);

        Assert.Equal("file.unreadable", table.Problem?.Code);
        Assert.Contains(".xlsx", table.Problem!.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void a_workbook_with_a_password_is_a_problem_that_asks_for_one_without()
    {
        var path = Path.Combine(files.Folder, "secret.xlsx");
        File.WriteAllBytes(path, EncryptedWorkbook.Bytes());
        using var table = ActivityTable.Open(path);

        Assert.Equal("file.encrypted", table.Problem?.Code);
    }

    [Fact]
    public void the_official_xls_with_a_string_table_the_reader_stumbles_over_is_a_problem_that_asks_for_xlsx()
    {
        var path = Path.Combine(Repository.SourcesOrSkip(), "defra", "conversion-factors-2021-flat-file-automatic-processing.xls");
        using var table = ActivityTable.Open(path);

        Assert.Equal("file.unreadable", table.Problem?.Code);
        Assert.Contains("save it as .xlsx", table.Problem!.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void an_xls_is_read_as_such()
    {
        var path = Directory.GetFiles(Path.Combine(Repository.SourcesOrSkip(), "defra"), "*2018*.xls")[0];
        using var table = ActivityTable.Open(path);

        Assert.Equal("xls", table.Format.Kind);
        Assert.Equal("file.header-missing", table.Problem?.Code);
    }

    private ActivityTable Workbook(string name, params (string Sheet, object?[][] Rows)[] sheets)
    {
        // The package is named .xlsx while it is written; the table sees the name asked for.
        var path = TestWorkbook.Write(Path.Combine(files.Folder, "written.xlsx"), sheets);
        var named = Path.Combine(files.Folder, name);
        File.Move(path, named);
        return ActivityTable.Open(named);
    }

    private static void MakeError(string path, string at, string error)
    {
        using var document = SpreadsheetDocument.Open(path, isEditable: true);
        var cell = Cell(document, at);
        cell.DataType = CellValues.Error;
        cell.CellValue = new CellValue(error);
    }

    private static void FormatAsDate(string path, string at, bool since1904)
    {
        using var document = SpreadsheetDocument.Open(path, isEditable: true);
        var workbook = document.WorkbookPart!;
        var styles = workbook.AddNewPart<WorkbookStylesPart>();
        styles.Stylesheet = new Stylesheet(
            new Fonts(new Font()),
            new Fills(new Fill()),
            new Borders(new Border()),
            new CellFormats(new CellFormat(), new CellFormat { NumberFormatId = 14, ApplyNumberFormat = true }));
        workbook.Workbook.WorkbookProperties = new WorkbookProperties { Date1904 = since1904 };
        Cell(document, at).StyleIndex = 1;
    }

    private static Cell Cell(SpreadsheetDocument document, string at) =>
        document.WorkbookPart!.WorksheetParts.Single().Worksheet.Descendants<Cell>().Single(cell => cell.CellReference == at);
}
