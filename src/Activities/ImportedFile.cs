using System.Text.Json;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Activities.Rows;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Activities;

/// <summary>An imported file read again, away from the database it was read into: what each row's cells mean, not what they come to.</summary>
public sealed class ImportedFile : IDisposable
{
    private readonly ActivityTable table;
    private readonly RowContext context;
    private readonly string name;

    private ImportedFile(ActivityTable table, RowContext context, string name) => (this.table, this.context, this.name) = (table, context, name);

    /// <param name="path">The file's bytes.</param>
    /// <param name="fileName">As its owner named it.</param>
    /// <param name="options">JSON of what its sender said about it.</param>
    /// <param name="vocabulary">What names stood for when it was imported.</param>
    /// <param name="data">The library's names of kinds, units and places.</param>
    /// <exception cref="JsonException">The options are none.</exception>
    public static ImportedFile Open(string path, string? fileName, string options, Vocabulary vocabulary, ReferenceData data)
    {
        var asked = JsonSerializer.Deserialize<ImportOptions>(options, Json.Options) ?? throw new JsonException("Options are an object.");
        return new ImportedFile(
            ActivityTable.Open(path, null, asked.Intake(fileName, vocabulary.FiscalYearStart)), ImportContext.Of(data, vocabulary, asked, null), fileName ?? Path.GetFileName(path));
    }

    /// <summary>Why it cannot be read as a table, or not to its end; null when it can. Ask again after the last row.</summary>
    public string? Problem => table.Problem is { } problem ? $"{name}: {problem.Code}: {problem.Found}. {problem.Expected}." : null;

    /// <summary>Every row that is not blank, in the file's order, read by all cores. Taken rows are <c>calculated</c>, whatever factors there are for them; all have their cells.</summary>
    public IEnumerable<ImportedRow> Rows()
    {
        if (table.Problem is not null)
        {
            yield break;
        }

        foreach (var part in new RowLanes(table, () => new RowScribe(table, new RowReader(table, context.Data, null, context), null), 0).Parts())
        {
            for (var i = 0; i < part.Length; i++)
            {
                yield return part.Span[i];
            }
        }
    }

    /// <summary>What the header calls the column that a field is read from; null where the file has none.</summary>
    public string? Column(string field) => table.ColumnOf(field) is >= 0 and var at ? table.Columns[at].Name : null;

    public void Dispose() => table.Dispose();
}
