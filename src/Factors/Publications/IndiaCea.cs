using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Publications;

/// <summary>
/// Open India Emission Factors (CC0): CEA's CO2 baseline of the Indian power sector, and factors of fuels, transport,
/// refrigerants, waste, processes and agriculture that its compiler took or derived from IPCC, SFC and others.
/// </summary>
/// <remarks>
/// One JSON record can give several factors: its figure (<c>value</c>), the figure per litre or per TJ of net calorific
/// value, and the tank-to-wheel and well-to-tank parts of a well-to-wheel figure. Rules match <c>record id &gt; part</c>
/// and name every region. A loss in percent is no emission factor and yields nothing. Only electricity is bound to the
/// fiscal year it was measured in; the rest holds from the edition's first day.
/// </remarks>
internal sealed partial class IndiaCea : Publication
{
    public override string Publisher => "india-cea";

    public override IEnumerable<Factor> Read(EditionSource source)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(source.File));
        return document.RootElement.GetProperty("emission_factors").EnumerateArray()
            .Select(record => new IndiaCeaRecord(record))
            .Where(record => !string.Equals(record.Text("unit"), "percent", StringComparison.Ordinal))
            .SelectMany(record => Factors(source, record)).ToList();
    }

    private static IEnumerable<Factor> Factors(EditionSource source, IndiaCeaRecord record)
    {
        yield return record.Has("value_non_co2_ghg_per_tonne")
            ? Biomass(source, record)
            : Printed(source, record, "value", record.Number("value"), record.Text("unit"));
        if (record.Has("value_per_litre"))
        {
            yield return Printed(source, record, "per-litre", record.Number("value_per_litre"), record.Text("unit_per_litre"));
        }

        if (record.Has("ipcc_co2_kgCO2_per_TJ"))
        {
            yield return PerTerajoule(source, record);
        }

        if (WheelSplit().Match(record.Text("methodology")) is { Success: true } split)
        {
            yield return Printed(source, record, "ttw", Figure(split.Groups["ttw"]), "kgCO2e/tonne-km");
            yield return Printed(source, record, "wtt", Figure(split.Groups["wtt"]), "kgCO2e/tonne-km");
        }
    }

    // "WTT: 0.0324 kgCO2e/tkm; TTW: 0.1075 kgCO2e/tkm" stands only in the words of the method.
    [GeneratedRegex(@"WTT[^:;]*: (?<wtt>\d+\.\d+) kgCO2e/tkm; TTW: (?<ttw>\d+\.\d+) kgCO2e/tkm", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WheelSplit();

    private static decimal Figure(Group group) => decimal.Parse(group.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static Factor Printed(EditionSource source, IndiaCeaRecord record, string part, decimal figure, string unit)
    {
        var (gas, denominator, quality) = IndiaCeaRecord.Unit(record.Id, unit);
        var factor = FactorOf(source, record, part, denominator, quality);

        // Printed as CO2e, yet the record says that CH4 and N2O are left out: what is printed is CO2.
        var isCo2e = gas is null && !record.IsCo2Only;
        return factor with
        {
            Co2e = isCo2e ? figure : null,
            Gwp = isCo2e ? source.Edition.Gwp : null,
            Gases = isCo2e ? record.Refrigerant() : [new GasAmount(gas ?? "co2", figure, AsCo2e: false)],
        };
    }

    // The record's own zero is the CO2 that scope 1 leaves out; CH4 and N2O are what is reported. The biogenic CO2 it
    // prints per tonne (1650) is not 8.0 GJ/t x 112 kg/GJ, its own calculation (896), so neither is taken.
    private static Factor Biomass(EditionSource source, IndiaCeaRecord record)
    {
        var (_, denominator, quality) = IndiaCeaRecord.Unit(record.Id, "kgCO2e/tonne");
        return FactorOf(source, record, "value", denominator, quality) with
        {
            Name = record.Text("factor_name") + ", CH4 and N2O",
            Co2e = record.Number("value_non_co2_ghg_per_tonne"),
            Gwp = source.Edition.Gwp,
            Gases =
            [
                new GasAmount("ch4", record.Component("CH4_kgCO2e_per_tonne_AR6"), AsCo2e: true),
                new GasAmount("n2o", record.Component("N2O_kgCO2e_per_tonne_AR6"), AsCo2e: true),
            ],
        };
    }

    private static Factor PerTerajoule(EditionSource source, IndiaCeaRecord record)
    {
        var co2 = record.Number("ipcc_co2_kgCO2_per_TJ");
        if (record.Has("value_per_TJ") && record.Number("value_per_TJ") != co2)
        {
            throw new InvalidDataException($"{record.Id}: value_per_TJ and ipcc_co2_kgCO2_per_TJ differ.");
        }

        var biogenic = record.Has("value_non_co2_ghg_per_tonne");
        var gases = new List<GasAmount>();
        if (!biogenic)
        {
            gases.Add(new GasAmount("co2", co2, AsCo2e: false));
        }

        foreach (var gas in new[] { "ch4", "n2o" }.Where(gas => record.Has($"ipcc_{gas}_kg_per_TJ")))
        {
            gases.Add(new GasAmount(gas, record.Number($"ipcc_{gas}_kg_per_TJ"), AsCo2e: false));
        }

        return FactorOf(source, record, "per-tj", "TJ-net", null) with
        {
            Name = record.Text("factor_name") + ", per TJ of net calorific value",
            Gases = gases,
            BiogenicCo2 = biogenic ? co2 : null,
            Bridge = record.TerajoulesPerTonne() is { } energy ? string.Create(CultureInfo.InvariantCulture, $"{energy} TJ-net/t") : null,
        };
    }

    private static Factor FactorOf(EditionSource source, IndiaCeaRecord record, string part, string unit, string? quality)
    {
        var match = source.Rules.Match(record.Id, part);
        var (from, to) = record.FiscalYear() ?? (source.Edition.ValidFrom, source.Edition.ValidTo);
        return new Factor
        {
            Id = source.Id(part is "value" ? record.Id : $"{record.Id}-{part}"),
            Kind = match.Kind,
            Name = part switch
            {
                "ttw" => WithoutWheel(record) + " (tank-to-wheel)",
                "wtt" => WithoutWheel(record) + " (well-to-tank)",
                _ => record.Text("factor_name") + (quality is null ? "" : $", per {quality}"),
            },
            Stage = match.Stage,
            Region = match.Region ?? throw new InvalidDataException($"{source.Edition.Key}: the rule for {record.Id} names no region."),
            ValidFrom = from,
            ValidTo = to,
            Unit = unit,
            Locator = $"Record {record.Id}, {part}: {record.Text("source_document")}, {record.Text("reference_year")}{(IsOwnFigure(part) ? record.Derivation() : "")}",
        };
    }

    private static bool IsOwnFigure(string part) => part is "value" or "per-litre";

    private static string WithoutWheel(IndiaCeaRecord record) => record.Text("factor_name").Replace(" WTW", "", StringComparison.Ordinal);
}
