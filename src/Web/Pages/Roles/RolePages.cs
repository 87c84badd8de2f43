using System.Globalization;
using System.Text;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Pages.Parts;

namespace OffGridFlow.Web.Pages.Roles;

/// <summary><c>/roles</c>: what each role may do, and roles of the organisation's own.</summary>
internal static class RolePages
{
    private const string Home = "/roles";

    // Letters of Latin-1: the program knows no culture that would take the accents off.
    private const string Accented = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿ";
    private const string Folded = "aaaaaaceeeeiiiinoooooouuuuyy";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var roles = pages.MapGroup(Home).Needing(Permission.UsersRead, Permission.RolesManage).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        roles.MapGet("", async (string? like, Caller caller, Database database, TimeProvider clock, CancellationToken ct) => await Show(caller, database, clock, null, null, like, ct));
        roles.MapPost("", async (HttpContext context, Caller caller, MemberChanges changes, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var draft = Draft(await context.Form(ct));
            var request = new WriteRole.Request(NameOf(draft.Title), draft.Title, draft.Ticked.ToNames());
            return await Done(caller, database, clock, await changes.Write(caller, (session, now) => WriteRole.Create(request, session, now), ct), draft, ct);
        });
        roles.MapPost("/{name}", async (string name, HttpContext context, Caller caller, MemberChanges changes, Database database, TimeProvider clock, CancellationToken ct) =>
        {
            var form = await context.Form(ct);
            var draft = Draft(form);
            var patch = MergePatch<WriteRole.Change>.Of(new() { ["title"] = draft.Title, ["permissions"] = new System.Text.Json.Nodes.JsonArray([.. draft.Ticked.ToNames()]) });
            var version = new IfMatch(int.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : 0);
            return await Done(caller, database, clock, await changes.Write(caller, (session, now) => WriteRole.Alter(name, patch, version, session, now), ct), null, ct);
        });
        roles.MapPost("/{name}/delete", async (string name, Caller caller, MemberChanges changes, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(caller, database, clock, await changes.Write(caller, (session, now) => WriteRole.Delete(name, session, now), ct), null, ct));
    }

    private static RoleDraft Draft(IFormCollection form) => new(form["title"].ToString().Trim(), PermissionChoice.Read(form));

    /// <summary>How the API calls a role that people call so: <c>Anlagenleitung Süd</c> is <c>anlagenleitung_sud</c>.</summary>
    internal static string NameOf(string title)
    {
        var plain = new StringBuilder();
        foreach (var letter in title.ToLowerInvariant())
        {
            var folded = Accented.IndexOf(letter, StringComparison.Ordinal) is var at and >= 0 ? Folded[at] : letter;
            plain.Append(char.IsAsciiLetterOrDigit(folded) ? folded.ToString() : plain.Length > 0 && plain[^1] != '_' ? "_" : "");
        }

        var name = plain.ToString().Trim('_');
        return name switch
        {
            [>= 'a' and <= 'z', ..] => name[..Math.Min(name.Length, 60)].TrimEnd('_'),
            { Length: > 0 } => "role_" + name[..Math.Min(name.Length, 50)].TrimEnd('_'),
            _ => "role_" + Guid.CreateVersion7().ToString("N")[^12..], // Of letters that have no plain form.
        };
    }

    private static async Task<IResult> Done<T>(Caller caller, Database database, TimeProvider clock, Result<T> result, RoleDraft? draft, CancellationToken ct) =>
        result.Problem is { } problem ? await Show(caller, database, clock, problem, draft, null, ct) : TypedResults.LocalRedirect(Home);

    private static async Task<IResult> Show(Caller caller, Database database, TimeProvider clock, Problem? problem, RoleDraft? draft, string? like, CancellationToken ct)
    {
        var view = await database.Read(
            caller,
            async session =>
            {
                var roles = await RoleDetails.All(session);
                var model = roles.FirstOrDefault(role => role.Name == like);
                return new RolesView(
                    (await OrganizationQueries.Tenant(session)).Name,
                    roles,
                    (await ListMembers.All(session, clock)).SelectMany(member => member.Assignments.Select(one => one.Role).Distinct(StringComparer.Ordinal)).CountBy(role => role, StringComparer.Ordinal)
                        .ToDictionary(StringComparer.Ordinal),
                    caller.May,
                    draft ?? new RoleDraft("", model is null ? PermissionSet.None : TenantRoles.Parse(model.Permissions) & caller.May),
                    model?.Title);
            },
            ct);
        return PageAnswer.Page<RolesPage>(new { View = view, Problem = problem }, problem);
    }
}

/// <summary>A role as it stands in the form.</summary>
public sealed record RoleDraft(string Title, PermissionSet Ticked);

/// <summary>What the page of roles shows.</summary>
/// <param name="Members">How many have each, wherever it counts.</param>
/// <param name="May">What whoever looks may do, and so may give.</param>
/// <param name="Like">The title of the role that the draft was begun from.</param>
public sealed record RolesView(string Organization, IReadOnlyList<RoleDetails> Roles, IReadOnlyDictionary<string, int> Members, PermissionSet May, RoleDraft Draft, string? Like)
{
    public bool MayManage => May.Has(Permission.RolesManage);

    /// <summary>Nobody changes a role that may do more than they: what they cannot see ticked they would take away.</summary>
    public bool MayChange(RoleDetails role) => MayManage && TenantRoles.Parse(role.Permissions).IsWithin(May);

    public string Holders(RoleDetails role) => Members.GetValueOrDefault(role.Name) switch { 0 => "No member has it", 1 => "One member has it", var some => $"{some} members have it" };
}
