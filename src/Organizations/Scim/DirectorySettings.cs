using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Providers;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Scim;

/// <summary>Which roles the groups of the tenant's directory (SCIM) have.</summary>
public sealed class DirectorySettings : IVersioned
{
    /// <summary>Role by the group's displayName, besides what the tenant's providers have. Somebody in several groups has all their roles.</summary>
    public IReadOnlyDictionary<string, string> GroupRoles => JsonSerializer.Deserialize<Dictionary<string, string>>(GroupRolesText, Json.Options)!;

    /// <summary>Of those the directory made who are in none of the groups; null: none.</summary>
    public string? DefaultRole { get; init; }

    public int Version { get; init; }

    internal string GroupRolesText { get; init; } = "{}";

    /// <param name="GroupRoles">Role by group; any but owner and auditor.</param>
    /// <param name="DefaultRole">Of those in none of the groups; left out: none.</param>
    internal sealed record Request(Dictionary<string, string>? GroupRoles = null, string? DefaultRole = null);

    internal static void Map(IEndpointRouteBuilder api)
    {
        var directory = api.MapGroup("/security/directory").WithTags("Security").Needing(Permission.SecurityManage);
        directory.MapGet("/", async (Caller caller, Database database, CancellationToken ct) => ((Result<DirectorySettings>)await database.Read(caller, Find, ct)).ToOk())
            .WithName("GetDirectory").WithSummary("Show which roles the groups of the directory have.").Produces<DirectorySettings>();
        directory.MapPut("/", async (Request request, IfMatch version, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Write(request, version, session, now), ct)).ToOk())
            .WithName("ChangeDirectory").WithSummary("Say which roles the groups of the directory have. It counts from the next request on.").Produces<DirectorySettings>();
    }

    internal static async Task<DirectorySettings> Find(Session session) => (await session.First<DirectorySettings>(
        """
        select coalesce(s.group_roles, '{}')::text as group_roles_text, s.default_role, coalesce(s.version, 0) as version from (select) one left join org.scim_settings s on true
        """))!;

    internal static async Task<Result<DirectorySettings>> Write(Request request, IfMatch version, Session session, DateTimeOffset now)
    {
        if ((version.Check((await Find(session)).Version) ?? await WriteProvider.CheckRoles(request.GroupRoles, request.DefaultRole, session)) is { } problem)
        {
            return problem;
        }

        await session.Execute(
            """
            insert into org.scim_settings (tenant_id, group_roles, default_role, updated_at) values (@tenant, @roles::jsonb, @DefaultRole, @now)
            on conflict (tenant_id) do update set group_roles = excluded.group_roles, default_role = excluded.default_role, updated_at = excluded.updated_at, version = scim_settings.version + 1
            """,
            new { tenant = session.Tenant.Value, roles = JsonSerializer.Serialize(request.GroupRoles ?? [], Json.Options), request.DefaultRole, now });
        await DirectoryRoles.Settle(session, now);
        return await Find(session);
    }
}
