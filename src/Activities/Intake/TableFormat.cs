namespace OffGridFlow.Activities.Intake;

/// <summary>What a file turned out to be, to be shown to its owner.</summary>
/// <param name="Kind">csv, tsv, xlsx or xls, by content and not by name.</param>
/// <param name="Encoding">utf-8, utf-16le, utf-16be or windows-1252; empty for workbooks.</param>
/// <param name="Separator">Between fields; null for workbooks.</param>
/// <param name="Decimals">How numbers are written: seen in the first thousand rows of text, or in all rows once a doubtful number came up.</param>
/// <param name="Dates">How 03/04/2025 is written, seen likewise.</param>
/// <param name="HeaderRow">The row of the (last line of the) header, from 1.</param>
/// <param name="Sheet">The sheet that was read; null for text.</param>
/// <param name="Notes">What the owner should know: sheets left out, a wrong file name ending, columns passed over.</param>
public sealed record TableFormat(
    string Kind, string Encoding, char? Separator, DecimalStyle Decimals, DateOrder Dates, int HeaderRow, string? Sheet, IReadOnlyList<string> Notes);

/// <summary>What the caller knows better than the file; null leaves it to the file's own evidence.</summary>
/// <param name="Decimals">The decimal mark of all number columns.</param>
/// <param name="Dates">The order of day and month in all date columns.</param>
/// <param name="FiscalYearStart">The month in which fiscal years start, 1 to 12.</param>
/// <param name="Columns">Other names for columns than the shipped ones.</param>
/// <param name="Name">What its owner calls the file, where its path does not say so.</param>
public sealed record IntakeOptions(
    DecimalStyle? Decimals = null, DateOrder? Dates = null, int? FiscalYearStart = null, KnownColumns? Columns = null, string? Name = null);
