using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Projects;

/// <summary>
/// Deletes a project so that it can be restored, with its facilities and the roles for it; until then they give nothing, and its code stays taken. Deleting it again
/// changes nothing.
/// </summary>
public static class DeleteProject
{
    internal static void Map(IEndpointRouteBuilder projects)
    {
        projects.MapDelete("/{project_id:guid}", async (Guid project_id, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Handle(project_id, session, now), ct)).ToNoContent())
            .WithName("DeleteProject").WithSummary("Delete a project; it can be restored. Roles for it give nothing until then.").Produces(StatusCodes.Status204NoContent);
        projects.MapPost("/{project_id:guid}/restore", async (Guid project_id, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Restore(project_id, session, now), ct)).ToOk())
            .WithName("RestoreProject").WithSummary("Restore a deleted project, with the roles for it.").Produces<ProjectDetails>();
    }

    internal static async Task<Result<ProjectDetails>> Handle(Guid id, Session session, DateTimeOffset now)
    {
        if (await ProjectDetails.Hold(id, session) is null)
        {
            return Problem.NotFound("project", id.ToString());
        }

        await session.Execute("update org.projects set deleted_at = @now, version = version + 1, updated_at = @now where project_id = @id and deleted_at is null", new { id, now });
        return await ProjectDetails.Get(id, session);
    }

    /// <summary>It is as it was. Restoring one that is there changes nothing.</summary>
    internal static async Task<Result<ProjectDetails>> Restore(Guid id, Session session, DateTimeOffset now)
    {
        if (await ProjectDetails.Hold(id, session) is not { } there)
        {
            return Problem.NotFound("project", id.ToString());
        }

        if (there.DeletedAt is not null && await ProjectReach.Beyond(id, await ProjectReach.Facilities(id, session), session, now) is { } beyond)
        {
            return beyond;
        }

        await session.Execute("update org.projects set deleted_at = null, version = version + 1, updated_at = @now where project_id = @id and deleted_at is not null", new { id, now });
        return await ProjectDetails.Get(id, session);
    }
}
