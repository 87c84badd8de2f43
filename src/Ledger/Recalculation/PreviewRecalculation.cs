using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>A change of an account's total by cause, kg CO2e consolidated by share. The parts add to the change exactly.</summary>
/// <remarks>One thing is changed at a time, in this order: the GWP set, what decides the factor, the boundary.</remarks>
public sealed record ChangeByCause(string Basis, decimal Before, decimal After, decimal Change, decimal Activity, decimal Factor, decimal Gwp, decimal Boundary, decimal Mapping);

/// <summary>One entry's change, kg CO2e, before consolidation.</summary>
/// <param name="Entry">The entry that is taken back; absent for one that is new.</param>
public sealed record EntryDelta(
    Guid ActivityId, string Kind, int Scope, string Basis, string Role, string Month, decimal Before, decimal After, decimal Change, decimal Gwp, decimal Factor,
    string? Entry = null, int? Category = null);

/// <summary>What a recalculation would change, or has changed.</summary>
/// <param name="Suspects">Activities that were looked at because their calculation comes out otherwise.</param>
/// <param name="Significant">Whether the change reaches the period's threshold, as a share of the base year's total.</param>
/// <param name="Entries">The changes of entries, the largest first; at most 1,000.</param>
/// <param name="Lost">Why activities could not be calculated under the new policy: such a recalculation cannot be posted.</param>
/// <param name="Note">A draft of the restatement note.</param>
public sealed record RecalculationResult(
    int Suspects, int Activities, int ChangedEntries, IReadOnlyList<ChangeByCause> Totals, decimal BaseYearKg, decimal Threshold, decimal ShareOfBaseYear, bool Significant,
    IReadOnlyList<EntryDelta> Entries, IReadOnlyList<Problem> Lost, string Note);

/// <summary>A recalculation as the API shows it.</summary>
public sealed record RecalculationDetails(Guid RecalculationId, Guid PeriodId, string Status, PolicyForm Policy, RecalculationResult Result, string? Reason);

/// <summary>Works out what another policy makes of a year's entries; nothing is posted.</summary>
internal static class PreviewRecalculation
{
    private const int Part = 20_000;
    private const int MostEntries = 1_000;

    /// <param name="Period">Code of a year.</param>
    /// <param name="Policy">What changes; what is left out stays as it is.</param>
    /// <param name="WithoutSnapshot">Back to the library as released.</param>
    internal sealed record Request(string? Period, PolicyForm? Policy, bool WithoutSnapshot = false);

    public static void Map(IEndpointRouteBuilder ledger)
    {
        ledger.MapPost("/recalculations", Post).WithName("PreviewRecalculation").WithSummary("Preview what another policy makes of a year").Produces<RecalculationDetails>(StatusCodes.Status201Created);
        ledger.MapGet("/recalculations/{recalculation_id:guid}", Get).WithName("GetRecalculation").WithSummary("Show a recalculation").Produces<RecalculationDetails>();
    }

    private static async Task<IResult> Post(
        Request request, Caller caller, Database database, ActivityQueries activities, LedgerQueries queries, Estimators estimators, TimeProvider time, CancellationToken ct) =>
        (await Handle(request, caller, database, activities, queries, estimators, time, ct)).ToCreated(made => $"/api/v1/ledger/recalculations/{made.RecalculationId}");

