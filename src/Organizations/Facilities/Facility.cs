namespace OffGridFlow.Organizations;

/// <summary>A site that belongs to an entity.</summary>
/// <param name="Region">ISO 3166-1 or -2, or null.</param>
/// <param name="GridRegion">eGRID or NGA subregion, or null.</param>
public sealed record Facility(Guid FacilityId, Guid EntityId, string Code, string Name, string? Region, string? GridRegion, bool IsDeleted) : INamed
{
    Guid INamed.Id => FacilityId;

    /// <summary>Where its activities happen that name no place: the grid region for electricity and all else, being the narrower.</summary>
    public string? Place => GridRegion ?? Region;
}
