using Npgsql;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Posting;

/// <summary>Reads an import's activities in the order of their rows.</summary>
internal static class ActivityReader
{
    private const string Columns = """
        activity_id, version, row_no, kind, quantity, unit, region, start_on, end_on, quality, entity_id, facility_id, factor_id, factor_value,
        columns::text, withdrawn
        """;

    /// <summary>The activities of an import after a row, at most so many.</summary>
    public static async Task<List<ActivityRow>> After(Session session, Guid importId, long row, int most, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns} from activities.activities where import_id = $1 and row_no > $2 order by row_no, version limit $3", session.Connection, session.Transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        return await Read(command, most, ct);
    }

    /// <summary>Versions of activities, and the days that the versions before them cover.</summary>
    public static async Task<IReadOnlyDictionary<Guid, (DateOnly From, DateOnly To)>> Days(Session session, Guid[] activities) =>
        (await session.Query<(Guid Id, DateOnly From, DateOnly To)>(
            "select activity_id, min(start_on), max(end_on) from activities.activities where activity_id = any(@activities) group by activity_id", new { activities }))
        .ToDictionary(row => row.Id, row => (row.From, row.To));

    /// <summary>One version of an activity, or null.</summary>
    public static async Task<ActivityRow?> One(Session session, Guid activity, int version, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns} from activities.activities where activity_id = $1 and version = $2", session.Connection, session.Transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = activity });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = version });
        return (await Read(command, 1, ct)).FirstOrDefault();
    }

    private static async Task<List<ActivityRow>> Read(NpgsqlCommand command, int most, CancellationToken ct)
    {
        var rows = new List<ActivityRow>(most);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new ActivityRow
            {
                ActivityId = reader.GetGuid(0), Version = reader.GetInt32(1), RowNo = reader.GetInt64(2), Kind = reader.GetString(3),
                Quantity = reader.GetDecimal(4), Unit = reader.GetString(5), Region = reader.IsDBNull(6) ? null : reader.GetString(6),
                Start = reader.GetFieldValue<DateOnly>(7), End = reader.GetFieldValue<DateOnly>(8), Quality = reader.IsDBNull(9) ? null : reader.GetInt16(9),
                EntityId = reader.IsDBNull(10) ? null : reader.GetGuid(10), FacilityId = reader.IsDBNull(11) ? null : reader.GetGuid(11),
                Factor = reader.IsDBNull(12) ? null : reader.GetString(12), FactorValue = reader.IsDBNull(13) ? null : reader.GetDecimal(13),
                Columns = reader.IsDBNull(14) ? null : reader.GetString(14), Withdrawn = reader.GetBoolean(15),
            });
        }

        return rows;
    }
}
