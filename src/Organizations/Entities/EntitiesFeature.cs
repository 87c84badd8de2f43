using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Entities;

/// <summary>The endpoints of entities.</summary>
internal static class EntitiesFeature
{
    internal static void MapEntities(this IEndpointRouteBuilder api)
    {
        var entities = api.MapGroup("/entities").WithTags("Entities").Needing(Permission.OrganizationRead, Permission.OrganizationWrite);
        ListEntities.Map(entities);
        CreateEntity.Map(entities);
        ChangeEntity.Map(entities);
        SetShares.Map(entities);
        DeleteEntity.Map(entities);
    }
}
