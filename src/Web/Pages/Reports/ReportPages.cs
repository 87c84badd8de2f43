using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Reporting.Inventories;
using OffGridFlow.Reporting.Reports;
using OffGridFlow.Web.Pages.Statement;

namespace OffGridFlow.Web.Pages.Reports;

/// <summary>Reports and the way to their approval; one of them is printed as the statement is, from what was kept of it.</summary>
internal static class ReportPages
{
    private const string Home = "/reports";
    private const int Most = 200;

    public static void Map(IEndpointRouteBuilder pages)
    {
        var reports = pages.MapGroup(Home).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        reports.MapGet("", async (Caller caller, Database database, TimeProvider clock, CancellationToken ct) => await Show(caller, database, clock, null, ct)).Needing(Permission.LedgerRead);
        reports.MapGet("/{id:guid}", One).Needing(Permission.LedgerRead);
        reports.MapPost("", async (HttpContext context, Caller caller, MakeReport make, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(caller, database, clock, await make.Handle(new MakeReport.Request((await context.Form(ct))["period"]), caller, ct), ct)).Needing(Permission.ReportsGenerate);
        Change(reports, "submit", Permission.ReportsSubmit, (id, _, version, session, clock) => SubmitReport.Submit(id, version, session, clock));
        Change(reports, "recall", Permission.ReportsSubmit, (id, _, version, session, clock) => SubmitReport.Recall(id, version, session, clock));
        Change(reports, "approve", Permission.ReportsApprove, (id, reason, version, session, clock) => DecideReport.Handle(id, true, reason, version, session, clock));
        Change(reports, "reject", Permission.ReportsApprove, (id, reason, version, session, clock) => DecideReport.Handle(id, false, reason, version, session, clock));
    }

    private static void Change(IEndpointRouteBuilder reports, string verb, Permission needed, Func<Guid, string?, IfMatch, Session, TimeProvider, Task<Result<Report>>> change) =>
        reports.MapPost($"/{{id:guid}}/{verb}", async (Guid id, HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var version = int.TryParse(form["version"], System.Globalization.CultureInfo.InvariantCulture, out var seen) ? new IfMatch(seen) : IfMatch.Any;
            return await Done(caller, database, clock, await database.Write(caller, session => change(id, form["reason"], version, session, clock), ct), ct);
        }).Needing(needed);

    private static async Task<IResult> One(Guid id, HttpContext context, Caller caller, Database database, CancellationToken ct)
    {
        var (report, body, tenant) = await database.Read(
            caller, async session => (await Report.Find(id, session), await ShowReports.Content(id, session), (await OrganizationQueries.Tenant(session)).Name), ct);
        return report.TryValue(out var found, out var problem) && body.TryValue(out var content, out problem)
            ? new RazorComponentResult<StatementPage>(new { Inventory = ShowReports.Read(content), Report = found })
            : PageAnswer.Of(context, problem, tenant);
    }

    private static async Task<IResult> Done(Caller caller, Database database, TimeProvider clock, Result<Report> result, CancellationToken ct) =>
        result.Problem is { } problem ? await Show(caller, database, clock, problem, ct) : TypedResults.LocalRedirect(Home);

    private static async Task<IResult> Show(Caller caller, Database database, TimeProvider clock, Problem? problem, CancellationToken ct)
    {
        var view = await database.Read(
            caller,
            async session => new ReportsView(
                (await OrganizationQueries.Tenant(session)).Name,
                await ShowReports.Latest(session, Most),
                [.. (await OrganizationQueries.Periods(session)).All.Where(period => period is { Granularity: Granularity.Year, HasEntries: true }).Select(period => period.Code).Reverse()],
                (await ListMembers.All(session, clock)).ToDictionary(member => $"user:{member.UserId}", member => member.Name, StringComparer.Ordinal),
                await OrganizationQueries.FourEyes(session)),
            ct);
        return PageAnswer.Page<ReportsPage>(new { View = view, Caller = caller, Problem = problem }, problem);
    }
}

/// <param name="Years">Those with entries, the latest first.</param>
/// <param name="Names">Of the members, by how the trail calls them.</param>
public sealed record ReportsView(string Organization, IReadOnlyList<Report> Reports, IReadOnlyList<string> Years, IReadOnlyDictionary<string, string> Names, bool FourEyes)
{
    public string Name(string? actor) => actor is null ? "" : Names.GetValueOrDefault(actor)
        ?? (actor.StartsWith("key:", StringComparison.Ordinal) ? "an API key" : actor.StartsWith("user:", StringComparison.Ordinal) ? "a former member" : "the operator");
}
