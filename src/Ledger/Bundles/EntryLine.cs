using System.Text.Json;
using System.Text.Json.Serialization;
using OffGridFlow.Ledger.Entries;

namespace OffGridFlow.Ledger.Bundles;

/// <summary>An entry's line as <see cref="EntryText"/> writes it, read back.</summary>
[JsonConverter(typeof(Converter))]
internal sealed class EntryLine
{
    private static readonly JsonSerializerOptions Members = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    private readonly Entry entry;

    private EntryLine(Entry entry) => this.entry = entry;

    public Entry Entry() => entry;

    private sealed record Line(
        [property: JsonPropertyName("line")] int LineNo, DateOnly Month, EntryType Type, string? Reverses, string? Reason, Guid Activity, int Version, short Slot, short Revision, Guid? Entity, Guid? Facility, string Kind,
        short Scope, short? Category, Basis Basis, string Role, string Status, Guid Calculation, Guid? Workings, decimal Quantity, decimal? WholeQuantity,
        [property: JsonPropertyName("co2e_kg")] decimal Co2eKg, decimal LowKg, decimal HighKg, [property: JsonPropertyName("biogenic_co2_kg")] decimal BiogenicCo2Kg, decimal[] GasesKg);

    private sealed class Converter : JsonConverter<EntryLine>
    {
        public override EntryLine Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var line = JsonSerializer.Deserialize<Line>(ref reader, Members) ?? throw new JsonException("An entry is an object.");
            var reverses = line.Reverses?.Split('-');
            return new EntryLine(new Entry
            {
                Line = line.LineNo, Month = line.Month, Type = line.Type, Reason = line.Reason,
                ReversesRun = reverses is null ? 0 : long.Parse(reverses[0], System.Globalization.CultureInfo.InvariantCulture),
                ReversesLine = reverses is null ? 0 : int.Parse(reverses[^1], System.Globalization.CultureInfo.InvariantCulture),
                ActivityId = line.Activity, ActivityVersion = line.Version, Slot = line.Slot, Revision = line.Revision, EntityId = line.Entity, FacilityId = line.Facility, Kind = line.Kind,
                Scope = line.Scope, Category = line.Category, Basis = line.Basis, Role = line.Role, IsEstimated = line.Status == "estimated", CalculationId = line.Calculation,
                WorkingsId = line.Workings, Quantity = line.Quantity, WholeQuantity = line.WholeQuantity, Co2eKg = line.Co2eKg, LowKg = line.LowKg, HighKg = line.HighKg,
                BiogenicCo2Kg = line.BiogenicCo2Kg, GasesKg = line.GasesKg ?? throw new JsonException("An entry has gases."),
            });
        }

        public override void Write(Utf8JsonWriter writer, EntryLine value, JsonSerializerOptions options) => writer.WriteRawValue(new EntryText().Of(value.entry), skipInputValidation: true);
    }
}
