using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>
/// Posts a recalculation: the year's new policy, reversals and new entries for what its preview found to change, in runs like any
/// posting. The first run and the policy are one transaction, refused when the year was posted into since the preview; a repeat goes on
/// where the ledger stands, for what is changed already no longer differs.
/// </summary>
internal sealed class PostRecalculation(Database database, ActivityQueries activities, Estimators estimators, TimeProvider time) : IJobHandler
{
    public const string JobName = "post-recalculation";

    internal sealed record Request(string? Reason);

    /// <param name="JobId">The job that posts it.</param>
    internal sealed record Accepted(Guid RecalculationId, Guid JobId);

    public string Name => JobName;

    public static void Map(IEndpointRouteBuilder ledger) => ledger.MapPost(
        "/recalculations/{recalculation_id:guid}/post",
        async (Guid recalculation_id, Request request, Caller caller, Database database, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(recalculation_id, request, session), ct)).ToAccepted(accepted => $"/api/v1/ledger/recalculations/{accepted.RecalculationId}"))
        .WithName("PostRecalculation").Needing(Permission.LedgerRecalculate).WithSummary("Post a recalculation").Produces<Accepted>(StatusCodes.Status202Accepted);

    internal static async Task<Result<Accepted>> Handle(Guid id, Request request, Session session)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return new Problem("recalculation.reason", "reason", request.Reason ?? "", "why the figures are restated, in words", "Give reason: every new entry carries it.");
        }

        if (!(await RecalculationDetails.Find(id, session)).TryValue(out var found, out var problem))
        {
            return problem;
        }

        if (found.Result?.Lost is [var lost, ..])
        {
            return lost with { Kind = ProblemKind.Conflict };
        }

        if (found.Status != "previewed")
        {
            return Stale(found.Status);
        }

        var year = (await OrganizationQueries.Periods(session)).All.FirstOrDefault(one => one.PeriodId == found.PeriodId);
        var version = await session.First<int>("select period_version from ledger.recalculations where recalculation_id = @id", new { id });
        if (year?.Version != version)
        {
            return Stale("a period that has changed since");
        }

        if (await PostedSince(session, found, year))
        {
            return Stale($"entries of {year.Code} posted since");
        }

        await session.Execute("update ledger.recalculations set status = 'posting', reason = @Reason where recalculation_id = @id", new { id, request.Reason });
        var job = await JobQueue.Enqueue(session, new NewJob(JobType.Calculation, JobName, new { recalculation_id = id }) { Key = $"{JobName}:{id}" });
        return new Accepted(id, job);
    }

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var id = job.Arguments.GetProperty("recalculation_id").GetGuid();
        try
        {
            await Post(job.Caller, id, (session, done, total) => job.Save(session, new { done }, done, total), ct);
        }
        catch (PermanentJobException failure)
        {
            await PreviewRecalculation.Fail(database, job.Caller, id, failure.Problem, ct);
            throw;
        }
    }

    /// <returns>Entries posted.</returns>
    internal async Task<long> Post(Caller caller, Guid id, Func<Session, long, long, Task> save, CancellationToken ct)
    {
        var (found, version) = await database.Read(
            caller,
            async session => ((await RecalculationDetails.Find(id, session)).Value, await session.First<int>("select period_version from ledger.recalculations where recalculation_id = @id", new { id })),
            ct);
        if (found.Status == "posted")
        {
            return 0;
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var (before, policy) = (RecalculationDetails.Whole(found.PolicyBefore, today), RecalculationDetails.Whole(found.Policy, today));
        var posted = 0L;
        var calendar = await Calendar();
        for (var no = 0; await database.Read(caller, session => RecalculationParts.Read(session, id, no), ct) is { } part; no++)
        {
            var year = Year();
            var plan = new RecalculationPlan(estimators, activities, calendar, year with { Policy = before }, policy, found.Mapping, long.MaxValue, ct);
            var (changes, lost) = await database.Read(caller, session => plan.Changes(session, part), ct);
            if (lost.Count > 0)
            {
                throw new PermanentJobException(lost[0].Problem);
            }

            // Of a part that an earlier run of the job has posted, or whose activities were corrected since, nothing is left.
            if (changes.Count > 0)
            {
                posted += await Write(caller, plan, changes, year, found, id, policy, version, session => save(session, posted, found.Result!.ChangedEntries), ct);
                calendar = await Calendar();
            }
        }

        return (await database.Write<long>(
            caller,
            async session =>
            {
                await LedgerHead.Lock(session);
                await SetPolicy(session, Year(), found, policy, version);
                await session.Execute("update ledger.recalculations set status = 'posted' where recalculation_id = @id", new { id });
                await Outbox.Tell(session, "recalculation.posted", new { recalculation_id = id, entries = posted }, time);
                return posted;
            },
            ct)).Value;

        Period Year() => calendar.All.First(one => one.PeriodId == found.PeriodId);

        async Task<PeriodCalendar> Calendar() => await database.Read(
            caller,
            async session =>
            {
                var now = await OrganizationQueries.Periods(session);
                return await estimators.Ready(session, [.. now.All.Select(one => one.Policy), before, policy]) is { } unready ? throw new PermanentJobException(unready) : now;
            },
            ct);
    }

    // Under the ledger's lock: from here on postings into the year are planned under the new policy, and none under the old one was missed.
    private async Task SetPolicy(Session session, Period year, RecalculationDetails found, Policy policy, int version)
    {
        if (year.Policy == policy)
        {
            return;
        }

        if (year.Version != version || await PostedSince(session, found, year))
        {
            throw new PermanentJobException(Stale("a period or entries that have changed since"));
        }

        await OrganizationQueries.SetPolicy(session, year, policy, time.GetUtcNow());
    }

    private static async Task<bool> PostedSince(Session session, RecalculationDetails found, Period year) => await session.First<bool>("""
        select exists (select from ledger.entries where run_no > @Run and month between @from and @to
            and run_no not in (select run_no from ledger.runs where posting_id = @RecalculationId))
        """, new { found.Run, found.RecalculationId, from = MonthShares.MonthOf(year.StartsOn), to = year.EndsOn });

    private static Problem Stale(string found) =>
        new("recalculation.stale", "recalculation_id", found, "a preview of the period and its entries as they are", "Preview it again.") { Kind = ProblemKind.Conflict };

    private async Task<long> Write(
        Caller caller, RecalculationPlan plan, List<ActivityChange> changes, Period year, RecalculationDetails found, Guid id, Policy policy, int version, Func<Session, Task> save,
        CancellationToken ct)
    {
        var reason = found.Reason ?? "recalculation";
        var draft = new RunDraft();
        foreach (var change in changes)
        {
            foreach (var (run, entry) in change.Back)
            {
                draft.Add(entry.Reversed(run, reason));
            }

            foreach (var entry in change.New)
            {
                draft.Add(entry with { Reason = reason });
                draft.Calculations.TryAdd(entry.CalculationId, plan.Calculations[entry.CalculationId]);
                if (entry.WorkingsId is { } workings)
                {
                    draft.Workings.TryAdd(workings, plan.Workings[workings]);
                }
            }
        }

        draft.Periods.Add(year);
        draft.Finish(new EntryText());
        var outcome = await new RunWriter(database, activities, time).Write(
            caller, draft, new RunCause(id, "recalculation", reason), null,
            async session =>
            {
                await SetPolicy(session, year, found, policy, version);
                StoredActivity[] mapped = [.. changes.Where(change => change.Next is not null).Select(change => change.Next!)];
                if (mapped.Length > 0 && await activities.Remap(session, mapped, reason, time) != mapped.Length)
                {
                    throw new PermanentJobException(Stale("activities that were corrected since"));
                }

                await save(session);
            },
            ct);
        return outcome == RunOutcome.Posted ? draft.Count : throw new PermanentJobException(Stale("a period that changes while it is posted"));
    }
}
