using OffGridFlow.Activities.Imports;
using OffGridFlow.Ledger;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Reporting.Inventories;

/// <summary>A period's corporate inventory, for <c>GET /api/v1/inventory</c> and for the page that prints it.</summary>
internal sealed class ReadInventory(LedgerQueries ledger, Database database, ReferenceData data)
{
    public async Task<Result<Inventory>> Read(Caller caller, string? code, CancellationToken ct)
    {
        var (tenant, calendar, entities, facilities) = await database.Read(
            caller,
            async session => (
                await OrganizationQueries.Tenant(session), await OrganizationQueries.Periods(session), await OrganizationQueries.Entities(session),
                await OrganizationQueries.Facilities(session)),
            ct);
        if (!InventoryYear.Choose(calendar, code).TryValue(out var chosen, out var problem) && problem is not null)
        {
            return problem;
        }

        if (chosen is not { } period)
        {
            return Problem.NotFound("period", code ?? "");
        }

        var asked = InventoryYear.Question(period);
        var location = await ledger.Totals(caller, asked with { GroupBy = [Dimension.Scope, Dimension.Basis] }, ct);
        var market = await ledger.Totals(caller, asked with { Basis = Basis.Market }, ct);
        var categories = await ledger.Totals(caller, asked with { Scope = 3, GroupBy = [Dimension.Category] }, ct);
        var gases = await ledger.Totals(caller, asked with { GroupBy = [Dimension.Gas, Dimension.Scope] }, ct);
        var tiers = await ledger.Totals(caller, asked with { GroupBy = [Dimension.Tier] }, ct);
        var (used, unposted, exclusions, run) = await database.Read(
            caller,
            async session => (
                await SourceUsed.Read(session, asked.From!.Value, asked.To!.Value, location.Run), await SourceUsed.Unposted(session, period.StartsOn, period.EndsOn),
                await ImportLists.Exclusions(session, period.StartsOn, period.EndsOn), location.Run == 0 ? null : await RunView.Find(session, location.Run)),
            ct);
        var policy = period.Policy;
        return new Inventory(
            tenant.Name, new InventoryPeriod(period.Code, period.StartsOn, period.EndsOn, period.IsClosed ? "closed" : "open"),
            new InventoryBoundary(policy.Boundary, [.. entities.All.Select(entity => Counted(entity, policy.Boundary, period.EndsOn, facilities.All))]),
            new InventoryPolicy(policy.GwpSet, policy.FactorDate, policy.FactorDates, policy.SignificanceThreshold),
            await BaseYear(caller, calendar, ct), InventoryYear.Amount(location.Total), InventoryYear.Amount(market.Total),
            [.. location.Groups.Select(group => new InventoryScope(
                group.Scope!.Value, InventoryYear.Name(group.Basis!.Value), InventoryYear.Amount(group.Total!), group.Total!.BiogenicCo2Kg, group.Total.Entries))],
            [.. Enumerable.Range(1, ScopeThree.Count).Select(category => Category(category, categories.Groups.FirstOrDefault(group => group.Category == category)?.Total))],
            [.. gases.Groups.GroupBy(group => group.Gas!, StringComparer.Ordinal).OrderBy(gas => Place(gas.Key)).ThenBy(gas => gas.Key, StringComparer.Ordinal).Select(gas => new InventoryGas(gas.Key, Mass(gas, 1), Mass(gas, 2), Mass(gas, 3)))],
            location.Total.BiogenicCo2Kg,
            [.. tiers.Groups.Select(group => new InventoryTier(group.Tier!.Value.ToString().ToLowerInvariant(), group.Total!.Co2eKg, group.Total.Entries))],
            Methods(used), Editions(used), Excluded(exclusions, unposted),
            run is null ? null : new Seal(run.RunNo, run.Hash, run.PostedAt));
    }

    private static InventoryEntity Counted(Entity entity, string boundary, DateOnly day, IReadOnlyList<Facility> facilities) => new(
        entity.Code, entity.Name, entity.Country, entity.Share(boundary, day), entity.SharesAssumed,
        [.. facilities.Where(facility => facility.EntityId == entity.EntityId).Select(facility => facility.Name)]);

