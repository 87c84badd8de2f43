using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Audit;

/// <summary>The audit trail: search, export, verification.</summary>
public static class AuditModule
{
    public static IServiceCollection AddAudit(this IServiceCollection services) =>
        services.AddSingleton<Denials>().AddHostedService(provider => provider.GetRequiredService<Denials>());

    /// <param name="api">The group <c>/api/v1</c>, behind authentication.</param>
    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit").Needing(Permission.AuditRead);
        VerifyTrail.Map(audit);
        ReadTrail.Map(audit);
    }
}
