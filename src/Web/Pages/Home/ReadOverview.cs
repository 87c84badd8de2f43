using OffGridFlow.Ledger;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Reporting.Inventories;

namespace OffGridFlow.Web.Pages.Home;

/// <summary>A period's figures for the first page, consolidated by share: the same questions to the ledger that the API answers.</summary>
internal sealed class ReadOverview(LedgerQueries ledger)
{
    public async Task<Overview> Read(Caller caller, PeriodCalendar calendar, Period period, CancellationToken ct)
    {
        var asked = InventoryYear.Question(period);
        var location = await ledger.Totals(caller, asked with { GroupBy = [Dimension.Scope, Dimension.Basis] }, ct);
        var market = await ledger.Totals(caller, asked with { Basis = Basis.Market }, ct);
        var categories = await ledger.Totals(caller, asked with { Scope = 3, GroupBy = [Dimension.Category] }, ct);
        var months = await ledger.Totals(caller, asked with { GroupBy = [Dimension.Month, Dimension.Scope] }, ct);
        var tiers = await ledger.Totals(caller, asked with { GroupBy = [Dimension.Tier] }, ct);
        return new Overview(
            Periods(calendar, period), period.Code, period.StartsOn, period.EndsOn, InventoryYear.Amount(location.Total), InventoryYear.Amount(market.Total),
            await Before(caller, calendar, period, ct),
            [.. location.Groups.Select(group => new ScopeSum(group.Scope!.Value, InventoryYear.Name(group.Basis!.Value), InventoryYear.Amount(group.Total!), group.Total!.Entries))],
            [.. categories.Groups.Where(group => group.Category is not null).Select(group => new CategorySum(group.Category!.Value, InventoryYear.Amount(group.Total!), group.Total!.Entries))],
            [.. months.Groups.GroupBy(group => group.Month!, StringComparer.Ordinal).Select(month => new MonthSum(Day(month.Key), Of(month, 1), Of(month, 2), Of(month, 3)))],
            [.. tiers.Groups.Select(group => new TierSum(group.Tier!.Value.ToString().ToLowerInvariant(), group.Total!.Co2eKg, group.Total.Entries))],
            location.Total.BiogenicCo2Kg, location.Groups.Sum(group => group.Total!.Entries));

        static decimal Of(IEnumerable<TotalsGroup> groups, int scope) => groups.Where(group => group.Scope == scope).Sum(group => group.Total!.Co2eKg);
    }

    internal static IReadOnlyList<string> Periods(PeriodCalendar calendar, Period chosen) => [.. calendar.All
        .Where(period => period.Granularity == Granularity.Year && (period.HasEntries || period == chosen)).Select(period => period.Code).Reverse()];

    private async Task<Earlier?> Before(Caller caller, PeriodCalendar calendar, Period period, CancellationToken ct)
    {
        if (calendar.YearOf(period.StartsOn.AddDays(-1)) is not { HasEntries: true } before)
        {
            return null;
        }

        var location = await ledger.Totals(caller, InventoryYear.Question(before), ct);
        var market = await ledger.Totals(caller, InventoryYear.Question(before) with { Basis = Basis.Market }, ct);
        return new Earlier(before.Code, location.Total.Co2eKg, market.Total.Co2eKg);
    }

    private static DateOnly Day(string month) => DateOnly.ParseExact(month, "yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
}
