using System.Globalization;

namespace OffGridFlow.Platform.Http;

/// <summary>What a field of a list is, as far as filters and cursors must know.</summary>
public enum FieldKind
{
    Text,
    Id,
    Integer,
    Decimal,
    Boolean,
    Day,
    Instant,
}

/// <summary>A field of a list by which it can be narrowed or sorted. Its name is the column's name in the list's SQL and the parameter's name.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="IsFilter"><c>code=A&amp;code=B</c> keeps the rows with one of the values.</param>
/// <param name="IsRange"><c>at_from=…</c> and <c>at_to=…</c>, both ends included.</param>
/// <param name="IsSort">It is never null, and <c>sort=code</c> and <c>sort=-code</c> order by it.</param>
public sealed record ListField(string Name, FieldKind Kind, bool IsFilter, bool IsRange, bool IsSort)
{
    /// <summary>The parameter's type in PostgreSQL.</summary>
    internal string SqlType => Kind switch
    {
        FieldKind.Text => "text",
        FieldKind.Id => "uuid",
        FieldKind.Integer => "bigint",
        FieldKind.Decimal => "numeric",
        FieldKind.Boolean => "boolean",
        FieldKind.Day => "date",
        FieldKind.Instant => "timestamptz",
    };

    /// <summary>How a value is written, for messages.</summary>
    public string Form => Kind switch
    {
        FieldKind.Text => "text",
        FieldKind.Id => "an id such as 01938c2e-7a4b-7c31-9d5e-2f60a1b3c4d5",
        FieldKind.Integer => "a whole number",
        FieldKind.Decimal => "a decimal such as 12.5",
        FieldKind.Boolean => "true or false",
        FieldKind.Day => "a day such as 2025-01-31",
        FieldKind.Instant => "an instant such as 2025-01-31T09:30:00Z",
    };

    /// <summary>The value as PostgreSQL shall read it, or null when the text is none.</summary>
    internal object? Read(string text) => Kind switch
    {
        FieldKind.Text => text.Contains('\0', StringComparison.Ordinal) ? null : text,
        FieldKind.Id => Guid.TryParseExact(text, "D", out var id) ? id : null,
        FieldKind.Integer => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        FieldKind.Decimal => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null,
        FieldKind.Boolean => text switch { "true" => true, "false" => false, _ => null },
        FieldKind.Day => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null,
        FieldKind.Instant => DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var instant) ? instant : null,
    };
}

/// <summary>
/// By what a list can be narrowed and sorted, and its key. Declared once beside the list's SQL:
/// <c>new ListShape("entity_id", FieldKind.Id, "code").Filter("country").Sort("code").Range("created_at", FieldKind.Instant)</c>.
/// </summary>
/// <param name="key">The column that tells rows apart; not null; ends every order.</param>
/// <param name="keyKind">What the key holds.</param>
/// <param name="defaultSort">As in the parameter <c>sort</c>: <c>code</c>, or <c>-posted_at</c>; null: by the key.</param>
public sealed class ListShape(string key, FieldKind keyKind, string? defaultSort = null)
{
    private readonly Dictionary<string, ListField> fields = new(StringComparer.Ordinal)
    {
        [key] = new ListField(key, keyKind, IsFilter: false, IsRange: false, IsSort: true),
    };

    public IReadOnlyCollection<ListField> Fields => fields.Values;

    public ListField Key => fields[key];

    public string DefaultSort => defaultSort ?? key;

    /// <summary><c>name=value</c>, repeated for any of several.</summary>
    public ListShape Filter(string name, FieldKind kind = FieldKind.Text) => With(name, kind, field => field with { IsFilter = true });

    /// <summary><c>name_from</c> and <c>name_to</c>, both included.</summary>
    public ListShape Range(string name, FieldKind kind) => With(name, kind, field => field with { IsRange = true });

    /// <summary><c>sort=name</c> and <c>sort=-name</c>. The column must never be null.</summary>
    public ListShape Sort(string name, FieldKind kind = FieldKind.Text) => With(name, kind, field => field with { IsSort = true });

    public ListField? Find(string name) => fields.GetValueOrDefault(name);

    /// <summary>Every query parameter the list takes.</summary>
    public IEnumerable<string> Parameters() => fields.Values
        .SelectMany(field => (string[])[.. field.IsFilter ? [field.Name] : Array.Empty<string>(), .. field.IsRange ? [$"{field.Name}_from", $"{field.Name}_to"] : Array.Empty<string>()])
        .Concat([ListQuery.Cursor, ListQuery.Limit, ListQuery.Sort, SparseFields.Parameter]);

    private ListShape With(string name, FieldKind kind, Func<ListField, ListField> change)
    {
        fields[name] = change(fields.GetValueOrDefault(name) ?? new ListField(name, kind, IsFilter: false, IsRange: false, IsSort: false));
        return this;
    }
}
