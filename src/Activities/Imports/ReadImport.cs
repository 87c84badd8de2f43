using System.Data;
using System.Text.Json;
using Npgsql;
using OffGridFlow.Activities.Flags;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Activities.Rows;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>The job that reads an imported file: every row ends as an activity, or as a row that was not taken and why.</summary>
internal sealed class ReadImport(Database database, FileStore files, EstimatorPool pool, ChunkSize size, TimeProvider time) : IJobHandler
{
    public const string JobName = "read-import";

    // Two imports of the same rows can wait for each other; one of them gives way and tries again.
    private const int MostDeadlocks = 5;

    public string Name => JobName;

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var importId = job.Arguments.GetProperty("import_id").GetGuid();
        var import = await database.Read(job.Caller, session => ImportRecord.Find(session, importId), ct);
        if (import is not { Status: "queued" or "reading" })
        {
            return; // Done before, or undone or cancelled in between.
        }

        var vocabulary = (await database.Write<Vocabulary>(job.Caller, async session => await Vocabulary.Of(import, session), ct)).Value;
        var (context, problem) = await database.Read(job.Caller, async session => Parts(await ImportContext.Read(session, pool, import.ReadOptions(), time, vocabulary)), ct);
        if (problem is not null)
        {
            await Fail(job, import, problem, ct);
            return;
        }

        var path = await files.PathOf(job.Caller.Tenant, import.Sha256!, ct);
        using var table = ActivityTable.Open(path, null, import.ReadOptions().Intake(import.FileName, context.FiscalYearStart));
        if (table.Problem is { } unusable)
        {
            await Fail(job, import, unusable, ct);
            return;
        }

