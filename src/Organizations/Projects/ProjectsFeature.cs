using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Projects;

/// <summary>The endpoints of projects.</summary>
internal static class ProjectsFeature
{
    internal static void MapProjects(this IEndpointRouteBuilder api)
    {
        var projects = api.MapGroup("/projects").WithTags("Projects").Needing(Permission.OrganizationRead, Permission.OrganizationWrite);
        ListProjects.Map(projects);
        CreateProject.Map(projects);
        ChangeProject.Map(projects);
        DeleteProject.Map(projects);
        ProjectFacilities.Map(projects);
    }
}
