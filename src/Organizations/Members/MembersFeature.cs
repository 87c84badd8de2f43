using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Members;

/// <summary>The endpoints of members.</summary>
internal static class MembersFeature
{
    internal static IServiceCollection AddMembers(this IServiceCollection services) => services.AddSingleton<MemberChanges>();

    internal static void MapMembers(this IEndpointRouteBuilder api)
    {
        var members = api.MapGroup("/members").WithTags("Members").Needing(Permission.UsersRead, Permission.UsersManage);
        ListMembers.Map(members);
        ChangeMember.Map(members);
        Assignments.Map(members);
    }
}
