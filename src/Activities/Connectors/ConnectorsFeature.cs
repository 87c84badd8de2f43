using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Connectors;

/// <summary>Sources that deliver by themselves.</summary>
internal static class ConnectorsFeature
{
    internal static IServiceCollection AddConnectors(this IServiceCollection services) => services
        .AddSingleton<HttpsFile>().AddSingleton<CheckSource>().AddSingleton<IJobHandler, FetchSource>().AddSingleton<IPruning, PruneFetches>();

    internal static void MapConnectors(this IEndpointRouteBuilder api)
    {
        var sources = api.MapGroup("/sources").WithTags("Sources").Needing(Permission.SourcesConnect);
        ShowSources.Map(sources);
        CreateSource.Map(sources);
        ChangeSource.Map(sources);
        CheckSource.Map(sources);
        FetchSource.Map(sources);
    }
}
