using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Notices;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Governance;

/// <summary>What the page on data governance shows.</summary>
/// <param name="Notices">Of breaches; null: not for who asks.</param>
/// <param name="Deletion">Null: not for who asks.</param>
public sealed record GovernanceView(Tenant Tenant, IReadOnlyList<DataClass> Classes, IReadOnlyList<Notice>? Notices, DeletionView? Deletion);

/// <summary><c>/governance</c>: where the organisation's data are, how long they are kept, what was told of breaches, and having all of it deleted.</summary>
internal static class GovernancePages
{
    public const string Home = "/governance";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var governance = pages.MapGroup(Home).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        governance.MapGet("", async (Caller caller, RetentionSettings settings, Database database, TimeProvider clock, CancellationToken ct) => await Show(caller, settings, database, clock, null, ct))
            .Needing(Permission.OrganizationRead);
        DeletionPages.Map(governance);
        var notices = governance.MapGroup("/notices").Needing(Permission.DataExport);
        notices.MapGet("/{id:guid}", One);
        notices.MapPost("/{id:guid}/acknowledge", Acknowledge);
    }

    public static async Task<IResult> Show(Caller caller, RetentionSettings settings, Database database, TimeProvider clock, Problem? problem, CancellationToken ct)
    {
        var view = await database.Read(
            caller,
            async session => new GovernanceView(
                await OrganizationQueries.Tenant(session), (await Retention.Read(session, settings)).Classes, caller.May.Has(Permission.DataExport) ? await Notice.All(session) : null,
                await DeletionPages.View(caller, session, clock)),
            ct);
        return PageAnswer.Page<GovernancePage>(new { View = view, Problem = problem }, problem);
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
