using OffGridFlow.Reporting.Inventories;

namespace OffGridFlow.Web.Pages.Entries;

/// <summary>One line of the ledger in a list.</summary>
/// <param name="Id"><c>17-204</c>.</param>
/// <param name="Type"><c>posting</c>, <c>reversal</c> or <c>adjustment</c>.</param>
/// <param name="Kind">Its key.</param>
/// <param name="KindTitle">As people call it.</param>
public sealed record EntryLine(
    string Id, DateOnly Month, string Type, string Kind, string KindTitle, int Scope, int? Category, string Basis, string Role, string Status, string? Facility,
    decimal Quantity, string Unit, decimal Co2eKg);

/// <summary>What a list is narrowed to. As query parameters, so that every list has an address.</summary>
public sealed record EntryFilter(
    string Period, int? Scope = null, int? Category = null, string? Basis = null, DateOnly? Month = null, string? Tier = null, string? Kind = null,
    Guid? Import = null)
{
    /// <summary>What the kind is called; null: as its key.</summary>
    public string? KindTitle { get; init; }

    /// <summary><c>/entries?period=2025&amp;scope=2</c>.</summary>
    public string Href(string? cursor = null)
    {
        (string Name, string? Value)[] all =
        [
            ("period", Period), ("scope", Scope?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("category", Category?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("basis", Basis),
            ("month", Month?.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture)), ("tier", Tier), ("kind", Kind),
            ("import", Import?.ToString()), ("cursor", cursor),
        ];
        return "/entries?" + string.Join('&', all.Where(one => !string.IsNullOrEmpty(one.Value)).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}"));
    }

    /// <summary>In words: <c>Scope 3, category 6: Business travel, 2025</c>.</summary>
    public string Title
    {
        get
        {
            var what = (Category, Scope, Basis) switch
            {
                ({ } category, _, _) => $"{category}. {Words.Category(category)}",
                (_, { } scope, "market") => $"Scope {scope}, market-based",
                (_, { } scope, "location") => $"Scope {scope}, location-based",
                (_, { } scope, _) => $"Scope {scope}",
                _ when Tier is { } tier => Words.Tier(tier),
                _ when Import is not null => "Entries of the import",
                _ => "All entries",
            };
            return $"{what}, {(Month is { } month ? Print.Month(month) : Period)}{(string.IsNullOrEmpty(Kind) ? "" : $", {KindTitle ?? Kind}")}";
        }
    }
}

/// <summary>A page of lines, with what all lines of the filter come to.</summary>
public sealed record EntryList(EntryFilter Filter, IReadOnlyList<EntryLine> Lines, string? Next, Amount? Sum, long? Count)
{
    /// <summary>What the lines come to as they stand, where the figure counts an entity by its share; null where that is the same.</summary>
    public decimal? WholeKg { get; init; }
}

/// <summary>A node of the expression an amount was worked out by.</summary>
/// <param name="Operator"><c>=</c>, <c>×</c> or empty at a leaf that is given.</param>
/// <param name="What">What the figure is, in words.</param>
/// <param name="Value">Exact.</param>
/// <param name="Unit">Of the figure.</param>
/// <param name="Why">Where it comes from.</param>
public sealed record Term(string Operator, string What, decimal Value, string Unit, string? Why, IReadOnlyList<Term> Parts)
{
    public Term(string operation, string what, decimal value, string unit, string? why) : this(operation, what, value, unit, why, [])
    {
    }
}

/// <summary>An entry with all that explains it.</summary>
/// <param name="Co2eKg">kg CO2e, exact.</param>
/// <param name="Steps">From the row's quantity to the entry's, in words, with their sources.</param>
/// <param name="Expression">The arithmetic, the amount at its root.</param>
/// <param name="Factor">Name and value of what describes the factor.</param>
/// <param name="PassedOver">Candidates that lost, and why; null where they cannot be listed any more.</param>
/// <param name="Links">To entries that this one reverses or is reversed by.</param>
public sealed record ExplainedEntry(
    EntryLine Line, decimal LowKg, decimal HighKg, decimal BiogenicKg, IReadOnlyList<(string Gas, decimal Kg)> Gases, IReadOnlyList<(string Text, string? Source)> Steps,
    Term Expression, string RangeNote, IReadOnlyList<(string Name, string Value)> Factor, string? CitationUrl, IReadOnlyList<(string Factor, string Reason)>? PassedOver,
    int PassedOverCount, IReadOnlyList<string> Notes, Guid? ImportId, long? RowNo, string? FileName, long RunNo, DateTimeOffset PostedAt, string? Reason,
    IReadOnlyList<(string What, string Id)> Links);
