using System.Globalization;
using OffGridFlow.Organizations;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Providers;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;
using OffGridFlow.Web.Pages.SignIn;

namespace OffGridFlow.Web.Pages.Providers;

/// <summary><c>/providers</c>: the providers of OpenID Connect that sign people in to the organisation, and the roles of their groups.</summary>
internal static class ProviderSetupPages
{
    private const string Home = "/providers";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var providers = pages.MapGroup(Home).Needing(Permission.SecurityManage).DisableAntiforgery(); // Forms of other sites are stopped before they come here.
        providers.MapGet("", async (Caller caller, PublicAddress address, Database database, CancellationToken ct) => PageAnswer.Page<ProvidersPage>(
            new { View = await database.Read(caller, async session => await View(await Provider.All(session), caller, session, address), ct) }, null));
        providers.MapGet("/new", async (Caller caller, PublicAddress address, Database database, CancellationToken ct) => await Show(ProviderDraft.Empty, null, false, caller, address, database, ct));
        providers.MapGet("/{id:guid}", async (Guid id, string? done, HttpContext context, Caller caller, PublicAddress address, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => WriteProvider.Found(id, session), ct)).TryValue(out var there, out var problem)
                ? await Show(ProviderDraft.Of(there), null, done == "yes", caller, address, database, ct)
                : PageAnswer.Of(context, problem));
        providers.MapPost("", async (HttpContext context, Caller caller, MemberChanges changes, Seals seals, OutboundHttp outbound, PublicAddress address, Database database, CancellationToken ct) =>
            await Save(null, context, caller, changes, seals, outbound, address, database, ct));
        providers.MapPost("/{id:guid}", async (Guid id, HttpContext context, Caller caller, MemberChanges changes, Seals seals, OutboundHttp outbound, PublicAddress address, Database database, CancellationToken ct) =>
            await Save(id, context, caller, changes, seals, outbound, address, database, ct));
        providers.MapPost("/{id:guid}/delete", async (Guid id, HttpContext context, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => WriteProvider.Delete(id, IfMatch.Any, session, now), ct)).Problem is { } problem ? PageAnswer.Of(context, problem) : TypedResults.LocalRedirect(Home));
    }

    private static async Task<IResult> Save(
        Guid? id, HttpContext context, Caller caller, MemberChanges changes, Seals seals, OutboundHttp outbound, PublicAddress address, Database database, CancellationToken ct)
    {
        var form = await context.Form(ct);
        var there = id is { } known ? await database.Read(caller, session => Provider.Find(known, session), ct) : null;
        if (id is not null && there is null)
        {
            return PageAnswer.Of(context, Problem.NotFound("provider", $"{id}"));
        }

        var draft = ProviderDraft.Of(id, form, there);
        if (draft.Groups.FirstOrDefault(row => row.Wrong is not null) is { } row)
        {
            return await Show(draft, new Problem("provider.group", "group_roles", row.Group, "each group once, with a role", row.Wrong!), false, caller, address, database, ct);
        }

        var request = new WriteProvider.Request(
            draft.Name, draft.Issuer, draft.ClientId, form["client_secret"].ToString() is { Length: > 0 } secret ? secret : null, draft.GroupsClaim.Length == 0 ? null : draft.GroupsClaim,
            draft.Groups.ToDictionary(one => one.Group, one => one.Role, StringComparer.Ordinal), draft.DefaultRole.Length == 0 ? null : draft.DefaultRole, draft.Joins,
            draft.SecondFactor.Length == 0 ? null : draft.SecondFactor, draft.Acr.Length == 0 ? null : draft.Acr);
        var saved = await changes.Write(
            caller, (session, now) => WriteProvider.Write(id ?? Guid.CreateVersion7(), request, id is null ? null : new IfMatch(draft.Version), session, seals, outbound, now), ct);
        return saved.TryValue(out var provider, out var problem) ? TypedResults.LocalRedirect($"{Home}/{provider.ProviderId}?done=yes")
            : await Show(problem.Code == "version.stale" ? draft with { Version = there!.Version } : draft, problem, false, caller, address, database, ct);
    }

    private static async Task<IResult> Show(ProviderDraft draft, Problem? problem, bool isDone, Caller caller, PublicAddress address, Database database, CancellationToken ct)
    {
        var view = await database.Read(caller, session => View([], caller, session, address), ct);
        return PageAnswer.Page<ProviderPage>(new { View = view, Draft = draft.With(problem), Problem = problem, IsDone = isDone }, problem);
    }

    private static async Task<ProvidersView> View(IReadOnlyList<Provider> all, Caller caller, Session session, PublicAddress address)
    {
        var (tenant, roles) = (await OrganizationQueries.Tenant(session), await RoleDetails.All(session));
        return new ProvidersView(
            tenant.Name, all, roles.ToDictionary(role => role.Name, role => role.Title, StringComparer.Ordinal),
            [.. roles.Where(role => role.Name != Role.Owner.Name && role.Name != Role.Auditor.Name && role.Name != Role.ScimClient.Name && TenantRoles.Parse(role.Permissions).IsWithin(caller.May))],
            address.Link(ProviderPages.Callback), address.Link($"{Authentication.SignIn}/organisation?tenant={tenant.Slug}"));
    }
}

