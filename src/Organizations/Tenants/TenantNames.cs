using Microsoft.Extensions.Hosting;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tenants;

/// <summary>What every request asks of tenants: whose a host name is, and which plan a tenant is on. Remembered for half a minute.</summary>
public sealed class TenantNames(Database database, Bell bell, TimeProvider clock) : IHostedService
{
    private readonly Remembered<string, TenantId?> bySlug = new(clock, StringComparer.Ordinal);
    private readonly Remembered<TenantId, string> plans = new(clock);
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
        bySlug.Forget();
        plans.Forget();
    }

    /// <summary>The tenant of a slug, or null when there is none.</summary>
    public ValueTask<TenantId?> Find(string slug, CancellationToken ct) => bySlug.Get(
        slug, async () => (await TenantDirectory.Find(slug, database, ct)).TryValue(out var tenant, out _) ? tenant : null);

    /// <summary>The plan a tenant is on.</summary>
    public ValueTask<string> PlanOf(TenantId tenant, CancellationToken ct) => plans.Get(
        tenant, async () => await database.Read(Caller.System(tenant, "plan"), session => session.First<string>("select plan from org.tenants"), ct) ?? "");
}
