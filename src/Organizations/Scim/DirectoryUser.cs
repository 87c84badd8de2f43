using System.Text.Json.Nodes;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Scim;

/// <summary>Somebody as the tenant's directory has them. It is no account: what it says of a person is the tenant's own.</summary>
internal sealed class DirectoryUser
{
    private const string Columns = """
        select s.scim_user_id, s.user_id, s.by_directory, s.user_name, s.email, s.email_key, s.external_id, s.is_active, s.attributes::text as attributes, s.created_at, s.updated_at, s.version
        from org.scim_users s
        """;

    public Guid ScimUserId { get; init; }

    /// <summary>The member they are; null: they have not come yet, or have left.</summary>
    public Guid? UserId { get; init; }

    public bool ByDirectory { get; init; }

    public string UserName { get; init; } = "";

    public string Email { get; init; } = "";

    public string EmailKey { get; init; } = "";

    public string? ExternalId { get; init; }

    public bool IsActive { get; init; }

    public string Attributes { get; init; } = "{}";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public int Version { get; init; }

    public static async Task<Result<DirectoryUser>> Find(string id, Session session, bool forUpdate = false) =>
        Guid.TryParse(id, out var known) && await session.First<DirectoryUser>($"{Columns} where s.scim_user_id = @known{(forUpdate ? " for update" : "")}", new { known }) is { } there ? there : ScimProblem.NotFound("user", id);

    /// <summary>In the order they were made; those that equalities of a filter leave.</summary>
    public static Task<IReadOnlyList<DirectoryUser>> All(ScimFilter? filter, Session session)
    {
        var (sql, parameters) = ("", new Dapper.DynamicParameters());
        foreach (var (attribute, value) in filter?.Equalities() ?? [])
        {
            var column = attribute switch
            {
                "id" => ("s.scim_user_id::text", value),
                "userName" => ("s.user_name_key", value.ToLowerInvariant()),
                "externalId" => ("s.external_id", value),
                _ => default,
            };
            if (column.Item1 is { } name)
            {
                var parameter = $"p{parameters.ParameterNames.Count()}";
                sql += $" and {name} = @{parameter}";
                parameters.Add(parameter, column.Item2);
            }
        }

        return session.Query<DirectoryUser>($"{Columns} where true{sql} order by s.created_at, s.scim_user_id", parameters);
    }

    /// <summary>A page of all, and how many there are.</summary>
    public static async Task<(IReadOnlyList<DirectoryUser> Page, int Total)> Some(ScimQuery query, Session session) => (
        await session.Query<DirectoryUser>($"{Columns} order by s.created_at, s.scim_user_id offset @before limit @Count", new { before = query.Start - 1, query.Count }),
        await session.First<int>("select count(*)::int from org.scim_users"));

    /// <summary>The resources, with the groups they are in.</summary>
    public static async Task<IReadOnlyList<JsonObject>> Resources(IReadOnlyList<DirectoryUser> users, Session session, PublicAddress address)
    {
        var groups = (await session.Query<(Guid User, Guid Group, string Name)>(
                """
                select m.scim_user_id, m.scim_group_id, g.display_name from org.scim_group_members m join org.scim_groups g on g.scim_group_id = m.scim_group_id
                where m.scim_user_id = any (@ids) order by g.display_name_key
                """,
                new { ids = users.Select(user => user.ScimUserId).ToArray() }))
            .ToLookup(one => one.User);
        return [.. users.Select(user => user.Resource(groups[user.ScimUserId].Select(one => (one.Group, one.Name)), address))];
    }

    /// <summary>What a change is made to: without what only we write.</summary>
    public JsonObject Writable()
    {
        var rest = (JsonObject)JsonNode.Parse(Attributes)!;
        var made = new JsonObject { ["userName"] = UserName };
        if (ExternalId is not null)
        {
            made["externalId"] = ExternalId;
        }

        foreach (var (name, value) in rest)
        {
            made[name] = value?.DeepClone();
        }

        made["active"] = IsActive;
        return made;
    }

    private JsonObject Resource(IEnumerable<(Guid Id, string Name)> groups, PublicAddress address)
    {
        var written = Writable();
        var made = new JsonObject
        {
            ["schemas"] = written.ContainsKey(ScimKinds.EnterpriseSchema) ? new JsonArray(ScimKinds.UserSchema, ScimKinds.EnterpriseSchema) : new JsonArray(ScimKinds.UserSchema),
            ["id"] = ScimUserId.ToString(),
        };
        foreach (var (name, value) in written)
        {
            made[name] = value?.DeepClone();
        }

        if (groups.ToList() is { Count: > 0 } some)
        {
            made["groups"] = new JsonArray([.. some.Select(group => new JsonObject
            {
                ["value"] = group.Id.ToString(), ["$ref"] = address.Link($"{ScimFeature.Root}/Groups/{group.Id}"), ["display"] = group.Name, ["type"] = "direct",
            })]);
        }

        made["meta"] = ScimFeature.Meta(ScimKinds.User, ScimUserId, CreatedAt, UpdatedAt, Version, address);
        return made;
    }

    /// <summary>The address they come in with: the primary one, the one at work, any; else the user name.</summary>
    public static EmailAddress? AddressOf(JsonObject resource)
    {
        var emails = (resource["emails"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var chosen = emails.Find(ScimResource.IsPrimary) ?? emails.Find(one => "work".Equals(ScimPatch.Text(one["type"]), StringComparison.OrdinalIgnoreCase)) ?? emails.FirstOrDefault();
        return EmailAddress.Read(chosen is null ? ScimPatch.Text(resource["userName"]) : ScimPatch.Text(chosen["value"]));
    }
}
