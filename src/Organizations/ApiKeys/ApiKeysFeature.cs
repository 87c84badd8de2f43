using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.ApiKeys;

/// <summary>The endpoints of API keys.</summary>
internal static class ApiKeysFeature
{
    internal static IServiceCollection AddApiKeys(this IServiceCollection services) => services.AddSingleton<KeyRing>().AddHostedService(provider => provider.GetRequiredService<KeyRing>());

    internal static void MapApiKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/api-keys").WithTags("API keys").Needing(Permission.ApiKeysManage);
        CreateApiKey.Map(keys);
        ListApiKeys.Map(keys);
        RotateApiKey.Map(keys);
        RevokeApiKey.Map(keys);
        AdoptApiKey.Map(keys);
    }
}
