using OffGridFlow.Activities.Imports;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Reporting.Inventories;
using OffGridFlow.Web.Host;
using OffGridFlow.Web.Pages.Entries;
using OffGridFlow.Web.Pages.Imports;

namespace OffGridFlow.Web.Pages.Home;

/// <summary><c>/</c>: an organisation's year.</summary>
internal static class HomePage
{
    private const int ImportsShown = 6;
    private const int LinesShown = 25;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/", Get);
        pages.MapGet("/import-example.csv", (HostSettings settings) => TypedResults.PhysicalFile(Path.Combine(settings.DataFolder, "examples", "energy.csv"), "text/csv; charset=utf-8", "activities.csv"))
            .Needing(Permission.ActivitiesRead).WithinFacilities();
    }

    private static async Task<IResult> Get(
        HttpContext context, Caller caller, Database database, ReadOverview overview, ReadEntries entries, TimeProvider clock, string? period, CancellationToken ct)
    {
        var (tenant, calendar, imports, head) = await database.Read(
            caller,
            async session => (
                await OrganizationQueries.Tenant(session), await OrganizationQueries.Periods(session),
                await ImportLists.Latest(session, ImportsShown), await LedgerHead.Read(session)),
            ct);
        if (!InventoryYear.Choose(calendar, period).TryValue(out var chosen, out var problem) && problem is not null)
        {
            return PageAnswer.Of(context, problem, tenant.Name);
        }

        var shown = chosen is null ? Nothing(clock) : await overview.Read(caller, calendar, chosen, ct);
        var (lines, kinds) = chosen is null
            ? (null, [])
            : ((await entries.List(caller, chosen, new EntryFilter(chosen.Code), null, LinesShown, withSum: false, ct)).Value, await entries.Kinds(caller, chosen, ct));
        return new Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult<Home>(new
        {
            Organization = tenant.Name,
            Shown = shown,
            Seal = head.RunNo == 0 ? null : new Seal(head.RunNo, Convert.ToHexStringLower(head.Hash), head.PostedAt),
            Imports = PageAnswer.Fragment<RecentImports>(("Imports", imports)),
            Ledger = lines is null ? null : PageAnswer.Fragment<Entries.Ledger>(("List", lines), ("Kinds", kinds), ("Months", (IReadOnlyList<DateOnly>)[.. shown.Months.Select(month => month.Month)])),
        });
    }

    // A tenant whose first file is still to come has no year yet: this one, empty.
    private static Overview Nothing(TimeProvider clock)
    {
        var year = clock.GetUtcNow().Year;
        var none = new Amount(0m, 0m, 0m);
        return new Overview(
            [], year.ToString(System.Globalization.CultureInfo.InvariantCulture), new DateOnly(year, 1, 1), new DateOnly(year, 12, 31), none, none, null, [], [], [], [], 0m, 0);
    }
}
