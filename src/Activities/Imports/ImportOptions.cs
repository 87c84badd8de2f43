using OffGridFlow.Activities.Intake;

namespace OffGridFlow.Activities.Imports;

/// <summary>What the sender of a file says about it, beyond what it says itself. Also what a template keeps.</summary>
public sealed record ImportOptions
{
    /// <summary><c>point</c> or <c>comma</c>, where the file leaves doubt.</summary>
    public string? Decimal { get; init; }

    /// <summary><c>dmy</c> or <c>mdy</c>, where the file leaves doubt.</summary>
    public string? Dates { get; init; }

    /// <summary>Name in the header to field (<c>"Verbrauch HT": "quantity"</c>); an empty field passes the column over.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Field to the value that every row has, where the file has no such column (<c>"unit": "kWh"</c>).</summary>
    public IReadOnlyDictionary<string, string> Constants { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>First day of rows that name no day.</summary>
    public DateOnly? Start { get; init; }

    /// <summary>Last day of rows that name no day.</summary>
    public DateOnly? End { get; init; }

    /// <summary>Place of rows that name none and whose facility has none.</summary>
    public string? Region { get; init; }

    /// <summary>Code or name of the facility of rows that name none.</summary>
    public string? Facility { get; init; }

    /// <summary>Code or name of the entity of rows that name neither entity nor facility.</summary>
    public string? Entity { get; init; }

    /// <summary>
    /// What becomes of rows that name a facility or entity the organisation does not have: <c>keep</c> (the default) takes them without one and
    /// lists the names on the import's sheet, <c>create</c> makes those facilities and entities when all is read, <c>reject</c> takes no such row.
    /// </summary>
    public string? UnknownPlaces { get; init; }

    /// <summary>These options, with what others say in their place.</summary>
    internal ImportOptions With(ImportOptions others) => new()
    {
        Decimal = others.Decimal ?? Decimal,
        Dates = others.Dates ?? Dates,
        Columns = others.Columns.Concat(Columns).DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
        Constants = others.Constants.Concat(Constants).DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
        Start = others.Start ?? Start,
        End = others.End ?? End,
        Region = others.Region ?? Region,
        Facility = others.Facility ?? Facility,
        Entity = others.Entity ?? Entity,
        UnknownPlaces = others.UnknownPlaces ?? UnknownPlaces,
    };

    /// <summary>The first thing in the options that cannot be meant, or null.</summary>
    internal Problem? Check(ReferenceData data)
    {
        if (Decimal is not (null or "point" or "comma"))
        {
            return Bad("decimal", Decimal, "point or comma");
        }

        if (Dates is not (null or "dmy" or "mdy"))
        {
            return Bad("dates", Dates, "dmy or mdy");
        }

        if (UnknownPlaces is not (null or "keep" or "create" or "reject"))
        {
            return Bad("unknown_places", UnknownPlaces, "keep, create or reject");
        }

        if (Start is null != End is null || End < Start)
        {
            return Bad("start", $"{Start:yyyy-MM-dd} to {End:yyyy-MM-dd}", "a first and a last day, in this order");
        }

        if (Region is { } region && data.Regions.Find(region) is null)
        {
            return Bad("region", region, "ISO 3166-1 (GB), ISO 3166-2 (AU-NSW), an eGRID subregion (US-CAMX) or world");
        }

        if (Columns.FirstOrDefault(pair => pair.Value is null).Key is { } nothing)
        {
            return Bad("columns", nothing, "a field, or an empty text to pass the column over");
        }

        if (Constants.FirstOrDefault(pair => pair.Value is null).Key is { } without)
        {
            return Bad("constants", without, "a value");
        }

        foreach (var field in Columns.Values.Where(field => field.Length > 0).Concat(Constants.Keys))
        {
            if (KnownColumns.Shipped.Find(field)?.Column != field && !data.Kinds.Listed.Concat(data.Kinds.Families).Any(kind => kind.Reads(field)))
            {
                return Bad("columns", field, "a field such as kind, quantity, unit, region, start, end, or a named column of a kind");
            }
        }

        var twice = Columns.Values.Where(field => field.Length > 0).GroupBy(field => field, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? null : Bad("columns", twice.Key, "each field once");
    }

    /// <summary>For the reader of the table.</summary>
    internal IntakeOptions Intake(string? fileName, int fiscalYearStart) => new(
        Decimal switch { "point" => DecimalStyle.Point, "comma" => DecimalStyle.Comma, _ => null },
        Dates switch { "dmy" => DateOrder.DayMonth, "mdy" => DateOrder.MonthDay, _ => null },
        fiscalYearStart,
        Columns.Count + Constants.Count > 0 ? KnownColumns.Shipped.With(Columns, Constants) : null,
        fileName);

    private static Problem Bad(string option, string found, string expected) =>
        new("import.option", option, found, expected, $"Correct {option}, or leave it out.");
}
