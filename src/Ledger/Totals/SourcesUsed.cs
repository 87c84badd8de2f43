using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Totals;

/// <summary>A calculation that entries of some months rest on, and how many do.</summary>
internal sealed record SourceUsed(CalculationBody Calculation, long Entries)
{
    /// <summary>All that count in the months up to a run: what was taken back in full is not among them.</summary>
    public static async Task<IReadOnlyList<SourceUsed>> Read(Session session, DateOnly from, DateOnly to, long run) => [.. (await session.Query<(string Body, long Entries)>(
        """
        select body, entries from (
            select calculation_id, sum(case entry_type when 'reversal' then -1 else 1 end)::bigint as entries
            from ledger.entries where month between @from and @to and run_no <= @run group by calculation_id) used
        join ledger.calculations using (calculation_id) where entries > 0 order by entries desc, calculation_id
        """,
        new { from, to, run })).Select(row => new SourceUsed(CalculationBody.Read(row.Body), row.Entries))];

    /// <summary>Activities that no entry could be made of, by why.</summary>
    public static Task<IReadOnlyList<(string Kind, string Problem, long Activities)>> Unposted(Session session, DateOnly from, DateOnly to) =>
        session.Query<(string, string, long)>(
            """
            select kind, min(problem::text), count(*) from ledger.unposted
            where start_on <= @to and end_on >= @from and not exists (
                select from ledger.entries posted where posted.activity_id = unposted.activity_id and posted.activity_version = unposted.activity_version)
            group by kind order by kind
            """,
            new { from, to });
}
