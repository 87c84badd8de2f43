using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Notices;

/// <summary>What every page asks: whether there is a notice that nobody has acknowledged. Remembered for half a minute, and asked anew when something about notices has changed.</summary>
public sealed class OpenNotices(Database database, Bell bell, TimeProvider clock) : IHostedService
{
    private const int Most = 10_000;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<TenantId, (IReadOnlyList<Notice> Open, DateTimeOffset Until)> known = new();
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

    public void Forget() => known.Clear();

    /// <summary>For somebody who is to see them; none for everybody else.</summary>
    public async ValueTask<IReadOnlyList<Notice>> For(Caller caller, CancellationToken ct)
    {
        if (caller.Tenant == TenantId.None || !caller.May.Has(Permission.DataExport))
        {
            return [];
        }

        var now = clock.GetUtcNow();
        if (known.TryGetValue(caller.Tenant, out var found) && now < found.Until)
        {
            return found.Open;
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }

        var open = await database.Read(caller, Notice.Open, ct);
        known[caller.Tenant] = (open, now + Memory);
        return open;
    }
}
