using OffGridFlow.Engine;

namespace OffGridFlow.Factors;

/// <summary>Loads data/units: units of measure and the currencies of ISO 4217.</summary>
public static class UnitFile
{
    /// <exception cref="InvalidDataException">A line is not a unit; the message names file, line and column.</exception>
    public static UnitTable Load(string dataFolder)
    {
        var measures = DataFile.Rows(Path.Combine(dataFolder, "units", "units.csv")).Select(row => (
            new Unit(row.Required("unit"), row.Required("dimension"), row.Number("in_base") ?? throw row.Bad("in_base", "is empty")),
            (IReadOnlyList<string>)(row.Text("names")?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])));
        var currencies = DataFile.Rows(Path.Combine(dataFolder, "units", "currencies.csv")).Select(row => (
            new Unit(row.Required("code"), "currency-" + row.Required("code"), 1m), (IReadOnlyList<string>)[]));
        return new UnitTable(measures.Concat(currencies));
    }
}
