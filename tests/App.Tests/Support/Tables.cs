using OffGridFlow.Factors;

namespace OffGridFlow.App.Tests.Support;

/// <summary>The committed tables, by id.</summary>
internal static class Tables
{
    /// <summary>A table below data: <c>factors/agribalyse/3.0.1.csv</c>.</summary>
    public static IReadOnlyList<DataRow> Read(string table) => DataFile.Rows(Path.Combine(Repository.Data, table)).ToList();

    public static IReadOnlyDictionary<string, DataRow> ById(string table) =>
        Read(table).ToDictionary(row => row.Required("id"), StringComparer.Ordinal);
}
