using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Projects;

/// <summary>Changes what a project is called and its days. Roles for it count from the next request on, or do no longer.</summary>
public static class ChangeProject
{
    internal static void Map(IEndpointRouteBuilder projects) => projects.MapPatch("/{project_id:guid}", async (
            Guid project_id, MergePatch<CreateProject.Request> patch, IfMatch version, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Handle(project_id, patch, version, session, now), ct)).ToOk())
        .WithName("ChangeProject").WithSummary("Change a project.").Produces<ProjectDetails>();

    internal static async Task<Result<ProjectDetails>> Handle(Guid id, MergePatch<CreateProject.Request> patch, IfMatch version, Session session, DateTimeOffset now)
    {
        if (await ProjectDetails.Hold(id, session) is not { DeletedAt: null } there)
        {
            return Problem.NotFound("project", id.ToString());
        }

        if (version.Check(there.Version) is { } stale)
        {
            return stale;
        }

        var request = patch.ApplyTo(new CreateProject.Request(there.Code, there.Name, there.StartsOn, there.EndsOn));
        if (CreateProject.Check(request) is { } problem)
        {
            return problem;
        }

        if (await session.First<bool>("select exists (select from org.projects where code = @Code and project_id <> @id)", new { request.Code, id }))
        {
            return await CreateProject.Taken(request.Code!, session);
        }

        // A longer time is more than was handed on.
        if ((request.StartsOn, request.EndsOn) != (there.StartsOn, there.EndsOn) && await ProjectReach.Beyond(id, await ProjectReach.Facilities(id, session), session, now) is { } beyond)
        {
            return beyond;
        }

        await session.Execute(
            "update org.projects set code = @Code, name = @Name, starts_on = @StartsOn, ends_on = @EndsOn, version = version + 1, updated_at = @now where project_id = @id",
            new { request.Code, request.Name, request.StartsOn, request.EndsOn, now, id });
        return await ProjectDetails.Get(id, session);
    }
}
