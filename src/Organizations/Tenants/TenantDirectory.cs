using Dapper;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>The operator's view over all tenants, by the two functions that may cross the fence.</summary>
public static class TenantDirectory
{
    public sealed record Entry(Guid Id, string Slug, string Name, string Status, string Region);

    public static async Task<IReadOnlyList<Entry>> List(Database database, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<Entry>(new CommandDefinition("select id, slug, name, status, region from org.tenant_directory()", cancellationToken: ct))).AsList();
    }

    /// <summary>The tenant of a slug, or the problem that there is none.</summary>
    public static async Task<Result<TenantId>> Find(string slug, Database database, CancellationToken ct)
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        var id = await connection.ExecuteScalarAsync<Guid?>(new CommandDefinition("select org.tenant_by_slug(@slug)", new { slug }, cancellationToken: ct));
        return id is { } found ? new TenantId(found)
            : new Problem("tenant.not-found", "tenant", slug, "the slug of a tenant", "'tenant list' shows those there are.") { Kind = ProblemKind.NotFound };
    }
}
