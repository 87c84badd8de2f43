using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Notices;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Governance;

/// <summary>What the page on data governance shows.</summary>
/// <param name="Notices">Of breaches; null: not for who asks.</param>
public sealed record GovernanceView(Tenant Tenant, IReadOnlyList<DataClass> Classes, IReadOnlyList<Notice>? Notices);

/// <summary><c>/governance</c>: where the organisation's data are, how long they are kept, and what was told of breaches.</summary>
internal static class GovernancePages
{
    public const string Home = "/governance";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var governance = pages.MapGroup(Home).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        governance.MapGet("", Show).Needing(Permission.OrganizationRead);
        var notices = governance.MapGroup("/notices").Needing(Permission.DataExport);
        notices.MapGet("/{id:guid}", One);
        notices.MapPost("/{id:guid}/acknowledge", Acknowledge);
    }

    private static async Task<IResult> Show(Caller caller, RetentionSettings settings, Database database, CancellationToken ct)
    {
        var view = await database.Read(
            caller,
            async session => new GovernanceView(
                await OrganizationQueries.Tenant(session), (await Retention.Read(session, settings)).Classes, caller.May.Has(Permission.DataExport) ? await Notice.All(session) : null),
            ct);
        return new RazorComponentResult<GovernancePage>(new { View = view });
    }

    private static async Task<IResult> One(Guid id, HttpContext context, Caller caller, Database database, CancellationToken ct)
    {
        var (organization, found) = await database.Read(caller, async session => ((await OrganizationQueries.Tenant(session)).Name, await Notice.Find(id, session)), ct);
        return found.TryValue(out var notice, out var problem)
            ? PageAnswer.Of<NoticePanel>(context, notice.Title, organization, ("Told", notice))
            : PageAnswer.Of(context, problem, organization);
    }

    private static async Task<IResult> Acknowledge(Guid id, HttpContext context, Caller caller, Database database, OpenNotices open, TimeProvider clock, CancellationToken ct)
    {
        var done = await database.Write(caller, session => NoticeEndpoints.Acknowledge(id, session, clock), ct);
        open.Forget();
        return done.Problem is { } problem ? PageAnswer.Of(context, problem) : TypedResults.LocalRedirect(Home);
    }
}
