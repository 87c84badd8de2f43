namespace OffGridFlow.Factors.Publications;

/// <summary>Spend factors by country and sector, by Watershed's Open CEDA: kg CO2e per US dollar at producer prices.</summary>
/// <remarks>
/// One matrix, countries down and sectors across, below a cover page: base year, price type and currency are read from
/// the cover. Semicolons, decimal commas and Windows-1252. It does not name its GWP set.
/// </remarks>
internal sealed class Ceda : Publication
{
    private const int FirstSector = 4;

    public override string Publisher => "ceda";

    public override IEnumerable<Factor> Read(EditionSource source)
    {
        var lines = DataFile.Lines(source.File, ';', DataFile.Windows1252).ToList();
        var header = lines.FindIndex(line => Cell(line.Fields, 1) == "Country Code");
        if (header < 1)
        {
            throw new InvalidDataException($"{source.File}: no row is headed 'Country Code'.");
        }

        var cover = lines[..header];
        var year = int.Parse(Parameter(source.File, cover, "Base year"), System.Globalization.CultureInfo.InvariantCulture);
        Expect(source.File, cover, "Currency", "US Dollar");
        Expect(source.File, cover, "Price type", "Producer price");
        var codes = lines[header].Fields;
        var names = lines[header - 1].Fields;

        foreach (var (line, fields) in lines[(header + 1)..])
        {
            var country = Cell(fields, 1);
            if (Cell(fields, 3) != "kgCO2e/US Dollar")
            {
                throw new InvalidDataException($"{source.File} line {line}: the unit is '{Cell(fields, 3)}', expected 'kgCO2e/US Dollar'.");
            }

            for (var column = FirstSector; column < codes.Length; column++)
            {
                if (Cell(codes, column) is not { Length: > 0 } code || Cell(fields, column) is not { Length: > 0 } printed)
                {
                    continue;
                }

                var match = source.Rules.Match(country, code);
                var name = Cell(names, column);
                yield return new Factor
                {
                    Id = source.Id($"{country}-{code}"),
                    Kind = match.Kind,
                    Name = name,
                    Stage = match.Stage,
                    Region = match.Region ?? throw new InvalidDataException($"{source.Edition.Key}: the rule for {country} names no region."),
                    ValidFrom = source.Edition.ValidFrom,
                    ValidTo = source.Edition.ValidTo,
                    Unit = "USD",
                    Co2e = DataFile.DecimalComma(printed)
                        ?? throw new InvalidDataException($"{source.File} line {line}, column {code}: '{printed}' is no number with a decimal comma."),
                    Gwp = source.Edition.Gwp,
                    PriceYear = year,
                    PriceType = "producer",
                    Codes = Codes(code, name),
                    Locator = $"{country}/{code}",
                };
            }
        }
    }

    // CEDA's sectors are those of the US input-output accounts (BEA 2017, USEEIO). Where it merges several, whose names
    // it joins by a plus, its code is that of one of them and must not answer to it.
    private static string Codes(string code, string name) =>
        name.Contains(" + ", StringComparison.Ordinal) ? $"ceda:{code}" : $"ceda:{code} bea:{code}";

    private static string Parameter(string file, List<(int Line, string[] Fields)> cover, string label) =>
        cover.Find(line => Cell(line.Fields, 1) == label) is { Fields: { } fields }
            ? Cell(fields, 2)
            : throw new InvalidDataException($"{file}: the cover does not say '{label}'.");

    private static void Expect(string file, List<(int Line, string[] Fields)> cover, string label, string expected)
    {
        if (Parameter(file, cover, label) is var found && found != expected)
        {
            throw new InvalidDataException($"{file}: {label} is '{found}', expected '{expected}'.");
        }
    }

    private static string Cell(string[] fields, int column) => column < fields.Length ? fields[column].Trim() : "";
}
