using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Organizations.Scim;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Outbound;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Providers;

/// <summary>Which providers of OpenID Connect a tenant trusts.</summary>
internal static class WriteProvider
{
    private const int MostGroups = 500;
    private const int MostAcr = 200;

    /// <param name="Name">On the button of the sign-in page.</param>
    /// <param name="Issuer">As the provider's configuration writes it.</param>
    /// <param name="ClientSecret">Left out on a change: the one there stays.</param>
    /// <param name="GroupRoles">Role by group; any but owner.</param>
    /// <param name="DefaultRole">Of those in none of the groups; left out: they are not let in.</param>
    /// <param name="Joins">Whether somebody who is no member yet becomes one by signing in.</param>
    /// <param name="SecondFactor">When its sign-in counts as two factors: <c>stated</c> or <c>vouched</c>; left out: stated, or what is there.</param>
    /// <param name="Acr">The authentication context class to ask for, as the provider names it; two factors when it is reached.</param>
    internal sealed record Request(
        string? Name = null, string? Issuer = null, string? ClientId = null, string? ClientSecret = null, string? GroupsClaim = null, Dictionary<string, string>? GroupRoles = null,
        string? DefaultRole = null, bool? Joins = null, string? SecondFactor = null, string? Acr = null);

    internal sealed record Listed(IReadOnlyList<Provider> Items);

