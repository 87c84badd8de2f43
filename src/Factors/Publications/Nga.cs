namespace OffGridFlow.Factors.Publications;

/// <summary>
/// Australian National Greenhouse Accounts Factors: electricity, fuels, fugitives, industrial processes, refrigerants and
/// waste, one workbook a year.
/// </summary>
/// <remarks>
/// Fuel figures are kg CO2e of each gas per GJ, gross. An edition is meant for the calendar year of its name; only the
/// electricity of past financial years (2021, table 46) holds for the year it is printed for.
/// </remarks>
internal sealed class Nga : Publication
{
    public override string Publisher => "nga";

    public override IEnumerable<Factor> Read(EditionSource source)
    {
        var edition = new NgaEdition(source);
        foreach (var table in NgaTable.Open(source.File))
        {
            edition.Add(table);
        }

        return edition.Factors();
    }
}
