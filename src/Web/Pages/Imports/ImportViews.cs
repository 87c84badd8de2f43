using OffGridFlow.Activities;

namespace OffGridFlow.Web.Pages.Imports;

/// <summary>An import as its page shows it: the conservation sheet, and how far the posting of its entries is.</summary>
/// <param name="Posting">Whether entries are still to come.</param>
/// <param name="Entries">How many there are.</param>
/// <param name="Problems">The first rows that became no activity, and why.</param>
public sealed record ImportView(ImportSummary Import, bool Posting, long Entries, string? Period, IReadOnlyList<RowProblem> Problems)
{
    /// <summary>What may be there twice and nobody has decided about.</summary>
    public IReadOnlyList<FlagView> Flags { get; init; } = [];

    /// <summary>Those that an unknown name may stand for.</summary>
    public IReadOnlyList<(string Code, string Name)> Facilities { get; init; } = [];

    /// <summary>Those that an unknown name may stand for, and that new facilities may belong to.</summary>
    public IReadOnlyList<(string Code, string Name)> Entities { get; init; } = [];

    /// <summary>Whether an unknown name may become a new facility or entity.</summary>
    public bool MayMake { get; init; }

    /// <summary>What the connected source is called that it was fetched from; null: somebody sent it.</summary>
    public string? Source { get; init; }

    /// <summary>Facilities and entities by their id, in words.</summary>
    public IReadOnlyDictionary<Guid, string> Places { get; init; } = new Dictionary<Guid, string>();

    public static readonly IReadOnlyList<string> Dispositions = ["calculated", "estimated", "excluded", "duplicate", "rejected"];

    /// <summary>Nothing will change any more unless somebody does something.</summary>
    public bool IsAtRest => Import.Status is "failed" or "cancelled" || (Import.Status is "read" or "undone" && !Posting);

    /// <summary>At rest, and looked through for what may be there twice.</summary>
    public bool IsSettled => IsAtRest && (Import.Status is not "read" || Import.Flags is not null);

    public long Rows(string disposition) => Import.Rows.GetValueOrDefault(disposition);
}

/// <summary>A row that became no activity.</summary>
public sealed record RowProblem(long RowNo, string Disposition, string Code, string? Column, string? Found, string? Expected, string? Fix);

/// <summary>Two activities that may be the same one twice.</summary>
/// <param name="Reason"><c>meter-overlap</c> or <c>spend-and-usage</c>.</param>
/// <param name="Sign">The meter or the invoice.</param>
/// <param name="Co2eKg">At stake, or null when it cannot be calculated.</param>
public sealed record FlagView(Guid FlagId, string Reason, string Sign, int? OverlapDays, decimal? Co2eKg, FlaggedActivity Later, FlaggedActivity Earlier);

/// <param name="What">In words: <c>300 kWh, Purchased electricity (electricity.grid), 1 Jan 2025 to 31 Jan 2025</c>.</param>
public sealed record FlaggedActivity(Guid ActivityId, Guid ImportId, long RowNo, string What);
