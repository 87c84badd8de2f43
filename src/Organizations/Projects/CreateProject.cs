using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Projects;

/// <summary>Makes a project. It has no facilities yet, so that roles for it give nothing.</summary>
public static class CreateProject
{
    /// <param name="Code">Short and unique.</param>
    /// <param name="Name">As people write it.</param>
    /// <param name="StartsOn">Its first day, in UTC; left out: it has always been.</param>
    /// <param name="EndsOn">Its last day, in UTC; left out: it goes on.</param>
    public sealed record Request(string? Code = null, string? Name = null, DateOnly? StartsOn = null, DateOnly? EndsOn = null);

    internal static void Map(IEndpointRouteBuilder projects) => projects.MapPost("/", async (Request request, Caller caller, Database database, CancellationToken ct) =>
            (await database.Write(caller, session => Handle(request, session), ct)).ToCreated(made => $"/api/v1/projects/{made.ProjectId}"))
        .WithName("CreateProject").WithSummary("Make a project.").Produces<ProjectDetails>(StatusCodes.Status201Created);

    public static async Task<Result<ProjectDetails>> Handle(Request request, Session session)
    {
        if (Check(request) is { } problem)
        {
            return problem;
        }

        var id = Guid.CreateVersion7();
        var made = await session.Execute(
            """
            insert into org.projects (tenant_id, project_id, code, name, starts_on, ends_on) values (@tenant, @id, @Code, @Name, @StartsOn, @EndsOn)
            on conflict (tenant_id, code) do nothing
            """,
            new { tenant = session.Tenant.Value, id, request.Code, request.Name, request.StartsOn, request.EndsOn });
        return made == 1 ? await ProjectDetails.Get(id, session) : await Taken(request.Code!, session);
    }

    /// <summary>Everything that is wrong with a project, new or changed, but that its code is taken.</summary>
    internal static Problem? Check(Request request) => Problem.All(
        Forms.IsCode(request.Code) ? null : new Problem("project.code", "code", request.Code ?? "", Forms.CodeForm, "Correct the code."),
        Forms.IsName(request.Name) ? null : new Problem("project.name", "name", request.Name ?? "", Forms.NameForm, "Correct the name."),
        request.EndsOn < request.StartsOn ? new Problem("project.days", "ends_on", $"{request.EndsOn:yyyy-MM-dd}", $"{request.StartsOn:yyyy-MM-dd} or later", "Correct one of the days.") : null);

    internal static async Task<Problem> Taken(string code, Session session) =>
        await session.First<bool>("select deleted_at is not null from org.projects where code = @code", new { code })
            ? new Problem("project.code-deleted", "code", code, "a code no project has, not even a deleted one", "Restore the deleted project (GET /api/v1/projects/deleted, then POST its /restore), or choose another code.") { Kind = ProblemKind.Conflict }
            : new Problem("project.code-taken", "code", code, "a code no other project has", "Choose another code, or change the project that has it.") { Kind = ProblemKind.Conflict };
}
