using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Reporting.Inventories;

namespace OffGridFlow.Web.Pages.Statement;

/// <summary>The corporate inventory, as JSON and as a page to print.</summary>
internal static class StatementPages
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/inventory/{period}", async (
        string period, HttpContext context, Caller caller, Database database, ReadInventory inventories, CancellationToken ct) =>
        (await inventories.Read(caller, period, ct)).TryValue(out var inventory, out var problem)
            ? new RazorComponentResult<StatementPage>(new { Inventory = inventory })
            : PageAnswer.Of(context, problem, await database.Read(caller, async session => (await OrganizationQueries.Tenant(session)).Name, ct)));
}
