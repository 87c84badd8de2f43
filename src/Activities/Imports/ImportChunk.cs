using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Imports;

/// <summary>Rows that are written in one transaction, column by column: each as an activity, or as a row that was not taken and why.</summary>
internal sealed class ImportChunk(Guid importId)
{
    /// <summary>Rows of a transaction: enough that its costs vanish, few enough that a crash costs little.</summary>
    public const int Capacity = 20_000;

    private const string Take = """
        insert into activities.activities (
            tenant_id, import_id, recorded_at, recorded_by, activity_id, version, row_no, source_key, kind, quantity, unit, region, start_on, end_on,
            quality, entity_id, facility_id, meter, invoice, factor_id, factor_value, columns, disposition)
        select $1, $2, $3, $4, taken.*
        from unnest($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) as taken
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
        insert into activities.rows_not_taken (tenant_id, import_id, row_no, disposition, code, problem, duplicate_of, cells, quantity, unit)
        select $1, $2, refused.* from unnest($3, $4, $5, $6, $7, $8, $9, $10) as refused
        """;

    private readonly List<ImportedRow> taken = new(Capacity);
    private readonly List<ImportedRow> refused = [];

    public int Count => taken.Count + refused.Count;

    /// <summary>The last row's number, or 0 when there is none.</summary>
    public long LastRow { get; private set; }

    public void Add(in ImportedRow row)
    {
        (row.IsTaken ? taken : refused).Add(row);
        LastRow = row.RowNo;
    }

    public void Clear()
    {
        taken.Clear();
        refused.Clear();
    }

    /// <summary>Writes the rows. Rows whose key the tenant has already become duplicates; those of withdrawn activities bring them back.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="now">When they are recorded.</param>
    /// <returns>What each row ended as: what it was read as, but for duplicates.</returns>
    public async Task<IReadOnlyList<RowEnd>> Write(Session session, DateTimeOffset now)
    {
        var ids = taken.ConvertAll(_ => Guid.CreateVersion7(now));
        var versions = taken.ConvertAll(_ => 1);
        var ends = new RowEnd[taken.Count];
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = new RowEnd(taken[i].RowNo, ids[i], 1, null);
        }

        if (taken.Count > 0 && await Insert(session, now, taken, ids, versions) < taken.Count)
        {
            await Settle(session, now, ids, versions, ends);
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
        }

        foreach (var row in refused)
        {
            quantities.Add(row.Disposition, row.Unit, row.Quantity);
        }
    }

    // Some keys were there. A withdrawn activity's row brings it back as a new version; who is first decides when two imports try.
    private async Task Settle(Session session, DateTimeOffset now, List<Guid> ids, List<int> versions, RowEnd[] ends)
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
            await Insert(session, now, back.ConvertAll(one => taken[one.Place]), back.ConvertAll(one => ids[one.Place]), back.ConvertAll(one => versions[one.Place]));
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

    private async Task<int> Insert(Session session, DateTimeOffset now, List<ImportedRow> rows, List<Guid> ids, List<int> versions)
    {
        await using var command = Command(session, Take);
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session.Tenant.Value });
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = session.Caller.Actor });
        parameters.Add(new NpgsqlParameter<List<Guid>> { TypedValue = ids });
        parameters.Add(new NpgsqlParameter<List<int>> { TypedValue = versions });
        Column(row => row.RowNo);
        Column(row => row.SourceKey!);
        Column(row => row.Kind!);
        Column(row => row.Quantity);
        Column(row => row.Unit!);
        Column(row => row.Region!);
        Column(row => row.Start);
        Column(row => row.End);
        Column(row => row.Quality);
        Column(row => row.EntityId);
        Column(row => row.FacilityId);
        Column(row => row.Meter!);
        Column(row => row.Invoice!);
        Column(row => row.FactorId!);
        Column(row => row.FactorValue);
        Column(row => row.Columns!, NpgsqlDbType.Jsonb);
        Column(row => row.Disposition == Disposition.Calculated ? "calculated" : "estimated");
        return await command.ExecuteNonQueryAsync();

        void Column<T>(Converter<ImportedRow, T> value, NpgsqlDbType? type = null) => parameters.Add(Array(rows.ConvertAll(value), type));
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
