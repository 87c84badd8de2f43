using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Secrets;

/// <summary>
/// Keeps what a tenant entrusts to us: AES-256-GCM under a data key of the tenant, which a master key seals in turn (envelope encryption). A
/// sealed secret opens for its own tenant and purpose only.
/// </summary>
public sealed class Seals(IMasterKeys masters, TimeProvider clock)
{
    private const byte Form = 1;
    private const int HeaderBytes = 1 + sizeof(int);
    private const int KeyBytes = 32;

    private readonly ConcurrentDictionary<(TenantId Tenant, int No), byte[]> opened = new();

    /// <param name="session">Bound to the tenant whose secret it is; to none for the installation's and persons' own.</param>
    /// <param name="purpose">What it is for: <c>webhook</c>, <c>totp:0191…</c>. It opens for the same only.</param>
    /// <param name="plain">The secret.</param>
    public async Task<byte[]> Seal(Session session, string purpose, ReadOnlyMemory<byte> plain)
    {
        var no = await session.First<int?>("select max(key_no) from platform.data_keys where tenant_id = @tenant", new { tenant = session.Tenant.Value }) ?? await Make(session, 1);
        var box = AesGcmBox.Seal(await Key(session, no), plain.Span, Context(session.Tenant, purpose));
        var whole = new byte[HeaderBytes + box.Length];
        whole[0] = Form;
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(1), no);
        box.CopyTo(whole, HeaderBytes);
        return whole;
    }

    /// <summary>What was sealed.</summary>
    /// <exception cref="CryptographicException">It was changed, belongs to another tenant or purpose, or its master key is gone.</exception>
    public async Task<byte[]> Open(Session session, string purpose, ReadOnlyMemory<byte> secret)
    {
        if (secret.Length < HeaderBytes || secret.Span[0] != Form)
        {
            throw new CryptographicException("That is no sealed secret.");
        }

        var key = await Key(session, BinaryPrimitives.ReadInt32BigEndian(secret.Span[1..]));
        return AesGcmBox.Open(key, secret.Span[HeaderBytes..], Context(session.Tenant, purpose));
    }

    /// <summary>A new data key for the tenant: what is sealed from now on, is sealed with it. What was sealed before still opens.</summary>
    public async Task Rotate(Session session)
    {
        await session.Execute("select pg_advisory_xact_lock(hashtextextended('data-key ' || @tenant, 0))", new { tenant = session.Tenant.ToString() });
        await Make(session, 1 + await session.First<int>("select coalesce(max(key_no), 0) from platform.data_keys where tenant_id = @tenant", new { tenant = session.Tenant.Value }));
    }

    /// <summary>Seals the tenant's data keys with the master key in force, so that an older one can be taken away. How many were sealed with another.</summary>
    public async Task<int> Rewrap(Session session)
    {
        var older = await session.Query<Row>("select key_no, master, wrapped from platform.data_keys where tenant_id = @tenant and master <> @current for update", new { tenant = session.Tenant.Value, current = masters.Current });
        foreach (var row in older)
        {
            var key = await masters.Unwrap(new WrappedKey(row.Master, row.Wrapped), Context(session.Tenant, row.KeyNo), session.Cancelled);
            var wrapped = await masters.Wrap(key, Context(session.Tenant, row.KeyNo), session.Cancelled);
            await session.Execute(
                "update platform.data_keys set master = @master, wrapped = @wrapped where tenant_id = @tenant and key_no = @KeyNo",
                new { tenant = session.Tenant.Value, row.KeyNo, master = wrapped.Master, wrapped = wrapped.Wrapped });
        }

        return older.Count;
    }

    // Two who come first at once agree on the one that is there.
    private async Task<int> Make(Session session, int no)
    {
        var made = await masters.Wrap(RandomNumberGenerator.GetBytes(KeyBytes), Context(session.Tenant, no), session.Cancelled);
        await session.Execute(
            "insert into platform.data_keys (tenant_id, key_no, master, wrapped, created_at) values (@tenant, @no, @master, @wrapped, @now) on conflict do nothing",
            new { tenant = session.Tenant.Value, no, master = made.Master, wrapped = made.Wrapped, now = clock.GetUtcNow() });
        return no;
    }

    // Only what another transaction could see too is remembered: a key of a transaction that is undone never was.
    private async Task<byte[]> Key(Session session, int no)
    {
        if (opened.TryGetValue((session.Tenant, no), out var known))
        {
            return known;
        }

        var row = await session.First<Row>(
            "select key_no, master, wrapped, xmin::text::bigint = txid_current_if_assigned() % 4294967296 as is_new from platform.data_keys where tenant_id = @tenant and key_no = @no",
            new { tenant = session.Tenant.Value, no }) ?? throw new CryptographicException($"There is no data key {no}.");
        var key = await masters.Unwrap(new WrappedKey(row.Master, row.Wrapped), Context(session.Tenant, no), session.Cancelled);
        if (row.IsNew != true)
        {
            opened[(session.Tenant, no)] = key;
        }

        return key;
    }

    private static byte[] Context(TenantId tenant, string purpose) => Encoding.UTF8.GetBytes($"{tenant} {purpose}");

    private static byte[] Context(TenantId tenant, int no) => Context(tenant, FormattableString.Invariant($"data key {no}"));

    private sealed class Row
    {
        public int KeyNo { get; set; }

        public string Master { get; set; } = "";

        public byte[] Wrapped { get; set; } = [];

        public bool? IsNew { get; set; }
    }
}
