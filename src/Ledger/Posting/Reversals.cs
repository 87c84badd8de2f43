using Npgsql;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Posting;

/// <summary>Entries that count: neither reversals nor reversed.</summary>
internal static class Reversals
{
    /// <summary>What still counts of activities, in the order they were posted. Read under the ledger's lock, so that nothing is taken back twice.</summary>
    /// <param name="head">The last run that counts.</param>
    public static async Task<List<PostedEntry>> Standing(
        Session session, IReadOnlyDictionary<Guid, (DateOnly From, DateOnly To)> activities, CancellationToken ct, long head = long.MaxValue)
    {
        // Month by month: activity and month lead the index, so that it serves whatever the planner knows of the table, and months decide which partitions are looked at.
        const string Sql = $"""
            select {EntryRows.Columns}
            from unnest($1, $2, $3) as wanted (activity_id, from_month, to_month)
            cross join lateral generate_series(wanted.from_month::timestamp, wanted.to_month::timestamp, interval '1 month') as m (at)
            cross join lateral (
                select * from ledger.entries e
                where e.tenant_id = (select current_setting('app.tenant_id')::uuid) and e.month = m.at::date
                    and e.activity_id = wanted.activity_id and e.entry_type <> 'reversal' and e.run_no <= $4
                    and not exists (
                        select from ledger.entries r
                        where r.tenant_id = e.tenant_id and r.month = e.month and r.activity_id = e.activity_id and r.activity_version = e.activity_version
                            and r.slot = e.slot and r.revision = e.revision and r.entry_type = 'reversal' and r.run_no <= $4)) e
            order by e.run_no, e.line
            """;
        await using var command = new NpgsqlCommand(Sql, session.Connection, session.Transaction);
        var wanted = activities.ToArray();
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = Array.ConvertAll(wanted, one => one.Key) });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = Array.ConvertAll(wanted, one => MonthShares.MonthOf(one.Value.From)) });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = Array.ConvertAll(wanted, one => MonthShares.MonthOf(one.Value.To)) });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = head });
        return await EntryRows.Read(command, ct);
    }

    /// <summary>Whether an entry has been taken back.</summary>
    public static Task<bool> Has(Session session, Entry entry) => session.First<bool>(
        """
        select exists (
            select from ledger.entries
            where month = @Month and activity_id = @ActivityId and activity_version = @ActivityVersion and slot = @Slot and revision = @Revision
                and entry_type = 'reversal')
        """,
        new { entry.Month, entry.ActivityId, entry.ActivityVersion, entry.Slot, entry.Revision });
}
