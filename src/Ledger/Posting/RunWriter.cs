using System.Data;
using System.Text.Json;
using Npgsql;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Posting;

/// <summary>Why a run is posted.</summary>
/// <param name="PostingId">What was asked for.</param>
/// <param name="Cause"><c>posting</c>, <c>correction</c>, <c>recalculation</c>, <c>undo</c> or <c>adjustment</c>.</param>
/// <param name="Reason">A person's reason, or null.</param>
internal sealed record RunCause(Guid PostingId, string Cause, string? Reason = null);

/// <summary>How writing a run ended.</summary>
internal enum RunOutcome
{
    Posted,

    /// <summary>There was nothing to post: every activity was rejected, or is in the ledger already.</summary>
    Nothing,

    /// <summary>A period's policy has changed since the run was planned: plan it again.</summary>
    PolicyChanged,

    /// <summary>Some of its activities have a newer version since the run was planned, which is posted instead: plan it again.</summary>
    Superseded,

    /// <summary>Another posting has covered these rows: read on from the ledger's last row.</summary>
    Overtaken,
}

/// <summary>Writes a run in one transaction: entries, their sums, calculations, workings, what was left over, and the run itself, chained to the last.</summary>
internal sealed class RunWriter(Database database, ActivityQueries activities, TimeProvider time)
{
    // Of this writer's last runs; null when all are written.
    private SumsBlock? block;

    /// <summary>A run's transaction with its entries copied into it. It holds no lock, so that the next run's begins while this one ends.</summary>
    internal sealed class Begun(Session session, RunDraft draft, bool isFinished) : IAsyncDisposable
    {
        public Session Session => session;

        public RunDraft Draft => draft;

        /// <summary>A draft that waits for what it replaces is finished, and copied, later.</summary>
        public bool IsFinished => isFinished;

        public ValueTask DisposeAsync() => session.DisposeAsync();
    }

