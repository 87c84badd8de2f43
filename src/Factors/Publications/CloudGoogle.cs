namespace OffGridFlow.Factors.Publications;

/// <summary>Grids of Google Cloud's regions by year, as Google publishes them.</summary>
/// <remarks>
/// g CO2eq/kWh. Until 2020 the column says "Lifecycle grid carbon intensity"; from 2021 it is "average operational gross
/// emissions": the rules tell the two apart by the column's name. A zero (Montréal 2021) is a zero.
/// </remarks>
internal sealed class CloudGoogle : Publication
{
    private const string Suffix = " (gCO2eq / kWh)";

    public override string Publisher => "cloud-google";

    public override IEnumerable<Factor> Read(EditionSource source)
    {
        foreach (var row in DataFile.Rows(source.File))
        {
            var column = Column(row);
            if (row.Number(column) is not { } grams)
            {
                continue;
            }

            var region = row.Required("Google Cloud Region");
            var match = source.Rules.Match(column[..^Suffix.Length], region);
            yield return new Factor
            {
                Id = source.Id(region),
                Kind = match.Kind,
                Name = $"Electricity at Google Cloud {region} ({row.Required("Location")})",
                Stage = match.Stage,
                Region = match.Region ?? throw row.Bad(column, "its rule names no region"),
                ValidFrom = source.Edition.ValidFrom,
                ValidTo = source.Edition.ValidTo,
                Unit = "kWh",
                Co2e = grams / 1000m,
                Gwp = source.Edition.Gwp,
                Codes = $"gcp:{region}",
                Locator = $"{source.Edition.Name}.csv, line {row.Line}",
            };
        }
    }

    /// <summary>The column that holds the grid's intensity, whatever it says of the life cycle.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    internal static string Column(DataRow row) =>
        row.Header.FirstOrDefault(name => name.EndsWith("rid carbon intensity" + Suffix, StringComparison.Ordinal))
            ?? throw new InvalidDataException($"{row.Path}: no column is a grid carbon intensity in g CO2eq/kWh.");
}
