using System.Globalization;
using System.Text;
using CsvHelper;

namespace OffGridFlow.Factors;

/// <summary>A small CSV table with a header, read with errors that name file, line and column.</summary>
public static class DataFile
{
    static DataFile() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>What spreadsheet programs of western Europe write when nobody asks for UTF-8.</summary>
    public static Encoding Windows1252 => Encoding.GetEncoding(1252);

    /// <summary>Writes a table: fields quoted only where they must be, lines ended by a line feed.</summary>
    /// <returns>How many rows stand below the header.</returns>
    public static int Write(string path, string header, IEnumerable<IEnumerable<string?>> rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        writer.WriteLine(header);
        var count = 0;
        foreach (var row in rows)
        {
            writer.WriteLine(string.Join(',', row.Select(FactorTable.Quote)));
            count++;
        }

        return count;
    }

    /// <summary>A number with a decimal comma (<c>0,832</c>); null when blank or no such number.</summary>
    /// <remarks>A point is refused: <c>1.234</c> could be a thousand here.</remarks>
    public static decimal? DecimalComma(string? text) =>
        decimal.TryParse(text, Plain, CommaFormat, out var number) ? number : null;

    private const NumberStyles Plain =
        NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    private static readonly NumberFormatInfo CommaFormat = new() { NumberDecimalSeparator = ",", NumberGroupSeparator = "" };

    /// <summary>Rows below the header. Columns are found by name, whatever their order.</summary>
    /// <param name="path">The file, UTF-8 unless <paramref name="encoding"/> says otherwise.</param>
    /// <param name="separator">Field separator.</param>
    /// <param name="encoding">For official files that are not UTF-8.</param>
    public static IEnumerable<DataRow> Rows(string path, char separator = ',', Encoding? encoding = null)
    {
        string[]? header = null;
        foreach (var (line, fields) in Lines(path, separator, encoding))
        {
            if (header is null)
            {
                header = fields;
                continue;
            }

            yield return new DataRow(path, line, header, fields);
        }
    }

    /// <summary>Every record with the line it starts on, header included, for files whose header is not their first line.</summary>
    public static IEnumerable<(int Line, string[] Fields)> Lines(string path, char separator = ',', Encoding? encoding = null)
    {
        var options = new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = false,
            Encoding = encoding,
            TrackLineNumbers = true,
            SkipEmptyLines = true,
        };
        using var csv = CsvReader.FromFile(path, options);
        while (csv.Read())
        {
            var fields = new string[csv.FieldCount];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = csv.GetString(i);
            }

            yield return ((int)csv.LineNumber, fields);
        }
    }
}

/// <summary>One record of a <see cref="DataFile"/>.</summary>
public sealed record DataRow(string Path, int Line, string[] Header, string[] Fields)
{
    /// <summary>The field's text, or null when blank or when the row is short.</summary>
    /// <exception cref="InvalidDataException">The file has no such column.</exception>
    public string? Text(string column)
    {
        var index = Array.FindIndex(Header, name => string.Equals(name.Trim(), column, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            throw new InvalidDataException($"{Path}: there is no column '{column}'; the columns are {string.Join(", ", Header)}.");
        }

        return index < Fields.Length && Fields[index].Trim() is { Length: > 0 } text ? text : null;
    }

    public bool Has(string column) =>
        Array.Exists(Header, name => string.Equals(name.Trim(), column, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="InvalidDataException">The field is blank.</exception>
    public string Required(string column) => Text(column) ?? throw Bad(column, "is empty");

    /// <summary>The number, or null when blank. A zero is a zero.</summary>
    /// <exception cref="InvalidDataException">The field holds something else than a number.</exception>
    public decimal? Number(string column) =>
        Text(column) is not { } text ? null :
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number :
        throw Bad(column, $"'{text}' is no number");

    /// <summary>The day (<c>2025-12-31</c>), or null when blank.</summary>
    public DateOnly? Day(string column) =>
        Text(column) is not { } text ? null :
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day :
        throw Bad(column, $"'{text}' is no date of the form 2025-12-31");

    public InvalidDataException Bad(string column, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{Path} line {Line}, column {column}: {what}."));
}
