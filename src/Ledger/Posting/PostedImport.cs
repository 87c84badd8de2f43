using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Posting;

/// <summary>How far the posting of an import is.</summary>
/// <param name="ThroughRow">Rows up to here are in the ledger, or told as unposted.</param>
/// <param name="Entries">Entries it has.</param>
/// <param name="Month">The last month it has entries in, or null.</param>
/// <param name="Unposted">Activities that no entry could be made of.</param>
internal sealed record PostedImport(long ThroughRow, long Entries, DateOnly? Month, long Unposted)
{
    /// <summary>Within a transaction of the tenant.</summary>
    public static async Task<PostedImport> Find(Session session, Guid importId)
    {
        var (through, entries, month) = await session.First<(long, long, DateOnly?)>("""
            select coalesce(max(through_row), 0), coalesce(sum(entry_count), 0)::bigint,
                (select max(month) from ledger.entries where run_no in (select run_no from ledger.runs where posting_id = @importId))
            from ledger.runs where posting_id = @importId
            """, new { importId });
        var (last, count) = await session.First<(long, long)>(
            "select coalesce(max(row_no), 0), count(*) from ledger.unposted where posting_id = @importId", new { importId });
        return new PostedImport(Math.Max(through, last), entries, month, count);
    }

    /// <summary>What several postings come to together, reversals taken off: kg CO2e by scope and basis, to the twelfth place, for people to read.</summary>
    public static Task<IReadOnlyList<(int Scope, string Basis, decimal Co2eKg)>> Sums(Session session, Guid[] postings) => session.Query<(int, string, decimal)>(
        """
        select scope::int, basis::text, round(sum(co2e_kg), 12) from ledger.entries
        where run_no in (select run_no from ledger.runs where posting_id = any(@postings)) group by scope, basis order by scope, basis
        """, new { postings });
}