    public static void Map(IEndpointRouteBuilder api)
    {
        var providers = api.MapGroup("/providers").WithTags("Security").Needing(Permission.SecurityManage);
        providers.MapGet("/", async (Caller caller, Database database, CancellationToken ct) => ((Result<Listed>)new Listed(await database.Read(caller, Provider.All, ct))).ToOk())
            .WithName("ListProviders").WithSummary("List the providers of OpenID Connect.").Produces<Listed>();
        providers.MapGet("/{provider_id:guid}", async (Guid provider_id, Caller caller, Database database, CancellationToken ct) => (await database.Read(caller, session => Found(provider_id, session), ct)).ToOk())
            .WithName("GetProvider").WithSummary("Show a provider.").Produces<Provider>();
        providers.MapPost("/", async (Request request, Caller caller, MemberChanges changes, Seals seals, OutboundHttp outbound, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Write(Guid.CreateVersion7(), request, null, session, seals, outbound, now), ct)).ToCreated(made => $"/api/v1/providers/{made.ProviderId}"))
            .WithName("CreateProvider").WithSummary("Trust a provider of OpenID Connect.").Produces<Provider>(StatusCodes.Status201Created).WithMetadata(new AnswersWithSecret());
        providers.MapPut("/{provider_id:guid}", async (Guid provider_id, Request request, IfMatch version, Caller caller, MemberChanges changes, Seals seals, OutboundHttp outbound, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Write(provider_id, request, version, session, seals, outbound, now), ct)).ToOk())
            .WithName("ChangeProvider").WithSummary("Change a provider.").Produces<Provider>();
        providers.MapDelete("/{provider_id:guid}", async (Guid provider_id, IfMatch version, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Delete(provider_id, version, session, now), ct)).ToNoContent())
            .WithName("DeleteProvider").WithSummary("Trust a provider no longer.").Produces(StatusCodes.Status204NoContent);
    }

    internal static async Task<Result<Provider>> Found(Guid id, Session session) => await Provider.Find(id, session) is { } there ? there : Problem.NotFound("provider", id.ToString());

    internal static async Task<Result<Provider>> Write(Guid id, Request request, IfMatch? version, Session session, Seals seals, OutboundHttp outbound, DateTimeOffset now)
    {
        Provider? there = null;
        if (version is { } known && (!(await Found(id, session)).TryValue(out there, out var gone) ? gone : known.Check(there.Version)) is { } stale)
        {
            return stale;
        }

        if ((await Check(request, session, outbound) ?? NeedsSecretAgain(request, there)) is { } problem)
        {
            return problem;
        }

        var secret = request.ClientSecret is { Length: > 0 } text ? await seals.Seal(session, Provider.Purpose(id), System.Text.Encoding.UTF8.GetBytes(text)) : null;
        await session.Execute(
            """
            insert into org.providers (tenant_id, provider_id, name, issuer, client_id, secret, groups_claim, group_roles, default_role, joins, second_factor, acr)
            values (@tenant, @id, @Name, @Issuer, @ClientId, @secret, @claim, @roles::jsonb, @DefaultRole, @joins, @factor, @acr)
            on conflict (tenant_id, provider_id) do update set name = excluded.name, issuer = excluded.issuer, client_id = excluded.client_id,
                secret = coalesce(excluded.secret, providers.secret), groups_claim = excluded.groups_claim, group_roles = excluded.group_roles,
                default_role = excluded.default_role, joins = excluded.joins, second_factor = excluded.second_factor, acr = excluded.acr, updated_at = clock_timestamp(), version = providers.version + 1
            """,
            new
            {
                tenant = session.Tenant.Value, id, Name = request.Name!.Trim(), request.Issuer, request.ClientId, secret, claim = request.GroupsClaim ?? "groups",
                roles = JsonSerializer.Serialize(request.GroupRoles ?? [], Json.Options), request.DefaultRole, joins = request.Joins ?? false,
                factor = request.SecondFactor ?? there?.SecondFactor ?? Provider.Stated, acr = string.IsNullOrEmpty(request.Acr) ? null : request.Acr,
            });
        await DirectoryRoles.Settle(session, now); // Groups of the directory have the roles of providers, too.
        return (await Provider.Find(id, session))!;
    }

    // The secret that somebody entrusted for one provider is sent to no other.
    private static Problem? NeedsSecretAgain(Request request, Provider? there) =>
        there is not { HasSecret: true } || there.Issuer == request.Issuer || request.ClientSecret is { Length: > 0 } ? null
        : new Problem("provider.secret-again", "client_secret", "another issuer", "the client's secret there", "Give client_secret, too: a secret is sent nowhere else than where it was given for.");

    private static async Task<Problem?> Check(Request request, Session session, OutboundHttp outbound)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 100)
        {
            return new Problem("provider.name", "name", request.Name ?? "", "1 to 100 characters", "Name it as members know it, such as Acme's sign-in.");
        }

        if (!Uri.TryCreate(request.Issuer, UriKind.Absolute, out var issuer) || issuer.Scheme is not ("https" or "http") || issuer.Query.Length > 0 || issuer.Fragment.Length > 0 || issuer.UserInfo.Length > 0)
        {
            return new Problem("provider.issuer", "issuer", request.Issuer ?? "", "the provider's issuer, such as https://login.example.org", "Copy it from the provider's configuration.");
        }

        if (outbound.Check("provider.issuer", "issuer", request.Issuer) is { } refused)
        {
            return refused;
        }

        if (string.IsNullOrWhiteSpace(request.ClientId) || request.ClientId.Length > 500)
        {
            return new Problem("provider.client-id", "client_id", request.ClientId ?? "", "the id the provider gave this client", "Copy it from the provider.");
        }

        if (request.SecondFactor is not (null or Provider.Stated or Provider.Vouched))
        {
            return new Problem("provider.second-factor", "second_factor", request.SecondFactor, "stated or vouched", "Take stated, unless the provider asks everybody for two factors and does not say so.");
        }

        // A space would make two classes of it.
        if (request.Acr is { } acr && (acr.Length > MostAcr || acr.Any(letter => letter is <= ' ' or > '~' or '"')))
        {
            return new Problem("provider.acr", "acr", acr, $"one class of at most {MostAcr} characters, without spaces", "Copy it from the provider, such as urn:okta:loa:2fa:any.");
        }

        return await CheckRoles(request.GroupRoles, request.DefaultRole, session);
    }

    /// <summary>What groups of others may bring: no more than who says so may do, and nobody's ownership.</summary>
    internal static async Task<Problem?> CheckRoles(IReadOnlyDictionary<string, string>? groupRoles, string? defaultRole, Session session)
    {
        if (groupRoles?.Count > MostGroups)
        {
            return new Problem("provider.groups", "group_roles", $"{groupRoles.Count}", $"at most {MostGroups}", "Map fewer groups.");
        }

        foreach (var role in (groupRoles?.Values ?? []).Append(defaultRole).OfType<string>())
        {
            // Otherwise who runs the provider could make anybody an owner; and an auditor is named with an end.
            if (role == Role.Owner.Name || role == Role.Auditor.Name)
            {
                return new Problem("provider.role", "group_roles", role, "a role that a provider may give", "Name owners and auditors in person.");
            }

            if (!await TenantRoles.Knows(role, session))
            {
                return TenantRoles.Unknown(role);
            }

            if (!(await TenantRoles.Permissions(role, session)).IsWithin(session.Caller.May))
            {
                return new Problem("permission.beyond", "group_roles", role, "no more than you may do yourself", "Choose a lesser role.") { Kind = ProblemKind.Forbidden };
            }
        }

        return null;
    }

    internal static async Task<Result<int>> Delete(Guid id, IfMatch version, Session session, DateTimeOffset now)
    {
        if ((!(await Found(id, session)).TryValue(out var there, out var gone) ? gone : version.Check(there.Version)) is { } stale)
        {
            return stale;
        }

        var deleted = await session.Execute("update org.providers set deleted_at = clock_timestamp(), secret = null, version = version + 1 where provider_id = @id", new { id });
        await DirectoryRoles.Settle(session, now);
        return deleted;
    }
}
