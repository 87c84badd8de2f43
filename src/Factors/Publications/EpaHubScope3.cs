using System.Globalization;

namespace OffGridFlow.Factors.Publications;

/// <summary>Tables 8, 9 and 10 of the EPA hub: freight, waste, business travel and commuting.</summary>
internal static class EpaHubScope3
{
    /// <summary>Tables 8 and 10: CO2, CH4 and N2O from the exhaust, per vehicle-mile, passenger-mile or short ton-mile.</summary>
    public static IEnumerable<Factor> Transport(EditionSource source, HubTable table, string purpose)
    {
        var (heading, body) = table.Under("Vehicle Type");
        var unitColumn = heading.Column("Units");
        var columns = new[] { ("co2", heading.Column("CO2 Factor")), ("ch4", heading.Column("CH4 Factor")), ("n2o", heading.Column("N2O Factor")) };
        foreach (var row in body)
        {
            if (row.Text(HubTable.Label) is not { } label || columns.All(column => row.Figure(column.Item2) is null))
            {
                continue;
            }

            var vehicle = HubTable.WithoutFootnote(label);
            var printedUnit = row.Text(unitColumn);
            var unit = EpaHub.Unit(printedUnit, table.At(row));
            yield return EpaHub.Blank(
                source, table.Match(source, vehicle, printedUnit), table.Key(vehicle, unit), $"{purpose}, {vehicle}, per {printedUnit}", unit, table.At(row)) with
            {
                Gases = EpaHub.Gases(columns.Select(column =>
                    (column.Item1, row.Figure(column.Item2) * PerUnit(heading, column.Item2))).ToArray()),
            };
        }
    }

    /// <summary>Table 9: kg CO2e per short ton, by material and treatment. NA is a treatment nobody gives that material.</summary>
    /// <remarks>The notes name the GWP set: AR4 throughout, also in editions whose own set is AR5.</remarks>
    public static IEnumerable<Factor> Waste(EditionSource source, HubTable table)
    {
        var above = table.Under("Metric Tons CO2e").Heading;
        var printed = PrintedMass.Of(above.Text(above.Column("Metric Tons CO2e")), above.Locator);
        var unit = EpaHub.Unit(printed.Per, above.Locator);
        var gwp = EpaHub.NamedGwp(table) ?? source.Edition.Gwp;
        var (heading, body) = table.Under("Material");
        foreach (var row in body)
        {
            for (var column = HubTable.Label + 1; column < heading.Cells.Count; column++)
            {
                if (row.Text(HubTable.Label) is { } material && heading.Text(column) is { } label && row.Figure(column) is { } figure)
                {
                    var treatment = HubTable.WithoutFootnote(label);
                    var name = $"{material}, {treatment.ToLower(CultureInfo.InvariantCulture)}";
                    yield return EpaHub.Blank(
                        source, table.Match(source, material, treatment), table.Key(material, treatment), name, unit, table.At(row)) with
                    {
                        Co2e = figure * printed.Kilograms,
                        Gwp = gwp,
                    };
                }
            }
        }
    }

    private static decimal PerUnit(Workbook.Row heading, int column)
    {
        var printed = PrintedMass.Of(heading.Text(column), heading.Locator);
        return printed.Per == "unit"
            ? printed.Kilograms
            : throw new InvalidDataException($"{heading.Locator}: a column per '{printed.Per}' where every row names its own unit.");
    }
}
