using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Scim;

/// <summary>Groups of the directory are made, changed and deleted; the roles of who is in them follow from the next request on.</summary>
internal sealed class WriteDirectoryGroup(MemberChanges changes, PublicAddress address)
{
    public static void Map(IEndpointRouteBuilder groups)
    {
        groups.MapPost("/", async (HttpContext context, Caller caller, WriteDirectoryGroup write, CancellationToken ct) => (await write.Create(context, caller, ct)).Resource(context, ScimKinds.Group, StatusCodes.Status201Created))
            .WithName("CreateScimGroup").WithSummary("Make a group.").ProducesScim(StatusCodes.Status201Created).TakesScim(ScimExamples.Group);
        groups.MapPut("/{id}", async (string id, HttpContext context, Caller caller, WriteDirectoryGroup write, CancellationToken ct) =>
            (await write.Change(id, context, caller, (_, body) => body, ct)).Resource(context, ScimKinds.Group))
            .WithName("ReplaceScimGroup").WithSummary("Replace a group.").ProducesScim().TakesScim(ScimExamples.Group);
        groups.MapPatch("/{id}", async (string id, HttpContext context, Caller caller, WriteDirectoryGroup write, CancellationToken ct) =>
            (await write.Change(id, context, caller, (there, body) => ScimPatch.Apply(ScimKinds.Group, there, body), ct)).Resource(context, ScimKinds.Group))
            .WithName("ChangeScimGroup").WithSummary("Change a group: its name, and who is in it.").ProducesScim().TakesScim(ScimExamples.GroupChange);
        groups.MapDelete("/{id}", async (string id, HttpContext context, Caller caller, WriteDirectoryGroup write, CancellationToken ct) => (await write.Delete(id, context, caller, ct)).ToNoContent())
            .WithName("DeleteScimGroup").WithSummary("Delete a group.").Produces(StatusCodes.Status204NoContent);
    }

    private async Task<Result<JsonObject>> Create(HttpContext context, Caller caller, CancellationToken ct)
    {
        if (!(await ScimMessages.Body(context, ct)).TryValue(out var body, out var problem) || !Read(body).TryValue(out var wanted, out problem))
        {
            return problem;
        }

        return await changes.Write(
            caller,
            async (session, now) =>
            {
                var id = Guid.CreateVersion7();
                if (await Taken(id, wanted.Name, session) is { } taken)
                {
                    return taken;
                }

                await session.Execute(
                    "insert into org.scim_groups (tenant_id, scim_group_id, display_name, display_name_key, external_id, created_at, updated_at) values (@Tenant, @id, @Name, @key, @ExternalId, @now, @now)",
                    new { Tenant = session.Tenant.Value, id, wanted.Name, key = wanted.Name.ToLowerInvariant(), wanted.ExternalId, now });
                return await SetMembers(id, [], wanted.Members, session, now) is { } refused ? refused : await Shown(id, session);
            },
            ct);
    }

    private async Task<Result<JsonObject>> Change(string id, HttpContext context, Caller caller, Func<JsonObject, JsonObject, Result<JsonObject>> make, CancellationToken ct)
    {
        if (!(await ScimMessages.Body(context, ct)).TryValue(out var body, out var problem))
        {
            return problem;
        }

        return await changes.Write(
            caller,
            async (session, now) =>
            {
                if (!(await DirectoryGroup.Find(id, session, forUpdate: true)).TryValue(out var there, out var wrong))
                {
                    return wrong;
                }

                if (ScimMessages.Stale(context, there.Version) is { } stale)
                {
                    return stale;
                }

                var members = await session.Query<Guid>("select scim_user_id from org.scim_group_members where scim_group_id = @ScimGroupId order by scim_user_id", new { there.ScimGroupId });
                var before = there.Writable(members);
                if (!make(before, body).TryValue(out var made, out wrong) || !Read(made).TryValue(out var wanted, out wrong))
                {
                    return wrong;
                }

                if (wanted.Name != there.DisplayName || wanted.ExternalId != there.ExternalId || !wanted.Members.SetEquals(members))
                {
                    if (await Taken(there.ScimGroupId, wanted.Name, session) is { } taken)
                    {
                        return taken;
                    }

                    await session.Execute(
                        "update org.scim_groups set display_name = @Name, display_name_key = @key, external_id = @ExternalId, updated_at = @now, version = version + 1 where scim_group_id = @ScimGroupId",
                        new { wanted.Name, key = wanted.Name.ToLowerInvariant(), wanted.ExternalId, now, there.ScimGroupId });
                    if (await SetMembers(there.ScimGroupId, members, wanted.Members, session, now, isRenamed: wanted.Name != there.DisplayName) is { } refused)
                    {
                        return refused;
                    }
                }

                return await Shown(there.ScimGroupId, session);
            },
            ct);
    }

