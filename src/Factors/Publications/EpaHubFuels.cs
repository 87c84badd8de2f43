namespace OffGridFlow.Factors.Publications;

/// <summary>Tables 1, 2 and 7 of the EPA hub: fuels burnt in place, CO2 of fuels burnt in vehicles, steam and heat.</summary>
internal static class EpaHubFuels
{
    private static readonly string[] Names = ["CO2 Factor", "CH4 Factor", "N2O Factor"];

    /// <summary>
    /// Two factors a fuel, one per mmBtu (higher heating value) with the printed heat content as bridge, one per short
    /// ton, scf or gallon. CO2 of biomass fuels stands apart from the gases.
    /// </summary>
    public static IEnumerable<Factor> Stationary(EditionSource source, HubTable table)
    {
        var (heading, body) = table.Under("Fuel Type");
        var heat = heading.Column("Heat Content");
        var perEnergy = Columns(heading, heat + 1);
        var perQuantity = Columns(heading, perEnergy[^1] + 1);
        Workbook.Row? units = null;
        var category = "";
        foreach (var row in body)
        {
            if (row.Text(heat)?.StartsWith("mmBtu per ", StringComparison.Ordinal) == true)
            {
                units = row;
                continue;
            }

            if (row.Text(HubTable.Label) is not { } fuel)
            {
                continue;
            }

            if (perEnergy.All(column => row.Figure(column) is null))
            {
                category = fuel;
                continue;
            }

            var printed = units ?? throw new InvalidDataException($"{table.At(row)}: no row of units stands above.");
            var quantity = EpaHub.Unit(printed.Text(heat)!["mmBtu per ".Length..], table.At(printed));
            var match = table.Match(source, category, fuel);
            var name = $"{ReadableName(category, fuel)}, stationary combustion";
            foreach (var (columns, unit) in new[] { (perEnergy, "mmBtu-gross"), (perQuantity, quantity) })
            {
                var factor = EpaHub.Blank(source, match, table.Key(Kraft(category), fuel, "per", unit), name, unit, table.At(row));
                if (WithGases(factor, row, printed, columns, category, unit) is { } filled)
                {
                    var content = unit == "mmBtu-gross" ? row.Text(heat) : null;
                    yield return filled with { Bridge = content is null ? null : $"{content} mmBtu-gross/{quantity}" };
                }
            }
        }
    }

    /// <summary>CO2 alone, per gallon or scf: the other half of a vehicle's emissions is in tables 3 to 5.</summary>
    public static IEnumerable<Factor> Mobile(EditionSource source, HubTable table)
    {
        var (heading, body) = table.Under("Fuel Type");
        var co2 = heading.Column("kg CO2 per unit");
        var unitColumn = heading.Column("Unit", co2 + 1);
        foreach (var row in body)
        {
            if (row.Text(HubTable.Label) is { } fuel && row.Figure(co2) is { } kilograms)
            {
                var match = table.Match(source, fuel);
                var unit = EpaHub.Unit(row.Text(unitColumn), table.At(row));
                var factor = EpaHub.Blank(source, match, table.Key(fuel), $"{fuel}, CO2 of mobile combustion", unit, table.At(row));
                yield return match.Stage == Stage.Biogenic
                    ? factor with { BiogenicCo2 = kilograms }
                    : factor with { Gases = EpaHub.Gases(("co2", kilograms)) };
            }
        }
    }

    /// <summary>One printed row for steam and heat alike, per mmBtu delivered, so no calorific value is meant.</summary>
    public static IEnumerable<Factor> SteamAndHeat(EditionSource source, HubTable table)
    {
        var (heading, body) = table.Under("CO2 Factor");
        var columns = Columns(heading, 0);
        foreach (var row in body)
        {
            foreach (var carrier in (row.Text(HubTable.Label) ?? "").Split(" and ", StringSplitOptions.RemoveEmptyEntries))
            {
                var factor = EpaHub.Blank(
                    source, table.Match(source, carrier), table.Key(carrier), $"{carrier}, purchased", "mmBtu", table.At(row));
                if (WithGases(factor, row, heading, columns, category: "", "mmBtu") is { } filled)
                {
                    yield return filled;
                }
            }
        }
    }

    // Null where the row has no figure for this unit: kraft pulping liquors are printed per mmBtu only.
    private static Factor? WithGases(Factor factor, Workbook.Row row, Workbook.Row units, int[] columns, string category, string unit)
    {
        var kilograms = columns.Select(column => Kilograms(row, units, column, unit)).ToArray();
        if (kilograms.All(mass => mass is null))
        {
            return null;
        }

        return category.StartsWith("Biomass Fuels", StringComparison.Ordinal)
            ? factor with { BiogenicCo2 = kilograms[0], Gases = EpaHub.Gases(("ch4", kilograms[1]), ("n2o", kilograms[2])) }
            : factor with { Gases = EpaHub.Gases(("co2", kilograms[0]), ("ch4", kilograms[1]), ("n2o", kilograms[2])) };
    }

    private static decimal? Kilograms(Workbook.Row row, Workbook.Row units, int column, string unit)
    {
        if (row.Figure(column) is not { } figure)
        {
            return null;
        }

        var printed = PrintedMass.Of(units.Text(column), units.Locator);
        var per = EpaHub.Unit(printed.Per, units.Locator);
        return per == unit.Replace("-gross", "", StringComparison.Ordinal)
            ? figure * printed.Kilograms
            : throw new InvalidDataException($"{units.Locator}: a column per '{printed.Per}' where {unit} is expected.");
    }

    private static int[] Columns(Workbook.Row heading, int from) => Names.Select(name => heading.Column(name, from)).ToArray();

    // "Mixed (Industrial Sector)" and "Straw" do not say what they are without the heading above them.
    private static string ReadableName(string category, string fuel) =>
        category == "Coal and Coke" && !fuel.Contains("Coal", StringComparison.Ordinal) ? $"{fuel} coal" :
        Kraft(category) is { } kraft ? $"{kraft}, {fuel}" : fuel;

    private static string? Kraft(string category) =>
        category.Contains("Kraft Pulping Liquor", StringComparison.Ordinal) ? "Kraft pulping liquor" : null;
}
