using Microsoft.Extensions.Hosting;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Notices;

/// <summary>What every page asks: whether there is a notice that nobody has acknowledged. Remembered for half a minute, and asked anew when something about notices has changed.</summary>
public sealed class OpenNotices(Database database, Bell bell, TimeProvider clock) : IHostedService
{
    private readonly Remembered<TenantId, IReadOnlyList<Notice>> known = new(clock);
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

    public void Forget() => known.Forget();

    /// <summary>For somebody who is to see them; none for everybody else.</summary>
    public async ValueTask<IReadOnlyList<Notice>> For(Caller caller, CancellationToken ct) =>
        caller.Tenant == TenantId.None || !caller.May.Has(Permission.DataExport) ? [] : await known.Get(caller.Tenant, () => database.Read(caller, Notice.Open, ct));
}
