using Microsoft.Extensions.Hosting;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Tokens;

/// <summary>
/// The installation's signing keys: one signs, for 90 days or until it is rotated; those before it are published until the last token of theirs has
/// expired. All servers of a database share them: each hears of a rotation, and looks again when a token names a key it has not seen.
/// </summary>
public sealed class SigningKeys(Database database, Seals seals, Bell bell, TimeProvider clock) : IHostedService, IDisposable
{
    /// <summary>How long a key signs.</summary>
    public static readonly TimeSpan InUse = TimeSpan.FromDays(90);

    // A server that has not heard of the rotation yet may sign with the old key for as long as it remembers it.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Published = AccessTokens.GoodFor + AccessTokens.Skew + Memory + Memory;

    // Keys nobody has ever seen cost one look a second, whoever makes them up.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private static readonly Caller Installation = Caller.System(TenantId.None, "signing-keys");

    private readonly SemaphoreSlim loading = new(1);
    private Ring? ring;
    private DateTimeOffset lookedForUnknown;
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

    public void Forget() => Volatile.Write(ref ring, null);

    /// <summary>The key in use; made when there is none, or when the one there is has served its time.</summary>
    internal async Task<SigningKey> Current(CancellationToken ct)
    {
        var keys = await Load(ct);
        if (keys.Current is { } current && clock.GetUtcNow() - current.CreatedAt < InUse)
        {
            return current;
        }

        await Rotate(onlyOlderThan: InUse, ct);
        return (await Load(ct)).Current!;
    }

    /// <summary>The key of an id, or null when there is none that verifies.</summary>
    internal async ValueTask<SigningKey?> Find(string keyId, CancellationToken ct)
    {
        if ((await Load(ct)).Find(keyId) is { } known)
        {
            return known;
        }

        var now = clock.GetUtcNow();
        if (now - lookedForUnknown < BetweenLooks)
        {
            return null;
        }

        lookedForUnknown = now;
        Forget();
        return (await Load(ct)).Find(keyId);
    }

    /// <summary>The public halves of all that verify.</summary>
    internal async Task<PublicKeys> All(CancellationToken ct)
    {
        await Current(ct);
        return new PublicKeys([.. (await Load(ct)).Keys.Select(key => key.Public)]);
    }

    /// <summary>A new key signs from now on; the private half of the one before it is destroyed.</summary>
    /// <param name="onlyOlderThan">Only when the one in use is as old as this: of many servers that find it so, one rotates.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>Whether it was rotated.</returns>
    public async Task<bool> Rotate(TimeSpan onlyOlderThan, CancellationToken ct)
    {
        var rotated = await database.Write<bool>(
            Installation,
            async session =>
            {
                var now = clock.GetUtcNow();
                await session.Execute("select pg_advisory_xact_lock(hashtextextended('org.signing_keys', 0))");
                if (await session.First<DateTimeOffset?>("select created_at from org.signing_keys where retired_at is null") is { } created && now - created < onlyOlderThan)
                {
                    return false;
                }

                using var key = SigningKey.New(now);
                await session.Execute("update org.signing_keys set retired_at = @now, private_key = null where retired_at is null", new { now });
                await session.Execute(
                    "insert into org.signing_keys (tenant_id, key_id, public_key, private_key, created_at) values (@tenant, @Kid, @PublicKey, @PrivateKey, @now)",
                    new { tenant = session.Tenant.Value, key.Public.Kid, PublicKey = key.ExportPublic(), PrivateKey = await seals.Seal(session, Purpose(key.Public.Kid), key.ExportPrivate()), now });
                await Platform.Audit.Trail.Record(session, "signing_key.rotated", new { key_id = key.Public.Kid });
                return true;
            },
            ct);
        Forget();
        return rotated.Value;
    }

    private async ValueTask<Ring> Load(CancellationToken ct)
    {
        if (Volatile.Read(ref ring) is { } known && clock.GetUtcNow() < known.Until)
        {
            return known;
        }

        await loading.WaitAsync(ct);
        try
        {
            var now = clock.GetUtcNow();
            if (Volatile.Read(ref ring) is { } meanwhile && now < meanwhile.Until)
            {
                return meanwhile;
            }

            var keys = await database.Read(
                Installation,
                async session =>
                {
                    var found = new List<SigningKey>();
                    var rows = await session.Query<Row>(
                        "select key_id, public_key, private_key, created_at from org.signing_keys where retired_at is null or retired_at > @since order by created_at desc", new { since = now - Published });
                    foreach (var row in rows)
                    {
                        var secret = row.PrivateKey is { } sealedKey ? await seals.Open(session, Purpose(row.KeyId), sealedKey) : null;
                        found.Add(SigningKey.Read(row.PublicKey, secret, row.CreatedAt));
                    }

                    return found;
                },
                ct);
            var read = new Ring(keys, now + Memory);
            Volatile.Write(ref ring, read);
            return read;
        }
        finally
        {
            loading.Release();
        }
    }

    public void Dispose() => loading.Dispose();

    private static string Purpose(string keyId) => $"signing-key:{keyId}";

    private sealed record Ring(IReadOnlyList<SigningKey> Keys, DateTimeOffset Until)
    {
        public SigningKey? Current { get; } = Keys.FirstOrDefault(key => key.Signs);

        public SigningKey? Find(string keyId) => Keys.FirstOrDefault(key => key.Public.Kid == keyId);
    }

    private sealed class Row
    {
        public string KeyId { get; set; } = "";

        public byte[] PublicKey { get; set; } = [];

        public byte[]? PrivateKey { get; set; }

        public DateTimeOffset CreatedAt { get; set; }
    }
}
