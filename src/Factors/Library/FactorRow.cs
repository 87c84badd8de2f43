namespace OffGridFlow.Factors;

/// <summary>One factor as the library holds it: what resolution looks at, and the rest of its line read when asked for.</summary>
public sealed class FactorRow
{
    private readonly ReadOnlyMemory<byte> line;
    private Factor? factor;

    internal FactorRow(Edition edition, ReadOnlyMemory<byte> line, string kind, Stage stage, string region, DateOnly from, DateOnly? to, string unit, bool fallback)
    {
        Edition = edition;
        this.line = line;
        Kind = kind;
        Stage = stage;
        Region = region;
        ValidFrom = from;
        ValidTo = to;
        Unit = unit;
        Fallback = fallback;
    }

    public Edition Edition { get; }

    public string Kind { get; }

    public Stage Stage { get; }

    public string Region { get; }

    public DateOnly ValidFrom { get; }

    public DateOnly? ValidTo { get; }

    public string Unit { get; }

    public bool Fallback { get; }

    /// <summary>How specific its owner says it is, or null: then its region tells.</summary>
    public Tier? StatedTier { get; init; }

    /// <summary>Whether it is a tenant's own.</summary>
    public bool IsOverride => StatedTier is not null;

    /// <summary>Its line in the table of its edition, UTF-8, with the line feed where it came from a table.</summary>
    public ReadOnlyMemory<byte> Line => line;

    /// <summary>The whole factor. Read from its line once; reading twice at once gives equal factors.</summary>
    public Factor Factor => factor ??= Read();

    /// <summary>Key of the factor, without reading the rest of the line.</summary>
    public string Id => factor?.Id ?? FirstField();

    private Factor Read() => FactorTable.Read(line.Span, this);

    private string FirstField()
    {
        var comma = line.Span.IndexOf((byte)',');
        return line.Span[0] == '"' ? Factor.Id : System.Text.Encoding.UTF8.GetString(line.Span[..comma]);
    }
}
