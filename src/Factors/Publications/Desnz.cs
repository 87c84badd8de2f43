using System.Globalization;

namespace OffGridFlow.Factors.Publications;

/// <summary>
/// UK Government GHG Conversion Factors for Company Reporting (Defra, BEIS, DESNZ), from the flat file of each edition.
/// </summary>
/// <remarks>
/// One row of the flat file is one figure: a total (<c>kg CO2e</c>) or the share of one gas in it. Rows with the same
/// headings and unit are one factor; the shares become its gases. Every figure is kg CO2e, also where editions up to
/// 2021 label a share <c>kg CH4</c>: the shares add up to the total. data/factors/desnz/README.md says how sections
/// become kinds and stages.
/// </remarks>
internal sealed class Desnz : Publication
{
    private const string SheetName = "Factors by Category";

    public override string Publisher => "desnz";

    public override IEnumerable<Factor> Read(EditionSource source)
    {
        var things = new Dictionary<string, List<DesnzRow>>(StringComparer.Ordinal);
        foreach (var row in Rows(source))
        {
            if (!things.TryGetValue(row.Key, out var rows))
            {
                things.Add(row.Key, rows = []);
            }

            rows.Add(row);
        }

        return things.Values.SelectMany(rows => Factors(source, rows));
    }

    /// <summary>Every row of the flat file that names a thing, with or without a figure.</summary>
    /// <exception cref="InvalidDataException">The sheet or a column is missing, or the file is another year's.</exception>
    internal static IEnumerable<DesnzRow> Rows(EditionSource source)
    {
        var sheet = Workbook.Open(source.File).FirstOrDefault(sheet => sheet.Name == SheetName)
            ?? throw new InvalidDataException($"{source.File}: there is no sheet '{SheetName}'.");
        var header = sheet.Rows.FirstOrDefault(row => Column(row, "Level 1") is not null)
            ?? throw new InvalidDataException($"{source.File}, sheet '{SheetName}': no row has a heading 'Level 1'.");
        var columns = DesnzColumns.Of(header, source.Edition.Name);

        // The last row says END, in one column or another.
        return sheet.Rows.Where(row => row.Number > header.Number)
            .Select(columns.Read)
            .Where(row => row.Level1 is not (null or "END"));
    }

    internal static int? Column(Workbook.Row header, params ReadOnlySpan<string> names)
    {
        for (var i = 0; i < header.Cells.Count; i++)
        {
            if (names.Contains(header.Text(i)))
            {
                return i;
            }
        }

        return null;
    }

    // The kind is asked for even where no figure is printed, so that a new heading cannot go unnoticed.
    private static IEnumerable<Factor> Factors(EditionSource source, List<DesnzRow> rows)
    {
        var row = rows[0];
        var match = source.Rules.Match(row.Level1, row.Level2, row.Level3, row.Level4, row.ColumnText, row.Unit);
        var printed = rows.FindAll(r => r.Figure is not null);
        if (printed.Count == 0)
        {
            yield break;
        }

        if (printed.DistinctBy(r => r.Gas).Count() < printed.Count)
        {
            throw new InvalidDataException($"{string.Join(" and ", printed.Select(r => r.Locator))} print the same thing twice: {row.Key}.");
        }

        // One row may serve two kinds: well-to-tank of a car is that of own vehicles and of business travel.
        var kinds = match.Kind.Split(' ');
        for (var i = 0; i < kinds.Length; i++)
        {
            var kind = kinds[i].Trim('.');
            var id = source.Id(i == 0 ? row.Id : $"{row.Id}.{kind[..kind.IndexOf('.', StringComparison.Ordinal)]}");
            yield return Factor(source.Edition, printed, match with { Kind = kind }, id);
        }
    }

    private static Factor Factor(Edition edition, List<DesnzRow> rows, KindMatch match, string id)
    {
        var row = rows.Find(r => r.Gas is null) ?? rows[0];
        var factor = new Factor
        {
            Id = id,
            Kind = match.Kind,
            Name = DesnzNames.Name(row, match),
            Stage = match.Stage,
            Region = match.Region ?? "GB",
            ValidFrom = edition.ValidFrom,
            ValidTo = edition.ValidTo,
            Unit = Unit(row, match.Kind),
            Locator = row.Locator,
        };
        if (match.Kind.StartsWith("energy.", StringComparison.Ordinal))
        {
            // kWh of fuel (net CV) or of electricity per distance: no emission, but the way to one.
            var energy = match.Stage is Stage.Generation ? "kWh" : "kWh-net";
            return factor with
            {
                Unit = energy,
                Bridge = string.Create(CultureInfo.InvariantCulture, $"{row.Figure} {energy}/{factor.Unit}"),
            };
        }

        var total = row.Gas is null ? row.Figure : null;
        var gases = rows.Where(r => r.Gas is not null)
            .Select(r => new GasAmount(r.Gas!, r.Figure!.Value, AsCo2e: true))
            .OrderBy(gas => gas.Gas is "co2" ? "" : gas.Gas, StringComparer.Ordinal).ToList();
        if (match.Stage is Stage.Biogenic)
        {
            return gases is [{ Gas: "co2" } carbon] && total is null
                ? factor with { BiogenicCo2 = carbon.Kilograms }
                : throw new InvalidDataException($"{row.Locator}: a biogenic row that is not CO2 alone.");
        }

        return factor with { Co2e = total, Gwp = edition.Gwp, Gases = gases };
    }

    // Bioenergy's plain kWh and GJ are on the net calorific value: 0.0372 GJ a kg of biodiesel, 4.8 MWh a tonne of pellets.
    private static string Unit(DesnzRow row, string kind)
    {
        var fuel = kind.StartsWith("fuel.", StringComparison.Ordinal);
        return row.Unit?.ToLowerInvariant() switch
        {
            "kwh (gross cv)" => "kWh-gross",
            "kwh (net cv)" => "kWh-net",
            "kwh" => fuel ? "kWh-net" : "kWh",
            "gj" when fuel => "GJ-net",
            "tonnes" => "t",
            "kg" => "kg",
            "litres" => "L",
            "million litres" => "ML",
            "cubic metres" => "m3",
            "km" => "km",
            "miles" => "mi",
            "passenger.km" => "pkm",
            "tonne.km" => "tkm",
            "room per night" => "room-night",
            "per fte working hour" => "fte-hour",
            _ => throw new InvalidDataException($"{row.Locator}: '{row.Unit}' is no unit of this publication."),
        };
    }
}
