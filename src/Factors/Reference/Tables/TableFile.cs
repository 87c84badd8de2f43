using System.Globalization;

namespace OffGridFlow.Factors.Reference.Tables;

/// <summary>Writes a reference table: UTF-8, line feeds, fields quoted only where they must be.</summary>
internal static class TableFile
{
    /// <summary>Writes the rows in the order given.</summary>
    /// <returns>The path and how many rows stand below the header.</returns>
    public static (string Path, int Rows) Write(string path, string header, IEnumerable<string?[]> rows) =>
        (path, DataFile.Write(path, header, rows));

    /// <summary>Rows in ordinal order of their first fields.</summary>
    /// <exception cref="InvalidDataException">Two rows share a key: a lookup would find one of them by chance.</exception>
    public static (string Path, int Rows) WriteKeyed(string path, string header, int keys, IEnumerable<string?[]> rows)
    {
        var sorted = rows.OrderBy(row => Key(row, keys), StringComparer.Ordinal).ToList();
        for (var i = 1; i < sorted.Count; i++)
        {
            if (Key(sorted[i], keys) == Key(sorted[i - 1], keys))
            {
                throw new InvalidDataException($"{path}: '{Key(sorted[i], keys).Replace('\u0001', ' ')}' stands twice.");
            }
        }

        return Write(path, header, sorted);
    }

    /// <summary>The figure with every digit published and no trailing zero.</summary>
    public static string? Figure(decimal? value) => FactorTable.Number(value);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Key(string?[] row, int keys) => string.Join('\u0001', row.Take(keys));
}
