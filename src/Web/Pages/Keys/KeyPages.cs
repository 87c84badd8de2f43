using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.Pages.Keys;

/// <summary><c>/keys</c>: the organisation's API keys, without their secrets; a new one's is shown once.</summary>
internal static class KeyPages
{
    private const string Home = "/keys";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var keys = pages.MapGroup(Home).Needing(Permission.ApiKeysManage).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        keys.MapGet("", async (Caller caller, Database database, TimeProvider clock, CancellationToken ct) => await Show(caller, database, clock, null, ct));
        keys.MapPost("", Make);
        keys.MapPost("/{id:guid}/rotate", Rotate);
        keys.MapPost("/{id:guid}/revoke", async (Guid id, Caller caller, KeyRing ring, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(caller, ring, database, clock, await database.Write(caller, session => RevokeApiKey.Handle(id, session, clock), ct), ct));
        keys.MapPost("/{id:guid}/adopt", async (Guid id, Caller caller, KeyRing ring, Database database, TimeProvider clock, CancellationToken ct) =>
            await Done(caller, ring, database, clock, await database.Write(caller, session => AdoptApiKey.Handle(id, session, clock.GetUtcNow()), ct), ct));
    }

    private static async Task<IResult> Make(HttpContext context, Caller caller, Database database, TimeProvider clock, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        string[] networks = form["networks"].ToString().Split(['\n', ',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var request = new CreateApiKey.Request(form["name"].ToString().Trim(), Until(form["until"]), form["role"], null, networks.Length == 0 ? null : networks);
        var made = await database.Write(caller, session => CreateApiKey.Handle(request, session, clock), ct);
        return made.TryValue(out var key, out var problem)
            ? await Once(caller, database, new MadeKey(key.Name, key.Key, key.ExpiresAt, null), ct)
            : await Show(caller, database, clock, problem, ct);
    }

    private static async Task<IResult> Rotate(Guid id, HttpContext context, Caller caller, KeyRing ring, Database database, TimeProvider clock, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
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

    private static async Task<IResult> Show(Caller caller, Database database, TimeProvider clock, Problem? problem, CancellationToken ct)
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
                    [.. roles.Where(role => TenantRoles.Parse(role.Permissions).IsWithin(caller.May))],
                    (await ListMembers.All(session, clock)).ToDictionary(member => $"user:{member.UserId}", member => member.Name, StringComparer.Ordinal),
                    clock.GetUtcNow());
            },
            ct);
        return PageAnswer.Page<KeysPage>(new { View = view, Problem = problem }, problem);
    }
}

/// <summary>A key whose secret is shown this once.</summary>
/// <param name="ReplacedUntil">Until when the one it replaces opens; null: it replaces none.</param>
public sealed record MadeKey(string Name, string Secret, DateTimeOffset? ExpiresAt, DateTimeOffset? ReplacedUntil);

/// <summary>What the page of keys shows.</summary>
/// <param name="Keys">The newest first.</param>
/// <param name="Titles">Of roles.</param>
/// <param name="Given">Roles that whoever looks may give.</param>
/// <param name="Names">Of members, by how the trail calls them.</param>
public sealed record KeysView(
    string Organization, IReadOnlyList<ApiKey> Keys, IReadOnlyDictionary<string, string> Titles, IReadOnlyList<RoleDetails> Given, IReadOnlyDictionary<string, string> Names, DateTimeOffset Now)
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
