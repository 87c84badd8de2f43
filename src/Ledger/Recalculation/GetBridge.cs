using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Ledger.Api;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Recalculation;

/// <summary>
/// The change from one period to another by cause, kg CO2e, consolidated. One thing is put into the place of the earlier period's at a
/// time, for each kind, place, role and account: first the activity (quantities at the earlier intensity), then the factor, then the
/// GWP set, then the boundary. What a correction of the kind changed, other things being as they are now, is taken out of the activity's
/// part and shown as mapping. A kind that only one of the periods has is all activity. The parts add to the change exactly.
/// </summary>
internal static class GetBridge
{
    // Quantities at another year's intensity do not end, and the sum of a million entries has more digits than a decimal; a picogram does.
    private const int Places = 15;

    /// <param name="Scope">Absent in the total.</param>
    internal sealed record Step(int? Scope, int? Category, decimal Before, decimal After, decimal Change, decimal Activity, decimal Factor, decimal Gwp, decimal Boundary, decimal Mapping);

    internal sealed record Bridge(string From, string To, string Basis, string Order, Step Total, IReadOnlyList<Step> Groups);

    public static void Map(IEndpointRouteBuilder ledger) => ledger.MapGet("/bridge", Get).WithName("GetBridge")
        .WithSummary("The change between two periods by cause").Produces<Bridge>();

    private static async Task<IResult> Get(
        string from, string to, string? basis, [FromQuery(Name = "as_of")] string? asOf, Caller caller, Database database, Estimators estimators, ActivityQueries activities, CancellationToken ct)
    {
        var read = new Parameters();
        var account = read.Word("basis", basis, "location", "market") == "market" ? Basis.Market : Basis.Location;
        var instant = read.Instant("as_of", asOf);
        return read.Problem is { } problem
            ? new ProblemResponse(problem)
            : (await database.Read(caller, session => Handle(from, to, account, session, estimators, activities, instant), ct)).ToOk();
    }

    /// <param name="asOf">Entries, policies and shares as they were known then. Null: now.</param>
    internal static async Task<Result<Bridge>> Handle(
        string from, string to, Basis account, Session session, Estimators estimators, ActivityQueries activities, DateTimeOffset? asOf = null)
    {
        var data = estimators.Data;
        var calendar = await OrganizationQueries.Periods(session, asOf);
        if (calendar.All.FirstOrDefault(one => one.Code == from) is not { } earlier)
        {
            return Problem.NotFound("period", from);
        }

        if (calendar.All.FirstOrDefault(one => one.Code == to) is not { } later)
        {
            return Problem.NotFound("period", to);
        }

        if (await estimators.Ready(session, [.. calendar.All.Select(one => one.Policy)]) is { } unready)
        {
            return unready;
        }

        var head = await LedgerHead.At(session, asOf);
        var shares = new BoundaryShares((await OrganizationQueries.Entities(session, asOf)).All, earlier.Policy.Boundary, later.Policy.Boundary);
        var (old, now) = (await Sums(session, earlier, account, head), await Sums(session, later, account, head));
        var bodies = await EntryView.Bodies(session, [.. old.Concat(now).Select(row => row.Calculation).Distinct()]);
        var gwp = FactorTable.ParseGwp(earlier.Policy.GwpSet);
        var groups = new Dictionary<object, Group>();
        foreach (var row in old)
        {
            var group = Of(row, bodies[row.Calculation]);
            var share = shares.Before(row.Entity, row.Month);
            group.Quantity0 += Fine(share * row.Quantity);
            group.Before += Fine(share * row.Co2eKg);
            group.HasEarlier = true;
        }

        foreach (var row in now)
        {
            var body = bodies[row.Calculation];
            var group = Of(row, body);
            var share = shares.Before(row.Entity, row.Month);
            group.Quantity1 += Fine(share * row.Quantity);
            group.Reweighted += Fine(share * await Under(gwp, row, body));
            group.Shared += Fine(share * row.Co2eKg);
            group.After += Fine(shares.After(row.Entity, row.Month) * row.Co2eKg);
        }

        var corrected = new CorrectedKinds(session, estimators, activities, calendar, account, head);
        var mapped = await corrected.Changed(later, shares.After);
        foreach (var (key, kilograms) in await corrected.Changed(earlier, shares.Before))
        {
            mapped[key] = mapped.GetValueOrDefault(key) - kilograms;
        }

        var steps = groups.Values.GroupBy(group => (group.Scope, group.Category)).OrderBy(group => group.Key.Scope).ThenBy(group => group.Key.Category)
            .Select(group => Add(group.Key.Scope, group.Key.Category, [.. group], mapped.GetValueOrDefault(group.Key))).ToList();
        return new Bridge(
            from, to, account.ToString().ToLowerInvariant(), "activity, factor, gwp, boundary; mapping out of activity",
            new Step(
                null, null, steps.Sum(step => step.Before), steps.Sum(step => step.After), steps.Sum(step => step.Change), steps.Sum(step => step.Activity), steps.Sum(step => step.Factor),
                steps.Sum(step => step.Gwp), steps.Sum(step => step.Boundary), steps.Sum(step => step.Mapping)),
            steps);

        Group Of(Row row, CalculationBody body)
        {
            var key = (row.Kind, body.Asked.Region, body.QuantityUnit, row.Role, row.Basis, row.Scope, row.Category);
            return groups.TryGetValue(key, out var known) ? known : groups[key] = new Group { Scope = row.Scope, Category = row.Category };
        }

        // The later period's entries as the earlier one's GWP set would have them.
        async Task<decimal> Under(GwpSet? asked, Row row, CalculationBody body)
        {
            if (body.Policy.Gwp == asked || body.Factor.Edition is null || data.Units.Find(body.Asked.Unit).Unit is not { } unit
                || (data.Library.Find(body.Factor.Id) ?? await OwnFactors.Find(session, body.Factor.Id)) is not { } factor)
            {
                return row.Co2eKg;
            }

            var biogenic = body.Factor.BiogenicFactor is { } apart ? data.Library.Find(apart) : null;
            return FactorWeights.Of(factor, biogenic, body.Role == "biogenic", unit, asked, data) is { } weighed
                ? Fine(row.Quantity * weighed.UnitsPerQuantity * weighed.Factor.Co2ePerUnit)
                : row.Co2eKg;
        }
    }

