using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>What every request asks of tenants: whose a host name is, and which plan a tenant is on. Remembered for half a minute.</summary>
public sealed class TenantNames(Database database, Bell bell, TimeProvider clock) : IHostedService
{
    private const int Most = 10_000;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (TenantId? Tenant, DateTimeOffset Until)> bySlug = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TenantId, (string Plan, DateTimeOffset Until)> plans = new();
    private IDisposable? listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        listening = bell.Listen(Bell.Access, _ => Forget());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        listening?.Dispose();
        return Task.CompletedTask;
    }

    public void Forget()
    {
        bySlug.Clear();
        plans.Clear();
    }

    /// <summary>The tenant of a slug, or null when there is none.</summary>
    public async ValueTask<TenantId?> Find(string slug, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (bySlug.TryGetValue(slug, out var known) && now < known.Until)
        {
            return known.Tenant;
        }

        if (bySlug.Count >= Most)
        {
            bySlug.Clear();
        }

        TenantId? found = (await TenantDirectory.Find(slug, database, ct)).TryValue(out var tenant, out _) ? tenant : null;
        bySlug[slug] = (found, now + Memory);
        return found;
    }

    /// <summary>The plan a tenant is on.</summary>
    public async ValueTask<string> PlanOf(TenantId tenant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (plans.TryGetValue(tenant, out var known) && now < known.Until)
        {
            return known.Plan;
        }

        if (plans.Count >= Most)
        {
            plans.Clear();
        }

        var plan = await database.Read(Caller.System(tenant, "plan"), session => session.First<string>("select plan from org.tenants"), ct) ?? "";
        plans[tenant] = (plan, now + Memory);
        return plan;
    }
}
