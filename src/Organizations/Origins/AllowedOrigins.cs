using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Hosting;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Origins;

/// <summary>Which origins a tenant's pages may call from. What it has found it remembers for half a minute, or until it hears of a change.</summary>
public sealed class AllowedOrigins(Database database, Bell bell, TimeProvider clock) : IHostedService
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<(string Origin, TenantId Tenant), (bool IsAllowed, DateTimeOffset Until)> known = new();
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

    /// <summary>The origin as browsers write it (RFC 6454, 6.2), or null when the text is none: a scheme, a host, a port if it is not the usual one, and nothing else.</summary>
    public static string? Read(string text) =>
        text.Length <= 300 && Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)) && uri.GetLeftPart(UriPartial.Authority) is var origin
            && string.Equals(origin, text, StringComparison.Ordinal) && uri.UserInfo.Length == 0 && text.All(char.IsAscii)
            ? origin
            : null;

    public ValueTask<bool> IsAllowed(string origin, TenantId tenant, CancellationToken ct) => Known(origin, tenant, async () => await database.Read(
        Caller.System(tenant, "origins"), session => session.First<bool>("select exists (select from org.allowed_origins where origin = @origin)", new { origin }), ct));

    public ValueTask<bool> IsAllowedBySomebody(string origin, CancellationToken ct) => Known(origin, TenantId.None, async () =>
    {
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select org.origin_is_allowed(@origin)", new { origin }, cancellationToken: ct));
    });

    private async ValueTask<bool> Known(string origin, TenantId tenant, Func<Task<bool>> look)
    {
        var now = clock.GetUtcNow();
        if (known.TryGetValue((origin, tenant), out var found) && now < found.Until)
        {
            return found.IsAllowed;
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }

        var isAllowed = await look();
        known[(origin, tenant)] = (isAllowed, now + Memory);
        return isAllowed;
    }
}
