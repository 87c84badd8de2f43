using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>The endpoints of the caller's own organisation.</summary>
internal static class TenantsFeature
{
    internal static IServiceCollection AddTenants(this IServiceCollection services) =>
        services.AddSingleton<TenantNames>().AddHostedService(provider => provider.GetRequiredService<TenantNames>())
            .AddSingleton<RegionDirectory>().AddHostedService(provider => provider.GetRequiredService<RegionDirectory>());

    internal static void MapTenant(this IEndpointRouteBuilder api)
    {
        var tenant = api.MapGroup("/tenant").WithTags("Organisation").Needing(Permission.OrganizationRead, Permission.OrganizationWrite);
        ShowTenant.Map(tenant);
        ChangeTenant.Map(tenant);
    }
}
