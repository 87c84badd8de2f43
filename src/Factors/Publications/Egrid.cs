using System.Globalization;

namespace OffGridFlow.Factors.Publications;

/// <summary>
/// US EPA eGRID: emission rates of electricity by subregion, in pounds per megawatt-hour. An edition is named after the
/// year of its data.
/// </summary>
internal sealed class Egrid : Publication
{
    private static readonly (string Gas, string Heading)[] Rates = [("co2", "CO2 Factor"), ("ch4", "CH4 Factor"), ("n2o", "N2O Factor")];

    public override string Publisher => "egrid";

    /// <summary>One factor a subregion and category, the national average as region US; kg of each gas per MWh.</summary>
    public override IEnumerable<Factor> Read(EditionSource source)
    {
        var rows = Workbook.Open(source.File).First().Rows;
        var heading = rows[0];
        var acronym = heading.Column("eGRID Subregion Acronym");
        var name = heading.Column("eGRID Subregion Name");
        var category = heading.Column("EF Category");
        var columns = Rates.Select(rate => (rate.Gas, Index: heading.Column(rate.Heading))).ToList();
        CheckYear(source, rows.Skip(1), heading.Column("EF Data Year"));

        foreach (var row in rows.Skip(1).Where(row => row.Text(acronym) is not null))
        {
            var gases = new List<GasAmount>();
            foreach (var (gas, index) in columns)
            {
                var printed = PrintedMass.Of(heading.Text(index), heading.Locator);
                if (printed.Per != "MWh")
                {
                    throw new InvalidDataException($"{heading.Locator}: rates per '{printed.Per}' where MWh is expected.");
                }

                if (row.Figure(index) is { } figure)
                {
                    gases.Add(new GasAmount(gas, figure * printed.Kilograms, AsCo2e: false));
                }
            }

            if (gases.Count > 0)
            {
                yield return Subregion(source, row, row.Text(acronym)!, row.Text(name), row.Text(category)) with { Gases = gases };
            }
        }
    }

    private static Factor Subregion(EditionSource source, Workbook.Row row, string acronym, string? name, string? category)
    {
        var match = source.Rules.Match(category, acronym);
        var national = acronym == "US Average";
        return new Factor
        {
            Id = source.Id($"{(national ? "us" : KindRules.Slug(acronym))}-{KindRules.Slug(category ?? "").Replace("-emission-factors", "", StringComparison.Ordinal)}"),
            Kind = match.Kind,
            Name = $"Grid electricity, {name ?? acronym}, {(category ?? "").Replace(" Emission Factors", "", StringComparison.Ordinal).ToLowerInvariant()}",
            Stage = match.Stage,
            Region = national ? "US" : $"US-{acronym}",
            ValidFrom = source.Edition.ValidFrom,
            ValidTo = source.Edition.ValidTo,
            Unit = "MWh",
            Locator = $"Subregion Output Emission Rates, {row.Locator}",
        };
    }

    // The edition rules over a single mislabelled cell (one row of the 2023 data says 2021), but a file in which no row
    // carries the edition's year is another year's file.
    private static void CheckYear(EditionSource source, IEnumerable<Workbook.Row> rows, int column)
    {
        var year = source.Edition.ValidFrom.Year.ToString(CultureInfo.InvariantCulture);
        var found = rows.Select(row => row.Text(column)).Where(text => text is not null).Distinct(StringComparer.Ordinal).ToList();
        if (!found.Contains(year, StringComparer.Ordinal))
        {
            throw new InvalidDataException(
                $"{source.Edition.Key} is read from a file whose data years are {string.Join(", ", found)}; none is {year}.");
        }
    }
}
