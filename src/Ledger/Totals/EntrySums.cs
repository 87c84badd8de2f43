using System.Globalization;
using System.Text;
using Npgsql;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Totals;

/// <summary>Sums that the database makes of entries.</summary>
internal static class EntrySums
{
    /// <summary>Of the entries of the runs after one up to another.</summary>
    /// <param name="facilities">Whether facilities are told apart.</param>
    public static async Task<List<(CubeKey Key, FigureSums Sums)>> Read(Session session, long after, long through, bool facilities, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select month, entity_id, {(facilities ? "facility_id" : "null::uuid")}, kind, status = 'estimated', calculation_id,
                sum(case entry_type when 'reversal' then -1 else 1 end), sum(quantity)::text, sum(co2e_kg)::text, sum(biogenic_co2_kg)::text,
                sum(case entry_type when 'reversal' then -1 else 1 end * co2e_kg::float8 * co2e_kg::float8
                    * case when whole_quantity is null or quantity = 0 then 1 else whole_quantity::float8 / quantity::float8 end)
            from ledger.entries where run_no > $1 and run_no <= $2
            group by 1, 2, 3, 4, 5, 6
            """, session.Connection, session.Transaction) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = through });
        var cells = new List<(CubeKey, FigureSums)>();
        var kinds = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var kind = reader.GetString(3);
            kind = kinds.TryGetValue(kind, out var known) ? known : kinds[kind] = kind;
            var key = new CubeKey(
                reader.GetFieldValue<DateOnly>(0), reader.IsDBNull(1) ? null : reader.GetGuid(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), kind,
                reader.GetBoolean(4), reader.GetGuid(5));
            var sums = new FigureSums { Entries = reader.GetInt64(6), Squares = reader.GetDouble(10) };
            Add(ref sums.Quantity, reader.GetString(7));
            Add(ref sums.Co2eKg, reader.GetString(8));
            Add(ref sums.BiogenicCo2Kg, reader.GetString(9));
            cells.Add((key, sums));
        }

        return cells;
    }

    // The database sums without losing a digit; a decimal has 28: what lies below a hundred-millionth goes in by itself.
    private static void Add(ref ExactSum sum, string number)
    {
        const int Places = 8;
        var point = number.IndexOf('.', StringComparison.Ordinal);
        if (number.Length <= 28 || point < 0 || number.Length - point - 1 <= Places)
        {
            sum.Add(decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture));
            return;
        }

        var fine = new StringBuilder(number[0] == '-' ? "-0." : "0.").Append('0', Places).Append(number, point + 1 + Places, number.Length - point - 1 - Places);
        sum.Add(decimal.Parse(number[..(point + 1 + Places)], NumberStyles.Float, CultureInfo.InvariantCulture));
        sum.Add(decimal.Parse(fine.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture));
    }
}
