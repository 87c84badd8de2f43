using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Members;

/// <summary>Who belongs to the tenant, and in which roles; one of them by their id.</summary>
internal static class ListMembers
{
    private static readonly ListShape Shape = new ListShape("user_id", FieldKind.Id, "name")
        .Filter("status").Filter("email").Sort("email").Filter("source").Sort("name").Filter("has_second_factor", FieldKind.Boolean)
        .Sort("joined_at", FieldKind.Instant).Range("joined_at", FieldKind.Instant);

    internal static void Map(IEndpointRouteBuilder members)
    {
        members.MapGet("/", async (ListQuery query, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            (await database.Read(caller, session => Handle(query, session, clock), ct)).ToOk())
            .Lists<Member>(Shape).WithName("ListMembers").WithSummary("List the members and their roles.");
        members.MapGet("/{user_id:guid}", async (Guid user_id, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            (await database.Read(caller, session => Member.Find(user_id, session, clock.GetUtcNow()), ct)).ToOk())
            .WithName("GetMember").WithSummary("Show a member and their roles.").Produces<Member>();
    }

    private static async Task<Page<Member>> Handle(ListQuery query, Session session, TimeProvider clock)
    {
        var page = await query.Page<Member>(session, Member.Select);
        return page with { Items = await Member.WithAssignments(page.Items, session, clock.GetUtcNow()) };
    }

    /// <summary>All of them by name: for the page.</summary>
    internal static async Task<IReadOnlyList<Member>> All(Session session, TimeProvider clock) =>
        await Member.WithAssignments(await session.Query<Member>($"{Member.Select} order by u.name, m.user_id"), session, clock.GetUtcNow());
}
