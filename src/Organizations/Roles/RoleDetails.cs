using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Roles;

/// <summary>A role as the API shows it: the product's, which no tenant changes, or the tenant's own.</summary>
public sealed class RoleDetails : IVersioned
{
    internal const string Select = """
        select p.name, p.title, p.about, string_to_array(p.permissions, ' ') as permissions, false as is_own, 1 as version
        from unnest(@names::text[], @titles::text[], @abouts::text[], @permissions::text[]) as p (name, title, about, permissions)
        union all select name, title, null, permissions, true, version from org.roles where deleted_at is null
        """;

    public string Name { get; init; } = "";

    /// <summary>As people read it.</summary>
    public string Title { get; init; } = "";

    public string? About { get; init; }

    /// <summary>What it may do.</summary>
    public string[] Permissions { get; init; } = [];

    /// <summary>Whether it is the tenant's own, and so can be changed.</summary>
    public bool IsOwn { get; init; }

    public int Version { get; init; }

    /// <summary>Of <see cref="Select"/>.</summary>
    internal static object Parameters { get; } = new
    {
        names = Role.All.Select(role => role.Name).ToArray(), titles = Role.All.Select(role => role.Title).ToArray(), abouts = Role.All.Select(role => role.About).ToArray(),
        permissions = Role.All.Select(role => string.Join(' ', role.Permissions.ToNames())).ToArray(),
    };

    internal static async Task<Result<RoleDetails>> Find(string name, Session session) => Role.Find(name) is { } product
        ? new RoleDetails { Name = product.Name, Title = product.Title, About = product.About, Permissions = [.. product.Permissions.ToNames()], Version = 1 }
        : await session.First<RoleDetails>("select name, title, permissions, true as is_own, version from org.roles where name = @name and deleted_at is null", new { name }) is { } own
            ? own
            : Problem.NotFound("role", name);

    /// <summary>All of them: the product's from the most to the least, then the tenant's own by title.</summary>
    internal static async Task<IReadOnlyList<RoleDetails>> All(Session session) =>
    [
        .. Role.All.Select(role => new RoleDetails { Name = role.Name, Title = role.Title, About = role.About, Permissions = [.. role.Permissions.ToNames()], Version = 1 }),
        .. await session.Query<RoleDetails>("select name, title, permissions, true as is_own, version from org.roles where deleted_at is null order by title, name"),
    ];
}
