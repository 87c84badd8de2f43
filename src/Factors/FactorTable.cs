using System.Globalization;
using System.Text;
using CsvHelper;

namespace OffGridFlow.Factors;

/// <summary>Our normalized table of one edition: how a factor is written to a line of CSV and read back.</summary>
/// <remarks>
/// Fields are quoted only where they must be, numbers carry every published digit and no more, rows are in ordinal
/// order of their id: two builds of the same publication give the same bytes.
/// </remarks>
public static class FactorTable
{
    public const string Header =
        "id,kind,name,stage,region,valid_from,valid_to,unit,co2e,gwp,gases,biogenic_co2,bridge,price_year,price_type,uncertainty,codes,fallback,locator";

    /// <summary>Writes the factors in ordinal order of id.</summary>
    /// <exception cref="InvalidDataException">Two rows share an id: one would overwrite the other.</exception>
    public static void Write(string path, IEnumerable<Factor> factors)
    {
        var rows = factors.OrderBy(factor => factor.Id, StringComparer.Ordinal).ToList();
        for (var i = 1; i < rows.Count; i++)
        {
            if (rows[i].Id == rows[i - 1].Id)
            {
                throw new InvalidDataException(
                    $"{rows[i].Id} stands twice, at {rows[i - 1].Locator} and at {rows[i].Locator}.");
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        writer.WriteLine(Header);
        foreach (var row in rows)
        {
            writer.WriteLine(Line(row));
        }
    }

    /// <summary>One factor as one line.</summary>
    public static string Line(Factor f) => string.Join(',', new[]
    {
        f.Id, f.Kind, f.Name, StageName(f.Stage), f.Region, Day(f.ValidFrom), Day(f.ValidTo), f.Unit, Number(f.Co2e),
        GwpName(f.Gwp), GasList(f.Gases), Number(f.BiogenicCo2), f.Bridge, f.PriceYear?.ToString(CultureInfo.InvariantCulture),
        f.PriceType, Number(f.Uncertainty), f.Codes, f.Fallback ? "fallback" : null, f.Locator,
    }.Select(Quote));

    /// <summary><c>upstream-generation</c> for <see cref="Stage.UpstreamGeneration"/>.</summary>
    public static string StageName(Stage stage) => stage switch
    {
        Stage.Direct => "direct",
        Stage.Generation => "generation",
        Stage.ResidualMix => "residual-mix",
        Stage.Upstream => "upstream",
        Stage.UpstreamGeneration => "upstream-generation",
        Stage.TransmissionLoss => "transmission-loss",
        Stage.UpstreamTransmissionLoss => "upstream-transmission-loss",
        Stage.UpstreamAndTransmissionLoss => "upstream-and-transmission-loss",
        Stage.CradleToGate => "cradle-to-gate",
        Stage.LifeCycle => "life-cycle",
        Stage.EndOfLife => "end-of-life",
        Stage.Biogenic => "biogenic",
        Stage.Embodied => "embodied",
    };

    public static Stage ParseStage(string name) =>
        Stages.TryGetValue(name, out var stage)
            ? stage
            : throw new InvalidDataException($"'{name}' is no stage; the stages are {string.Join(", ", Stages.Keys)}.");

    /// <summary><c>ar5</c> for <see cref="GwpSet.Ar5"/>; empty for an unnamed set.</summary>
    public static string GwpName(GwpSet? set) => set?.ToString().ToLowerInvariant() ?? "";

    public static GwpSet? ParseGwp(string? name) =>
        string.IsNullOrEmpty(name) ? null : Enum.Parse<GwpSet>(name, ignoreCase: true);

    /// <summary><c>co2=2.53 ch4=0.0003e</c>: kg of the gas, or with an <c>e</c> kg CO2e of it.</summary>
    public static string GasList(IReadOnlyList<GasAmount> gases) =>
        string.Join(' ', gases.Select(g => $"{g.Gas}={Number(g.Kilograms)}{(g.AsCo2e ? "e" : "")}"));

    public static IReadOnlyList<GasAmount> ParseGases(ReadOnlySpan<char> list)
    {
        if (list.IsEmpty)
        {
            return [];
        }

        var gases = new GasAmount[list.Count(' ') + 1];
        var i = 0;
        foreach (var range in list.Split(' '))
        {
            var item = list[range];
            var equals = item.IndexOf('=');
            var value = item[(equals + 1)..];
            var asCo2e = value[^1] == 'e';
            gases[i++] = new GasAmount(
                string.Intern(item[..equals].ToString()),
                decimal.Parse(asCo2e ? value[..^1] : value, NumberStyles.Float, CultureInfo.InvariantCulture),
                asCo2e);
        }

        return gases;
    }

    internal static CsvReaderOptions ReaderOptions { get; } = new()
    {
        Separator = ',',
        HasHeader = false,
        PoolStrings = true,
        Encoding = Encoding.UTF8,
    };

    /// <summary>The factor on the reader's current line.</summary>
    internal static Factor Read(CsvReader csv, Edition edition) => new()
    {
        Id = csv.GetString(0),
        Kind = csv.GetString(1),
        Name = csv.GetString(2),
        Stage = ParseStage(csv.GetString(3)),
        Region = csv.GetString(4),
        ValidFrom = DateOnly.ParseExact(csv.GetString(5), "yyyy-MM-dd", CultureInfo.InvariantCulture),
        ValidTo = csv.IsEmpty(6) ? null : DateOnly.ParseExact(csv.GetString(6), "yyyy-MM-dd", CultureInfo.InvariantCulture),
        Unit = csv.GetString(7),
        Co2e = Figure(csv, 8),
        Gwp = csv.IsEmpty(9) ? edition.Gwp : ParseGwp(csv.GetString(9)),
        Gases = ParseGases(csv.GetString(10)),
        BiogenicCo2 = Figure(csv, 11),
        Bridge = Text(csv, 12),
        PriceYear = csv.IsEmpty(13) ? null : int.Parse(csv.GetString(13), CultureInfo.InvariantCulture),
        PriceType = Text(csv, 14),
        Uncertainty = Figure(csv, 15),
        Codes = Text(csv, 16),
        Fallback = !csv.IsEmpty(17),
        Locator = csv.GetString(18),
    };

    private static string? Text(CsvReader csv, int field) => csv.IsEmpty(field) ? null : csv.GetString(field);

    private static decimal? Figure(CsvReader csv, int field) =>
        csv.IsEmpty(field) ? null : decimal.Parse(csv.GetSpan(field), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static readonly Dictionary<string, Stage> Stages =
        Enum.GetValues<Stage>().ToDictionary(StageName, stage => stage, StringComparer.Ordinal);

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // 0.10 and 0.1 are the same figure: trailing zeros are dropped so that the bytes do not depend on arithmetic.
    internal static string? Number(decimal? value) =>
        value is { } number ? (number / 1.000000000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : null;

    internal static string Quote(string? field) =>
        field is null ? "" :
        field.AsSpan().IndexOfAny(",\"\n\r") < 0 ? field :
        $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
