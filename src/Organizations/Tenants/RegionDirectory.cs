using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>
/// Which tenants are in which other region: slugs and ids, nothing about persons. The operator notes them; a tenant that moves away leaves its own entry. What was asked is remembered
/// for half a minute; where a deployment has one region, nothing is asked.
/// </summary>
public sealed class RegionDirectory(Database database, Regions regions, Bell bell, TimeProvider clock) : IHostedService
{
    private const int Most = 10_000;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (string? Region, DateTimeOffset Until)> known = new(StringComparer.Ordinal);
    private IDisposable? listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        listening = bell.Listen(Bell.Access, _ => known.Clear());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        listening?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The other region that has the tenant of a slug, or null.</summary>
    public ValueTask<string?> OfSlug(string slug, CancellationToken ct) => Find(slug, "slug = @name", ct);

    /// <summary>The other region a tenant has moved to, or null.</summary>
    public ValueTask<string?> Of(TenantId tenant, CancellationToken ct) => Find(tenant.ToString(), "id = @name::uuid", ct);

    private async ValueTask<string?> Find(string name, string where, CancellationToken ct)
    {
        if (regions.Addresses.Count == 0)
        {
            return null;
        }

        var (now, key) = (clock.GetUtcNow(), where + name);
        if (known.TryGetValue(key, out var found) && now < found.Until)
        {
            return found.Region;
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }

        var region = await database.Read(Caller.System(TenantId.None, "region"), session => session.First<string?>($"select region from org.elsewhere where {where}", new { name }), ct);
        known[key] = (region, now + Memory);
        return region;
    }

    /// <summary>Notes that another region has the tenant of a slug; null: none has it any more.</summary>
    internal static async Task Note(string slug, TenantId? tenant, string? region, Session session)
    {
        await session.Execute("delete from org.elsewhere where slug = @slug or id = @id", new { slug, id = tenant?.Value });
        if (region is not null)
        {
            await session.Execute("insert into org.elsewhere (slug, id, region) values (@slug, @id, @region)", new { slug, id = tenant?.Value, region });
        }
    }

    /// <summary>As the operator notes it: <c>tenant place</c>.</summary>
    public static async Task<Result<string>> Place(string slug, string region, Regions regions, Database database, CancellationToken ct)
    {
        if (region != regions.Own && !regions.Addresses.ContainsKey(region))
        {
            return Unknown(region, regions);
        }

        if (region != regions.Own && (await TenantDirectory.Find(slug, database, ct)).Problem is null)
        {
            return new Problem("tenant.is-here", "slug", slug, "a slug of another region's tenant", "It is here: 'tenant move' moves it.") { Kind = ProblemKind.Conflict };
        }

        return await database.Write<string>(
            Caller.System(TenantId.None, "cli:tenant"),
            async session =>
            {
                await Note(slug, null, region == regions.Own ? null : region, session);
                await Trail.Record(session, "tenant.placed", new { slug, region });
                return region;
            },
            ct);
    }

    internal static Problem Unknown(string region, Regions regions) => new(
        "region.not-listed", "region", region, regions.Addresses.Count == 0 ? $"{regions.Own}: {Regions.ListVariable} lists no other" : string.Join(", ", regions.Addresses.Keys.Order(StringComparer.Ordinal)),
        $"{Regions.ListVariable} lists the regions with their addresses.");
}
