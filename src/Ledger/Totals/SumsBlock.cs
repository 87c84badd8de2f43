using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Totals;

/// <summary>
/// Sums of consecutive runs of one posting until they are written: eight runs of a mixed file share most of their labels and months,
/// one run alone has hardly fewer than entries.
/// </summary>
/// <param name="after">The run before its first.</param>
internal sealed class SumsBlock(long after)
{
    // Eight runs to a row, eight rows to one of the next level: a ledger of 1,000 runs is read from some ten rows.
    private const int Width = 8;

    // Rows of so many cells together hold hardly fewer as one, and other postings of the tenant would wait meanwhile.
    private const int MostMerged = 100_000;

    // A row is worth it up to so many cells however few entries it stands for.
    private const int FewCells = 500;

    // Some 200 bytes each while they are added up.
    private const int MostCells = 40_000;

    private readonly RunSums sums = new();

    private long runs;

    public long LastRun => after + runs;

    public bool IsFull => runs >= Width || sums.Count >= MostCells;

    /// <summary>Adds the run after its last.</summary>
    public void Add(RunSums run)
    {
        sums.Add(run);
        run.GiveBack();
        runs++;
    }

    /// <summary>Writes it, and the rows of higher levels that it completes. Under the ledger's lock.</summary>
    public async Task Write(Session session)
    {
        if (Saves(sums.Count, sums.EntryCount))
        {
            await sums.Stored().Insert(session, after, LastRun, 1);
            for (short level = 1; await Complete(session, level) is { } first; level++)
            {
                var merged = await StoredSums.Read(session, first, LastRun, session.Cancelled);
                await merged.Stored().Insert(session, first, LastRun, (short)(level + 1));
                merged.GiveBack();
            }
        }

        sums.GiveBack();
    }

    // Where rows of a few own factors each are the ledger, a sum is as long as what it sums.
    private static bool Saves(long cells, long of) => cells <= FewCells || cells * 4 <= of * 3;

    // The run before the last eight rows of a level, when they follow on one another and no row of the next level has any of them.
    private async Task<long?> Complete(Session session, short level)
    {
        var rows = await session.Query<(long After, long Run, int Cells)>(
            """
            select after_run, run_no, cells from ledger.run_sums
            where level = @level and run_no <= @LastRun and after_run >= coalesce((select max(run_no) from ledger.run_sums where level = @next), 0)
            order by run_no desc limit @Width
            """, new { level, next = (short)(level + 1), LastRun, Width });
        var follow = rows.Count == Width && rows[0].Run == LastRun && rows.Zip(rows.Skip(1), (later, earlier) => later.After == earlier.Run).All(yes => yes);
        return follow && rows.Sum(row => (long)row.Cells) <= MostMerged ? rows[^1].After : null;
    }
}