    private static InventoryCategory Category(int category, Total? total) =>
        new(category, ScopeThree.Name(category), total is null ? null : InventoryYear.Amount(total), total?.Entries ?? 0);

    // The three that are in nearly every factor, then the others, then what nobody splits.
    private static int Place(string gas) => gas switch { "co2" => 0, "ch4" => 1, "n2o" => 2, "unsplit" => 4, _ => 3 };

    private static decimal Mass(IEnumerable<TotalsGroup> groups, int scope) => groups.Where(group => group.Scope == scope).Sum(group => group.MassKg ?? 0m);

    private async Task<InventoryBaseYear?> BaseYear(Caller caller, PeriodCalendar calendar, CancellationToken ct)
    {
        if (calendar.All.FirstOrDefault(period => period is { IsBaseYear: true, Granularity: Granularity.Year }) is not { } year)
        {
            return null;
        }

        var location = await ledger.Totals(caller, InventoryYear.Question(year), ct);
        var market = await ledger.Totals(caller, InventoryYear.Question(year) with { Basis = Basis.Market }, ct);
        return location.Total.Entries == 0 ? new InventoryBaseYear(year.Code, null, null) : new InventoryBaseYear(year.Code, location.Total.Co2eKg, market.Total.Co2eKg);
    }

    private static IReadOnlyList<InventoryMethod> Methods(IReadOnlyList<SourceUsed> used) => [.. used
        .GroupBy(source => source.Calculation.Method, StringComparer.Ordinal)
        .Select(method => new InventoryMethod(
            method.Key,
            [.. method.Select(source => (source.Calculation.Scope, source.Calculation.Category)).Distinct().Order()
                .Select(place => place.Category is { } category ? $"Scope 3 category {category}" : $"Scope {place.Scope}")],
            method.Sum(source => source.Entries)))
        .OrderByDescending(method => method.Entries)];

    private static IReadOnlyList<InventoryEdition> Editions(IReadOnlyList<SourceUsed> used) => [.. used
        .GroupBy(source => source.Calculation.Factor.Edition ?? source.Calculation.Factor.Citation, StringComparer.Ordinal)
        .Select(edition =>
        {
            var factor = edition.First().Calculation.Factor;
            return new InventoryEdition(
                edition.Key, Common([.. edition.Select(source => source.Calculation.Factor.Citation)]), factor.Attribution, factor.Licence, factor.Url, factor.Published, edition.Sum(source => source.Entries));
        })
        .OrderBy(edition => edition.Edition, StringComparer.Ordinal)];

    // Each factor cites its row; of an edition, what all of its factors' citations begin with.
    private static string Common(IReadOnlyList<string> citations)
    {
        var length = citations.Min(citation => citation.Length);
        while (citations.Any(citation => !citation.AsSpan(0, length).SequenceEqual(citations[0].AsSpan(0, length))))
        {
            length--;
        }

        var end = length == citations[0].Length ? length : citations[0].LastIndexOf(", ", length, StringComparison.Ordinal);
        return end > 0 ? citations[0][..end] : citations[0];
    }

    private IReadOnlyList<InventoryExclusion> Excluded(
        IReadOnlyList<ImportLists.Exclusion> rows, IReadOnlyList<(string Kind, string Problem, long Activities)> unposted) =>
    [
        .. rows.Select(row => new InventoryExclusion(
            row.Disposition, row.Code, row.Example is { } why ? $"{why.Column}: expected {why.Expected}, for example found “{why.Found}”" : Reason(row.Disposition), row.Rows, row.Undated)),
        .. unposted.Select(kind => new InventoryExclusion("rejected", "ledger.unposted", $"No factor covers {Called(kind.Kind)} under the period's policy", kind.Activities, 0)),
    ];

    private string Called(string kind) => data.Kinds.Find(kind) is { } known ? $"{known.Title} ({kind})" : kind;

    private static string Reason(string disposition) => disposition switch
    {
        "duplicate" => "The same activity was handed in before",
        "excluded" => "The row says that it emits nothing, or is a sum of others",
        _ => "The row could not be read",
    };
}