        var estimator = context.Context.EstimatorFor(DateOnly.MinValue);
        var lanes = new RowLanes(
            table, () => new RowScribe(table, new RowReader(table, pool.Data, estimator, context.Context), new SourceKeys(table, import.Sha256!), import.WithinFacilities?.ToHashSet()), import.LastRow);
        var writer = new Writer(database, job, import, size, time);
        await writer.Write(lanes, ct);
        if (table.Problem is { } late)
        {
            await Fail(job, import, late, ct);
        }
        else
        {
            await writer.Finish(table, ct);
        }
    }

    private static ((RowContext Context, int FiscalYearStart) Value, Problem? Problem) Parts(Result<(RowContext, int)> result) =>
        result.TryValue(out var value, out var problem) ? (value, null) : (default, problem);

    // Nothing of a file that cannot be read to its end counts: what was taken before is taken back, so that it can come again.
    private async Task Fail(JobRun job, ImportRecord import, Problem problem, CancellationToken ct)
    {
        await WithdrawImport.All(database, job, import.ImportId, size, time, ct);
        await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
        await session.Execute(
            """
            update activities.imports set status = 'failed', problem = @problem::jsonb, finished_at = @now, version = version + 1
            where import_id = @importId
            """,
            new { import.ImportId, problem = JsonSerializer.Serialize(problem, Json.Options), now = time.GetUtcNow() });
        await Outbox.Tell(session, "import.failed", new { import.ImportId, problem }, time);
        await job.Save(session, new { }, import.RowsRead, null);
        await session.Commit();
    }

    /// <summary>Writes a chunk while the next one is copied and the one after it is read.</summary>
    private sealed class Writer(Database database, JobRun job, ImportRecord import, ChunkSize size, TimeProvider time)
    {
        private const int AtOnce = 3;
        private ImportQuantities quantities = ImportQuantities.Of(import);
        private long lastRow = import.LastRow;

        public async Task Write(RowLanes lanes, CancellationToken ct)
        {
            var chunks = Array.ConvertAll(new int[AtOnce], _ => new ImportChunk(import.ImportId, size.Rows));
            var written = Array.ConvertAll(chunks, _ => Task.CompletedTask);
            var turn = 0;
            try
            {
                foreach (var part in lanes.Parts())
                {
                    ct.ThrowIfCancellationRequested();
                    for (var rest = part; !rest.IsEmpty;)
                    {
                        rest = rest[chunks[turn].Take(rest.Span)..];
                        if (chunks[turn].IsFull)
                        {
                            Begin();
                            await written[turn];
                        }
                    }
                }

                if (chunks[turn].Count > 0)
                {
                    Begin();
                }
            }
            finally
            {
                await Task.WhenAll(written);
            }

            void Begin()
            {
                var (full, before, begun) = (chunks[turn], written[(turn + AtOnce - 1) % AtOnce], time.GetUtcNow());
                written[turn] = Task.Run(() => Chunk(full, before, begun, ct), CancellationToken.None);
                turn = (turn + 1) % AtOnce;
            }
        }

        public async Task Finish(ActivityTable table, CancellationToken ct)
        {
            await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
            var notes = await Notes(session, table);
            await session.Execute(
                """
                update activities.imports set status = 'read', rows_total = rows_read, finished_at = @now, version = version + 1
                where import_id = @importId and status in ('queued', 'reading')
                """,
                new { import.ImportId, now = time.GetUtcNow() });
            if (import.ReadOptions().UnknownPlaces == "create" && quantities.Unknown.Any
                && (await PlaceRows.Handle(import.ImportId, new PlaceRows.Request(Reason: "Made by the import."), session)).Problem is { } problem)
            {
                notes.Insert(0, $"Unknown facilities and entities were left open: found {problem.Found}; expected {problem.Expected}. {problem.Fix}");
            }

            await session.Execute(
                "update activities.imports set notes = @notes::jsonb where import_id = @ImportId", new { import.ImportId, notes = JsonSerializer.Serialize(notes) });
            await Outbox.Tell(session, "import.read", new { import.ImportId }, time);
            await FollowUp(session, table);
            await job.Save(session, new { lastRow }, quantities.Rows.Sum(), quantities.Rows.Sum());
            await session.Commit();
        }

        private async Task FollowUp(Session session, ActivityTable table)
        {
            if (table.ColumnOf("meter") >= 0 || table.ColumnOf("invoice") >= 0)
            {
                await FindDuplicates.Enqueue(session, import.ImportId);
            }
            else
            {
                await session.Execute("update activities.imports set checked_at = @now where import_id = @ImportId", new { import.ImportId, now = time.GetUtcNow() });
            }

            if (import.Corrects is not null)
            {
                await ProposeSynonyms.Enqueue(session, import.ImportId);
            }
        }

        private async Task<List<string>> Notes(Session session, ActivityTable table)
        {
            var notes = table.Format.Notes.ToList();
            var (rows, duplicates) = (quantities.Rows.Sum(), quantities.Rows[(int)Disposition.Duplicate]);
            var before = await session.First<DateTime?>(
                "select min(created_at) from activities.imports where sha256 = @sha256 and import_id <> @importId and status = 'read'", new { import.Sha256, import.ImportId });
            if (before is { } when)
            {
                notes.Insert(0, FormattableString.Invariant($"The same file was imported on {when:yyyy-MM-dd}: {duplicates} of its {rows} rows are there already and count once."));
            }
            else if (duplicates > 0)
            {
                notes.Insert(0, FormattableString.Invariant($"{duplicates} of {rows} rows repeat activities that are there already, and count once."));
            }

            return notes;
        }

        private async Task Chunk(ImportChunk chunk, Task before, DateTimeOffset begun, CancellationToken ct)
        {
            for (var deadlocks = 0; ; deadlocks++)
            {
                try
                {
                    await ChunkOnce(chunk, before, begun, ct);
                    chunk.Clear();
                    return;
                }
                catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected && deadlocks < MostDeadlocks)
                {
                }
            }
        }

        private async Task ChunkOnce(ImportChunk chunk, Task before, DateTimeOffset begun, CancellationToken ct)
        {
            await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
            await chunk.Copy(session, begun);
            await before;
            var ends = await chunk.Write(session, time.GetUtcNow());

            // A copy: what is undone counts for nothing, and the chunk is tried again.
            var after = quantities.Copy();
            chunk.Tally(after, ends);
            var held = await session.Execute(
                """
                update activities.imports
                set status = 'reading', last_row = @last, rows_read = @read, calculated = @calculated, estimated = @estimated, excluded = @excluded,
                    duplicate = @duplicate, rejected = @rejected, quantities = @sums::jsonb, unknown_places = @unknown::jsonb, version = version + 1
                where import_id = @importId and last_row = @before and status in ('queued', 'reading')
                """,
                new
                {
                    import.ImportId, before = lastRow, last = chunk.LastRow, read = after.Rows.Sum(), calculated = after.Rows[0],
                    estimated = after.Rows[1], excluded = after.Rows[2], duplicate = after.Rows[3], rejected = after.Rows[4], sums = after.Write(),
                    unknown = after.Unknown.Write(),
                });
            if (held == 0)
            {
                throw new LeaseLostException(); // Cancelled, or another worker has come further.
            }

            await job.Save(session, new { last_row = chunk.LastRow }, after.Rows.Sum(), null);
            await session.Commit();
            (quantities, lastRow) = (after, chunk.LastRow);
        }
    }
}
