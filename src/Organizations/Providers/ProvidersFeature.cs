using Microsoft.Extensions.DependencyInjection;

namespace OffGridFlow.Organizations.Providers;

/// <summary>Sign-in through a tenant's own provider of OpenID Connect.</summary>
internal static class ProvidersFeature
{
    internal static IServiceCollection AddProviders(this IServiceCollection services) => services.AddSingleton<ProviderClient>().AddSingleton<ProviderSignIn>();
}
