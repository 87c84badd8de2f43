using System.Globalization;
using System.Text;
using ExcelDataReader;

namespace OffGridFlow.Factors.Publications;

/// <summary>An Excel workbook as sheets of rows of cells, numbers kept to the digits the file holds.</summary>
internal static class Workbook
{
    static Workbook() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Sheets in order, with the rows of each, top to bottom; row numbers are Excel's, from 1.</summary>
    /// <exception cref="InvalidDataException">A legacy .xls that the reader cannot open: save it as .xlsx.</exception>
    public static IEnumerable<Sheet> Open(string path)
    {
        using var stream = File.OpenRead(path);
        using var reader = Reader(stream, path);
        do
        {
            var rows = new List<Row>();
            for (var number = 1; reader.Read(); number++)
            {
                var cells = new object?[reader.FieldCount];
                for (var i = 0; i < cells.Length; i++)
                {
                    cells[i] = reader.GetValue(i);
                }

                rows.Add(new Row(reader.Name, number, cells));
            }

            yield return new Sheet(reader.Name, rows);
        }
        while (reader.NextResult());
    }

    private static IExcelDataReader Reader(Stream stream, string path)
    {
        try
        {
            return ExcelReaderFactory.CreateReader(stream);
        }
        catch (Exception e) when (e is ExcelDataReader.Exceptions.ExcelReaderException or InvalidOperationException or NotSupportedException or EndOfStreamException)
        {
            throw new InvalidDataException($"{Path.GetFileName(path)} cannot be read ({e.Message}). Open it in a spreadsheet program and save it as .xlsx.", e);
        }
    }

    internal sealed record Sheet(string Name, IReadOnlyList<Row> Rows);

    /// <summary>One row; columns count from 0.</summary>
    internal sealed record Row(string Sheet, int Number, IReadOnlyList<object?> Cells)
    {
        /// <summary>The cell's text without surrounding or doubled white space, or null when blank.</summary>
        public string? Text(int column)
        {
            var value = column < Cells.Count ? Cells[column] : null;
            var text = value switch
            {
                null => null,
                string s => s,
                double d => Decimal(d).ToString(CultureInfo.InvariantCulture),
                IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
                _ => value.ToString(),
            };
            if (text is null)
            {
                return null;
            }

            text = string.Join(' ', text.Replace('\u00a0', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return text.Length == 0 ? null : text;
        }

        /// <summary>The cell's number, or null when the cell is blank or holds words. A zero is a zero.</summary>
        public decimal? Figure(int column)
        {
            var value = column < Cells.Count ? Cells[column] : null;
            return value switch
            {
                double d => Decimal(d),
                int i => i,
                string s when decimal.TryParse(s.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
                _ => null,
            };
        }

        /// <summary>Where this row is printed, for citations: <c>Table 4, row 12</c>.</summary>
        public string Locator => string.Create(CultureInfo.InvariantCulture, $"{Sheet.Trim()}, row {Number}");

        // Excel holds doubles and shows at most 15 significant digits of them: 0.41205 is what the publisher's sheet says
        // where the file holds 0.41204999999999997, the trace of a formula.
        private static decimal Decimal(double value) =>
            decimal.Parse(value.ToString("G15", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
