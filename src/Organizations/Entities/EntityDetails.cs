using System.Text.Json;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Entities;

/// <summary>A legal entity as the API shows it.</summary>
public sealed class EntityDetails : IVersioned
{
    internal const string Select = """
        select entity_id, code, name, country, parent_entity_id, created_at, updated_at, deleted_at, version,
               (select coalesce(json_agg(json_build_object('valid_from', valid_from, 'equity_share', equity_share::text,
                       'financial_control', financial_control, 'operational_control', operational_control) order by valid_from), '[]')::text
                from org.entity_shares s where s.entity_id = e.entity_id) as shares_json
        from org.entities e
        """;

    public Guid EntityId { get; init; }

    public string Code { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }

    public Guid? ParentEntityId { get; init; }

    /// <summary>What the tenant holds of it, each from its day to the next. Empty: all of it, by assumption.</summary>
    public IReadOnlyList<DatedShare> Shares => JsonSerializer.Deserialize<IReadOnlyList<DatedShare>>(SharesJson, Json.Options)!;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    public int Version { get; init; }

    private string SharesJson { get; init; } = "[]";

    internal static async Task<Result<EntityDetails>> Find(Guid id, Session session) =>
        await session.First<EntityDetails>($"{Select} where entity_id = @id and deleted_at is null", new { id }) is { } entity
            ? entity
            : Problem.NotFound("entity", id.ToString());

    internal static async Task<EntityDetails> Get(Guid id, Session session) =>
        (await session.First<EntityDetails>($"{Select} where entity_id = @id", new { id }))!;

    /// <summary>The row as it is now, held until the transaction ends; also when it is deleted.</summary>
    internal static async Task<EntityDetails?> Hold(Guid id, Session session) =>
        await session.First<EntityDetails>($"{Select} where entity_id = @id for no key update", new { id });
}
