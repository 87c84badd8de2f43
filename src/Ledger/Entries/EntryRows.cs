using Npgsql;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Ledger.Entries;

/// <summary>Entries to and from the database.</summary>
internal static class EntryRows
{
    /// <summary>In the order in which <see cref="Read"/> takes them, of a table called <c>e</c>.</summary>
    public const string Columns = """
        e.run_no, e.line, e.month, e.entry_type, e.reverses_run, e.reverses_line, e.reason, e.activity_id, e.activity_version, e.slot, e.revision,
        e.entity_id, e.facility_id, e.kind, e.scope, e.category, e.basis, e.role, e.status, e.calculation_id, e.workings_id,
        e.quantity, e.whole_quantity, e.co2e_kg, e.low_kg, e.high_kg, e.biogenic_co2_kg, e.gases_kg
        """;

    // All but what the ledger's lock decides: the run's number, and whether a month is closed.
    private const string Copied = """
        line, month, entry_type, reverses_run, reverses_line, reason, activity_id, activity_version, slot, revision,
        entity_id, facility_id, kind, scope, category, basis, role, status, calculation_id, workings_id,
        quantity, whole_quantity, co2e_kg, low_kg, high_kg, biogenic_co2_kg, gases_kg
        """;

    public static async Task<List<PostedEntry>> Read(NpgsqlCommand command, CancellationToken ct)
    {
        var found = new List<PostedEntry>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(new PostedEntry(reader.GetInt64(0), Current(reader)));
        }

        return found;
    }

    /// <summary>The entry of the reader's row; its run is the first column.</summary>
    public static Entry Current(NpgsqlDataReader reader) => new()
    {
        Line = reader.GetInt32(1), Month = reader.GetFieldValue<DateOnly>(2), Type = Enum.Parse<EntryType>(reader.GetString(3), ignoreCase: true),
        ReversesRun = reader.IsDBNull(4) ? 0 : reader.GetInt64(4), ReversesLine = reader.IsDBNull(5) ? 0 : reader.GetInt32(5),
        Reason = reader.IsDBNull(6) ? null : reader.GetString(6), ActivityId = reader.GetGuid(7), ActivityVersion = reader.GetInt32(8),
        Slot = reader.GetInt16(9), Revision = reader.GetInt16(10), EntityId = reader.IsDBNull(11) ? null : reader.GetGuid(11),
        FacilityId = reader.IsDBNull(12) ? null : reader.GetGuid(12), Kind = reader.GetString(13), Scope = reader.GetInt16(14),
        Category = reader.IsDBNull(15) ? null : reader.GetInt16(15), Basis = Enum.Parse<Basis>(reader.GetString(16), ignoreCase: true),
        Role = reader.GetString(17), IsEstimated = reader.GetString(18) == "estimated", CalculationId = reader.GetGuid(19),
        WorkingsId = reader.IsDBNull(20) ? null : reader.GetGuid(20),
        Quantity = reader.GetDecimal(21), WholeQuantity = reader.IsDBNull(22) ? null : reader.GetDecimal(22), Co2eKg = reader.GetDecimal(23), LowKg = reader.GetDecimal(24), HighKg = reader.GetDecimal(25),
        BiogenicCo2Kg = reader.GetDecimal(26), GasesKg = reader.GetFieldValue<decimal[]>(27),
    };

    /// <summary>Copies entries into a temporary table of the transaction: PostgreSQL refuses COPY into a table with row-level security.</summary>
    public static async Task Copy(Session session, BinaryRows entries)
    {
        await session.Execute("""
            create temporary table run_entries (
                line int, month date, entry_type text, reverses_run bigint, reverses_line int, reason text, activity_id uuid, activity_version int,
                slot smallint, revision smallint, entity_id uuid, facility_id uuid, kind text, scope smallint, category smallint, basis text, role text,
                status text, calculation_id uuid, workings_id uuid, quantity numeric, whole_quantity numeric, co2e_kg numeric, low_kg numeric, high_kg numeric,
                biogenic_co2_kg numeric, gases_kg numeric[]) on commit drop
            """);
        await entries.Copy(session, $"copy run_entries ({Copied}) from stdin (format binary)");
    }

    /// <summary>From the temporary table into the ledger, under the tenant's fence.</summary>
    public static async Task<int> Insert(Session session, long runNo, DateOnly[] closed) => await session.Execute(
        $"""
        insert into ledger.entries (tenant_id, run_no, restates, {Copied})
        select @tenant, @runNo, month = any(@closed), {Copied} from run_entries
        """, new { tenant = session.Tenant.Value, runNo, closed });

    /// <summary>Entries as <see cref="Copy"/> takes them.</summary>
    public static BinaryRows Encode(ReadOnlySpan<Entry> entries)
    {
        const short Values = 27;
        const int Typical = 384;
        var rows = new BinaryRows(entries.Length * Typical);
        foreach (ref readonly var entry in entries)
        {
            rows.Row(Values);
            rows.Int(entry.Line);
            rows.Day(entry.Month);
            rows.Text(Entry.Name(entry.Type));
            if (entry.ReversesRun == 0)
            {
                rows.Null();
                rows.Null();
            }
            else
            {
                rows.Long(entry.ReversesRun);
                rows.Int(entry.ReversesLine);
            }

            rows.Text(entry.Reason);
            rows.Id(entry.ActivityId);
            rows.Int(entry.ActivityVersion);
            rows.Short(entry.Slot);
            rows.Short(entry.Revision);
            rows.Id(entry.EntityId);
            rows.Id(entry.FacilityId);
            rows.Text(entry.Kind);
            rows.Short(entry.Scope);
            rows.Short(entry.Category);
            rows.Text(Entry.Name(entry.Basis));
            rows.Text(entry.Role);
            rows.Text(entry.IsEstimated ? "estimated" : "calculated");
            rows.Id(entry.CalculationId);
            rows.Id(entry.WorkingsId);
            rows.Number(entry.Quantity);
            rows.Number(entry.WholeQuantity);
            rows.Number(entry.Co2eKg);
            rows.Number(entry.LowKg);
            rows.Number(entry.HighKg);
            rows.Number(entry.BiogenicCo2Kg);
            rows.Numbers(entry.GasesKg);
        }

        return rows;
    }
}
