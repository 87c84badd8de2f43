using System.Globalization;
using OffGridFlow.Engine;
using OffGridFlow.Factors;

namespace OffGridFlow.Web.Cli;

/// <summary>How factors are written for people and for other programs.</summary>
internal static class FactorText
{
    /// <summary>A figure with every digit it has; empty for none.</summary>
    public static string Number(decimal? value) => value?.ToString("0.############################", CultureInfo.InvariantCulture) ?? "";

    public static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    /// <summary>CO2e where published, else what is: <c>2.51 kg CO2e/L</c>, <c>co2=1.9 ch4=0.0001 kg/m3</c>, <c>0.9 kg biogenic CO2/kg</c>.</summary>
    public static string Figure(Factor factor) =>
        factor.Co2e is { } co2e ? $"{Number(co2e)} kg CO2e/{factor.Unit}" :
        factor.Gases.Count > 0 ? $"{FactorTable.GasList(factor.Gases)} kg/{factor.Unit}" :
        factor.BiogenicCo2 is { } biogenic ? $"{Number(biogenic)} kg biogenic CO2/{factor.Unit}" :
        factor.Bridge ?? "";

    public static string Validity(FactorRow row) => $"{Day(row.ValidFrom)} to {(row.ValidTo is { } to ? Day(to) : "a later edition")}";

    /// <summary>Everything a factor says of itself and where it is from, for JSON.</summary>
    public static object Json(FactorRow row) => new
    {
        row.Id,
        row.Kind,
        row.Factor.Name,
        Stage = FactorTable.StageName(row.Stage),
        row.Region,
        row.ValidFrom,
        row.ValidTo,
        row.Unit,
        row.Factor.Co2e,
        Gwp = row.Factor.Gwp is { } set ? FactorTable.GwpName(set) : null,
        Gases = row.Factor.Gases.Count == 0 ? null : row.Factor.Gases.Select(gas => new { gas.Gas, gas.Kilograms, gas.AsCo2e }),
        row.Factor.BiogenicCo2,
        row.Factor.Bridge,
        row.Factor.PriceYear,
        row.Factor.PriceType,
        row.Factor.Uncertainty,
        row.Factor.Codes,
        Fallback = row.Fallback ? true : (bool?)null,
        row.Factor.Locator,
        Edition = row.Edition.Key,
        Citation = Citation(row),
        row.Edition.Licence,
        row.Edition.Attribution,
    };

    /// <summary>Author, title, day, place in it and address.</summary>
    public static string Citation(FactorRow row) =>
        $"{row.Edition.Author}, {row.Edition.Title} ({Day(row.Edition.Published)}), {row.Factor.Locator}, {row.Edition.Url}";

    public static string SetName(GwpSet? set) => set switch
    {
        GwpSet.Sar => "SAR",
        GwpSet.Ar4 => "AR4",
        GwpSet.Ar5 => "AR5",
        GwpSet.Ar6 => "AR6",
        null => "not stated",
    };
}
