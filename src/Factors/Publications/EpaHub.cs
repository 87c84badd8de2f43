using System.Globalization;
using System.Text.RegularExpressions;

namespace OffGridFlow.Factors.Publications;

/// <summary>
/// US EPA GHG Emission Factors Hub: one sheet (named by the edition's layout) of twelve tables. Combustion, transport and
/// travel are printed as masses of gases, waste and refrigerants in CO2e.
/// </summary>
/// <remarks>Table 6, electricity, prints eGRID's rates again: they are read once, as the publisher <c>egrid</c>.</remarks>
internal sealed partial class EpaHub : Publication
{
    public override string Publisher => "epa-hub";

    public override IEnumerable<Factor> Read(EditionSource source)
    {
        var tables = HubTable.All(source);
        CheckGwp(source.Edition, tables[11]);
        return
        [
            .. EpaHubFuels.Stationary(source, tables[1]),
            .. EpaHubFuels.Mobile(source, tables[2]),
            .. EpaHubVehicles.Gasoline(source, tables[3]),
            .. EpaHubVehicles.OtherOnRoad(source, tables[4]),
            .. EpaHubVehicles.NonRoad(source, tables[5]),
            .. EpaHubFuels.SteamAndHeat(source, tables[7]),
            .. EpaHubScope3.Transport(source, tables[8], "Freight"),
            .. EpaHubScope3.Waste(source, tables[9]),
            .. EpaHubScope3.Transport(source, tables[10], "Travel"),
            .. EpaHubRefrigerants.Read(source, tables[11], tables[12]),
        ];
    }

    /// <summary>A factor of the whole country without its figures.</summary>
    internal static Factor Blank(EditionSource source, KindMatch match, string row, string name, string unit, string locator) => new()
    {
        Id = source.Id(row),
        Kind = match.Kind,
        Name = name,
        Stage = match.Stage,
        Region = match.Region ?? "US",
        ValidFrom = source.Edition.ValidFrom,
        ValidTo = source.Edition.ValidTo,
        Unit = unit,
        Locator = locator,
    };

    /// <summary>The gases that have a figure; a printed zero is a figure, a blank or NA is none.</summary>
    internal static IReadOnlyList<GasAmount> Gases(params ReadOnlySpan<(string Gas, decimal? Kilograms)> figures)
    {
        var gases = new List<GasAmount>(figures.Length);
        foreach (var (gas, kilograms) in figures)
        {
            if (kilograms is { } mass)
            {
                gases.Add(new GasAmount(gas, mass, AsCo2e: false));
            }
        }

        return gases;
    }

    /// <summary>Our symbol for a denominator as the hub spells it. Its ton-miles are short: the source is BTS table 1-50.</summary>
    /// <exception cref="InvalidDataException">A denominator not met before.</exception>
    internal static string Unit(string? printed, string where) => printed?.ToLower(CultureInfo.InvariantCulture) switch
    {
        "short ton" or "short ton material" => "short-ton",
        "scf" => "scf",
        "gallon" => "gal-us",
        "mmbtu" => "mmBtu",
        "mile" or "vehicle-mile" => "mi",
        "passenger-mile" => "pmi",
        "ton-mile" or "short ton-mile" => "short-ton-mi",
        _ => throw new InvalidDataException($"{where}: '{printed}' is no unit the hub has used before."),
    };

    /// <summary>The GWP set a table's notes name, <c>AR4</c> or <c>AR5</c>: the first one named, or null.</summary>
    internal static GwpSet? NamedGwp(HubTable table) =>
        AssessmentReport().Match(table.Notes) is { Success: true } match ? FactorTable.ParseGwp(match.Value) : null;

    private static void CheckGwp(Edition edition, HubTable potentials)
    {
        if (NamedGwp(potentials) is var named && named != edition.Gwp)
        {
            throw new InvalidDataException($"{edition.Key} is listed under {edition.Gwp}, but its Table 11 is of {named}.");
        }
    }

    [GeneratedRegex(@"\bAR[2456]\b", RegexOptions.ExplicitCapture)]
    private static partial Regex AssessmentReport();
}
