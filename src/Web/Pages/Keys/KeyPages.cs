using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Pages.Parts;

namespace OffGridFlow.Web.Pages.Keys;

/// <summary><c>/keys</c>: the organisation's API keys, without their secrets; a new one's is shown once.</summary>
internal static class KeyPages
{
    private const string Home = "/keys";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var keys = pages.MapGroup(Home).Needing(Permission.ApiKeysManage).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        keys.MapGet("", async (Caller caller, Database database, TimeProvider clock, CancellationToken ct) => await Show(caller, database, clock, null, ct));
        keys.MapGet("/permissions", async (string? role, HttpContext context, Caller caller, Database database, CancellationToken ct) =>
        {
            var (found, organization) = await database.Read(
                caller, async session => (await RoleDetails.Find(role ?? KeyDraft.Empty.Role, session), (await OrganizationQueries.Tenant(session)).Name), ct);
            return found.TryValue(out var known, out var problem) ? PageAnswer.Of<KeyPermissions>(context, "What the role may do", organization, ("Role", known)) : PageAnswer.Of(context, problem, organization);
        });
        keys.MapPost("", Make);
        keys.MapPost("/{id:guid}/rotate", Rotate);
        keys.MapPost("/{id:guid}/revoke", async (Guid id, Caller caller, KeyRing ring, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(caller, ring, database, clock, await database.Write(caller, session => RevokeApiKey.Handle(id, session, clock), ct), ct));
        keys.MapPost("/{id:guid}/adopt", async (Guid id, Caller caller, KeyRing ring, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(caller, ring, database, clock, await database.Write(caller, session => AdoptApiKey.Handle(id, session, clock.GetUtcNow()), ct), ct));
    }

    private static async Task<IResult> Make(HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct)
    {
        var form = await context.Form(ct);
        string[] networks = form["networks"].ToString().Split(['\n', ',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var ticked = PermissionChoice.Read(form);
        var draft = new KeyDraft(form["name"].ToString().Trim(), form["role"].ToString(), form["until"], form["networks"], ticked);
        var made = await database.Write(
            caller,
            async session => await CreateApiKey.Handle(
                new CreateApiKey.Request(draft.Name, Until(draft.Until), draft.Role, await Fewer(ticked, draft.Role, form["of"].ToString(), session), networks.Length == 0 ? null : networks), session, clock),
            ct);
        return made.TryValue(out var key, out var problem)
            ? await Once(caller, database, new MadeKey(key.Name, key.Key, key.ExpiresAt, null), ct)
            : await Show(caller, database, clock, problem, ct, draft);
    }

    // Null: all that the role may, now and later. Without scripts the choice may still be another role's: what was ticked there and this one has is what is given.
    private static async Task<IReadOnlyList<string>?> Fewer(PermissionSet ticked, string role, string of, Session session) => ticked.Count > 0 && ticked == await TenantRoles.Permissions(of, session)
        ? null
        : (ticked & await TenantRoles.Permissions(role, session)).ToNames();

    private static async Task<IResult> Rotate(Guid id, HttpContext context, Caller caller, KeyRing ring, Database database, TimeProvider clock, CancellationToken ct)
    {
        var form = await context.Form(ct);
        int? hours = int.TryParse(form["overlap"], NumberStyles.None, CultureInfo.InvariantCulture, out var said) ? said : null;
        var made = await database.Write(caller, session => RotateApiKey.Handle(id, new RotateApiKey.Request(hours), session, clock), ct);
        ring.Forget();
        return made.TryValue(out var key, out var problem)
            ? await Once(caller, database, new MadeKey(key.Name, key.Key, key.ExpiresAt, key.ReplacedUntil), ct)
            : await Show(caller, database, clock, problem, ct);
    }

    // The answer itself holds the secret: no address leads back to it.
    private static async Task<IResult> Once(Caller caller, Database database, MadeKey key, CancellationToken ct) => new RazorComponentResult<KeyMade>(new
    {
        Organization = await database.Read(caller, async session => (await OrganizationQueries.Tenant(session)).Name, ct), Key = key,
    });

    private static DateTimeOffset? Until(string? day) => DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var last)
        ? new DateTimeOffset(last.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
        : null;

    private static async Task<IResult> Done(Caller caller, KeyRing ring, Database database, TimeProvider clock, Result<ApiKey> result, CancellationToken ct)
    {
        ring.Forget();
        return result.Problem is { } problem ? await Show(caller, database, clock, problem, ct) : TypedResults.LocalRedirect(Home);
    }

    private static async Task<IResult> Show(Caller caller, Database database, TimeProvider clock, Problem? problem, CancellationToken ct, KeyDraft? draft = null)
    {
        var view = await database.Read(
            caller,
            async session =>
            {
                var (keys, roles) = (await ListApiKeys.All(session), await RoleDetails.All(session));
                return new KeysView(
                    (await OrganizationQueries.Tenant(session)).Name,
                    keys,
                    roles.ToDictionary(role => role.Name, role => role.Title, StringComparer.Ordinal),
                    [.. roles.Where(role => role.Name != Role.Owner.Name && TenantRoles.Parse(role.Permissions).IsWithin(caller.May))],
                    (await ListMembers.All(session, clock)).ToDictionary(member => $"user:{member.UserId}", member => member.Name, StringComparer.Ordinal),
                    clock.GetUtcNow(),
                    draft ?? KeyDraft.Empty);
            },
            ct);
        return PageAnswer.Page<KeysPage>(new { View = view, Problem = problem }, problem);
    }
}

/// <summary>A key whose secret is shown this once.</summary>
/// <param name="ReplacedUntil">Until when the one it replaces opens; null: it replaces none.</param>
public sealed record MadeKey(string Name, string Secret, DateTimeOffset? ExpiresAt, DateTimeOffset? ReplacedUntil);

/// <summary>A key as it stands in the form.</summary>
/// <param name="Ticked">Null: all that the role may.</param>
public sealed record KeyDraft(string Name, string Role, string? Until, string? Networks, PermissionSet? Ticked)
{
    public static KeyDraft Empty { get; } = new("", OffGridFlow.Organizations.Roles.Role.ApiClient.Name, null, null, null);
}

/// <summary>What the page of keys shows.</summary>
/// <param name="Keys">The newest first.</param>
/// <param name="Titles">Of roles.</param>
/// <param name="Given">Roles that whoever looks may give; an owner is a person.</param>
/// <param name="Names">Of members, by how the trail calls them.</param>
public sealed record KeysView(
    string Organization, IReadOnlyList<ApiKey> Keys, IReadOnlyDictionary<string, string> Titles, IReadOnlyList<RoleDetails> Given, IReadOnlyDictionary<string, string> Names, DateTimeOffset Now,
    KeyDraft Draft)
{
    public bool IsOver(ApiKey key) => key.RevokedAt is not null || key.ExpiresAt <= Now;

    /// <summary>The key that was made in another's place, or null.</summary>
    public ApiKey? Successor(ApiKey key) => Keys.FirstOrDefault(one => one.Replaces == key.ApiKeyId);

    /// <summary>Who made or answers for one, as people call them.</summary>
    public string Who(string? actor) => actor is null ? "the operator" : Names.GetValueOrDefault(actor)
        ?? (actor.StartsWith("key:", StringComparison.Ordinal)
            ? Keys.FirstOrDefault(one => actor == $"key:{one.ApiKeyId}") is { } maker ? $"the key {maker.Name}" : "another key"
            : actor.StartsWith("user:", StringComparison.Ordinal) ? "a former member" : "the operator");
}
