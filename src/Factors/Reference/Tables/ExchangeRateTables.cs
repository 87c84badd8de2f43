using System.Globalization;
using System.IO.Compression;
using OffGridFlow.Factors.Publications;

namespace OffGridFlow.Factors.Reference.Tables;

/// <summary>
/// data/fx/ecb-daily.csv: the European Central Bank's reference rates, units per euro, a row a publication day; and
/// data/fx/fed-monthly.csv: the US Federal Reserve's monthly averages (H.10/G.5), units per US dollar.
/// </summary>
/// <remarks>
/// The Federal Reserve itself quotes some currencies as dollars per unit; the file read turns all of them to units per
/// dollar, which a test holds against the ECB's rates currency by currency.
/// </remarks>
internal sealed class ExchangeRateTables : ReferenceTable
{
    public override string Name => "fx";

    public override IEnumerable<(string Path, int Rows)> Build(string dataFolder, string sourceFolder)
    {
        var folder = Path.Combine(dataFolder, "fx");
        yield return Ecb(Path.Combine(sourceFolder, "fx", "ecb-eurofxref-hist.zip"), Path.Combine(folder, "ecb-daily.csv"));
        yield return Fed(
            Path.Combine(sourceFolder, "fx", "us-fed-monthly.csv"),
            Path.Combine(folder, "fed-currencies.csv"),
            Path.Combine(folder, "fed-monthly.csv"));
    }

    // Oldest day first, so that next year's days are lines at the end. "N/A" marks a currency not quoted that day.
    internal static (string Path, int Rows) Ecb(string zipPath, string table)
    {
        using var zip = ZipFile.OpenRead(zipPath);
        using var reader = new StreamReader(zip.Entries[0].Open());
        var header = reader.ReadLine()!.TrimEnd(',').Split(',');
        var rows = new List<string?[]>();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            var row = new string?[header.Length];
            row[0] = fields[0];
            for (var i = 1; i < header.Length; i++)
            {
                row[i] = fields[i] is "N/A" or "" ? null : TableFile.Figure(Rate(fields[i], zipPath, fields[0]));
            }

            rows.Add(row);
        }

        return TableFile.WriteKeyed(table, "date," + string.Join(',', header.Skip(1)), 1, rows);
    }

    private static (string Path, int Rows) Fed(string source, string currencies, string table)
    {
        var wanted = DataFile.Rows(currencies).ToDictionary(
            row => row.Required("country"), row => (Currency: row.Required("currency"), First: row.Required("first")), StringComparer.Ordinal);
        var rows = from row in DataFile.Rows(source)
                   where wanted.ContainsKey(row.Required("Country"))
                   let month = row.Required("Date")[..7]
                   let currency = wanted[row.Required("Country")]
                   where string.CompareOrdinal(month, currency.First) >= 0 && row.Text("Exchange rate") is not null
                   select new[] { currency.Currency, month, TableFile.Figure(row.Number("Exchange rate")) };
        return TableFile.WriteKeyed(table, "currency,month,per_usd", 2, rows);
    }

    private static decimal Rate(string text, string path, string day) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate > 0
            ? rate
            : throw new InvalidDataException($"{path}, {day}: '{text}' is no rate.");
}
