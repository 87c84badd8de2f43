using System.Data;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>
/// The job that learns from a corrected file: a rejected row that came again with another kind and nothing else changed says what its
/// first kind stands for. It is proposed; a person accepts it.
/// </summary>
internal sealed class ProposeSynonyms(Database database, FileStore files, ReferenceData data, TimeProvider time) : IJobHandler
{
    public const string JobName = "propose-synonyms";

    private const int Part = 2_000;

    public string Name => JobName;

    public static Task<Guid> Enqueue(Session session, Guid importId) =>
        JobQueue.Enqueue(session, new NewJob(JobType.Ingestion, JobName, new { import_id = importId }) { Key = $"{JobName}:{importId}" });

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var importId = job.Arguments.GetProperty("import_id").GetGuid();
        await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
        if (await ImportRecord.Find(session, importId) is not { Sha256: { } sha256, Corrects: { } corrects, Status: "read" } import)
        {
            return; // Undone in between.
        }

        var learned = new Dictionary<(string Name, string Kind), long>();
        using var table = ActivityTable.Open(await files.PathOf(session.Tenant, sha256, ct), null, import.ReadOptions().Intake(import.FileName, fiscalYearStart: 1));
        var (part, rowAt) = (new List<Corrected>(Part), table.ColumnOf("problem_row"));
        while (rowAt >= 0 && table.Problem is null && table.Read())
        {
            if (long.TryParse(Text(table, rowAt), NumberStyles.None, CultureInfo.InvariantCulture, out var was))
            {
                part.Add(new Corrected(was, table.Row, Cells(table)));
            }

            if (part.Count == Part)
            {
                await Compare(session, import, corrects, part, learned);
                part.Clear();
            }
        }

        await Compare(session, import, corrects, part, learned);
        foreach (var ((name, kind), rows) in learned)
        {
            await session.Execute(
                """
                insert into activities.synonym_proposals (tenant_id, proposal_id, name, kind, import_id, rows, proposed_at)
                select @tenant, @id, @name, @kind, @importId, @rows, @now
                where not exists (select from activities.kind_synonyms where name = @name and kind = @kind)
                on conflict (tenant_id, name, kind) do update set import_id = excluded.import_id, rows = excluded.rows, proposed_at = excluded.proposed_at
                where synonym_proposals.status = 'open'
                """,
                new { tenant = session.Tenant.Value, id = Guid.CreateVersion7(), name, kind, importId, rows, now = time.GetUtcNow() });
        }

        await job.Save(session, new { }, learned.Count, learned.Count);
        await session.Commit();
    }

    private sealed record Corrected(long Was, long Row, (string Name, string Key, string Text)[] Cells);

    private async Task Compare(Session session, ImportRecord import, Guid corrects, List<Corrected> part, Dictionary<(string Name, string Kind), long> learned)
    {
        var before = (await session.Query<(long Row, string Cells)>(
                "select row_no, cells::text from activities.rows_not_taken where import_id = @corrects and code = 'kind.unknown' and row_no = any(@rows)",
                new { corrects, rows = part.Select(row => row.Was).ToArray() }))
            .ToDictionary(row => row.Row, row => JsonSerializer.Deserialize<Dictionary<string, string>>(row.Cells)!);
        var stillOut = (await session.Query<long>(
            "select row_no from activities.rows_not_taken where import_id = @ImportId and row_no = any(@rows)",
            new { import.ImportId, rows = part.Select(row => row.Row).ToArray() })).ToHashSet();
        foreach (var row in part)
        {
            if (!stillOut.Contains(row.Row) && before.TryGetValue(row.Was, out var cells) && Learned(cells, row) is { } pair)
            {
                learned[pair] = learned.GetValueOrDefault(pair) + 1;
            }
        }
    }

    /// <summary>What the kind was called and which it is, when nothing but the kind has changed.</summary>
    private (string Name, string Kind)? Learned(Dictionary<string, string> before, Corrected now)
    {
        (string, string)? learned = null;
        var seen = 0;
        foreach (var (name, key, text) in now.Cells)
        {
            var was = before.GetValueOrDefault(name, "");
            seen += was.Length > 0 ? 1 : 0;
            if (Plain(was) == Plain(text))
            {
                continue;
            }

            if (key != "kind" || was.Length == 0 || data.Kinds.Find(text) is not { } kind)
            {
                return null;
            }

            learned = (was.Trim().ToLowerInvariant(), kind.Key);
        }

        return seen == before.Count(cell => cell.Value.Length > 0) ? learned : null;
    }

    // rejected.csv leads what a spreadsheet would run by an apostrophe.
    private static string Plain(string text) => text.Trim().TrimStart('\'');

    private static (string Name, string Key, string Text)[] Cells(ActivityTable table) =>
        [.. table.Columns.Where(column => column.Constant is null && !RejectedCsv.IsOurs(column.Key))
            .Select(column => (column.Name.Length > 0 ? column.Name : column.Key, column.Key, Text(table, column.Index)))];

    private static string Text(ActivityTable table, int column) => Encoding.UTF8.GetString(table.Field(column));
}
