using System.Text.Json;
using System.Text.Json.Serialization;
using OffGridFlow.Ledger.Entries;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>An entry's line as <see cref="EntryText"/> writes it, read back.</summary>
internal static class EntryLine
{
    private static readonly JsonSerializerOptions Members = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <exception cref="DifferenceException">It is no entry, or not in the one form of it.</exception>
    public static Entry Read(ReadOnlySpan<byte> line, EntryText text, string where)
    {
        try
        {
            var entry = Of(JsonSerializer.Deserialize<Line>(line, Members) ?? throw new JsonException("An entry is an object."));
            var again = text.Of(entry);
            return line.SequenceEqual(again) ? entry : throw BundleFormat.OtherForm(line, again, where);
        }
        catch (Exception broken) when (BundleFormat.IsNoLine(broken))
        {
            throw BundleFormat.NoLine(line, where, broken);
        }
    }

    private static Entry Of(Line line)
    {
        var reverses = line.Reverses?.Split('-');
        return new Entry
        {
            Line = line.LineNo, Month = line.Month, Type = line.Type, Reason = line.Reason,
            ReversesRun = reverses is null ? 0 : long.Parse(reverses[0], System.Globalization.CultureInfo.InvariantCulture),
            ReversesLine = reverses is null ? 0 : int.Parse(reverses[^1], System.Globalization.CultureInfo.InvariantCulture),
            ActivityId = line.Activity, ActivityVersion = line.Version, Slot = line.Slot, Revision = line.Revision, EntityId = line.Entity, FacilityId = line.Facility, Kind = line.Kind,
            Scope = line.Scope, Category = line.Category, Basis = line.Basis, Role = line.Role, IsEstimated = line.Status == "estimated", CalculationId = line.Calculation,
            WorkingsId = line.Workings, Quantity = line.Quantity, WholeQuantity = line.WholeQuantity, Co2eKg = line.Co2eKg, LowKg = line.LowKg, HighKg = line.HighKg,
            BiogenicCo2Kg = line.BiogenicCo2Kg, GasesKg = line.GasesKg ?? throw new JsonException("An entry has gases."),
        };
    }

    private sealed record Line(
        [property: JsonPropertyName("line")] int LineNo, DateOnly Month, EntryType Type, string? Reverses, string? Reason, Guid Activity, int Version, short Slot, short Revision, Guid? Entity, Guid? Facility, string Kind,
        short Scope, short? Category, Basis Basis, string Role, string Status, Guid Calculation, Guid? Workings, decimal Quantity, decimal? WholeQuantity,
        [property: JsonPropertyName("co2e_kg")] decimal Co2eKg, decimal LowKg, decimal HighKg, [property: JsonPropertyName("biogenic_co2_kg")] decimal BiogenicCo2Kg, decimal[] GasesKg);
}
