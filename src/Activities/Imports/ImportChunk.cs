using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>Rows that are written in one transaction, column by column: each as an activity, or as a row that was not taken and why.</summary>
internal sealed class ImportChunk(Guid importId, int capacity)
{
    private const string Columns = """
        activity_id, version, row_no, source_key, kind, quantity, unit, region, start_on, end_on,
        quality, entity_id, facility_id, meter, invoice, factor_id, factor_value, columns, disposition
        """;

    // A second time in a transaction when rows come back: see Settle.
    private const string Make = """
        drop table if exists pg_temp.import_rows;
        create temporary table import_rows (
            activity_id uuid, version int, row_no bigint, source_key bytea, kind text, quantity numeric, unit text, region text, start_on date, end_on date,
            quality smallint, entity_id uuid, facility_id uuid, meter text, invoice text, factor_id text, factor_value numeric, columns jsonb, disposition text) on commit drop
        """;

    private const string TakeRows = $"""
        insert into activities.activities (tenant_id, import_id, recorded_at, recorded_by, {Columns})
        select $1, $2, $3, $4, {Columns} from import_rows
        on conflict (tenant_id, source_key, version) do nothing
        """;

    // The row's key is there already: whose it is now, and whether it was withdrawn.
    private const string Repeated = """
        select wanted.place::int, there.activity_id, there.version, there.withdrawn
        from unnest($1, $2) with ordinality as wanted (source_key, row_no, place)
        cross join lateral (
            select activity_id, version, withdrawn from activities.activities
            where tenant_id = $3 and source_key = wanted.source_key order by version desc limit 1) there
        where not exists (
            select from activities.activities mine where mine.tenant_id = $3 and mine.import_id = $4 and mine.row_no = wanted.row_no)
        """;

    private const string Refuse = """
        insert into activities.rows_not_taken (tenant_id, import_id, row_no, disposition, code, problem, duplicate_of, cells, quantity, unit, start_on, end_on)
        select $1, $2, refused.* from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as refused
        """;

    private readonly List<ImportedRow> taken = new(capacity);
    private readonly List<ImportedRow> refused = [];

    // Of what is taken, once it is copied.
    private List<Guid> ids = [];
    private List<int> versions = [];

    public int Count => taken.Count + refused.Count;

    public bool IsFull => Count == capacity;

    /// <summary>The last row's number, or 0 when there is none.</summary>
    public long LastRow { get; private set; }

    public void Add(in ImportedRow row)
    {
        (row.IsTaken ? taken : refused).Add(row);
        LastRow = row.RowNo;
    }

    /// <summary>Adds the first of the rows, as many as there is room for; returns how many.</summary>
    public int Take(ReadOnlySpan<ImportedRow> rows)
    {
        var count = Math.Min(rows.Length, capacity - Count);
        foreach (ref readonly var row in rows[..count])
        {
            Add(row);
        }

        return count;
    }

    public void Clear()
    {
        taken.Clear();
        refused.Clear();
    }

    /// <summary>Copies the rows into a temporary table of the transaction. It holds no lock, so that it can begin while the chunk before is written.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="now">When: later than of the chunk before.</param>
    public async Task Copy(Session session, DateTimeOffset now)
    {
        // In the order of their rows: of two the one that stands further down is the later, and an index grows at its end.
        ids = taken.ConvertAll(_ => Guid.CreateVersion7(now));
        ids.Sort();
        versions = taken.ConvertAll(_ => 1);
        if (taken.Count > 0)
        {
            await CopyRows(session, taken, ids, versions);
        }
    }

    /// <summary>Writes the rows that were copied. Rows whose key the tenant has already become duplicates; those of withdrawn activities bring them back.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="now">When they are recorded.</param>
    /// <returns>What each row ended as: what it was read as, but for duplicates.</returns>
    public async Task<IReadOnlyList<RowEnd>> Write(Session session, DateTimeOffset now)
    {
        var ends = new RowEnd[taken.Count];
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = new RowEnd(taken[i].RowNo, ids[i], 1, null);
        }

        if (taken.Count > 0 && await TakeCopied(session, now) < taken.Count)
        {
            await Settle(session, now, ends);
        }

