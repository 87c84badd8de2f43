using OffGridFlow.Activities;

namespace OffGridFlow.Web.Pages.Imports;

/// <summary>An import as its page shows it: the conservation sheet, and how far the posting of its entries is.</summary>
/// <param name="Posting">Whether entries are still to come.</param>
/// <param name="Entries">How many there are.</param>
/// <param name="Problems">The first rows that became no activity, and why.</param>
public sealed record ImportView(ImportSummary Import, bool Posting, long Entries, string? Period, IReadOnlyList<RowProblem> Problems)
{
    public static readonly IReadOnlyList<string> Dispositions = ["calculated", "estimated", "excluded", "duplicate", "rejected"];

    /// <summary>Nothing will change any more unless somebody does something.</summary>
    public bool IsAtRest => Import.Status is "failed" or "cancelled" || (Import.Status is "read" or "undone" && !Posting);

    public long Rows(string disposition) => Import.Rows.GetValueOrDefault(disposition);
}

/// <summary>A row that became no activity.</summary>
public sealed record RowProblem(long RowNo, string Disposition, string Code, string? Column, string? Found, string? Expected, string? Fix);
