using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Facilities;

/// <summary>The endpoints of facilities.</summary>
internal static class FacilitiesFeature
{
    internal static void MapFacilities(this IEndpointRouteBuilder api)
    {
        var facilities = api.MapGroup("/facilities").WithTags("Facilities").Needing(Permission.OrganizationRead, Permission.OrganizationWrite);
        ListFacilities.Map(facilities);
        CreateFacility.Map(facilities);
        ChangeFacility.Map(facilities);
        DeleteFacility.Map(facilities);
    }
}
