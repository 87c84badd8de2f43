using OffGridFlow.Engine;
using OffGridFlow.Factors;

namespace OffGridFlow.Activities.Rows;

/// <summary>What can be wrong with a row's cells, said so that its owner can mend it.</summary>
public static class RowProblems
{
    /// <summary>A million billion: nothing that anyone emits, whatever the unit, and room for every sum of a file.</summary>
    public const decimal Largest = 1_000_000_000_000_000m;

    /// <summary>A figure that cannot be meant.</summary>
    public static Problem TooLarge(string column, string found) =>
        new("number.too-large", column, found, "at most 10^15, of quantities and of kg CO2e alike", "Correct the figure, or write it in a larger unit.");

    /// <summary>No kind, or none that is called so.</summary>
    public static Problem UnknownKind(string? written, ReferenceData data) => written is null
        ? new Problem("kind.missing", "kind", "(blank)", "a kind such as electricity.grid", "Say what the quantity is of; './offgridflow kinds list' shows the kinds.")
        : new Problem(
            "kind.unknown", "kind", written, "a kind or one of its synonyms",
            data.Kinds.Suggest(written) is { Count: > 0 } near ? $"Did you mean {string.Join(" or ", near)}?" : "Find it with: offgridflow kinds search TEXT.");

    /// <summary>No unit, one of several meanings, or none that is called so.</summary>
    public static Problem UnknownUnit(string written, UnitMatch match, Kind kind, ReferenceData data) =>
        written.Length == 0 ? new Problem("unit.missing", "unit", "(blank)", $"a unit of {(kind.Dimensions.Count > 0 ? string.Join(", ", kind.Dimensions) : "measure")}", "Say what the quantity is measured in.") :
        match.CouldMean.Count > 0 ? new Problem("unit.ambiguous", "unit", written, string.Join(" or ", match.CouldMean), $"Write which one is meant: {string.Join(" or ", match.CouldMean)}.") :
        new Problem(
            "unit.unknown", "unit", written, "a unit or a currency (ISO 4217)",
            Spelling.Nearest(written, data.Units.All.Select(unit => unit.Symbol), 3) is { Count: > 0 } near ? $"Did you mean {string.Join(" or ", near)}?" : "Write the unit's symbol, such as kWh, litre, kg, tonne.km.");

    /// <summary>No such place.</summary>
    public static Problem UnknownRegion(string written, ReferenceData data) => new(
        "region.unknown", "region", written, "ISO 3166-1 (GB), ISO 3166-2 (AU-NSW), an eGRID subregion (US-CAMX) or world",
        data.Regions.Suggest(written) is { Count: > 0 } near ? $"Did you mean {string.Join(" or ", near)}?" : "Correct region, or leave it blank.");
}
