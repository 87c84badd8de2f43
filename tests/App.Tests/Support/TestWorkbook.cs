using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Writes small .xlsx files, so that the suite carries its own fixtures in readable form.</summary>
internal static class TestWorkbook
{
    /// <summary>Numbers become numeric cells, a string that starts with '=' a formula with its cached value after '|', null no cell.</summary>
    public static string Write(string path, params (string Sheet, object?[][] Rows)[] sheets)
    {
        using var document = SpreadsheetDocument.Create(path, SpreadsheetDocumentType.Workbook);
        var workbook = document.AddWorkbookPart();
        workbook.Workbook = new DocumentFormat.OpenXml.Spreadsheet.Workbook(new Sheets());
        foreach (var (name, rows) in sheets)
        {
            var part = workbook.AddNewPart<WorksheetPart>();
            var data = new SheetData();
            foreach (var row in rows)
            {
                data.Append(new Row(row.Select((value, column) => CellOf(value, column, data.ChildElements.Count + 1)).OfType<Cell>()));
            }

            part.Worksheet = new Worksheet(data);
            var all = workbook.Workbook.GetFirstChild<Sheets>()!;
            all.Append(new Sheet
            {
                Id = workbook.GetIdOfPart(part),
                SheetId = (uint)all.ChildElements.Count + 1,
                Name = name,
            });
        }

        return path;
    }

    private static Cell? CellOf(object? value, int column, int row)
    {
        var at = string.Create(CultureInfo.InvariantCulture, $"{ColumnName(column)}{row}");
        return value switch
        {
            null => null,
            string text when text.StartsWith('=') => new Cell
            {
                CellReference = at,
                CellFormula = new CellFormula(text[1..text.IndexOf('|', StringComparison.Ordinal)]),
                CellValue = new CellValue(text[(text.IndexOf('|', StringComparison.Ordinal) + 1)..]),
            },
            string text => new Cell { CellReference = at, DataType = CellValues.InlineString, InlineString = new InlineString(new Text(text)) },
            IFormattable number => new Cell { CellReference = at, CellValue = new CellValue(number.ToString(null, CultureInfo.InvariantCulture)) },
            _ => throw new ArgumentOutOfRangeException(nameof(value), value, "A cell holds text or a number."),
        };
    }

    private static string ColumnName(int column) =>
        column < 26 ? ((char)('A' + column)).ToString() : ColumnName((column / 26) - 1) + (char)('A' + (column % 26));
}
