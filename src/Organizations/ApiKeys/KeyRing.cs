using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Hosting;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.ApiKeys;

/// <summary>Whose key it is, and what it may do.</summary>
/// <param name="Networks">Where it may come from; none: from anywhere.</param>
public sealed record KeyHolder(TenantId Tenant, Guid ApiKeyId, PermissionSet May, IReadOnlyList<IPNetwork> Networks)
{
    /// <summary>Whether a request may come from an address.</summary>
    public bool MayComeFrom(IPAddress? address) => Networks.Count == 0 || (address is not null && Networks.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)));
}

/// <summary>
/// Says whose a key is. What it has found it remembers for half a minute; a revocation or a change of role is heard at once, in this process and,
/// by the database's notice, in every other.
/// </summary>
public sealed class KeyRing(Database database, Bell bell, TimeProvider clock) : IHostedService
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    // More keys than this at work within half a minute are looked up anew each time.
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<UInt128, Known> known = new();
    private long epoch;
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

    /// <summary>The holder, or null when it is nobody's, expired or revoked, whoever made it is no member any more, or its tenant is not active.</summary>
    public async Task<KeyHolder?> Resolve(string secret, CancellationToken ct)
    {
        if (ApiKeySecret.Tenant(secret) is not { } tenant)
        {
            return null;
        }

        var hash = ApiKeySecret.Hash(secret);
        var name = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
        var now = clock.GetUtcNow();
        if (known.TryGetValue(name, out var found) && now < found.Until)
        {
            return found.Holder;
        }

        // What is forgotten while it is being read must not be remembered.
        var began = Interlocked.Read(ref epoch);
        if (await LookUp(tenant, hash, now, ct) is not { } row)
        {
            known.TryRemove(name, out _);
            return null;
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }

        var holder = new KeyHolder(tenant, row.ApiKeyId, row.May, [.. row.Networks.Select(network => IPNetwork.Parse(network))]);
        if (Interlocked.Read(ref epoch) == began)
        {
            known[name] = new Known(holder, row.ExpiresAt is { } end && end < now + Memory ? end : now + Memory);
        }

        return holder;
    }

    /// <summary>Looks every key up anew when it comes next.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref epoch);
        known.Clear();
    }

    private async Task<Row?> LookUp(TenantId tenant, byte[] hash, DateTimeOffset now, CancellationToken ct)
    {
        var caller = Caller.System(tenant, "key:look-up");
        var row = await database.Read(
            caller,
            async session =>
            {
                var found = await session.First<Row>(
                    $"""
                    select api_key_id, expires_at, last_used_at, role, permissions, networks::text[] as networks
                    from org.api_keys join org.tenants on tenants.id = api_keys.tenant_id and tenants.status = 'active'
                    where hash = @hash and revoked_at is null and (expires_at is null or expires_at > @now) and not {ApiKey.Orphaned}
                    """,
                    new { hash, now });
                if (found is not null)
                {
                    found.May = await TenantRoles.Permissions(found.Role, session) & (found.Permissions is { } some ? TenantRoles.Parse(some) : PermissionSet.All);
                }

                return found;
            },
            ct);
        if (row is not null && (row.LastUsedAt is not { } used || now - used > TimeSpan.FromMinutes(1)))
        {
            await database.Write<int>(
                caller, async session => await session.Execute("update org.api_keys set last_used_at = @now where api_key_id = @Id", new { now, Id = row.ApiKeyId }), ct);
        }

        return row;
    }

    private sealed record Known(KeyHolder Holder, DateTimeOffset Until);

    private sealed class Row
    {
        public Guid ApiKeyId { get; set; }

        public DateTimeOffset? ExpiresAt { get; set; }

        public DateTimeOffset? LastUsedAt { get; set; }

        public string Role { get; set; } = "";

        public string[]? Permissions { get; set; }

        public string[] Networks { get; set; } = [];

        public PermissionSet May { get; set; }
    }
}
