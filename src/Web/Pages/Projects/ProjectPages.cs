using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Projects;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Projects;

/// <summary><c>/projects</c>: which facilities people work on together, since when and until when, and who has a role for them.</summary>
internal static class ProjectPages
{
    private const string Home = "/projects";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var projects = pages.MapGroup(Home).Needing(Permission.OrganizationRead, Permission.OrganizationWrite).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        projects.MapGet("", async (Caller caller, Database database, TimeProvider clock, CancellationToken ct) => await Show(caller, database, clock, null, ct));
        projects.MapPost("", async (HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var request = new CreateProject.Request(form["code"].ToString().Trim(), form["name"].ToString().Trim(), Day(form["starts_on"]), Day(form["ends_on"]));
            return await Done(caller, database, clock, await database.Write(caller, session => CreateProject.Handle(request, session), ct), ct);
        });
        Change(projects, "", (id, form, version, session, now) => ChangeProject.Handle(id, Patch(form), version, session, now));
        Change(projects, "/facilities", (id, form, version, session, now) => ProjectFacilities.Set(id, new ProjectFacilities.Request(Ids(form["facility"])), version, session, now));
        Change(projects, "/delete", (id, _, _, session, now) => DeleteProject.Handle(id, session, now));
        Change(projects, "/restore", (id, _, _, session, now) => DeleteProject.Restore(id, session, now));
    }

    private static void Change(IEndpointRouteBuilder projects, string what, Func<Guid, IFormCollection, IfMatch, Session, DateTimeOffset, Task<Result<ProjectDetails>>> change) =>
        projects.MapPost("/{id:guid}" + what, async (Guid id, HttpContext context, Caller caller, MemberChanges changes, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var version = int.TryParse(form["version"], CultureInfo.InvariantCulture, out var seen) ? new IfMatch(seen) : IfMatch.Any;
            return await Done(caller, database, clock, await changes.Write(caller, (session, now) => change(id, form, version, session, now), ct), ct);
        });

    private static MergePatch<CreateProject.Request> Patch(IFormCollection form) => MergePatch<CreateProject.Request>.Of(new JsonObject
    {
        ["code"] = form["code"].ToString().Trim(), ["name"] = form["name"].ToString().Trim(),
        ["starts_on"] = Day(form["starts_on"])?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["ends_on"] = Day(form["ends_on"])?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    });

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static List<Guid> Ids(Microsoft.Extensions.Primitives.StringValues texts) => [.. texts.Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Distinct()];

    private static async Task<IResult> Done(Caller caller, Database database, TimeProvider clock, Result<ProjectDetails> result, CancellationToken ct) =>
        result.Problem is { } problem ? await Show(caller, database, clock, problem, ct) : TypedResults.LocalRedirect(Home);

    private static async Task<IResult> Show(Caller caller, Database database, TimeProvider clock, Problem? problem, CancellationToken ct)
    {
        var view = await database.Read(
            caller,
            async session =>
            {
                var (all, roles) = (await ProjectDetails.All(session), await RoleDetails.All(session));
                var members = caller.May.Has(Permission.UsersRead) ? await ListMembers.All(session, clock) : [];
                return new ProjectsView(
                    (await OrganizationQueries.Tenant(session)).Name,
                    all,
                    await ProjectReach.All(session),
                    (await OrganizationQueries.Facilities(session)).All,
                    members.SelectMany(member => member.Assignments.Where(one => one.ProjectId is not null).Select(one => (Project: one.ProjectId!.Value, Says: $"{member.Name} ({roles.FirstOrDefault(role => role.Name == one.Role)?.Title ?? one.Role})")))
                        .ToLookup(one => one.Project, one => one.Says),
                    DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime),
                    caller.May.Has(Permission.OrganizationWrite),
                    caller.May.Has(Permission.UsersRead));
            },
            ct);
        return PageAnswer.Page<ProjectsPage>(new { View = view, Problem = problem }, problem);
    }
}

/// <summary>What the page of projects shows.</summary>
/// <param name="All">The deleted ones too.</param>
/// <param name="Of">Facilities by project.</param>
/// <param name="People">Who has a role for which, for those who may see members.</param>
public sealed record ProjectsView(
    string Organization, IReadOnlyList<ProjectDetails> All, ILookup<Guid, Guid> Of, IReadOnlyList<Facility> Facilities, ILookup<Guid, string> People, DateOnly Today, bool MayWrite, bool SeesPeople);
