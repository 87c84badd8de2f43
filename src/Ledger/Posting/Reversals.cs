using Npgsql;
using OffGridFlow.Ledger.Entries;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Posting;

/// <summary>Entries that count: neither reversals nor reversed.</summary>
internal static class Reversals
{
    /// <summary>What still counts of activities, in the order they were posted. Read under the ledger's lock, so that nothing is taken back twice.</summary>
    public static async Task<List<(long Run, Entry Entry)>> Standing(
        Session session, IReadOnlyDictionary<Guid, (DateOnly From, DateOnly To)> activities, CancellationToken ct)
    {
        // Months first: they lead the index, and decide which partitions are looked at.
        const string Sql = $"""
            select {EntryRows.Columns}
            from unnest($1, $2, $3) as wanted (activity_id, from_month, to_month)
            cross join lateral (
                select * from ledger.entries e
                where e.tenant_id = (select current_setting('app.tenant_id')::uuid) and e.month between wanted.from_month and wanted.to_month
                    and e.activity_id = wanted.activity_id and e.entry_type <> 'reversal'
                    and not exists (
                        select from ledger.entries r
                        where r.tenant_id = e.tenant_id and r.month = e.month and r.activity_id = e.activity_id and r.activity_version = e.activity_version
                            and r.slot = e.slot and r.revision = e.revision and r.entry_type = 'reversal')) e
            order by e.run_no, e.line
            """;
        await using var command = new NpgsqlCommand(Sql, session.Connection, session.Transaction);
        var wanted = activities.ToArray();
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = Array.ConvertAll(wanted, one => one.Key) });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = Array.ConvertAll(wanted, one => MonthShares.MonthOf(one.Value.From)) });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = Array.ConvertAll(wanted, one => MonthShares.MonthOf(one.Value.To)) });
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
