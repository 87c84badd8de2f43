namespace OffGridFlow.Activities;

/// <summary>What became of a delivery of rows.</summary>
/// <param name="ImportId">Its id.</param>
/// <param name="Source"><c>file</c>, <c>api</c>, <c>stream</c>, <c>connector</c> or <c>correction</c>.</param>
/// <param name="Status"><c>queued</c>, <c>reading</c>, <c>read</c>, <c>failed</c>, <c>undoing</c>, <c>undone</c> or <c>cancelled</c>.</param>
/// <param name="FileName">As its owner named it, or null.</param>
/// <param name="Sha256">Of the file's bytes, lower-case hexadecimal, or null.</param>
/// <param name="RowsRead">Rows that have a disposition: the sum of <paramref name="Rows"/>.</param>
/// <param name="RowsTotal">Rows in all, or null until the last was seen.</param>
/// <param name="Rows">Rows by disposition.</param>
/// <param name="Quantities">Sums of quantities by unit and disposition; rows whose quantity or unit could not be read are in <paramref name="Rows"/> only.</param>
/// <param name="Flags">What of it may be there twice; null until that was looked for.</param>
/// <param name="UnknownPlaces">Facilities and entities that rows name and the organisation does not have, with what was taken without them.</param>
/// <param name="Messages">What its owner should know.</param>
/// <param name="Problem">Why it failed, or null.</param>
/// <param name="CreatedAt">When it was handed in.</param>
/// <param name="CreatedBy">By whom.</param>
/// <param name="FinishedAt">When the last row was written, or null.</param>
/// <param name="UndoneAt">When it was undone, or null.</param>
/// <param name="UndoneReason">Why it was undone, or null.</param>
/// <param name="Version">Rises with every change.</param>
public sealed record ImportSummary(
    Guid ImportId,
    string Source,
    string Status,
    string? FileName,
    string? Sha256,
    long RowsRead,
    long? RowsTotal,
    IReadOnlyDictionary<string, long> Rows,
    IReadOnlyList<ImportedQuantity> Quantities,
    ImportFlags? Flags,
    IReadOnlyList<UnknownPlace> UnknownPlaces,
    IReadOnlyList<string> Messages,
    Problem? Problem,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? UndoneAt,
    string? UndoneReason,
    int Version) : Platform.Http.IVersioned
{
    /// <summary>The connected source it was fetched from; null: somebody sent it.</summary>
    public Guid? SourceId { get; init; }
}

/// <summary>Activities of an import that may be there twice.</summary>
/// <param name="Open">Flags that nobody has decided about: their activities count.</param>
/// <param name="Decided">Flags that are kept, withdrawn or settled.</param>
/// <param name="Co2eTAtStake">Tonnes CO2e that would be counted twice, of those open.</param>
public sealed record ImportFlags(long Open, long Decided, decimal Co2eTAtStake);

/// <summary>A facility or an entity that rows name and the organisation does not have.</summary>
/// <param name="Code"><c>facility.unknown</c> or <c>entity.unknown</c>.</param>
/// <param name="Field"><c>facility</c> or <c>entity</c>.</param>
/// <param name="Fix">What to do: which one may be meant.</param>
/// <param name="Rows">Rows that were taken without it.</param>
/// <param name="Quantities">Of those rows.</param>
/// <param name="Name">As written; null for all names beyond the first 200 and those of more than 200 characters.</param>
/// <param name="PlaceId">The facility or entity that the name was said to stand for, or null.</param>
/// <param name="Placed">Whether those rows are that facility's or entity's now.</param>
public sealed record UnknownPlace(
    string Code, string Field, string Fix, long Rows, IReadOnlyList<UnplacedQuantity> Quantities, string? Name = null, Guid? PlaceId = null, bool Placed = false);

/// <summary>Quantity of rows that name an unknown place, in one unit.</summary>
public sealed record UnplacedQuantity(string Unit, decimal Quantity, long Rows);

/// <summary>Quantity that came in in one unit and ended one way.</summary>
public sealed record ImportedQuantity(string Unit, string Disposition, decimal Quantity, long Rows);

/// <summary>A row of an imported file, as its owner wrote it.</summary>
/// <param name="FileName">The file.</param>
/// <param name="Sha256">Of its bytes.</param>
/// <param name="Sheet">Of a workbook, else null.</param>
/// <param name="RowNo">As its owner counts.</param>
/// <param name="Cells">Written column name and cell, in the file's order; cells beyond the header have an empty name.</param>
public sealed record RawRow(string FileName, string Sha256, string? Sheet, long RowNo, IReadOnlyList<RawCell> Cells);

/// <summary>One cell.</summary>
/// <param name="Column">As written in the header.</param>
/// <param name="Field">What it was read as: <c>quantity</c>; or the column's own name where it is none of ours.</param>
/// <param name="Text">As written, a date or figure of a workbook as its cell holds it.</param>
/// <param name="Address">Where it stands: <c>C7</c>. In text the row is the line on which it begins.</param>
public sealed record RawCell(string Column, string Field, string Text, string Address);
