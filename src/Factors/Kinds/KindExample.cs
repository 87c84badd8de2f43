using System.Globalization;
using System.Text;
using CsvHelper;

namespace OffGridFlow.Factors;

/// <summary>An example row of data/kinds/kinds.csv: <c>kind,quantity,unit,region</c>, then one <c>column=value</c> a field.</summary>
/// <param name="Kind">Key of a listed kind or of a member of the family.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Unit">As a person writes it.</param>
/// <param name="Region">As a person writes it.</param>
/// <param name="Columns">Further columns in the order written; <c>start</c>, <c>end</c>, <c>factor_value</c> are the row's own.</param>
public sealed record KindExample(string Kind, decimal Quantity, string Unit, string Region, IReadOnlyList<(string Name, string Value)> Columns)
{
    /// <exception cref="InvalidDataException">The text is no such row.</exception>
    public static KindExample Parse(string text)
    {
        using var csv = CsvReader.Create(Encoding.UTF8.GetBytes(text), new CsvReaderOptions { HasHeader = false });
        var fields = csv.Read() ? Enumerable.Range(0, csv.FieldCount).Select(csv.GetString).ToList() : [];
        if (fields.Count < 4 || !decimal.TryParse(fields[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var quantity))
        {
            throw Bad(text);
        }

        var columns = fields.Skip(4).Select(field => field.Split('=', 2)).ToList();
        return columns.TrueForAll(pair => pair.Length == 2 && pair[0].Length > 0 && pair[1].Length > 0)
            ? new KindExample(fields[0], quantity, fields[2], fields[3], columns.ConvertAll(pair => (pair[0], pair[1])))
            : throw Bad(text);
    }

    /// <summary>The row as an activity.</summary>
    /// <exception cref="InvalidDataException">Kind, unit or region is not known, or a value is not what its column holds.</exception>
    public Activity Activity(ReferenceData data)
    {
        var own = Columns.ToDictionary(column => column.Name, column => column.Value, StringComparer.Ordinal);
        return new Activity
        {
            Kind = data.Kinds.Find(Kind) ?? throw new InvalidDataException($"The example '{Kind}' is no kind."),
            Quantity = Quantity,
            Unit = data.Units.Find(Unit).Unit ?? throw new InvalidDataException($"The example of {Kind} has no unit '{Unit}'."),
            Region = data.Regions.Find(Region) ?? throw new InvalidDataException($"The example of {Kind} has no region '{Region}'."),
            Start = Day("start"),
            End = Day("end"),
            FactorValue = own.TryGetValue("factor_value", out var value) ? decimal.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture) : null,
            Columns = own.Where(column => column.Key is not ("start" or "end" or "factor_value")).ToDictionary(StringComparer.Ordinal),
        };

        DateOnly? Day(string name) => own.TryGetValue(name, out var day)
            ? DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture)
            : null;
    }

    private static InvalidDataException Bad(string text) =>
        new($"'{text}' is no example row: expected kind,quantity,unit,region and then column=value, one a field.");
}
