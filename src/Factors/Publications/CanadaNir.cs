using System.Globalization;
using System.Text.Json;

namespace OffGridFlow.Factors.Publications;

/// <summary>
/// Environment and Climate Change Canada, National Inventory Report: electricity consumption intensity by province
/// (annex 13, g CO2e/kWh) and CO2 of marketable natural gas by province (annex 6, g CO2/m3), in JSON renderings.
/// </summary>
/// <remarks>
/// The layout column names the report inside the file of intensities (<c>EmissionFactors_NIR2021.json</c>), or says
/// <c>natural-gas</c>. Rules match <c>Electricity &gt; province</c> and <c>Natural gas &gt; province</c> and name every region.
/// </remarks>
internal sealed class CanadaNir : Publication
{
    private const string NotOccurring = "NO";

    public override string Publisher => "canada-nir";

    public override IEnumerable<Factor> Read(EditionSource source)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(source.File));
        var factors = string.Equals(source.Edition.Layout, "natural-gas", StringComparison.Ordinal)
            ? NaturalGas(source, document.RootElement)
            : Electricity(source, document.RootElement);
        return factors.ToList();
    }

    private static IEnumerable<Factor> Electricity(EditionSource source, JsonElement reports)
    {
        var report = source.Edition.Layout ?? "";
        var provinces = reports.EnumerateArray().SelectMany(item => item.EnumerateObject())
            .Where(item => string.Equals(item.Name, report, StringComparison.Ordinal)).Select(item => (JsonElement?)item.Value).SingleOrDefault()
            ?? throw new InvalidDataException($"{source.File} has no report '{report}'.");
        foreach (var province in provinces.EnumerateArray().SelectMany(item => item.EnumerateObject()))
        {
            foreach (var figure in province.Value.EnumerateObject())
            {
                yield return FactorOf(source, "Electricity", province.Name, figure.Name, $"{report}, {province.Name}, {figure.Name}") with
                {
                    Name = $"Grid electricity, {province.Name}, {figure.Name} (consumption intensity)",
                    Unit = "kWh",
                    Co2e = figure.Value.GetDecimal() / 1000m,
                    Gwp = source.Edition.Gwp,
                };
            }
        }
    }

    private static IEnumerable<Factor> NaturalGas(EditionSource source, JsonElement years)
    {
        foreach (var row in years.EnumerateArray())
        {
            var year = row.GetProperty("Year").GetString()!;
            foreach (var province in row.EnumerateObject().Where(field => !field.NameEquals("Year")))
            {
                var text = province.Value.GetString();
                if (string.Equals(text, NotOccurring, StringComparison.Ordinal))
                {
                    continue;
                }

                var grams = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw new InvalidDataException($"{source.File}, year {year}, {province.Name}: '{text}' is no figure.");
                var factor = FactorOf(source, "Natural gas", province.Name, year, $"year {year}, {province.Name}");
                yield return factor with
                {
                    // The table prints codes that are not ISO's (NW, YK): the region's own code reads better.
                    Name = $"Natural gas, marketable, {factor.Region}, {year} (CO2 only)",
                    Unit = "m3",
                    Gases = [new GasAmount("co2", grams / 1000m, AsCo2e: false)],
                };
            }
        }
    }

    // What both tables share; name, unit and figure follow.
    private static Factor FactorOf(EditionSource source, string table, string province, string year, string locator)
    {
        var match = source.Rules.Match(table, province);
        var first = new DateOnly(int.Parse(year, CultureInfo.InvariantCulture), 1, 1);
        return new Factor
        {
            Id = source.Id($"{KindRules.Slug(table)}-{KindRules.Slug(province)}-{year}"),
            Kind = match.Kind,
            Name = "",
            Stage = match.Stage,
            Region = match.Region ?? throw new InvalidDataException($"{source.Edition.Key}: the rule for {table} of {province} names no region."),
            ValidFrom = first,
            ValidTo = first.AddYears(1).AddDays(-1),
            Unit = "",
            Locator = $"{Path.GetFileName(source.File)}, {locator}",
        };
    }
}
