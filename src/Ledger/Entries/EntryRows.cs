using Npgsql;
using NpgsqlTypes;
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

    public static async Task<List<(long Run, Entry Entry)>> Read(NpgsqlCommand command, CancellationToken ct)
    {
        var found = new List<(long, Entry)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add((reader.GetInt64(0), Current(reader)));
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
    public static async Task Copy(Session session, RunEntries entries, CancellationToken ct)
    {
        await session.Execute("""
            create temporary table run_entries (
                line int, month date, entry_type text, reverses_run bigint, reverses_line int, reason text, activity_id uuid, activity_version int,
                slot smallint, revision smallint, entity_id uuid, facility_id uuid, kind text, scope smallint, category smallint, basis text, role text,
                status text, calculation_id uuid, workings_id uuid, quantity numeric, whole_quantity numeric, co2e_kg numeric, low_kg numeric, high_kg numeric,
                biogenic_co2_kg numeric, gases_kg numeric[]) on commit drop
            """);
        await using var copy = await session.Connection.BeginBinaryImportAsync($"copy run_entries ({Copied}) from stdin (format binary)", ct);
        await Task.Run(() => Write(copy, entries()), ct);
        await copy.CompleteAsync(ct);
    }

    /// <summary>From the temporary table into the ledger, under the tenant's fence.</summary>
    public static async Task<int> Insert(Session session, long runNo, DateOnly[] closed) => await session.Execute(
        $"""
        insert into ledger.entries (tenant_id, run_no, restates, {Copied})
        select @tenant, @runNo, month = any(@closed), {Copied} from run_entries
        """, new { tenant = session.Tenant.Value, runNo, closed });

    /// <summary>The entries of a run, asked for on the thread that writes them.</summary>
    public delegate Span<Entry> RunEntries();

    // Without awaits: the importer buffers, and only a full buffer waits for the socket.
    private static void Write(NpgsqlBinaryImporter copy, Span<Entry> entries)
    {
        foreach (ref readonly var entry in entries)
        {
            copy.StartRow();
            copy.Write(entry.Line, NpgsqlDbType.Integer);
            copy.Write(entry.Month, NpgsqlDbType.Date);
            copy.Write(Entry.Name(entry.Type), NpgsqlDbType.Text);
            if (entry.ReversesRun == 0)
            {
                copy.WriteNull();
                copy.WriteNull();
            }
            else
            {
                copy.Write(entry.ReversesRun, NpgsqlDbType.Bigint);
                copy.Write(entry.ReversesLine, NpgsqlDbType.Integer);
            }

            Text(copy, entry.Reason);
            copy.Write(entry.ActivityId, NpgsqlDbType.Uuid);
            copy.Write(entry.ActivityVersion, NpgsqlDbType.Integer);
            copy.Write(entry.Slot, NpgsqlDbType.Smallint);
            copy.Write(entry.Revision, NpgsqlDbType.Smallint);
            Id(copy, entry.EntityId);
            Id(copy, entry.FacilityId);
            copy.Write(entry.Kind, NpgsqlDbType.Text);
            copy.Write(entry.Scope, NpgsqlDbType.Smallint);
            if (entry.Category is { } category)
            {
                copy.Write(category, NpgsqlDbType.Smallint);
            }
            else
            {
                copy.WriteNull();
            }

            copy.Write(Entry.Name(entry.Basis), NpgsqlDbType.Text);
            copy.Write(entry.Role, NpgsqlDbType.Text);
            copy.Write(entry.IsEstimated ? "estimated" : "calculated", NpgsqlDbType.Text);
            copy.Write(entry.CalculationId, NpgsqlDbType.Uuid);
            Id(copy, entry.WorkingsId);
            copy.Write(entry.Quantity, NpgsqlDbType.Numeric);
            if (entry.WholeQuantity is { } whole)
            {
                copy.Write(whole, NpgsqlDbType.Numeric);
            }
            else
            {
                copy.WriteNull();
            }

            copy.Write(entry.Co2eKg, NpgsqlDbType.Numeric);
            copy.Write(entry.LowKg, NpgsqlDbType.Numeric);
            copy.Write(entry.HighKg, NpgsqlDbType.Numeric);
            copy.Write(entry.BiogenicCo2Kg, NpgsqlDbType.Numeric);
            copy.Write(entry.GasesKg, NpgsqlDbType.Array | NpgsqlDbType.Numeric);
        }
    }

    private static void Text(NpgsqlBinaryImporter copy, string? text)
    {
        if (text is null)
        {
            copy.WriteNull();
        }
        else
        {
            copy.Write(text, NpgsqlDbType.Text);
        }
    }

    private static void Id(NpgsqlBinaryImporter copy, Guid? id)
    {
        if (id is { } value)
        {
            copy.Write(value, NpgsqlDbType.Uuid);
        }
        else
        {
            copy.WriteNull();
        }
    }
}
