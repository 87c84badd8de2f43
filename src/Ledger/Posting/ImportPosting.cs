using System.Data;
using System.Threading.Channels;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Posting;

/// <summary>
/// Posts an import's activities: one reads, the cores plan and compute, one copies, one writes, each a part ahead of the next. What the ledger has
/// of the import decides where it begins, so that a repeat posts nothing twice and a crash loses nothing.
/// </summary>
internal sealed class ImportPosting(Database database, ActivityQueries activities, Estimators estimators, ChunkSize size, TimeProvider time)
{
    private readonly RunWriter writer = new(database, activities, time);

    /// <param name="postingId">Names the posting in the ledger; the import's id unless the import is posted in more than one way.</param>
    /// <param name="withdrawn">What was withdrawn of the import instead of what it brought.</param>
    /// <param name="save">Called in each run's transaction with the last row and the activities done.</param>
    /// <returns>Activities posted or told as unposted.</returns>
    public async Task<long> Post(
        Caller caller, Guid importId, RunCause cause, bool withdrawn, Func<Session, long, long, Task> save, CancellationToken ct)
    {
        var done = 0L;
        while (true)
        {
            var from = await database.Read(caller, session => RunWriter.ThroughRow(session, cause.PostingId), ct);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var parts = Channel.CreateBounded<Task<Part>>(Math.Max(1, Environment.ProcessorCount - 1));
            var reading = Read(caller, importId, withdrawn, from, parts.Writer, stop.Token);
            bool isWhole;
            try
            {
                isWhole = await Write(caller, cause, parts.Reader, (session, draft) => save(session, draft.ThroughRow, done + draft.Activities), part => done += part, ct);
            }
            finally
            {
                await stop.CancelAsync();
            }

            try
            {
                await reading;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Stopped by us: there is nothing more to read for this round.
            }

            if (isWhole)
            {
                await writer.Finish(caller, ct);
                return done;
            }
        }
    }

    private sealed record Part(RunDraft Draft, long After);

    // Each run's rows are copied while the run before is written. False: what was planned no longer fits the ledger.
    private async Task<bool> Write(
        Caller caller, RunCause cause, ChannelReader<Task<Part>> parts, Func<Session, RunDraft, Task> save, Action<long> posted, CancellationToken ct)
    {
        (Part Part, Task<RunWriter.Begun> Begun)? last = null;
        try
        {
            await foreach (var planned in parts.ReadAllAsync(ct))
            {
                var part = await planned;
                var next = (part, writer.Begin(caller, part.Draft, ct));
                var before = last;
                last = next;
                if (before is { } one && !await Write(one.Part, one.Begun))
                {
                    return false;
                }
            }

            var end = last;
            last = null;
            return end is not { } final || await Write(final.Part, final.Begun);
        }
        finally
        {
            if (last is { } unwritten)
            {
                await GiveUp(unwritten.Begun);
            }
        }

        async Task<bool> Write(Part part, Task<RunWriter.Begun> copied)
        {
            await using var begun = await copied;
            var outcome = await writer.Write(begun, cause, part.After, session => save(session, part.Draft), ct, more: part.Draft.Activities == size.Rows);
            if (outcome is RunOutcome.PolicyChanged or RunOutcome.Superseded or RunOutcome.Overtaken)
            {
                return false;
            }

            posted(part.Draft.Activities);
            return true;
        }
    }

    private static async Task GiveUp(Task<RunWriter.Begun> copied)
    {
        // Whatever keeps it from being copied is of no interest any more.
        await ((Task)copied).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (copied.IsCompletedSuccessfully)
        {
            await (await copied).DisposeAsync();
        }
    }

    private async Task Read(Caller caller, Guid importId, bool withdrawn, long after, ChannelWriter<Task<Part>> parts, CancellationToken ct)
    {
        try
        {
            var calendar = await database.Read(caller, Periods, ct);
            while (true)
            {
                var begin = after;
                var rows = await database.Read(caller, session => withdrawn ? activities.Withdrawn(session, importId, begin, size.Rows) : activities.Taken(session, importId, begin, size.Rows), ct);
                if (rows.Count == 0)
                {
                    return;
                }

                calendar = await WithYears(caller, rows, calendar, ct);
                var known = calendar;
                await parts.WriteAsync(Task.Run(() => new Part(Planned(rows, known), begin), ct), ct);
                after = rows[^1].RowNo;
            }
        }
        catch (Exception failure)
        {
            parts.TryComplete(failure);
            throw;
        }
        finally
        {
            parts.TryComplete();
        }
    }

    // With the factors its policies name at hand: planning asks no database.
    private async Task<PeriodCalendar> Periods(Session session)
    {
        var calendar = await OrganizationQueries.Periods(session);
        return await estimators.Ready(session, calendar.All.Select(period => period.Policy)) is { } problem
            ? throw new OffGridFlow.Platform.Messaging.PermanentJobException(problem)
            : calendar;
    }

    private RunDraft Planned(IReadOnlyList<StoredActivity> rows, PeriodCalendar calendar)
    {
        var draft = new RunPlanner(estimators).Plan(rows, calendar);
        if (draft.Replaced.Count == 0)
        {
            draft.Rows();
        }

        return draft;
    }

    /// <summary>The calendar, with a fiscal year for each day of the rows: those that are missing begin to exist.</summary>
    private async Task<PeriodCalendar> WithYears(Caller caller, IReadOnlyList<StoredActivity> rows, PeriodCalendar calendar, CancellationToken ct)
    {
        var missing = RunPlanner.MissingYears(rows, calendar);
        if (missing.Count == 0)
        {
            return calendar;
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return (await database.Write<PeriodCalendar>(
            caller,
            async session =>
            {
                foreach (var day in missing)
                {
                    await OrganizationQueries.EnsureYear(session, day, today);
                }

                return await OrganizationQueries.Periods(session);
            },
            ct)).Value;
    }
}
