using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Facilities;

/// <summary>A site as the API shows it.</summary>
public sealed class FacilityDetails : IVersioned
{
    internal const string Select = """
        select facility_id, f.entity_id, e.code as entity_code, f.code, f.name, f.address, f.region, f.grid_region, f.floor_area_m2,
               f.headcount, f.created_at, f.updated_at, f.deleted_at, f.version
        from org.facilities f join org.entities e on e.tenant_id = f.tenant_id and e.entity_id = f.entity_id
        """;

    public Guid FacilityId { get; init; }

    public Guid EntityId { get; init; }

    public string EntityCode { get; init; } = "";

    public string Code { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Address { get; init; }

    /// <summary>ISO 3166-1 or 3166-2.</summary>
    public string? Region { get; init; }

    /// <summary>eGRID or NGA subregion: US-CAMX, AU-NSW.</summary>
    public string? GridRegion { get; init; }

    public decimal? FloorAreaM2 { get; init; }

    public decimal? Headcount { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    public int Version { get; init; }

    internal static async Task<Result<FacilityDetails>> Find(Guid id, Session session) =>
        await session.First<FacilityDetails>($"{Select} where facility_id = @id and f.deleted_at is null", new { id }) is { } facility
            ? facility
            : Problem.NotFound("facility", id.ToString());

    internal static async Task<FacilityDetails> Get(Guid id, Session session) =>
        (await session.First<FacilityDetails>($"{Select} where facility_id = @id", new { id }))!;

    /// <summary>The row as it is now, held until the transaction ends; also when it is deleted.</summary>
    internal static async Task<FacilityDetails?> Hold(Guid id, Session session) =>
        await session.First<FacilityDetails>($"{Select} where facility_id = @id for no key update of f", new { id });
}
