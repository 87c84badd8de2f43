using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities;

/// <summary>A row of an import that became no activity.</summary>
/// <param name="Problem">JSON, or null.</param>
/// <param name="Cells">JSON of the cells as found, or null.</param>
/// <param name="StartOn">First day, where the row names one that can be read.</param>
/// <param name="EndOn">Last day.</param>
public sealed record RowNotTaken(
    Guid ImportId, long RowNo, string Disposition, string Code, string? Problem, Guid? DuplicateOf, string? Cells, decimal? Quantity, string? Unit, DateOnly? StartOn, DateOnly? EndOn);

/// <summary>An import as evidence: with all that its file has to be read with.</summary>
/// <param name="Options">JSON: what its sender said about the file, with the template that was used.</param>
/// <param name="VocabularyId">What names in it stood for.</param>
public sealed record ImportEvidence(
    Guid ImportId, string Source, string? Sha256, string? FileName, string Options, Guid? VocabularyId, string Status, long RowsRead, long Calculated, long Estimated, long Excluded,
    long Duplicate, long Rejected, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? UndoneAt, string? UndoneReason);

/// <summary>What evidence of a span of days is made of.</summary>
public sealed partial class ActivityQueries
{
    /// <summary>Every version of an activity that has a day in the span, by import, row and version; streamed.</summary>
    public async IAsyncEnumerable<StoredActivity> Overlapping(Session session, DateOnly from, DateOnly to, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = Command(session, $"""
            select {Columns} from activities.activities where start_on <= $2 and end_on >= $1 order by import_id, row_no, version
            """);
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = from });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = to });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            yield return new StoredActivity(
                reader.GetGuid(0), reader.GetInt32(1), reader.GetGuid(2), reader.GetInt64(3), reader.GetString(4), reader.GetDecimal(5), reader.GetString(6),
                Text(7), reader.GetFieldValue<DateOnly>(8), reader.GetFieldValue<DateOnly>(9), reader.IsDBNull(10) ? null : reader.GetInt16(10), Id(11), Id(12),
                Text(13), Text(14), reader.IsDBNull(15) ? null : reader.GetDecimal(15),
                reader.IsDBNull(16) ? Activity.NoColumns : JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(16))!,
                reader.GetString(17) == "calculated" ? Disposition.Calculated : Disposition.Estimated, reader.GetBoolean(18),
                reader.GetFieldValue<DateTimeOffset>(19), reader.GetString(20));
        }

        Guid? Id(int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>The imports that brought something for the span, and those that brought nothing at all: a row that was rejected has no day.</summary>
    public async Task<IReadOnlyList<ImportEvidence>> ImportsBetween(Session session, DateOnly from, DateOnly to) =>
        (await session.Query<ImportRecord>($"""
            select {ImportRecord.SummaryColumns} from activities.imports
            where exists (select from activities.activities a where a.import_id = imports.import_id and a.start_on <= @to and a.end_on >= @from)
               or not exists (select from activities.activities a where a.import_id = imports.import_id)
            order by import_id
            """, new { from, to }))
        .Select(import => new ImportEvidence(
            import.ImportId, import.Source, import.Sha256 is null ? null : Convert.ToHexStringLower(import.Sha256), import.FileName, import.Options, import.VocabularyId, import.Status,
            import.RowsRead, import.Calculated, import.Estimated, import.Excluded, import.Duplicate, import.Rejected, Utc(import.CreatedAt), import.CreatedBy,
            import.UndoneAt is { } at ? Utc(at) : null, import.UndoneReason))
        .ToList();

    /// <summary>Rows of imports that became no activity, by import and row; streamed.</summary>
    public async IAsyncEnumerable<RowNotTaken> NotTaken(Session session, Guid[] imports, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = Command(session, """
            select import_id, row_no, disposition, code, problem::text, duplicate_of, cells::text, quantity, unit, start_on, end_on
            from activities.rows_not_taken where import_id = any($1) order by import_id, row_no
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = imports });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            yield return new RowNotTaken(
                reader.GetGuid(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), Text(4), reader.IsDBNull(5) ? null : reader.GetGuid(5), Text(6),
                reader.IsDBNull(7) ? null : reader.GetDecimal(7), Text(8), Day(9), Day(10));
        }

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        DateOnly? Day(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);
    }

    /// <summary>The texts of vocabularies, by id.</summary>
    public Task<IReadOnlyList<string>> Vocabularies(Session session, Guid[] ids) =>
        session.Query<string>("select body from activities.vocabularies where vocabulary_id = any(@ids) order by vocabulary_id", new { ids });

    /// <summary>A local path to an imported file's bytes.</summary>
    /// <exception cref="FileNotFoundException">The store does not hold it.</exception>
    public Task<string> PathOf(Session session, string sha256, CancellationToken ct) => files.PathOf(session.Tenant, Convert.FromHexString(sha256), ct);

    private static DateTimeOffset Utc(DateTime at) => new(DateTime.SpecifyKind(at, DateTimeKind.Utc));
}
