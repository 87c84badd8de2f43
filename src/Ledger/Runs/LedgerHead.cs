using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Runs;

/// <summary>The last run of a tenant's ledger; run 0 with 32 zero bytes before the first.</summary>
internal sealed record LedgerHead(long RunNo, byte[] Hash, DateTimeOffset PostedAt)
{
    // Any number that nothing else locks by.
    private const int LockSpace = 7_041_776;

    /// <summary>Makes every other posting, closing and reopening of the tenant wait until this transaction ends.</summary>
    public static Task<int> Lock(Session session) =>
        session.Execute("select pg_advisory_xact_lock(@LockSpace, hashtext(@tenant))", new { LockSpace, tenant = session.Tenant.ToString() });

    public static async Task<LedgerHead> Read(Session session) =>
        await session.First<Row>("select run_no, hash, posted_at from ledger.runs order by run_no desc limit 1") is { } row
            ? new LedgerHead(row.RunNo, row.Hash, new DateTimeOffset(row.PostedAt))
            : new LedgerHead(0, RunHash.Beginning, DateTimeOffset.UnixEpoch);

    /// <summary>Number of the last run that was posted by an instant, 0 before the first; without an instant, one that no run comes after.</summary>
    public static async Task<long> At(Session session, DateTimeOffset? asOf) => asOf is { } instant
        ? await session.First<long>("select coalesce(max(run_no), 0) from ledger.runs where posted_at <= @instant", new { instant })
        : long.MaxValue - 1;

    private sealed record Row(long RunNo, byte[] Hash, DateTime PostedAt);
}