    private static async Task<IResult> Get(Guid recalculation_id, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => Find(recalculation_id, session), ct)).ToOk();

    internal static async Task<Result<RecalculationDetails>> Find(Guid id, Session session) =>
        await session.First<Row>("select period_id, status, policy::text as policy, result::text as result, reason from ledger.recalculations where recalculation_id = @id", new { id }) is { } row
            ? new RecalculationDetails(id, row.PeriodId, row.Status, JsonSerializer.Deserialize<PolicyForm>(row.Policy, Json.Options)!, JsonSerializer.Deserialize<RecalculationResult>(row.Result, Json.Options)!, row.Reason)
            : Problem.NotFound("recalculation", id.ToString());

    internal static async Task<Result<RecalculationDetails>> Handle(
        Request request, Caller caller, Database database, ActivityQueries activities, LedgerQueries queries, Estimators estimators, TimeProvider time, CancellationToken ct)
    {
        var calendar = await database.Read(caller, OrganizationQueries.Periods, ct);
        if (calendar.All.FirstOrDefault(one => one.Code == request.Period) is not { Granularity: Granularity.Year } year)
        {
            return new Problem("period.unknown", "period", request.Period ?? "", string.Join(", ", calendar.All.Where(one => one.Granularity == Granularity.Year).Select(one => one.Code)), "Name a year of the tenant: its quarters and months have its policy.");
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (!(request.Policy ?? new PolicyForm()).ChangeOf(year.Policy, today).TryValue(out var policy, out var wrong))
        {
            return wrong;
        }

        policy = request.WithoutSnapshot ? policy with { SnapshotId = null } : policy;
        var baseYear = calendar.All.FirstOrDefault(one => one is { IsBaseYear: true, Granularity: Granularity.Year }) ?? year;
        var baseTotal = await Total(baseYear, Basis.Location);
        var totals = new Dictionary<Basis, TotalsAnswer> { [Basis.Location] = await Grouped(Basis.Location), [Basis.Market] = await Grouped(Basis.Market) };
        var worked = await database.Read(
            caller,
            async session => await estimators.Ready(session, [.. calendar.All.Select(one => one.Policy), policy]) is { } unready
                ? (Result<RecalculationResult>)unready
                : await Work(session),
            ct);
        if (!worked.TryValue(out var result, out var problem))
        {
            return problem;
        }

        var id = Guid.CreateVersion7();
        return await database.Write<RecalculationDetails>(
            caller,
            async session =>
            {
                await session.Execute("""
                    insert into ledger.recalculations (tenant_id, recalculation_id, period_id, period_version, policy, result, created_by)
                    values (@tenant, @id, @PeriodId, @Version, @policy::jsonb, @result::jsonb, @actor)
                    """, new
                {
                    tenant = session.Tenant.Value, id, year.PeriodId, year.Version, policy = JsonSerializer.Serialize(PolicyForm.Of(policy), Json.Options),
                    result = JsonSerializer.Serialize(result, Json.Options), actor = caller.Actor,
                });
                return await Find(id, session);
            },
            ct);

        async Task<Result<RecalculationResult>> Work(Session session)
        {
            var plan = new RecalculationPlan(estimators, activities, year, policy, ct);
            var suspects = await plan.Suspects(session);
            var after = RecalculationPlan.With(calendar, year, policy);
            var shares = new BoundaryShares((await OrganizationQueries.Entities(session)).All, year.Policy.Boundary, policy.Boundary);
            var sums = new CauseSums(shares);
            var largest = new PriorityQueue<EntryDelta, decimal>();
            var lost = new List<Problem>();
            var (changed, entries) = (0, 0);
            foreach (var part in suspects.Chunk(Part))
            {
                var (changes, unposted) = await plan.Changes(session, part, calendar, after);
                lost.AddRange(unposted.Select(one => one.Problem).Take(Math.Max(0, 100 - lost.Count)));
                foreach (var change in changes)
                {
                    changed++;
                    foreach (var one in change.Changes)
                    {
                        entries++;
                        sums.Add(one, change.Activity.EntityId);
                        largest.Enqueue(
                            new EntryDelta(
                                one.ActivityId, one.Kind, one.Scope, Entries.Entry.Name(one.Basis), one.Role, FormattableString.Invariant($"{one.Month:yyyy-MM}"), one.Before, one.After,
                                one.After - one.Before, one.Gwp, one.Factor, one.Entry, one.Category),
                            Math.Abs(one.After - one.Before));
                        if (largest.Count > MostEntries)
                        {
                            largest.Dequeue();
                        }
                    }
                }
            }

            var causes = new[] { Basis.Location, Basis.Market }.Select(basis => sums.Of(basis, totals[basis])).ToList();
            var share = baseTotal == 0m ? 0m : Math.Abs(causes[0].Change) / Math.Abs(baseTotal);
            var significant = share >= year.Policy.SignificanceThreshold && causes[0].Change != 0m;
            return new RecalculationResult(
                suspects.Count, changed, entries, causes, baseTotal, year.Policy.SignificanceThreshold, share, significant,
                [.. largest.UnorderedItems.Select(item => item.Element).OrderByDescending(delta => Math.Abs(delta.Change)).ThenBy(delta => delta.Entry, StringComparer.Ordinal)],
                lost, RestatementNote.Draft(year, policy, causes[0], baseYear, baseTotal, share, significant, changed, entries));
        }

        async Task<decimal> Total(Period of, Basis basis) => (await queries.Totals(caller, new TotalsQuestion { From = of.StartsOn, To = MonthShares.MonthOf(of.EndsOn), Basis = basis, Consolidate = true }, ct)).Total.Co2eKg;

        Task<TotalsAnswer> Grouped(Basis basis) => queries.Totals(
            caller, new TotalsQuestion { From = year.StartsOn, To = MonthShares.MonthOf(year.EndsOn), Basis = basis, GroupBy = [Dimension.Entity, Dimension.Month, Dimension.Basis] }, ct);
    }

    private sealed class Row
    {
        public Guid PeriodId { get; init; }

        public string Status { get; init; } = "";

        public string Policy { get; init; } = "";

        public string Result { get; init; } = "";

        public string? Reason { get; init; }
    }
}
