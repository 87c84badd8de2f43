namespace OffGridFlow.Organizations;

/// <summary>A customer organisation, as the other modules need to know it.</summary>
/// <param name="Region">Where its database and files are.</param>
/// <param name="FiscalYearStart">Month, 1 to 12.</param>
public sealed record Tenant(Guid Id, string Slug, string Name, string Plan, string Status, string Region, int FiscalYearStart);