    /// <summary>Begins to write a run: for <see cref="Write(Begun, RunCause, long?, Func{Session, Task}, CancellationToken, bool)"/>.</summary>
    public async Task<Begun> Begin(Caller caller, RunDraft draft, CancellationToken ct)
    {
        var session = await database.Open(caller, IsolationLevel.ReadCommitted, ct);
        try
        {
            var finished = draft.Replaced.Count == 0;
            if (finished && draft.Count > 0)
            {
                await Copy(session, draft);
            }

            return new Begun(session, draft, finished);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="Write(Begun, RunCause, long?, Func{Session, Task}, CancellationToken, bool)"/>
    public async Task<RunOutcome> Write(
        Caller caller, RunDraft draft, RunCause cause, long? fromRow, Func<Session, Task> save, CancellationToken ct, bool more = false)
    {
        await using var begun = await Begin(caller, draft, ct);
        return await Write(begun, cause, fromRow, save, ct, more);
    }

    /// <param name="fromRow">The row after which the draft begins, to see that no other posting came first; null when rows play no part.</param>
    /// <param name="save">Further writes of the same transaction: a job's cursor.</param>
    /// <param name="more">Whether runs of the same posting are likely to follow: the sums of several are written as one; <see cref="Finish"/> writes those of the last.</param>
    public async Task<RunOutcome> Write(Begun begun, RunCause cause, long? fromRow, Func<Session, Task> save, CancellationToken ct, bool more = false)
    {
        var (session, draft) = (begun.Session, begun.Draft);
        await LedgerHead.Lock(session);
        if (fromRow is { } row && await ThroughRow(session, cause.PostingId) > row)
        {
            return RunOutcome.Overtaken;
        }

        if (!await OrganizationQueries.HoldPolicies(session, draft.Periods))
        {
            return RunOutcome.PolicyChanged;
        }

        // Who posts the newer version waits for the lock or has had it: so of all versions the last one counts, in whatever order they come.
        if (await activities.AnySuperseded(session, draft.Sources))
        {
            return RunOutcome.Superseded;
        }

        if (!begun.IsFinished)
        {
            await Replace(session, draft, cause, ct);
            await Copy(session, draft);
        }

        await WriteUnposted(session, draft, cause);
        var sums = draft.Count > 0 ? await AddSums(session, await WriteRun(session, draft, cause, ct), draft, more) : block;
        await save(session);
        await session.Commit();
        block = sums;
        return draft.Count > 0 ? RunOutcome.Posted : RunOutcome.Nothing;
    }

    /// <summary>Last row of a posting that the ledger has, or 0.</summary>
    public static async Task<long> ThroughRow(Session session, Guid postingId) =>
        await session.First<long?>("select max(through_row) from ledger.runs where posting_id = @postingId", new { postingId }) ?? 0;

    /// <summary>Writes the sums that wait for more runs.</summary>
    public async Task Finish(Caller caller, CancellationToken ct)
    {
        if (block is { } last)
        {
            block = null;
            await using var session = await database.Open(caller, IsolationLevel.ReadCommitted, ct);
            await LedgerHead.Lock(session);
            await last.Write(session);
            await session.Commit();
        }
    }

    // The sums that wait from then on. Should the transaction fail, those that waited are lost with it, and totals read entries there.
    private async Task<SumsBlock?> AddSums(Session session, long runNo, RunDraft draft, bool more)
    {
        var sums = block;
        block = null;
        if (sums is not null && sums.LastRun != runNo - 1)
        {
            await sums.Write(session); // Another posting came in between.
            sums = null;
        }

        sums ??= new SumsBlock(runNo - 1);
        sums.Add(draft.Sums);
        if (more && !sums.IsFull)
        {
            return sums;
        }

        await sums.Write(session);
        return null;
    }

    // The run's number.
    private async Task<long> WriteRun(Session session, RunDraft draft, RunCause cause, CancellationToken ct)
    {
        var head = await LedgerHead.Read(session);
        var runNo = head.RunNo + 1;
        var calendar = await OrganizationQueries.Periods(session);
        var closed = draft.Months.Where(calendar.IsClosed).ToArray();
        await WriteTexts(session, "calculations", "calculation_id", draft.Calculations, ct);
        await WriteTexts(session, "workings", "workings_id", draft.Workings, ct);
        var written = await EntryRows.Insert(session, runNo, closed);
        if (written != draft.Count)
        {
            throw new InvalidOperationException($"Run {runNo} has {draft.Count} entries, and {written} were written.");
        }

        // The instant is taken last, so that as little as can be lies between it and the commit: what is asked as of an instant must not
        // change after it.
        var now = RunHash.Microseconds(time.GetUtcNow());
        var postedAt = now > head.PostedAt ? now : head.PostedAt.AddMicroseconds(1);
        await session.Execute(
            """
            insert into ledger.runs (tenant_id, run_no, posting_id, through_row, cause, reason, entry_count, root, previous_hash, hash, posted_at, posted_by)
            values (@tenant, @runNo, @PostingId, @ThroughRow, @Cause, @Reason, @entries, @Root, @previous, @hash, @postedAt, @actor)
            """,
            new
            {
                tenant = session.Tenant.Value, runNo, cause.PostingId, draft.ThroughRow, cause.Cause, cause.Reason, entries = draft.Count, draft.Root,
                previous = head.Hash, hash = RunHash.Of(runNo, head.Hash, draft.Root, draft.Count, postedAt, cause.Cause), postedAt, actor = session.Caller.Actor,
            });
        return runNo;
    }

    private static async Task Copy(Session session, RunDraft draft)
    {
        using var rows = draft.Rows();
        await EntryRows.Copy(session, rows);
    }

    // Entries of the versions before come back as reversals, ahead of nothing and after everything: the order within a run is no order in time.
    private async Task Replace(Session session, RunDraft draft, RunCause cause, CancellationToken ct)
    {
        foreach (var (run, entry) in await Reversals.Standing(session, DaysOf(await activities.Earlier(session, draft.Replaced)), ct))
        {
            draft.Add(entry.Reversed(run, cause.Reason ?? cause.Cause));
        }

        draft.Finish(new EntryText());
    }

    /// <summary>The days that any of an activity's versions covers: where its entries can be.</summary>
    public static Dictionary<Guid, (DateOnly From, DateOnly To)> DaysOf(IEnumerable<StoredActivity> versions)
    {
        var days = new Dictionary<Guid, (DateOnly From, DateOnly To)>();
        foreach (var version in versions)
        {
            var (from, to) = days.GetValueOrDefault(version.ActivityId, (version.StartOn, version.EndOn));
            days[version.ActivityId] = (version.StartOn < from ? version.StartOn : from, version.EndOn > to ? version.EndOn : to);
        }

        return days;
    }

    // One text is the same for all who write it: who comes second writes nothing.
    private static async Task WriteTexts(Session session, string table, string key, Dictionary<Guid, string> texts, CancellationToken ct)
    {
        if (texts.Count == 0)
        {
            return;
        }

        // In one order, or two postings could wait for each other.
        var ordered = texts.OrderBy(text => text.Key).ToArray();
        await using var command = new NpgsqlCommand(
            $"insert into ledger.{table} (tenant_id, {key}, body) select $1, id, body from unnest($2, $3) as t (id, body) on conflict do nothing",
            session.Connection, session.Transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session.Tenant.Value });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = Array.ConvertAll(ordered, text => text.Key) });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Array.ConvertAll(ordered, text => text.Value) });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task WriteUnposted(Session session, RunDraft draft, RunCause cause)
    {
        if (draft.Unposted.Count == 0)
        {
            return;
        }

        await session.Execute(
            """
            insert into ledger.unposted (tenant_id, activity_id, activity_version, posting_id, row_no, start_on, end_on, kind, problem)
            select @tenant, u.activity_id, u.activity_version, @PostingId, u.row_no, u.start_on, u.end_on, u.kind, u.problem
            from jsonb_to_recordset(@rows::jsonb)
                as u (activity_id uuid, activity_version int, row_no bigint, start_on date, end_on date, kind text, problem jsonb)
            on conflict do nothing
            """,
            new
            {
                tenant = session.Tenant.Value, cause.PostingId,
                rows = JsonSerializer.Serialize(
                    draft.Unposted.Select(left => new
                    {
                        left.Activity.ActivityId, ActivityVersion = left.Activity.Version, left.Activity.RowNo, left.Activity.StartOn, left.Activity.EndOn,
                        left.Activity.Kind, left.Problem,
                    }), Json.Options),
            });
    }
}
