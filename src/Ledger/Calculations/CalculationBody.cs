using System.Text.Json;
using System.Text.Json.Serialization;

namespace OffGridFlow.Ledger.Calculations;

/// <summary>
/// How an amount is worked out from its quantity, whole and without the database: what was asked, the factor found, its figures per
/// unit, their weights, the range, the citation. Stored as canonical JSON: members in the order they stand here, absent where null,
/// decimals as text without trailing zeros.
/// </summary>
/// <remarks>The text that was stored is what its id is the hash of; reading it and writing it again gives the same bytes.</remarks>
/// <param name="Format">1.</param>
/// <param name="Asked">What the plan was made for: asking again, for a day of the activity, makes it again.</param>
/// <param name="Policy">What decided which factor and which weights.</param>
/// <param name="QuantityUnit">Unit of the entries' quantities.</param>
/// <param name="Method">The method and the paragraph it follows.</param>
/// <param name="Tier">How specific the factor is.</param>
/// <param name="Formula">The arithmetic.</param>
/// <param name="Uncertainty">What the range rests on, and what errs together with what.</param>
/// <param name="Factor">Where the figures come from.</param>
/// <param name="Notes">What was assumed.</param>
internal sealed record CalculationBody(
    int Format, AskedFor Asked, CalculationPolicy Policy, int Scope, int? Category, string Role, Basis Basis, string QuantityUnit, string Method, Tier Tier,
    CalculationFormula Formula, CalculationUncertainty Uncertainty, CalculationFactor Factor, IReadOnlyList<Note>? Notes)
{
    /// <summary>Canonical JSON of bodies and workings.</summary>
    public static JsonSerializerOptions Canonical { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = false,
        Converters = { new PlainDecimal(), new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>The arithmetic of its entries: a quantity in, every figure out.</summary>
    public EntryFormula ToFormula() => new(
        new WeightedFactor(
            Formula.Co2ePerUnit, Formula.GasesPerUnit.Select(gas => (gas.Gas, gas.Kg)).ToList(), Formula.UnsplitPerUnit, Formula.BiogenicPerUnit,
            Formula.Gwp, Formula.Co2eBasis),
        Formula.UnitsPerQuantity, Formula.LowRatio, Formula.HighRatio);

    /// <exception cref="JsonException">It is no body of ours.</exception>
    public static CalculationBody Read(string body) =>
        JsonSerializer.Deserialize<CalculationBody>(body, Canonical) ?? throw new JsonException("A calculation is an object.");

    // As text, so that no reader makes a double of it; without trailing zeros, so that equal figures are equal bytes.
    private sealed class PlainDecimal : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            decimal.Parse(reader.GetString()!, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture);

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
        {
            Span<byte> text = stackalloc byte[DecimalText.Room];
            writer.WriteStringValue(text[..DecimalText.Write(value, text)]);
        }
    }
}

/// <summary>
/// The question a plan answers, but for its month: that is the activity's, and all months that a factor covers share its calculation.
/// Region is null where the row named none, quality 0 where it was not given.
/// </summary>
internal sealed record AskedFor(string Kind, string Unit, string? Region, int Quality);

/// <summary>What the period's policy contributes.</summary>
/// <param name="Gwp">The set gases are weighed under, or null for each publication's own.</param>
/// <param name="FactorDate">Day of knowledge.</param>
/// <param name="FactorDates">Which edition a date picks.</param>
/// <param name="SourcePreference">Country to publishers, where the tenant departs from the usual order.</param>
internal sealed record CalculationPolicy(
    GwpSet? Gwp, DateOnly FactorDate, DatePolicy FactorDates, IReadOnlyDictionary<string, IReadOnlyList<string>>? SourcePreference);

/// <summary>kg of a gas per unit of the factor.</summary>
internal sealed record GasPerUnit(string Gas, decimal Kg);

/// <summary>CO2e = quantity x units per quantity x CO2e per unit; the ends of the range are ratios of it.</summary>
internal sealed record CalculationFormula(
    decimal UnitsPerQuantity, string? UnitStep, decimal Co2ePerUnit, IReadOnlyList<GasPerUnit> GasesPerUnit, decimal UnsplitPerUnit, decimal BiogenicPerUnit,
    GwpSet? Gwp, Co2eBasis Co2eBasis, decimal LowRatio, decimal HighRatio);

/// <summary>What totals need to know of the range.</summary>
/// <param name="FactorHalfWidth">Relative half width from the factor alone.</param>
/// <param name="ActivityHalfWidth">Relative half width from the activity alone.</param>
/// <param name="FactorKey">Entries that share it err together through their factor.</param>
/// <param name="ActivityKey">Entries of one activity that share it are multiples of one measurement; null where each stands for itself.</param>
/// <param name="Quality">Data quality, 1 (best) to 5.</param>
/// <param name="Note">Why the range is as wide as it is.</param>
internal sealed record CalculationUncertainty(
    decimal FactorHalfWidth, decimal ActivityHalfWidth, string FactorKey, string? ActivityKey, decimal Quality, string Note);

/// <summary>The factor, as an auditor looks it up. A figure the row brought has an id and a citation only.</summary>
internal sealed record CalculationFactor(
    string Id, string Citation, string? Name = null, string? Kind = null, Stage? Stage = null, string? Region = null, string? Unit = null,
    DateOnly? ValidFrom = null, DateOnly? ValidTo = null, int? PriceYear = null, string? Edition = null, string? EditionSha256 = null,
    DateOnly? Published = null, string? Url = null, string? Licence = null, string? Attribution = null, string? BiogenicFactor = null);
