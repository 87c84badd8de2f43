using System.Globalization;

namespace OffGridFlow.Factors.Publications;

/// <summary>
/// JRC, Covenant of Mayors emission factors for national electricity consumption: one table per approach, a country a
/// row, a year a column, in t/MWh, which is kg/kWh digit for digit.
/// </summary>
/// <remarks>
/// The layout column names the table of each series: <c>ghg=Table2_EU_IPCC_GHG</c>. A series is <c>co2</c>
/// (activity-based, CO2 only), <c>ghg</c> (activity-based, CO2, CH4 and N2O) or <c>lc</c> (life cycle); <c>-iea</c>
/// marks the tables made from IEA instead of Eurostat balances. Rules match <c>series &gt; country code &gt; year</c>.
/// </remarks>
internal sealed class Jrc : Publication
{
    private const int Code = 0;
    private const int Name = 1;

    public override string Publisher => "jrc";

    public override IEnumerable<Factor> Read(EditionSource source)
    {
        var sheets = Workbook.Open(source.File).ToDictionary(sheet => sheet.Name, StringComparer.Ordinal);
        foreach (var table in (source.Edition.Layout ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var (series, name) = table.Split('=') is [var left, var right]
                ? (left, right)
                : throw new InvalidDataException($"{source.Edition.Key}: the layout '{table}' is not of the form series=sheet.");
            if (!sheets.TryGetValue(name, out var sheet))
            {
                throw new InvalidDataException($"{source.File} has no sheet '{name}'; its sheets are {string.Join(", ", sheets.Keys)}.");
            }

            foreach (var factor in Table(source, series, sheet))
            {
                yield return factor;
            }
        }
    }

    // Tables of further countries are cut by sub-headings ("4.1 CoM East countries"), each followed by its own header.
    private static IEnumerable<Factor> Table(EditionSource source, string series, Workbook.Sheet sheet)
    {
        Dictionary<int, int>? years = null;
        foreach (var row in sheet.Rows.Where(row => row.Text(Code) is not null))
        {
            if (string.Equals(row.Text(Code), "Country", StringComparison.OrdinalIgnoreCase))
            {
                years = Years(row);
            }
            else if (row.Text(Name) is null)
            {
                years = null;
            }
            else
            {
                foreach (var (column, year) in years ?? throw new InvalidDataException($"{row.Locator}: a country before the header with the years."))
                {
                    if (Figure(row, column) is { } figure)
                    {
                        yield return FactorOf(source, series, row, year, figure);
                    }
                }
            }
        }
    }

    private static Dictionary<int, int> Years(Workbook.Row header)
    {
        var years = new Dictionary<int, int>();
        for (var column = Name + 1; column < header.Cells.Count; column++)
        {
            if (header.Figure(column) is { } year)
            {
                years.Add(column, (int)year);
            }
        }

        return years;
    }

    // A dash or a blank is "no data"; a zero (Albania, all hydro) is a zero.
    private static decimal? Figure(Workbook.Row row, int column) =>
        row.Text(column) is null or "-" ? null :
        row.Figure(column) ?? throw new InvalidDataException($"{row.Locator}, column {column + 1}: '{row.Text(column)}' is no figure.");

    private static Factor FactorOf(EditionSource source, string series, Workbook.Row row, int year, decimal tonnesPerMegawattHour)
    {
        var code = row.Text(Code)!;
        var match = source.Rules.Match(series, code, year.ToString(CultureInfo.InvariantCulture));
        var region = match.Region ?? code;
        var co2Only = series.StartsWith("co2", StringComparison.Ordinal);
        return new Factor
        {
            Id = source.Id(string.Create(CultureInfo.InvariantCulture, $"{series}-{region.ToLowerInvariant()}-{year}")),
            Kind = match.Kind,
            Name = string.Create(CultureInfo.InvariantCulture, $"Grid electricity, {row.Text(Name)}, {year} ({Approach(series)})"),
            Stage = match.Stage,
            Region = region,
            ValidFrom = new DateOnly(year, 1, 1),
            ValidTo = new DateOnly(year, 12, 31),
            Unit = "kWh",
            Co2e = co2Only ? null : tonnesPerMegawattHour,
            Gwp = co2Only ? null : source.Edition.Gwp,
            Gases = co2Only ? [new GasAmount("co2", tonnesPerMegawattHour, AsCo2e: false)] : [],
            Fallback = match.Stage == Stage.LifeCycle,
            Locator = string.Create(CultureInfo.InvariantCulture, $"{row.Locator}, {year}"),
        };
    }

    private static string Approach(string series)
    {
        var balances = series.EndsWith("-iea", StringComparison.Ordinal) ? "IEA balances" : "Eurostat balances";
        return series.Split('-')[0] switch
        {
            "co2" => $"activity-based, CO2 only, {balances}",
            "ghg" => $"activity-based, CO2, CH4 and N2O, {balances}",
            "lc" => $"life cycle, {balances}",
            _ => throw new InvalidDataException($"'{series}' is no series of the JRC tables: co2, ghg or lc, with -iea or without."),
        };
    }
}