    private static Step Add(int scope, int? category, List<Group> groups, decimal mapping)
    {
        var (before, activity, factor, gwp, boundary) = (0m, 0m, 0m, 0m, 0m);
        foreach (var group in groups)
        {
            var atEarlier = !group.HasEarlier || group.Quantity0 == 0m ? group.Reweighted : Fine(group.Quantity1 * (group.Before / group.Quantity0));
            before += group.Before;
            activity += atEarlier - group.Before;
            factor += group.Reweighted - atEarlier;
            gwp += group.Shared - group.Reweighted;
            boundary += group.After - group.Shared;
        }

        activity -= mapping;
        var change = activity + factor + gwp + boundary + mapping;
        return new Step(scope, category, before, before + change, change, activity, factor, gwp, boundary, mapping);
    }

    internal static decimal Fine(decimal kilograms) => decimal.Round(kilograms, Places);

    private static async Task<IReadOnlyList<Row>> Sums(Session session, Period period, Basis account, long head) => await session.Query<Row>($"""
        select calculation_id as calculation, kind, role, basis, scope::int as scope, category::int as category, entity_id as entity, month,
            round(sum(quantity), {Places}) as quantity, round(sum(co2e_kg), {Places}) as co2e_kg
        from ledger.entries where month between @from and @to and basis in ('single', @basis) and run_no <= @head
        group by 1, 2, 3, 4, 5, 6, 7, 8
        """, new { from = MonthShares.MonthOf(period.StartsOn), to = period.EndsOn, basis = Entry.Name(account), head });

    private sealed class Row
    {
        public Guid Calculation { get; init; }

        public string Kind { get; init; } = "";

        public string Role { get; init; } = "";

        public string Basis { get; init; } = "";

        public int Scope { get; init; }

        public int? Category { get; init; }

        public Guid? Entity { get; init; }

        public DateOnly Month { get; init; }

        public decimal Quantity { get; init; }

        public decimal Co2eKg { get; init; }
    }

    private sealed class Group
    {
        public int Scope { get; init; }

        public int? Category { get; init; }

        public bool HasEarlier { get; set; }

        public decimal Quantity0 { get; set; }

        public decimal Quantity1 { get; set; }

        /// <summary>Earlier period.</summary>
        public decimal Before { get; set; }

        /// <summary>Later period under the earlier one's GWP set and boundary.</summary>
        public decimal Reweighted { get; set; }

        /// <summary>Later period under the earlier one's boundary.</summary>
        public decimal Shared { get; set; }

        /// <summary>Later period.</summary>
        public decimal After { get; set; }
    }
}
