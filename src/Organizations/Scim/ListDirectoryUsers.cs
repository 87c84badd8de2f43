using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Scim;

/// <summary>Whom the directory let in, and the members it found here; one of them by their id (RFC 7644, 3.4).</summary>
internal static class ListDirectoryUsers
{
    public static void Map(IEndpointRouteBuilder users)
    {
        users.MapGet("/", async (HttpContext context, Caller caller, Database database, PublicAddress address, TimeProvider clock, CancellationToken ct) =>
            (ScimQuery.Of(context, ScimKinds.User).TryValue(out var query, out var problem) ? await All(query, caller, database, address, clock, ct) : problem).Answer())
            .WithName("ListScimUsers").WithSummary("List users; filters as RFC 7644 has them.").ProducesScim().AsksAsScim();
        users.MapPost("/.search", async (HttpContext context, Caller caller, Database database, PublicAddress address, TimeProvider clock, CancellationToken ct) =>
            ((await ScimMessages.Body(context, ct)).TryValue(out var body, out var problem) && ScimQuery.Of(body, ScimKinds.User).TryValue(out var query, out problem)
                ? await All(query, caller, database, address, clock, ct) : problem).Answer())
            .WithName("SearchScimUsers").WithSummary("List users; the question is the body.").ProducesScim().TakesScim(ScimExamples.Search).WithMetadata(new ChangesNothing());
        users.MapGet("/{id}", async (string id, HttpContext context, Caller caller, Database database, PublicAddress address, TimeProvider clock, CancellationToken ct) =>
            (await database.Write<JsonObject>(
                caller,
                async session =>
                {
                    await DirectoryMembers.Meet(session, clock.GetUtcNow());
                    return (await DirectoryUser.Find(id, session)).TryValue(out var user, out var problem) ? (await DirectoryUser.Resources([user], session, address))[0] : problem;
                },
                ct)).Resource(context, ScimKinds.User))
            .WithName("GetScimUser").WithSummary("Show a user.").ProducesScim();
    }

    // A filter is asked of those that its equalities leave; without one, the page alone is read.
    private static async Task<Result<JsonObject>> All(ScimQuery query, Caller caller, Database database, PublicAddress address, TimeProvider clock, CancellationToken ct) => await database.Write<JsonObject>(
        caller,
        async session =>
        {
            await DirectoryMembers.Meet(session, clock.GetUtcNow());
            IReadOnlyList<JsonObject> page;
            int total;
            if (query.Filter is null)
            {
                (var users, total) = await DirectoryUser.Some(query, session);
                page = await DirectoryUser.Resources(users, session, address);
            }
            else
            {
                var matching = (await DirectoryUser.Resources(await DirectoryUser.All(query.Filter, session), session, address)).Where(query.Filter.Matches).ToList();
                (page, total) = ([.. matching.Skip(query.Start - 1).Take(query.Count)], matching.Count);
            }

            return ScimMessages.List([.. page.Select(one => ScimResource.Shown(ScimKinds.User, one, query.Attributes, query.Excluded))], total, query.Start);
        },
        ct);
}