/// <summary>What the pages of providers show.</summary>
/// <param name="Titles">Of roles.</param>
/// <param name="Given">Roles that whoever looks may give to groups.</param>
/// <param name="Callback">Where a provider sends people back to.</param>
/// <param name="SignIn">Where members begin.</param>
public sealed record ProvidersView(
    string Organization, IReadOnlyList<Provider> All, IReadOnlyDictionary<string, string> Titles, IReadOnlyList<RoleDetails> Given, string Callback, string SignIn);

/// <summary>A group and its role, as a line of the form.</summary>
/// <param name="Wrong">What to mend; null: nothing.</param>
public sealed record GroupRow(string Group, string Role, string? Wrong = null);

/// <summary>A provider as it stands in the form. The secret is never in it.</summary>
/// <param name="Id">Null: a new one.</param>
/// <param name="Called">What the provider is called that is changed.</param>
/// <param name="DefaultRole">Empty: none.</param>
public sealed record ProviderDraft(
    Guid? Id, int Version, string Called, bool HasSecret, string Name, string Issuer, string ClientId, string GroupsClaim, IReadOnlyList<GroupRow> Groups, string DefaultRole, bool Joins,
    string SecondFactor, string Acr)
{
    public static ProviderDraft Empty { get; } = new(null, 0, "", false, "", "", "", "groups", [], "", false, Provider.Stated, "");

    internal static ProviderDraft Of(Provider there) => new(
        there.ProviderId, there.Version, there.Name, there.HasSecret, there.Name, there.Issuer, there.ClientId, there.GroupsClaim,
        [.. there.GroupRoles.OrderBy(one => one.Key, StringComparer.OrdinalIgnoreCase).Select(one => new GroupRow(one.Key, one.Value))], there.DefaultRole ?? "", there.Joins,
        there.SecondFactor, there.Acr ?? "");

    internal static ProviderDraft Of(Guid? id, IFormCollection form, Provider? there)
    {
        string Said(string name) => form[name].ToString().Trim();
        var rows = form["group"].Zip(form["role"], (group, role) => new GroupRow((group ?? "").Trim(), role ?? "")).Where(row => row.Group.Length > 0 || row.Role.Length > 0).ToList();
        var twice = rows.Where(row => row.Group.Length > 0).CountBy(row => row.Group, StringComparer.Ordinal).Where(one => one.Value > 1).Select(one => one.Key).ToHashSet(StringComparer.Ordinal);
        return new(
            id, int.TryParse(form["version"], CultureInfo.InvariantCulture, out var version) ? version : 0, there?.Name ?? "", there?.HasSecret ?? false, Said("name"), Said("issuer"), Said("client_id"),
            Said("groups_claim"),
            [
                .. rows.Select(row => row with
                {
                    Wrong = row.Group.Length == 0 ? "Write the group that has this role, or choose none."
                        : row.Role.Length == 0 ? $"Choose the role of {row.Group}, or empty the line."
                        : twice.Contains(row.Group) ? $"{row.Group} stands here twice: one line is enough." : null,
                }),
            ],
            Said("default_role"), form["joins"] == "yes", Said("second_factor"), Said("acr"));
    }

    /// <summary>With a problem of a role beside the lines that have it.</summary>
    internal ProviderDraft With(Problem? problem) => problem is not { Column: "group_roles" or "role" } ? this
        : this with { Groups = [.. Groups.Select(row => row.Wrong is null && row.Role == problem.Found ? row with { Wrong = $"Expected {problem.Expected}. {problem.Fix}" } : row)] };
}
