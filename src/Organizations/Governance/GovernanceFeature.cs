using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Organizations.Notices;
using OffGridFlow.Platform.Messaging;

namespace OffGridFlow.Organizations.Governance;

/// <summary>What becomes of a tenant's data: taken out, erased, kept for how long.</summary>
internal static class GovernanceFeature
{
    internal static IServiceCollection AddGovernance(this IServiceCollection services) => services
        .AddSingleton<ExportTenant>().AddSingleton<IJobHandler, RequestExport>().AddSingleton<IJobHandler, EraseTenant>().AddSingleton<IPruning, PruneGovernance>()
        .AddSingleton<OpenNotices>().AddHostedService(provider => provider.GetRequiredService<OpenNotices>());

    internal static void MapGovernance(this IEndpointRouteBuilder api)
    {
        var governance = api.MapGroup("/governance").WithTags("Governance");
        ExportTenant.Map(governance);
        RequestExport.Map(governance);
        RequestErasure.Map(governance);
        ShowRetention.Map(governance);
        NoticeEndpoints.Map(governance);
    }
}
