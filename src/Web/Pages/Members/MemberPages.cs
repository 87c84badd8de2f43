using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Invitations;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Projects;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Organizations.Security;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Members;

/// <summary>Who works in the organisation, as what, and who is invited.</summary>
internal static class MemberPages
{
    private const string Home = "/members";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var members = pages.MapGroup(Home).Needing(Permission.UsersRead, Permission.UsersManage).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        members.MapGet("", async (HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct) => await Show(caller, database, clock, null, ct));
        members.MapPost("/invite", async (HttpContext context, Caller caller, Invite invite, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var (project, facility, module) = Where(form["where"]);
            return await Done(caller, database, clock, await invite.Handle(new Invite.Request(form["email"], form["role"], Until(form["until"]), null, module, facility, project), caller, ct), ct);
        });
        members.MapPost("/invitations/{id:guid}/resend", async (Guid id, Caller caller, Invite invite, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(caller, database, clock, await invite.Resend(id, caller, ct), ct));
        members.MapPost("/invitations/{id:guid}/revoke", async (Guid id, Caller caller, Invite invite, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(caller, database, clock, await invite.Revoke(id, caller, ct), ct));
        members.MapPost("/{id:guid}/role", async (Guid id, HttpContext context, Caller caller, MemberChanges changes, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var request = new Assignments.RoleRequest(form["role"], Until(form["until"]));
            return await Done(caller, database, clock, await changes.Write(caller, (session, now) => Assignments.Set(id, request, session, now), ct), ct);
        });
        members.MapPost("/{id:guid}/assignments", async (Guid id, HttpContext context, Caller caller, MemberChanges changes, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var (project, facility, module) = Where(form["where"]);
            var request = new Handing.Request(form["role"], project is not null ? "project" : module is not null ? "module" : "facility", module, facility, Until(form["until"]), project);
            return await Done(caller, database, clock, await changes.Write(caller, (session, now) => Assignments.Add(id, request, session, now), ct), ct);
        });
        Change(members, "sign-out", ChangeMember.SignOut);
        Change(members, "suspend", ChangeMember.Suspend);
        Change(members, "reactivate", ChangeMember.Reactivate);
        Change(members, "remove", ChangeMember.Remove);
        members.MapPost("/{id:guid}/assignments/{assignment:guid}/end", async (Guid id, Guid assignment, Caller caller, MemberChanges changes, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(caller, database, clock, await changes.Write(caller, (session, now) => Assignments.End(id, assignment, session, now), ct), ct));
        pages.MapPost(Home + "/security", async (HttpContext context, Caller caller, MemberChanges changes, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var patch = MergePatch<SecurityPolicy.Request>.Of(form.ContainsKey("four_eyes") ? new() { ["four_eyes"] = form["four_eyes"] == "yes" } : new() { ["two_factors_required"] = form["required"] == "yes" });
            return await Done(caller, database, clock, await changes.Write(caller, (session, now) => SecurityPolicy.Change(patch, IfMatch.Any, session, now), ct), ct);
        }).Needing(Permission.SecurityManage).DisableAntiforgery();
    }

    private static void Change<T>(IEndpointRouteBuilder members, string verb, Func<Guid, Session, DateTimeOffset, Task<Result<T>>> change) =>
        members.MapPost($"/{{id:guid}}/{verb}", async (Guid id, Caller caller, MemberChanges changes, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(caller, database, clock, await changes.Write(caller, (session, now) => change(id, session, now), ct), ct));

    // "project 0191…", "facility 0191…" or "module ledger"; nothing: in the whole organisation.
    private static (Guid? Project, Guid? Facility, string? Module) Where(string? part) => part?.Split(' ') switch
    {
        ["project", var text] when Guid.TryParse(text, out var id) => (id, null, null),
        ["facility", var text] when Guid.TryParse(text, out var id) => (null, id, null),
        ["module", var name] => (null, null, name),
        _ => (null, null, null),
    };

    // The end of the day that was chosen.
    private static DateTimeOffset? Until(string? day) => DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var last)
        ? new DateTimeOffset(last.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
        : null;

    private static async Task<IResult> Done<T>(Caller caller, Database database, TimeProvider clock, Result<T> result, CancellationToken ct) =>
        result.Problem is { } problem ? await Show(caller, database, clock, problem, ct) : TypedResults.LocalRedirect(Home);

    private static async Task<IResult> Show(Caller caller, Database database, TimeProvider clock, Problem? problem, CancellationToken ct)
    {
        var view = await database.Read(
            caller,
            async session =>
            {
                var (now, roles) = (clock.GetUtcNow(), await RoleDetails.All(session));
                var namesOwners = await Owners.Only(session, now) is null;
                return new MembersView(
                    (await OrganizationQueries.Tenant(session)).Name,
                    await ListMembers.All(session, clock),
                    await Invitation.Open(session, now),
                    roles,
                    [.. roles.Where(role => role.Name != Role.ApiClient.Name && role.Name != Role.ScimClient.Name && (role.Name == Role.Owner.Name ? namesOwners : TenantRoles.Parse(role.Permissions).IsWithin(caller.May)))],
                    (await OrganizationQueries.Facilities(session)).All.ToDictionary(site => site.FacilityId, site => site.Name),
                    (await ProjectDetails.All(session)).Where(one => one.DeletedAt is null).ToDictionary(one => one.ProjectId, one => one.Name),
                    caller.May.Has(Permission.SecurityManage) ? await SecurityPolicy.Find(session) : null,
                    caller.May.Has(Permission.UsersManage));
            },
            ct);
        return PageAnswer.Page<MembersPage>(new { View = view, Self = caller.User, Problem = problem }, problem);
    }
}
