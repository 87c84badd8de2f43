using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Periods;

/// <summary>The endpoints of periods.</summary>
internal static class PeriodsFeature
{
    internal static void MapPeriods(this IEndpointRouteBuilder api)
    {
        var periods = api.MapGroup("/periods").WithTags("Periods").Needing(Permission.OrganizationRead, Permission.PeriodsWrite);
        ListPeriods.Map(periods);
        CreatePeriod.Map(periods);
        ChangePeriod.Map(periods);
        UpdatePolicy.Map(periods);
        DeletePeriod.Map(periods);
    }
}
