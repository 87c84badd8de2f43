using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Organizations.Scim;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Directories;

/// <summary><c>/directory</c>: which roles the groups of the organisation's directory have.</summary>
internal static class DirectoryPages
{
    private const string Home = "/directory";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var directory = pages.MapGroup(Home).Needing(Permission.SecurityManage).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        directory.MapGet("", async (Caller caller, PublicAddress address, Database database, CancellationToken ct) => await Show(caller, address, database, null, ct));
        Change(directory, "/groups", (form, roles, usual) => new DirectorySettings.Request(new(roles, StringComparer.Ordinal) { [form["group"].ToString().Trim()] = form["role"].ToString() }, usual));
        Change(directory, "/groups/remove", (form, roles, usual) => new DirectorySettings.Request(roles.Where(one => one.Key != form["group"]).ToDictionary(StringComparer.Ordinal), usual));
        Change(directory, "/default", (form, roles, _) => new DirectorySettings.Request(new(roles, StringComparer.Ordinal), form["role"].ToString() is { Length: > 0 } role ? role : null));
    }

    private static void Change(IEndpointRouteBuilder directory, string what, Func<IFormCollection, IReadOnlyDictionary<string, string>, string?, DirectorySettings.Request> wanted) =>
        directory.MapPost(what, async (HttpContext context, Caller caller, MemberChanges changes, PublicAddress address, Database database, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var changed = await changes.Write<DirectorySettings>(
                caller,
                async (session, now) =>
                {
                    var there = await DirectorySettings.Find(session);
                    return form.TryGetValue("group", out var group) && string.IsNullOrWhiteSpace(group)
                        ? new Problem("directory.group", "group", "", "a group's name as the directory writes it", "Name the group.")
                        : await DirectorySettings.Write(wanted(form, there.GroupRoles, there.DefaultRole), IfMatch.Any, session, now);
                },
                ct);
            return changed.Problem is { } problem ? await Show(caller, address, database, problem, ct) : TypedResults.LocalRedirect(Home);
        });

    private static async Task<IResult> Show(Caller caller, PublicAddress address, Database database, Problem? problem, CancellationToken ct)
    {
        var view = await database.Read(
            caller,
            async session =>
            {
                var (settings, roles) = (await DirectorySettings.Find(session), await RoleDetails.All(session));
                return new DirectoryView(
                    (await OrganizationQueries.Tenant(session)).Name, settings, await ListDirectoryGroups.Sizes(session),
                    roles.ToDictionary(role => role.Name, role => role.Title, StringComparer.Ordinal),
                    [.. roles.Where(role => role.Name != Role.Owner.Name && role.Name != Role.Auditor.Name && role.Name != Role.ScimClient.Name && TenantRoles.Parse(role.Permissions).IsWithin(caller.May))],
                    $"{address.Link("/scim/v2")}");
            },
            ct);
        return PageAnswer.Page<DirectoryPage>(new { View = view, Problem = problem }, problem);
    }
}

/// <summary>What the page of the directory shows.</summary>
/// <param name="Groups">That the directory has sent, with how many are in each.</param>
/// <param name="Titles">Of roles.</param>
/// <param name="Given">Roles that a group can be given here.</param>
/// <param name="Address">Where the directory comes in.</param>
public sealed record DirectoryView(
    string Organization, DirectorySettings Settings, IReadOnlyDictionary<string, int> Groups, IReadOnlyDictionary<string, string> Titles, IReadOnlyList<RoleDetails> Given, string Address)
{
    /// <summary>Groups that have a role, or could have one.</summary>
    public IEnumerable<string> All => Settings.GroupRoles.Keys.Union(Groups.Keys, StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase);
}
