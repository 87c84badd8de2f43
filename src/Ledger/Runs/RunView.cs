using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Runs;

/// <summary>A run: one posting of entries in one transaction. Hashes are lower-case hexadecimal.</summary>
/// <param name="PostingId">What was asked for: the import, the correction, the adjustment. A long one makes several runs.</param>
public sealed record RunView(
    long RunNo, Guid PostingId, string Cause, string? Reason, int EntryCount, string Root, string PreviousHash, string Hash, DateTimeOffset PostedAt, string PostedBy)
{
    private const string Columns = "run_no, posting_id, cause, reason, entry_count, root, previous_hash, hash, posted_at, posted_by";

    internal static async Task<RunView?> Find(Session session, long runNo) =>
        (await session.First<Row>($"select {Columns} from ledger.runs where run_no = @runNo", new { runNo }))?.View();

    /// <summary>Runs before one, the latest first.</summary>
    internal static async Task<IReadOnlyList<RunView>> Before(Session session, long before, int limit) =>
        [.. (await session.Query<Row>($"select {Columns} from ledger.runs where run_no < @before order by run_no desc limit @limit", new { before, limit })).Select(row => row.View())];

    private sealed record Row(
        long RunNo, Guid PostingId, string Cause, string? Reason, int EntryCount, byte[] Root, byte[] PreviousHash, byte[] Hash, DateTime PostedAt, string PostedBy)
    {
        public RunView View() => new(
            RunNo, PostingId, Cause, Reason, EntryCount, Convert.ToHexStringLower(Root), Convert.ToHexStringLower(PreviousHash), Convert.ToHexStringLower(Hash),
            new DateTimeOffset(PostedAt), PostedBy);
    }
}
