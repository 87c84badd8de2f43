using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Projects;

/// <summary>The tenant's projects; the deleted ones apart; one by its id.</summary>
internal static class ListProjects
{
    private static readonly ListShape Shape = new ListShape("project_id", FieldKind.Id, "code")
        .Filter("code").Sort("code").Filter("name").Sort("name").Range("starts_on", FieldKind.Day).Range("ends_on", FieldKind.Day)
        .Sort("created_at", FieldKind.Instant).Range("created_at", FieldKind.Instant)
        .Sort("updated_at", FieldKind.Instant).Range("updated_at", FieldKind.Instant);

    internal static void Map(IEndpointRouteBuilder projects)
    {
        projects.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => query.Page<ProjectDetails>(session, $"{ProjectDetails.Select} where p.deleted_at is null"), ct)).ToOk())
            .Lists<ProjectDetails>(Shape).WithName("ListProjects").WithSummary("List the projects.");
        projects.MapGet("/deleted", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => query.Page<ProjectDetails>(session, $"{ProjectDetails.Select} where p.deleted_at is not null"), ct)).ToOk())
            .Lists<ProjectDetails>(Shape).WithName("ListDeletedProjects").WithSummary("List the deleted projects, which can be restored.");
        projects.MapGet("/{project_id:guid}", async (Guid project_id, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => ProjectDetails.Find(project_id, session), ct)).ToOk())
            .WithName("GetProject").WithSummary("Show a project.").Produces<ProjectDetails>();
    }
}
