using OffGridFlow.Organizations.Invitations;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Organizations.Security;
using OffGridFlow.Web.Pages.Parts;

namespace OffGridFlow.Web.Pages.Members;

/// <summary>What the page of members shows.</summary>
/// <param name="Roles">All there are, to name them.</param>
/// <param name="Given">Those that whoever looks may give.</param>
/// <param name="Projects">Names of those that are not deleted.</param>
/// <param name="Policy">Null for who may not set it.</param>
/// <param name="MayManage">Whether whoever looks may change anything.</param>
public sealed record MembersView(
    string Organization, IReadOnlyList<Member> Members, IReadOnlyList<Invitation> Invitations, IReadOnlyList<RoleDetails> Roles, IReadOnlyList<RoleDetails> Given,
    IReadOnlyDictionary<Guid, string> Facilities, IReadOnlyDictionary<Guid, string> Projects, SecurityPolicy? Policy, bool MayManage)
{
    public string Title(string role) => Roles.FirstOrDefault(one => one.Name == role)?.Title ?? role;

    /// <summary>An assignment as people read it: <c>Data owner, Foundry, until 31 Dec 2026</c>.</summary>
    public string Say(string role, string scope, string? module, Guid? facility, Guid? project, DateTimeOffset? until) => string.Join(", ", ((string?[])
    [
        Title(role), scope == "module" ? $"for {PermissionWords.Part(module!)} only" : scope == "facility" ? Facilities.GetValueOrDefault(facility!.Value, "a facility that is gone")
            : scope == "project" ? $"project {Projects.GetValueOrDefault(project!.Value, "that is deleted")}" : null,
        until is { } end ? $"until {end.AddTicks(-1).UtcDateTime:d MMM yyyy}" : null, // The last day is that before a midnight.
    ]).OfType<string>());
}
