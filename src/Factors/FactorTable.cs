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

    /// <summary>The whole factor of a line whose first columns the library has read already.</summary>
    /// <exception cref="InvalidDataException">The line has not as many fields as the header, or a figure is no number.</exception>
    internal static Factor Read(ReadOnlySpan<byte> line, FactorRow row)
    {
        Span<Range> at = stackalloc Range[Columns];
        if (!Split(line, at))
        {
            throw new InvalidDataException($"{row.Edition.Key}: the line '{Encoding.UTF8.GetString(line)}' has not {Columns} fields.");
        }

        return new Factor
        {
            Id = Text(line[at[0]])!,
            Kind = row.Kind,
            Name = Text(line[at[2]]) ?? "",
            Stage = row.Stage,
            Region = row.Region,
            ValidFrom = row.ValidFrom,
            ValidTo = row.ValidTo,
            Unit = row.Unit,
            Co2e = Figure(line[at[8]], row),
            Gwp = line[at[9]].IsEmpty ? row.Edition.Gwp : ParseGwp(Text(line[at[9]])),
            Gases = ParseGases(Text(line[at[10]])),
            BiogenicCo2 = Figure(line[at[11]], row),
            Bridge = Text(line[at[12]]),
            PriceYear = (int?)Figure(line[at[13]], row),
            PriceType = Text(line[at[14]]),
            Uncertainty = Figure(line[at[15]], row),
            Codes = Text(line[at[16]]),
            Fallback = row.Fallback,
            Locator = Text(line[at[18]]) ?? "",
        };
    }

    /// <summary>A factor from its line alone, away from its table.</summary>
    /// <exception cref="InvalidDataException">It is no line of ours.</exception>
    public static FactorRow Parse(ReadOnlyMemory<byte> line, Edition edition)
    {
        Span<Range> at = stackalloc Range[Columns];
        if (!Split(line.Span, at) || Text(line.Span[at[1]]) is not { } kind || Text(line.Span[at[4]]) is not { } region || Text(line.Span[at[7]]) is not { } unit
            || Text(line.Span[at[5]]) is not { } from)
        {
            throw new InvalidDataException($"'{Encoding.UTF8.GetString(line.Span)}' is no line of a factor table.");
        }

        return new FactorRow(
            edition, line, kind, ParseStage(Text(line.Span[at[3]]) ?? ""), region, ParseDay(from), Text(line.Span[at[6]]) is { } to ? ParseDay(to) : null, unit,
            !line.Span[at[17]].IsEmpty);
    }

    private static DateOnly ParseDay(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw new InvalidDataException($"'{text}' is no day.");

    private const int Columns = 19;

    // Where each field starts and ends, quotes included.
    private static bool Split(ReadOnlySpan<byte> line, Span<Range> at)
    {
        var (field, start, quoted) = (0, 0, false);
        for (var i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (i == line.Length || (line[i] == ',' && !quoted))
            {
                if (field == Columns)
                {
                    return false;
                }

                at[field++] = start..i;
                start = i + 1;
            }
        }

        return field == Columns && !quoted;
    }

    private static string? Text(ReadOnlySpan<byte> field) =>
        field.IsEmpty ? null :
        field[0] != '"' ? Encoding.UTF8.GetString(field) :
        Encoding.UTF8.GetString(field[1..^1]).Replace("\"\"", "\"", StringComparison.Ordinal);

    private static decimal? Figure(ReadOnlySpan<byte> field, FactorRow row) =>
        field.IsEmpty ? null :
        decimal.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var figure) ? figure :
        throw new InvalidDataException($"{row.Id}: '{Encoding.UTF8.GetString(field)}' is no number.");

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
