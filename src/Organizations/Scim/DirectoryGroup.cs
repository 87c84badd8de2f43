using System.Text.Json.Nodes;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Scim;

/// <summary>A group of the tenant's directory; a role may belong to its name (<see cref="DirectorySettings"/>).</summary>
internal sealed class DirectoryGroup
{
    private const string Columns = "select scim_group_id, display_name, external_id, created_at, updated_at, version from org.scim_groups";

    public Guid ScimGroupId { get; init; }

    public string DisplayName { get; init; } = "";

    public string? ExternalId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public int Version { get; init; }

    public static async Task<Result<DirectoryGroup>> Find(string id, Session session, bool forUpdate = false) =>
        Guid.TryParse(id, out var known) && await session.First<DirectoryGroup>($"{Columns} where scim_group_id = @known{(forUpdate ? " for update" : "")}", new { known }) is { } there ? there : ScimProblem.NotFound("group", id);

    /// <summary>All in the order they were made.</summary>
    public static Task<IReadOnlyList<DirectoryGroup>> All(Session session) => session.Query<DirectoryGroup>($"{Columns} order by created_at, scim_group_id");

    /// <summary>The resources, with who is in them.</summary>
    /// <param name="withMembers">Whether members are asked for: Entra leaves them out, for they may be many.</param>
    public static async Task<IReadOnlyList<JsonObject>> Resources(IReadOnlyList<DirectoryGroup> groups, bool withMembers, Session session, PublicAddress address)
    {
        var members = (withMembers ? await session.Query<(Guid Group, Guid User, string Name)>(
                """
                select m.scim_group_id, m.scim_user_id, coalesce(u.attributes ->> 'displayName', u.user_name) from org.scim_group_members m join org.scim_users u on u.scim_user_id = m.scim_user_id
                where m.scim_group_id = any (@ids) order by u.created_at, m.scim_user_id
                """,
                new { ids = groups.Select(group => group.ScimGroupId).ToArray() }) : [])
            .ToLookup(one => one.Group);
        return [.. groups.Select(group => group.Resource(members[group.ScimGroupId].Select(one => (one.User, one.Name)), address))];
    }

    /// <summary>What a change is made to: without what only we write.</summary>
    public JsonObject Writable(IEnumerable<Guid> members)
    {
        var made = new JsonObject { ["displayName"] = DisplayName };
        if (ExternalId is not null)
        {
            made["externalId"] = ExternalId;
        }

        if (members.Select(id => new JsonObject { ["value"] = id.ToString() }).ToArray() is { Length: > 0 } some)
        {
            made["members"] = new JsonArray([.. some]);
        }

        return made;
    }

    private JsonObject Resource(IEnumerable<(Guid Id, string Name)> members, PublicAddress address)
    {
        var made = new JsonObject { ["schemas"] = new JsonArray(ScimKinds.GroupSchema), ["id"] = ScimGroupId.ToString(), ["displayName"] = DisplayName };
        if (ExternalId is not null)
        {
            made["externalId"] = ExternalId;
        }

        if (members.ToList() is { Count: > 0 } some)
        {
            made["members"] = new JsonArray([.. some.Select(one => new JsonObject
            {
                ["value"] = one.Id.ToString(), ["$ref"] = address.Link($"{ScimFeature.Root}/Users/{one.Id}"), ["display"] = one.Name, ["type"] = "User",
            })]);
        }

        made["meta"] = ScimFeature.Meta(ScimKinds.Group, ScimGroupId, CreatedAt, UpdatedAt, Version, address);
        return made;
    }
}
