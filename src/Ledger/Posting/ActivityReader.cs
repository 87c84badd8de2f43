using System.Text.Json;
using Npgsql;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Posting;

/// <summary>Reads an import's activities in the order of their rows.</summary>
internal static class ActivityReader
{
    private const string Columns = """
        activity_id, version, import_id, row_no, kind, quantity, unit, region, start_on, end_on, quality, entity_id, facility_id, factor_id, factor_value,
        columns, withdrawn
        """;

    /// <summary>The activities of an import after a row, at most so many: what it brought, or what was withdrawn of it.</summary>
    public static async Task<List<ActivityRow>> After(Session session, Guid importId, bool withdrawn, long row, int most, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns} from activities.activities where import_id = $1 and row_no > $2 and withdrawn = $4 order by row_no, version limit $3", session.Connection, session.Transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = withdrawn });
        return await Read(command, ct);
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
        return (await Read(command, ct)).FirstOrDefault();
    }

    private static async Task<List<ActivityRow>> Read(NpgsqlCommand command, CancellationToken ct)
    {
        var rows = new List<ActivityRow>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new ActivityRow(
                reader.GetGuid(0), reader.GetInt32(1), reader.GetGuid(2), reader.GetInt64(3), reader.GetString(4), reader.GetDecimal(5), reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetString(7), reader.GetFieldValue<DateOnly>(8), reader.GetFieldValue<DateOnly>(9),
                reader.IsDBNull(10) ? null : reader.GetInt16(10), reader.IsDBNull(11) ? null : reader.GetGuid(11), reader.IsDBNull(12) ? null : reader.GetGuid(12),
                reader.IsDBNull(13) ? null : reader.GetString(13), reader.IsDBNull(14) ? null : reader.GetDecimal(14),
                reader.IsDBNull(15) ? Activity.NoColumns : JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(15))!,
                reader.GetBoolean(16)));
        }

        return rows;
    }
}
