namespace OffGridFlow.Factors.Publications;

/// <summary>Tables 3, 4 and 5 of the EPA hub: CH4 and N2O of vehicles and machines, without their CO2.</summary>
internal static class EpaHubVehicles
{
    /// <summary>Per vehicle-mile, by vehicle and model year.</summary>
    public static IEnumerable<Factor> Gasoline(EditionSource source, HubTable table)
    {
        var (heading, body) = table.Under("Vehicle Type");
        var yearColumn = heading.Column("CH4 Factor") - 1;
        var vehicle = "";
        foreach (var row in body)
        {
            // "(Vans, Pickup Trucks, SUVs)" explains the group of the row above, it opens none.
            if (row.Text(HubTable.Label) is { } label && label[0] != '(')
            {
                vehicle = label;
            }

            if (row.Text(yearColumn) is { } years
                && Filled(source, table, heading, row, [vehicle, years], $"{vehicle}, model year {years}") is { } factor)
            {
                yield return factor;
            }
        }
    }

    /// <summary>Per vehicle-mile, by vehicle, fuel and, for diesel, model year.</summary>
    public static IEnumerable<Factor> OtherOnRoad(EditionSource source, HubTable table)
    {
        var (heading, body) = table.Under("Vehicle Type");
        var fuelColumn = heading.Column("Fuel Type");
        var yearColumn = heading.Column("CH4 Factor") - 1;
        var (vehicle, fuel) = ("", "");
        foreach (var row in body)
        {
            vehicle = row.Text(HubTable.Label) ?? vehicle;
            fuel = row.Text(fuelColumn) ?? fuel;
            var years = row.Text(yearColumn);
            var name = $"{vehicle}, {fuel}{(years is null ? "" : $", model year {years}")}";
            if (Filled(source, table, heading, row, [vehicle, fuel, years], name) is { } factor)
            {
                yield return factor;
            }
        }
    }

    /// <summary>Per gallon of fuel, by machine and engine.</summary>
    public static IEnumerable<Factor> NonRoad(EditionSource source, HubTable table)
    {
        var (heading, body) = table.Under("Vehicle Type");
        var fuelColumn = heading.Column("Fuel Type");
        var vehicle = "";
        foreach (var row in body)
        {
            vehicle = row.Text(HubTable.Label) is { } label ? HubTable.WithoutFootnote(label) : vehicle;
            if (row.Text(fuelColumn) is { } fuel
                && Filled(source, table, heading, row, [vehicle, fuel], $"{fuel}, {vehicle}") is { } factor)
            {
                yield return factor;
            }
        }
    }

    private static Factor? Filled(
        EditionSource source, HubTable table, Workbook.Row heading, Workbook.Row row, string?[] path, string name)
    {
        var (ch4, n2o) = (heading.Column("CH4 Factor"), heading.Column("N2O Factor"));
        if (row.Figure(ch4) is null && row.Figure(n2o) is null)
        {
            return null;
        }

        var (methane, nitrous) = (PrintedMass.Of(heading.Text(ch4), heading.Locator), PrintedMass.Of(heading.Text(n2o), heading.Locator));
        if (methane.Per != nitrous.Per)
        {
            throw new InvalidDataException($"{heading.Locator}: CH4 per '{methane.Per}' stands beside N2O per '{nitrous.Per}'.");
        }

        var unit = EpaHub.Unit(methane.Per, heading.Locator);
        return EpaHub.Blank(source, table.Match(source, path), table.Key(path), $"{name}, CH4 and N2O", unit, table.At(row)) with
        {
            Gases = EpaHub.Gases(("ch4", row.Figure(ch4) * methane.Kilograms), ("n2o", row.Figure(n2o) * nitrous.Kilograms)),
        };
    }
}
