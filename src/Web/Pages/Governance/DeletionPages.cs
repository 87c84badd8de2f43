using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Governance;

/// <summary>Whether the organisation is deleted, and when.</summary>
/// <param name="Waiting">Null: nobody has asked for it, or it was taken back.</param>
public sealed record DeletionView(WaitingDeletion? Waiting);

/// <summary>A deletion that was asked for.</summary>
/// <param name="AskedBy">As people call them.</param>
/// <param name="DaysLeft">Days begun until then.</param>
/// <param name="IsDue">Whether it cannot be taken back any more.</param>
public sealed record WaitingDeletion(DateTimeOffset On, int DaysLeft, bool IsDue, string Reason, string AskedBy, DateTimeOffset AskedAt);

/// <summary>Has the organisation deleted, and takes that back, from <c>/governance</c>: by the slices of the API.</summary>
internal static class DeletionPages
{
    public static void Map(IEndpointRouteBuilder governance)
    {
        var deletion = governance.MapGroup("/deletion").Needing(Permission.DataErase);
        deletion.MapPost("", async (HttpContext context, Caller caller, RetentionSettings settings, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var slug = (await database.Read(caller, OrganizationQueries.Tenant, ct)).Slug;
            var asked = form["name"].ToString().Trim() == slug
                ? await RequestErasure.Ask(new RequestErasure.Request(form["reason"].ToString().Trim()), caller, database, ct)
                : new Problem("deletion.name", "name", form["name"].ToString(), "the organisation's short name", "Type the organisation's short name as the page writes it.");
            return await Done(asked, caller, settings, database, clock, ct);
        });
        deletion.MapPost("/cancel", async (Caller caller, RetentionSettings settings, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(await database.Write(caller, session => RequestErasure.Cancel(session, clock), ct), caller, settings, database, clock, ct));
    }

    /// <summary>Null for who may not ask for it.</summary>
    public static async Task<DeletionView?> View(Caller caller, Session session, TimeProvider clock)
    {
        if (!caller.May.Has(Permission.DataErase))
        {
            return null;
        }

        if (!(await RequestErasure.Show(session)).TryValue(out var asked, out _) || asked.Status == "cancelled")
        {
            return new DeletionView(null);
        }

        var by = (await ListMembers.All(session, clock)).FirstOrDefault(member => asked.RequestedBy == $"user:{member.UserId}")?.Name;
        return new DeletionView(new WaitingDeletion(
            asked.DeletionDate, (int)Math.Ceiling((asked.DeletionDate - clock.GetUtcNow()).TotalDays), asked.Status == "due", asked.Reason,
            by ?? (asked.RequestedBy.StartsWith("key:", StringComparison.Ordinal) ? "A program with an API key" : "Somebody who is no member any more"), asked.RequestedAt));
    }

    private static async Task<IResult> Done(Result<RequestErasure.Response> result, Caller caller, RetentionSettings settings, Database database, TimeProvider clock, CancellationToken ct) =>
        result.Problem is { } problem ? await GovernancePages.Show(caller, settings, database, clock, problem, ct) : TypedResults.LocalRedirect(GovernancePages.Home);
}
