using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Security;

/// <summary>How a tenant has its members sign in and approve. It holds from their next request on.</summary>
public sealed class SecurityPolicy : IVersioned
{
    /// <summary>Whether a member who has not shown a second factor can do nothing but set one up.</summary>
    public bool TwoFactorsRequired { get; init; }

    /// <summary>Whether nobody approves a report that they submitted.</summary>
    public bool FourEyes { get; init; }

    /// <summary>Members who have none yet.</summary>
    public int MembersWithoutSecondFactor { get; init; }

    public int Version { get; init; }

    /// <param name="TwoFactorsRequired">Whether members show two factors to work in the tenant.</param>
    /// <param name="FourEyes">Whether a second person approves what one has submitted.</param>
    internal sealed record Request(bool? TwoFactorsRequired = null, bool? FourEyes = null);

    internal static void Map(IEndpointRouteBuilder api)
    {
        var security = api.MapGroup("/security").WithTags("Security").Needing(Permission.SecurityManage);
        security.MapGet("/", async (Caller caller, Database database, CancellationToken ct) => ((Result<SecurityPolicy>)await database.Read(caller, Find, ct)).ToOk())
            .WithName("GetSecurityPolicy").WithSummary("Show how members sign in and approve.").Produces<SecurityPolicy>();
        security.MapPatch("/", async (MergePatch<Request> patch, IfMatch version, Caller caller, MemberChanges changes, CancellationToken ct) =>
            (await changes.Write(caller, (session, now) => Change(patch, version, session, now), ct)).ToOk())
            .WithName("ChangeSecurityPolicy").WithSummary("Change how members sign in and approve.").Produces<SecurityPolicy>();
    }

    /// <summary>Of the bound tenant.</summary>
    internal static Task<bool> RequiresTwoFactors(Session session) => session.First<bool>("select coalesce((select two_factors_required from org.security_policies), false)");

    internal static Task<bool> AsksFourEyes(Session session) => session.First<bool>("select coalesce((select four_eyes from org.security_policies), false)");

    internal static async Task<SecurityPolicy> Find(Session session) => (await session.First<SecurityPolicy>(
        """
        select coalesce(p.two_factors_required, false) as two_factors_required, coalesce(p.four_eyes, false) as four_eyes, coalesce(p.version, 0) as version,
               (select count(*) from org.memberships m where m.status = 'active' and m.user_id not in (select people.with_second_factor()))::int as members_without_second_factor
        from (select) one left join org.security_policies p on true
        """))!;

    internal static async Task<Result<SecurityPolicy>> Change(MergePatch<Request> patch, IfMatch version, Session session, DateTimeOffset now)
    {
        var there = await Find(session);
        if (version.Check(there.Version) is { } stale)
        {
            return stale;
        }

        var wanted = patch.ApplyTo(new Request(there.TwoFactorsRequired, there.FourEyes));
        await session.Execute(
            """
            insert into org.security_policies (tenant_id, two_factors_required, four_eyes, updated_at) values (@tenant, @required, @fourEyes, @now)
            on conflict (tenant_id) do update set two_factors_required = excluded.two_factors_required, four_eyes = excluded.four_eyes, updated_at = excluded.updated_at, version = security_policies.version + 1
            """,
            new { tenant = session.Tenant.Value, required = wanted.TwoFactorsRequired ?? false, fourEyes = wanted.FourEyes ?? false, now });
        return await Find(session);
    }
}
