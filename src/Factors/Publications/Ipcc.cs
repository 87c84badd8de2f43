using OffGridFlow.Factors.Reference;

namespace OffGridFlow.Factors.Publications;

/// <summary>
/// The IPCC as a source for every country: warming potentials of refrigerants and other gases (AR4, AR5, AR6), and the
/// default factors of the 2006 Guidelines for stationary combustion (Volume 2) and industrial processes (Volume 3).
/// </summary>
/// <remarks>The IPCC prints tables in books; the files read are our own transcriptions of them; data/factors/ipcc/README.md says how each was checked.</remarks>
internal sealed class Ipcc : Publication
{
    // AR4 and AR5 value no hydrocarbon of a blend: they leave the sum as EPA's table of blends leaves them out.
    private static readonly HashSet<string> Hydrocarbons =
        new(["propane", "butane", "isobutane", "pentane", "isopentane", "propylene"], StringComparer.Ordinal);

    public override string Publisher => "ipcc";

    public override IEnumerable<Factor> Read(EditionSource source) => source.Edition.Gwp is { } set
        ? Gases(source, set).Concat(Blends(source, set))
        : Stationary(source).Concat(Processes(source));

    // One kilogram of the gas let go.
    private static IEnumerable<Factor> Gases(EditionSource source, GwpSet set)
    {
        foreach (var row in DataFile.Rows(source.Files[0]))
        {
            if (row.Number(FactorTable.GwpName(set)) is not { } potential)
            {
                continue;
            }

            var gas = row.Required("gas");
            var match = source.Rules.Match("Gas", gas);
            yield return Blank(source, match, gas) with
            {
                Name = row.Required("name"),
                Unit = "kg",
                Co2e = potential,
                Gwp = set,
                Gases = [new GasAmount(gas, 1, AsCo2e: false)],
                Codes = string.Join(' ', Synonyms(match.Kind, row.Required("name"), row.Text("formula"), row.Text("cas"))),
                Locator = source.Edition.Layout!,
            };
        }
    }

    private static IEnumerable<Factor> Blends(EditionSource source, GwpSet set)
    {
        var potentials = DataFile.Rows(source.Files[0])
            .ToDictionary(row => row.Required("gas"), row => row.Number(FactorTable.GwpName(set)), StringComparer.Ordinal);
        foreach (var blend in DataFile.Rows(source.Files[1]).GroupBy(row => row.Required("blend"), StringComparer.Ordinal))
        {
            var parts = blend.Select(row => new BlendPart(row.Required("gas"), row.Number("share")!.Value)).ToList();
            var unvalued = parts.FindAll(part => potentials[part.Gas] is null);
            if (!unvalued.TrueForAll(part => Hydrocarbons.Contains(part.Gas)))
            {
                continue;
            }

            var valued = parts.FindAll(part => potentials[part.Gas] is not null);
            var match = source.Rules.Match("Blend", blend.Key);
            var composition = string.Join(", ", parts.Select(part => $"{FactorTable.Number(part.Share * 100)} % {Designation(part.Gas)}"));
            var left = unvalued.Count == 0 ? "" : $"; no value for {string.Join(" and ", unvalued.Select(part => part.Gas))}, left out";
            yield return Blank(source, match, blend.Key) with
            {
                Name = $"{blend.Key.ToUpperInvariant()} ({composition})",
                Unit = "kg",
                Co2e = valued.Sum(part => part.Share * potentials[part.Gas]!.Value),
                Gwp = set,
                Gases = valued.ConvertAll(part => new GasAmount(part.Gas, part.Share, AsCo2e: false)),
                Codes = $"{blend.Key.ToUpperInvariant()} {blend.Key.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal)}",
                Locator = $"{source.Edition.Layout}; composition from {blend.First().Required("source")}{left}",
            };
        }
    }

    // Table 2.3 prints kg per TJ net and Table 1.2 TJ per Gg, which is GJ per tonne.
    private static IEnumerable<Factor> Stationary(EditionSource source)
    {
        foreach (var row in DataFile.Rows(source.Files[0]))
        {
            decimal Figure(string column) => row.Number(column) ?? throw row.Bad(column, "is empty");
            decimal HalfWidth(string gas) => (Figure(gas + "_high") - Figure(gas + "_low")) / 2 / Figure(gas);

            var key = row.Required("row");
            var biological = row.Required("origin") == "biological";
            var others = new List<GasAmount> { new("ch4", Figure("ch4") / 1000, false), new("n2o", Figure("n2o") / 1000, false) };
            yield return Blank(source, source.Rules.Match("Stationary", key), "stationary." + key) with
            {
                Name = $"{row.Required("name")}, burnt in manufacturing industries",
                Unit = "GJ-net",
                Gases = biological ? others : [new("co2", Figure("co2") / 1000, false), .. others],
                BiogenicCo2 = biological ? Figure("co2") / 1000 : null,
                Bridge = $"{row.Required("ncv")} GJ-net/t",

                // CO2 is nearly all of a fossil fuel's effect; without it the less certain of the two others decides.
                Uncertainty = biological ? Math.Max(HalfWidth("ch4"), HalfWidth("n2o")) : HalfWidth("co2"),
                Locator = "Volume 2, Chapter 2, Table 2.3 (default emission factors); Chapter 1, Table 1.2 (net calorific value)",
            };
        }
    }

    private static IEnumerable<Factor> Processes(EditionSource source)
    {
        foreach (var row in DataFile.Rows(source.Files[1]))
        {
            var key = row.Required("row");
            var gases = row.Header
                .Where(column => column.EndsWith("_kg", StringComparison.Ordinal) && row.Number(column) is not null)
                .Select(column => new GasAmount(column[..^"_kg".Length], row.Number(column)!.Value, AsCo2e: false));
            yield return Blank(source, source.Rules.Match("Process", key), "process." + key) with
            {
                Name = row.Required("name"),
                Unit = "t",
                Gases = row.Number("co2_t") is { } tonnes ? [new("co2", tonnes * 1000, false), .. gases] : [.. gases],
                Uncertainty = row.Number("uncertainty_percent") / 100,
                Locator = row.Required("locator"),
            };
        }
    }

    // HFC-125 for hfc-125; propane stays propane.
    private static string Designation(string gas) =>
        gas.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash ? gas[..dash].ToUpperInvariant() + gas[dash..] : gas == "co2" ? "CO2" : gas;

    private static Factor Blank(EditionSource source, KindMatch match, string key) => new()
    {
        Id = source.Id(key),
        Kind = match.Kind,
        Name = key,
        Stage = match.Stage,
        Region = match.Region ?? "world",
        ValidFrom = source.Edition.ValidFrom,
        ValidTo = source.Edition.ValidTo,
        Unit = "",
        Locator = "",
    };

    // "HFC-134a R-134a R134a CH2FCF3 cas:811-97-2": what a person may type for the gas.
    private static IEnumerable<string> Synonyms(string kind, string name, string? formula, string? cas)
    {
        var designation = name.Split(' ')[0];
        if (designation.Contains('-', StringComparison.Ordinal) && char.IsAsciiLetterUpper(designation[0]))
        {
            yield return designation;
        }

        if (kind.StartsWith("refrigerant.r-", StringComparison.Ordinal))
        {
            var number = kind["refrigerant.r-".Length..];
            yield return $"R-{number}";
            yield return $"R{number}";
        }

        if (formula is not null && !formula.Contains(' ', StringComparison.Ordinal))
        {
            yield return formula;
        }

        if (cas is not null)
        {
            yield return $"cas:{cas}";
        }
    }
}
