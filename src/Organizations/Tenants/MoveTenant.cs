using OffGridFlow.Organizations.Governance;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>
/// The half of a move that happens where a tenant was: it is closed to everybody, who from then on is told where it is; it is written into a file, which the other region
/// brings in (<see cref="ImportTenant"/>); and its erasure here is asked for, 30 days on. Until then it can come back.
/// </summary>
internal static class MoveTenant
{
    /// <param name="Written">What is in the file.</param>
    /// <param name="ErasedOn">When what is left here goes.</param>
    public sealed record Response(string Slug, string Region, ExportTenant.Summary Written, DateTimeOffset ErasedOn);

    /// <param name="slug">The tenant's.</param>
    /// <param name="region">Where it goes.</param>
    /// <param name="file">Opens what its data are written into.</param>
    /// <param name="regions">Of the deployment.</param>
    /// <param name="export">Writes the data.</param>
    /// <param name="database">Where it is.</param>
    /// <param name="ct">Stops it; the tenant is open again then.</param>
    public static async Task<Result<Response>> Away(string slug, string region, Func<Stream> file, Regions regions, ExportTenant export, Database database, CancellationToken ct)
    {
        if (region == regions.Own || !regions.Addresses.ContainsKey(region))
        {
            return region == regions.Own ? new Problem("tenant.is-here", "region", region, "another region", "It is here already.") { Kind = ProblemKind.Conflict } : RegionDirectory.Unknown(region, regions);
        }

        if (!(await TenantDirectory.Find(slug, database, ct)).TryValue(out var tenant, out var problem))
        {
            return problem;
        }

        var caller = Caller.System(tenant, "cli:tenant-move");
        if ((await database.Write(caller, session => Close(slug, region, session), ct)).Problem is { } refused)
        {
            return refused;
        }

        try
        {
            ExportTenant.Summary written;
            await using (var output = file())
            {
                written = await export.Write(output, caller, ct);
            }

            // After the export: there it is not to be erased.
            var asked = await RequestErasure.Ask(new RequestErasure.Request($"Moved to region {region}."), caller, database, ct);
            if (asked.TryValue(out var erasure, out problem))
            {
                return new Response(slug, region, written, erasure.DeletionDate);
            }
        }
        catch
        {
            await Back(slug, database, TimeProvider.System, CancellationToken.None);
            throw;
        }

        await Back(slug, database, TimeProvider.System, ct);
        return problem;
    }

    /// <summary>Takes a move back: while what was left here is not erased.</summary>
    public static async Task<Result<string>> Back(string slug, Database database, TimeProvider clock, CancellationToken ct) =>
        !(await TenantDirectory.Find(slug, database, ct)).TryValue(out var tenant, out var problem) ? problem
        : await database.Write<string>(
            Caller.System(tenant, "cli:tenant-move"),
            async session =>
            {
                if (await session.Execute("update org.tenants set status = 'active', region = org.own_region(), version = version + 1, updated_at = clock_timestamp() where status = 'moved'") == 0)
                {
                    return new Problem("tenant.is-here", "tenant", slug, "a tenant that moved away", "It is here and open.") { Kind = ProblemKind.Conflict };
                }

                await RegionDirectory.Note(slug, tenant, null, session);
                await RequestErasure.Cancel(session, clock);
                await Trail.Record(session, "tenant.moved-back", new { slug });
                return slug;
            },
            ct);

    private static async Task<Result<int>> Close(string slug, string region, Session session)
    {
        if (await JobQueue.IsBusy(session))
        {
            return new Problem("tenant.busy", "tenant", "jobs that wait or run", "none", "Wait until they have ended (GET /api/v1/jobs), or cancel them: they would be done in both regions.") { Kind = ProblemKind.Conflict };
        }

        if (await session.First<bool>("select exists (select from org.erasures where cancelled_at is null)"))
        {
            return new Problem("deletion.requested", "tenant", "a request for its deletion", "none", "What is to be erased does not move.") { Kind = ProblemKind.Conflict };
        }

        if (await session.Execute("update org.tenants set status = 'moved', region = @region, version = version + 1, updated_at = clock_timestamp() where status = 'active'", new { region }) == 0)
        {
            return new Problem("tenant.closed", "tenant", slug, "an active tenant", "Open it first: 'tenant reopen'.") { Kind = ProblemKind.Conflict };
        }

        await RegionDirectory.Note(slug, session.Tenant, region, session);
        await Trail.Record(session, "tenant.moved", new { slug, region });
        return 1;
    }
}
