using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>The endpoints of the caller's own organisation.</summary>
internal static class TenantsFeature
{
    internal static void MapTenant(this IEndpointRouteBuilder api)
    {
        var tenant = api.MapGroup("/tenant").WithTags("Organisation");
        ShowTenant.Map(tenant);
        ChangeTenant.Map(tenant);
    }
}
