using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>
/// Posts a recalculation: the year's new policy, reversals and new entries for what it changes, in runs like any posting. The first
/// run and the policy are one transaction; a repeat goes on where the ledger stands, for what is changed already no longer differs.
/// </summary>
internal sealed class PostRecalculation(Database database, ActivityQueries activities, Estimators estimators, TimeProvider time) : IJobHandler
{
    public const string JobName = "post-recalculation";
    private const int Part = 10_000;

    internal sealed record Request(string? Reason);

    /// <param name="JobId">The job that posts it.</param>
    internal sealed record Accepted(Guid RecalculationId, Guid JobId);

    public string Name => JobName;

    public static void Map(IEndpointRouteBuilder ledger) => ledger.MapPost(
        "/recalculations/{recalculation_id:guid}/post",
        async (Guid recalculation_id, Request request, Caller caller, Database database, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(recalculation_id, request, session), ct)).ToAccepted(accepted => $"/api/v1/ledger/recalculations/{accepted.RecalculationId}"))
        .WithName("PostRecalculation").WithSummary("Post a recalculation").Produces<Accepted>(StatusCodes.Status202Accepted);

    internal static async Task<Result<Accepted>> Handle(Guid id, Request request, Session session)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return new Problem("recalculation.reason", "reason", request.Reason ?? "", "why the figures are restated, in words", "Give reason: every new entry carries it.");
        }

        if (!(await PreviewRecalculation.Find(id, session)).TryValue(out var found, out var problem))
        {
            return problem;
        }

        if (found.Result.Lost.Count > 0)
        {
            return found.Result.Lost[0] with { Kind = ProblemKind.Conflict };
        }

        var year = (await OrganizationQueries.Periods(session)).All.FirstOrDefault(one => one.PeriodId == found.PeriodId);
        var version = await session.First<int>("select period_version from ledger.recalculations where recalculation_id = @id", new { id });
        if (found.Status != "previewed" || year?.Version != version)
        {
            return new Problem(
                "recalculation.stale", "recalculation_id", found.Status != "previewed" ? found.Status : "a period that has changed since", "a preview of the period as it is",
                "Preview it again.") { Kind = ProblemKind.Conflict };
        }

        await session.Execute("update ledger.recalculations set status = 'posting', reason = @Reason where recalculation_id = @id", new { id, request.Reason });
        var job = await JobQueue.Enqueue(session, new NewJob(JobType.Calculation, JobName, new { recalculation_id = id }) { Key = $"{JobName}:{id}" });
        return new Accepted(id, job);
    }

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var id = job.Arguments.GetProperty("recalculation_id").GetGuid();
        await Post(job.Caller, id, (session, done, total) => job.Save(session, new { done }, done, total), ct);
    }

    /// <returns>Entries posted.</returns>
    internal async Task<long> Post(Caller caller, Guid id, Func<Session, long, long, Task> save, CancellationToken ct)
    {
        var (details, version) = await database.Read(
            caller,
            async session => ((await PreviewRecalculation.Find(id, session)).Value, await session.First<int>("select period_version from ledger.recalculations where recalculation_id = @id", new { id })),
            ct);
        if (details.Status == "posted")
        {
            return 0;
        }

        var old = details.Policy;
        var posted = 0L;
        Policy? before = null;
        while (true)
        {
            // Whatever was posted under the old policy meanwhile is found in the next round; at last there is nothing left.
            var calendar = await database.Read(caller, OrganizationQueries.Periods, ct);
            var year = calendar.All.First(one => one.PeriodId == details.PeriodId);
            var policy = old.ChangeOf(year.Policy, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)).Value;
            policy = policy with { SnapshotId = old.SnapshotId };
            before ??= year.Policy;
            var isSet = year.Policy == policy;
            if (!isSet && year.Version != version)
            {
                throw new PermanentJobException(new Problem("recalculation.stale", "recalculation_id", id.ToString(), "a period that nobody else has changed", "Preview it again."));
            }

            var plan = new RecalculationPlan(estimators, activities, year with { Policy = before }, policy, ct);
            var suspects = await database.Read(
                caller,
                async session => await estimators.Ready(session, [.. calendar.All.Select(one => one.Policy), policy, before]) is { } unready ? throw new PermanentJobException(unready) : await plan.Suspects(session),
                ct);
            var any = false;
            foreach (var part in suspects.Chunk(Part))
            {
                var after = RecalculationPlan.With(calendar, year, policy);
                var (changes, lost) = await database.Read(caller, session => plan.Changes(session, part, calendar, after), ct);
                if (lost.Count > 0)
                {
                    throw new PermanentJobException(lost[0].Problem);
                }

                if (changes.Count == 0)
                {
                    continue;
                }

                any = true;
                posted += await Write(caller, plan, changes, isSet ? null : (year, policy), id, details.Reason ?? "recalculation", session => save(session, posted, details.Result.ChangedEntries), ct);
                if (!isSet)
                {
                    break; // The period has another version now: read it again.
                }
            }

            if (!isSet && !any)
            {
                await database.Write<int>(caller, async session => { await OrganizationQueries.SetPolicy(session, year, policy, time.GetUtcNow()); return 0; }, ct);
                continue;
            }

            if (isSet && !any)
            {
                await database.Write<int>(
                    caller,
                    async session =>
                    {
                        await session.Execute("update ledger.recalculations set status = 'posted' where recalculation_id = @id", new { id });
                        await Outbox.Tell(session, "recalculation.posted", new { recalculation_id = id, entries = posted }, time);
                        return 0;
                    },
                    ct);
                return posted;
            }
        }
    }

    private async Task<long> Write(
        Caller caller, RecalculationPlan plan, List<ActivityChange> changes, (Period Year, Policy Policy)? set, Guid id, string reason, Func<Session, Task> save, CancellationToken ct)
    {
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

        if (set is { } held)
        {
            draft.Periods.Add(held.Year);
        }

        draft.Finish(new EntryText());
        var outcome = await new RunWriter(database, activities, time).Write(
            caller, draft, new RunCause(id, "recalculation", reason), null,
            async session =>
            {
                if (set is { } now)
                {
                    await OrganizationQueries.SetPolicy(session, now.Year, now.Policy, time.GetUtcNow());
                }

                await save(session);
            },
            ct);
        return outcome == RunOutcome.Posted ? draft.Count : 0;
    }
}