        await WriteRefused(session, ends);
        return ends;
    }

    /// <summary>Counts the rows by what they ended as.</summary>
    public void Tally(ImportQuantities quantities, IReadOnlyList<RowEnd> ends)
    {
        for (var i = 0; i < taken.Count; i++)
        {
            quantities.Add(ends[i].DuplicateOf is null ? taken[i].Disposition : Disposition.Duplicate, taken[i].Unit, taken[i].Quantity);
            if (ends[i].DuplicateOf is null)
            {
                quantities.Unknown.Add(taken[i].UnknownFacility, taken[i].Unit!, taken[i].Quantity);
                quantities.Unknown.Add(taken[i].UnknownEntity, taken[i].Unit!, taken[i].Quantity);
            }
        }

        foreach (var row in refused)
        {
            quantities.Add(row.Disposition, row.Unit, row.Quantity);
        }
    }

    // Some keys were there. A withdrawn activity's row brings it back as a new version; who is first decides when two imports try.
    private async Task Settle(Session session, DateTimeOffset now, RowEnd[] ends)
    {
        var repeated = await Find(session);
        var back = repeated.Where(one => one.Withdrawn).ToList();
        if (back.Count > 0)
        {
            foreach (var one in back)
            {
                (ids[one.Place], versions[one.Place]) = (one.ActivityId, one.Version + 1);
                ends[one.Place] = new RowEnd(taken[one.Place].RowNo, one.ActivityId, one.Version + 1, null);
            }

            // The same key twice in this chunk: the second finds the first one's version there, and is its duplicate.
            await CopyRows(session, back.ConvertAll(one => taken[one.Place]), back.ConvertAll(one => ids[one.Place]), back.ConvertAll(one => versions[one.Place]));
            await TakeCopied(session, now);
            repeated = await Find(session);
        }

        foreach (var one in repeated)
        {
            ends[one.Place] = new RowEnd(taken[one.Place].RowNo, one.ActivityId, one.Version, one.ActivityId);
        }
    }

    private async Task<List<(int Place, Guid ActivityId, int Version, bool Withdrawn)>> Find(Session session)
    {
        await using var command = Command(session, Repeated);
        command.Parameters.Add(new NpgsqlParameter<List<byte[]>> { TypedValue = taken.ConvertAll(row => row.SourceKey!) });
        command.Parameters.Add(new NpgsqlParameter<List<long>> { TypedValue = taken.ConvertAll(row => row.RowNo) });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session.Tenant.Value });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        var found = new List<(int, Guid, int, bool)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            found.Add((reader.GetInt32(0) - 1, reader.GetGuid(1), reader.GetInt32(2), reader.GetBoolean(3)));
        }

        return found;
    }

    private static async Task CopyRows(Session session, List<ImportedRow> rows, List<Guid> ids, List<int> versions)
    {
        await session.Execute(Make);
        using var encoded = Encode(rows, ids, versions);
        await encoded.Copy(session, $"copy import_rows ({Columns}) from stdin (format binary)");
    }

    private async Task<int> TakeCopied(Session session, DateTimeOffset now)
    {
        await using var command = Command(session, TakeRows);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session.Tenant.Value });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = session.Caller.Actor });
        return await command.ExecuteNonQueryAsync();
    }

    private static BinaryRows Encode(List<ImportedRow> rows, List<Guid> ids, List<int> versions)
    {
        const short Values = 19;
        const int Typical = 256;
        var encoded = new BinaryRows(rows.Count * Typical);
        for (var i = 0; i < rows.Count; i++)
        {
            ref readonly var row = ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows)[i];
            encoded.Row(Values);
            encoded.Id(ids[i]);
            encoded.Int(versions[i]);
            encoded.Long(row.RowNo);
            encoded.Bytes(row.SourceKey);
            encoded.Text(row.Kind);
            encoded.Number(row.Quantity);
            encoded.Text(row.Unit);
            encoded.Text(row.Region);
            encoded.Day(row.Start);
            encoded.Day(row.End);
            encoded.Short(row.Quality);
            encoded.Id(row.EntityId);
            encoded.Id(row.FacilityId);
            encoded.Text(row.Meter);
            encoded.Text(row.Invoice);
            encoded.Text(row.FactorId);
            encoded.Number(row.FactorValue);
            encoded.Jsonb(row.Columns);
            encoded.Text(row.Disposition == Disposition.Calculated ? "calculated" : "estimated");
        }

        return encoded;
    }

    private async Task WriteRefused(Session session, RowEnd[] ends)
    {
        var repeats = Enumerable.Range(0, ends.Length).Where(i => ends[i].DuplicateOf is not null).ToList();
        if (refused.Count + repeats.Count == 0)
        {
            return;
        }

        await using var command = Command(session, Refuse);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session.Tenant.Value });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        Column(row => row.RowNo, i => taken[i].RowNo);
        Column(row => row.Disposition.ToString().ToLowerInvariant(), _ => "duplicate");
        Column(row => row.Problem?.Code ?? row.Reason!, _ => "duplicate");
        Column(row => ProblemJson(row.Problem)!, _ => null!, NpgsqlDbType.Jsonb);
        Column(_ => (Guid?)null, i => ends[i].DuplicateOf);
        Column(row => row.Cells!, _ => null!, NpgsqlDbType.Json); // A duplicate's cells are those of the activity it repeats.
        Column(row => row.Unit is null ? null : (decimal?)row.Quantity, i => taken[i].Quantity);
        Column(row => row.Unit!, i => taken[i].Unit!);
        Column(row => row.UntakenStart, i => (DateOnly?)taken[i].Start);
        Column(row => row.UntakenEnd, i => (DateOnly?)taken[i].End);
        await command.ExecuteNonQueryAsync();

        void Column<T>(Converter<ImportedRow, T> ofRefused, Converter<int, T> ofRepeat, NpgsqlDbType? type = null) =>
            command.Parameters.Add(Array([.. refused.ConvertAll(ofRefused), .. repeats.ConvertAll(ofRepeat)], type));
    }

    private static NpgsqlCommand Command(Session session, string sql) => new(sql, session.Connection, session.Transaction);

    private static NpgsqlParameter Array<T>(List<T> values, NpgsqlDbType? type)
    {
        var parameter = new NpgsqlParameter<List<T>> { TypedValue = values };
        if (type is { } one)
        {
            parameter.NpgsqlDbType = NpgsqlDbType.Array | one;
        }

        return parameter;
    }

    private static string? ProblemJson(Problem? problem) =>
        problem is null ? null : JsonSerializer.Serialize(problem, Json.Options).Replace("\\u0000", "\\ufffd", StringComparison.Ordinal);
}

/// <summary>How a row that was read as an activity ended.</summary>
/// <param name="RowNo">Its number.</param>
/// <param name="ActivityId">The activity: its own, or the one it repeats.</param>
/// <param name="Version">The activity's version.</param>
/// <param name="DuplicateOf">The activity it repeats, or null.</param>
internal readonly record struct RowEnd(long RowNo, Guid ActivityId, int Version, Guid? DuplicateOf);