    private async Task<Result<int>> Delete(string id, HttpContext context, Caller caller, CancellationToken ct) => await changes.Write<int>(
        caller,
        async (session, now) =>
        {
            if (!(await DirectoryGroup.Find(id, session, forUpdate: true)).TryValue(out var there, out var problem))
            {
                return problem;
            }

            if (ScimMessages.Stale(context, there.Version) is { } stale)
            {
                return stale;
            }

            var members = await session.Query<Guid>("select scim_user_id from org.scim_group_members where scim_group_id = @ScimGroupId", new { there.ScimGroupId });
            await SetMembers(there.ScimGroupId, members, [], session, now);
            return await session.Execute("delete from org.scim_groups where scim_group_id = @ScimGroupId", new { there.ScimGroupId });
        },
        ct);

    private static async Task<Problem?> SetMembers(Guid group, IReadOnlyList<Guid> before, HashSet<Guid> after, Session session, DateTimeOffset now, bool isRenamed = false)
    {
        var more = after.Except(before).ToArray();
        var there = (await session.Query<Guid>("select scim_user_id from org.scim_users where scim_user_id = any (@more)", new { more })).ToHashSet();
        if (more.FirstOrDefault(one => !there.Contains(one)) is var unknown && unknown != default)
        {
            return ScimProblem.InvalidValue("members", unknown.ToString(), "ids of users");
        }

        var fewer = before.Where(one => !after.Contains(one)).ToArray();
        await session.Execute("delete from org.scim_group_members where scim_group_id = @group and scim_user_id = any (@fewer)", new { group, fewer });
        await session.Execute(
            "insert into org.scim_group_members (tenant_id, scim_group_id, scim_user_id) select @tenant, @group, one from unnest(@more) as one", new { tenant = session.Tenant.Value, group, more });

        // Their resources tell of their groups.
        var about = (Guid[])[.. more, .. fewer, .. isRenamed ? before : []];
        await session.Execute("update org.scim_users set updated_at = @now, version = version + 1 where scim_user_id = any (@about)", new { now, about });
        await DirectoryRoles.Settle(session, now, await session.Query<Guid>("select user_id from org.scim_users where scim_user_id = any (@about) and user_id is not null", new { about }));
        return null;
    }

    private static async Task<Problem?> Taken(Guid id, string name, Session session) =>
        await session.First<bool>("select exists (select from org.scim_groups where scim_group_id <> @id and display_name_key = @key)", new { id, key = name.ToLowerInvariant() })
            ? ScimProblem.Uniqueness("displayName", name)
            : null;

    private async Task<Result<JsonObject>> Shown(Guid id, Session session)
    {
        var made = (await DirectoryGroup.Find(id.ToString(), session)).Value;
        return (await DirectoryGroup.Resources([made], withMembers: true, session, address))[0];
    }

    private sealed record Wanted(string Name, string? ExternalId, HashSet<Guid> Members);

    private static Result<Wanted> Read(JsonObject sent)
    {
        if (!ScimResource.Read(ScimKinds.Group, sent).TryValue(out var made, out var problem))
        {
            return problem;
        }

        if (ScimPatch.Text(made["displayName"]) is not { } name || string.IsNullOrWhiteSpace(name) || name.Length > 300)
        {
            return ScimProblem.InvalidValue("displayName", made["displayName"]?.ToJsonString() ?? "", "1 to 300 characters");
        }

        var members = new HashSet<Guid>();
        foreach (var one in (made["members"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (!Guid.TryParse(ScimPatch.Text(one["value"]), out var id) || "Group".Equals(ScimPatch.Text(one["type"]), StringComparison.OrdinalIgnoreCase))
            {
                return ScimProblem.InvalidValue("members", one.ToJsonString(), "ids of users: groups within groups are not taken");
            }

            members.Add(id);
        }

        return new Wanted(name, ScimPatch.Text(made["externalId"]), members);
    }
}
