using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Scim;

/// <summary>The groups of the directory; one of them by its id (RFC 7644, 3.4).</summary>
internal static class ListDirectoryGroups
{
    public static void Map(IEndpointRouteBuilder groups)
    {
        groups.MapGet("/", async (HttpContext context, Caller caller, Database database, PublicAddress address, CancellationToken ct) =>
            (ScimQuery.Of(context, ScimKinds.Group).TryValue(out var query, out var problem) ? await All(query, caller, database, address, ct) : problem).Answer())
            .WithName("ListScimGroups").WithSummary("List groups; filters as RFC 7644 has them.").ProducesScim().AsksAsScim();
        groups.MapPost("/.search", async (HttpContext context, Caller caller, Database database, PublicAddress address, CancellationToken ct) =>
            ((await ScimMessages.Body(context, ct)).TryValue(out var body, out var problem) && ScimQuery.Of(body, ScimKinds.Group).TryValue(out var query, out problem)
                ? await All(query, caller, database, address, ct) : problem).Answer())
            .WithName("SearchScimGroups").WithSummary("List groups; the question is the body.").ProducesScim().TakesScim(ScimExamples.Search.Replace("active eq true", "displayName sw \\\"Carbon\\\"", StringComparison.Ordinal))
            .WithMetadata(new ChangesNothing());
        groups.MapGet("/{id}", async (string id, HttpContext context, Caller caller, Database database, PublicAddress address, CancellationToken ct) =>
            (await database.Read<Result<JsonObject>>(
                caller,
                async session => (await DirectoryGroup.Find(id, session)).TryValue(out var group, out var problem)
                    ? (await DirectoryGroup.Resources([group], !LeavesMembersOut(context.Request.Query["excludedAttributes"]), session, address))[0] : problem,
                ct)).Resource(context, ScimKinds.Group))
            .WithName("GetScimGroup").WithSummary("Show a group.").ProducesScim();
    }

    private static async Task<Result<JsonObject>> All(ScimQuery query, Caller caller, Database database, PublicAddress address, CancellationToken ct) => await database.Read(
        caller,
        async session =>
        {
            var matching = await DirectoryGroup.All(session);
            if (query.Filter is not null)
            {
                var resources = await DirectoryGroup.Resources(matching, withMembers: true, session, address);
                matching = [.. matching.Zip(resources).Where(pair => query.Filter.Matches(pair.Second)).Select(pair => pair.First)];
            }

            var page = await DirectoryGroup.Resources([.. matching.Skip(query.Start - 1).Take(query.Count)], !LeavesMembersOut(query.Excluded), session, address);
            return ScimMessages.List([.. page.Select(one => ScimResource.Shown(ScimKinds.Group, one, query.Attributes, query.Excluded))], matching.Count, query.Start);
        },
        ct);

    /// <summary>How many are in each, by its name: for the page.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> Sizes(Session session) => (await session.Query<(string Name, int Members)>(
            "select g.display_name, (select count(*) from org.scim_group_members m where m.scim_group_id = g.scim_group_id)::int from org.scim_groups g"))
        .ToDictionary(one => one.Name, one => one.Members, StringComparer.Ordinal);

    private static bool LeavesMembersOut(string? excluded) => excluded?.Split(',', StringSplitOptions.TrimEntries).Contains("members", StringComparer.OrdinalIgnoreCase) ?? false;
}
