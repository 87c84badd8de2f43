using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Factors;

/// <summary>What the module adds to the program: its services and its endpoints.</summary>
public static class FactorsModule
{
    public static IServiceCollection AddFactors(this IServiceCollection services) => services.AddSingleton<EstimatorPool>();

    /// <param name="api">The group <c>/api/v1</c>, behind authentication.</param>
    public static IEndpointRouteBuilder MapFactors(this IEndpointRouteBuilder api)
    {
        var snapshots = api.MapGroup("/factor-snapshots").WithTags("Factor snapshots").Needing(Permission.FactorsRead, Permission.FactorsWrite);
        ListSnapshots.Map(snapshots);
        DraftSnapshot.Map(snapshots);
        SetOverride.Map(snapshots);
        LockSnapshot.Map(snapshots);
        return api;
    }
}
