using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>
/// Works out what another policy makes of a year's entries; nothing is posted. Few activities are looked at while the caller waits, many
/// by a job.
/// </summary>
internal sealed class PreviewRecalculation(Database database, ActivityQueries activities, LedgerQueries queries, Estimators estimators, TimeProvider time) : IJobHandler
{
    public const string JobName = "preview-recalculation";

    /// <summary>So many activities are looked at within the request.</summary>
    private const int MostAtOnce = 20_000;

    /// <param name="Period">Code of a year.</param>
    /// <param name="Policy">What changes; what is left out stays as it is.</param>
    /// <param name="WithoutSnapshot">Back to the library as released.</param>
    /// <param name="Mapping">Kinds that activities of the year should have been recorded as.</param>
    internal sealed record Request(string? Period, PolicyForm? Policy = null, bool WithoutSnapshot = false, KindMapping? Mapping = null);

    public string Name => JobName;

    public static void Map(IEndpointRouteBuilder ledger)
    {
        ledger.MapPost("/recalculations", Post).WithName("PreviewRecalculation").Needing(Permission.LedgerRecalculate).WithSummary("Preview what another policy makes of a year")
            .Produces<RecalculationDetails>(StatusCodes.Status201Created).Produces<RecalculationDetails>(StatusCodes.Status202Accepted);
        ledger.MapGet("/recalculations/{recalculation_id:guid}", Get).WithName("GetRecalculation").WithSummary("Show a recalculation, and how far its preview is").Produces<RecalculationDetails>();
    }

    private static async Task<IResult> Post(
        Request request, Caller caller, Database database, ActivityQueries activities, LedgerQueries queries, Estimators estimators, TimeProvider time, CancellationToken ct)
    {
        var made = await new PreviewRecalculation(database, activities, queries, estimators, time).Handle(request, caller, ct);
        return made.Problem is null && made.Value.Result is null ? made.ToAccepted(Path) : made.ToCreated(Path);

        static string Path(RecalculationDetails made) => $"/api/v1/ledger/recalculations/{made.RecalculationId}";
    }

    private static async Task<IResult> Get(Guid recalculation_id, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => RecalculationDetails.Find(recalculation_id, session), ct)).ToOk();

    /// <param name="mostAtOnce">Beyond so many activities it is left to a job.</param>
    internal async Task<Result<RecalculationDetails>> Handle(Request request, Caller caller, CancellationToken ct, int mostAtOnce = MostAtOnce)
    {
        var calendar = await database.Read(caller, OrganizationQueries.Periods, ct);
        if (calendar.All.FirstOrDefault(one => one.Code == request.Period) is not { Granularity: Granularity.Year } year)
        {
            return new Problem("period.unknown", "period", request.Period ?? "", string.Join(", ", calendar.All.Where(one => one.Granularity == Granularity.Year).Select(one => one.Code)), "Name a year of the tenant: its quarters and months have its policy.");
        }

        if (!(request.Policy ?? new PolicyForm()).ChangeOf(year.Policy, Today).TryValue(out var policy, out var wrong))
        {
            return wrong;
        }

        if (request.Mapping?.Check(estimators.Data) is { } unmappable)
        {
            return unmappable;
        }

        policy = request.WithoutSnapshot ? policy with { SnapshotId = null } : policy;
        var work = Work(calendar, year, policy, request.Mapping, await queries.Head(caller, ct), ct);
        if (!(await work.Suspects(caller)).TryValue(out var suspects, out var problem))
        {
            return problem;
        }

        var id = Guid.CreateVersion7();
        var result = suspects.Count > mostAtOnce ? null : await work.Of(caller, suspects, (_, _) => Task.CompletedTask);
        return await database.Write<RecalculationDetails>(
            caller,
            async session =>
            {
                await session.Execute("""
                    insert into ledger.recalculations (tenant_id, recalculation_id, period_id, period_version, head_run, policy_before, policy, mapping, done, total, result, status, created_by)
                    values (@tenant, @id, @PeriodId, @Version, @Head, @before::jsonb, @after::jsonb, @mapping::jsonb, @done, @total, @result::jsonb, @status, @actor)
                    """, new
                {
                    tenant = session.Tenant.Value, id, year.PeriodId, year.Version, work.Head, before = Text(PolicyForm.Of(year.Policy)), after = Text(PolicyForm.Of(policy)),
                    mapping = request.Mapping is null ? null : Text(request.Mapping),
                    done = result is null ? 0L : suspects.Count, total = (long)suspects.Count, result = result is null ? null : Text(result), status = result is null ? "previewing" : "previewed",
                    actor = caller.Actor,
                });
                if (result is null)
                {
                    await JobQueue.Enqueue(session, new NewJob(JobType.Calculation, JobName, new { recalculation_id = id }) { Key = $"{JobName}:{id}" });
                }
                else
                {
                    await RecalculationParts.Write(session, id, work.Changed);
                }

                return await RecalculationDetails.Find(id, session);
            },
            ct);
    }

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var id = job.Arguments.GetProperty("recalculation_id").GetGuid();
        try
        {
            await Preview(job.Caller, id, (session, done, total) => job.Save(session, new { done }, done, total), ct);
        }
        catch (PermanentJobException failure)
        {
            await Fail(database, job.Caller, id, failure.Problem, ct);
            throw;
        }
    }

    /// <summary>Works out a preview that was left to a job: again from the beginning after a crash, for nothing else rests on it yet.</summary>
    internal async Task Preview(Caller caller, Guid id, Func<Session, long, long, Task> save, CancellationToken ct)
    {
        var (found, calendar) = await database.Read(caller, async session => ((await RecalculationDetails.Find(id, session)).Value, await OrganizationQueries.Periods(session)), ct);
        if (found.Status != "previewing")
        {
            return;
        }

        var year = calendar.All.First(one => one.PeriodId == found.PeriodId) with { Policy = RecalculationDetails.Whole(found.PolicyBefore, Today) };
        var work = Work(calendar, year, RecalculationDetails.Whole(found.Policy, Today), found.Mapping, found.Run, ct);
        if (!(await work.Suspects(caller)).TryValue(out var suspects, out var problem))
        {
            throw new PermanentJobException(problem);
        }

        var result = await work.Of(caller, suspects, (done, total) => database.Write<int>(
            caller,
            async session =>
            {
                await session.Execute("update ledger.recalculations set done = @done, total = @total where recalculation_id = @id", new { id, done, total });
                await save(session, done, total);
                return 0;
            },
            ct));
        await database.Write<int>(
            caller,
            async session =>
            {
                await RecalculationParts.Write(session, id, work.Changed);
                await session.Execute("update ledger.recalculations set status = 'previewed', done = @total, result = @result::jsonb where recalculation_id = @id", new { id, result = Text(result), total = (long)suspects.Count });
                await save(session, suspects.Count, suspects.Count);
                return 0;
            },
            ct);
    }

    /// <summary>A recalculation that cannot go on says why.</summary>
    internal static Task<Result<int>> Fail(Database database, Caller caller, Guid id, Problem problem, CancellationToken ct) => database.Write<int>(
        caller,
        async session => await session.Execute("update ledger.recalculations set status = 'failed', problem = @problem::jsonb where recalculation_id = @id", new { id, problem = Text(problem) }),
        ct);

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private RecalculationWork Work(PeriodCalendar calendar, Period year, Policy policy, KindMapping? mapping, long head, CancellationToken ct) =>
        new(database, activities, queries, estimators, calendar, year, policy, mapping, head, ct);

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, Json.Options);
}
