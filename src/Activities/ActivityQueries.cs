using System.Text;
using Npgsql;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Records;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities;

/// <summary>What the modules downstream ask of activities and imports, within a transaction of theirs.</summary>
public sealed partial class ActivityQueries(FileStore files)
{
    private const string Columns = """
        activity_id, version, import_id, row_no, kind, quantity, unit, region, start_on, end_on, quality, entity_id, facility_id, meter,
        factor_id, factor_value, columns, disposition, withdrawn, recorded_at, recorded_by
        """;

    // A version counts until there is a newer one. Nearly all have none, and the index of those that are newer holds nothing else.
    private const string Superseded = """
        (select from activities.activities later
            where later.tenant_id = one.tenant_id and later.activity_id = one.activity_id and later.version > one.version and later.version > 1)
        """;

    /// <summary>Activities that an import brought and that have no newer version, in row order: at most one for each row.</summary>
    /// <param name="session">The tenant's transaction.</param>
    /// <param name="importId">The import.</param>
    /// <param name="afterRow">The last row of the part before, or 0.</param>
    /// <param name="count">At most so many; fewer mean the end.</param>
    public Task<IReadOnlyList<StoredActivity>> Taken(Session session, Guid importId, long afterRow, int count) =>
        OfImport(session, importId, afterRow, count, withdrawn: false);

    /// <summary>
    /// Versions that take activities away and are the last ones, in row order: all of an import that was undone, or the withdrawal that
    /// an import of source <c>correction</c> is.
    /// </summary>
    public Task<IReadOnlyList<StoredActivity>> Withdrawn(Session session, Guid importId, long afterRow, int count) =>
        OfImport(session, importId, afterRow, count, withdrawn: true);

    /// <summary>The SHA-256 of every raw file of the tenant, in their order.</summary>
    public static Task<IReadOnlyList<byte[]>> Files(Session session) => session.Query<byte[]>("select sha256 from activities.files order by sha256");

    /// <summary>Certain versions of certain activities, in no order. What does not exist is left out.</summary>
    public async Task<IReadOnlyList<StoredActivity>> ByVersion(Session session, IReadOnlyCollection<(Guid ActivityId, int Version)> wanted)
    {
        // One by one through the key, whatever the planner knows of the table.
        await using var command = Command(session, $"""
            select a.* from unnest($1, $2) as wanted (activity_id, version)
            cross join lateral (
                select {Columns} from activities.activities a
                where a.tenant_id = (select current_setting('app.tenant_id')::uuid) and a.activity_id = wanted.activity_id and a.version = wanted.version) a
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. wanted.Select(one => one.ActivityId)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. wanted.Select(one => one.Version)] });
        return await Read(command);
    }

    /// <summary>Whether any of these versions has a newer one.</summary>
    public async Task<bool> AnySuperseded(Session session, IReadOnlyCollection<(Guid ActivityId, int Version)> versions)
    {
        if (versions.Count == 0 || !await session.First<bool>("select exists (select from activities.activities where version > 1)"))
        {
            return false;
        }

        await using var command = Command(session, $"""
            select exists (
                select from unnest($1, $2) as wanted (activity_id, version)
                cross join lateral (select $3 as tenant_id, wanted.activity_id, wanted.version) one
                where exists {Superseded})
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. versions.Select(one => one.ActivityId)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. versions.Select(one => one.Version)] });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session.Tenant.Value });
        return await command.ExecuteScalarAsync() is true;
    }

    /// <summary>By what the list of activities can be narrowed and sorted.</summary>
    public static ListShape Listed => ShowActivities.Shape;

    /// <summary>A page of activities as they stood at an instant, or stand now.</summary>
    public Task<Page<StoredActivity>> Standing(Session session, ListQuery query, DateTimeOffset? asOf = null) => ShowActivities.Standing(session, query, asOf);

    /// <summary>All versions of activities, to know which days any of them covered.</summary>
    public async Task<IReadOnlyList<StoredActivity>> Earlier(Session session, IReadOnlyCollection<Guid> activities)
    {
        await using var command = Command(session, $"select {Columns} from activities.activities where activity_id = any($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. activities] });
        return await Read(command);
    }

    /// <summary>All versions of an activity, the first one first.</summary>
    public async Task<IReadOnlyList<StoredActivity>> Versions(Session session, Guid activityId)
    {
        await using var command = Command(session, $"select {Columns} from activities.activities where activity_id = $1 order by version");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = activityId });
        return await Read(command);
    }

    /// <summary>
    /// Gives activities another kind, by new versions that an import of source <c>correction</c> brings: only for a recalculation, in the
    /// transaction that posts what comes of it.
    /// </summary>
    /// <param name="next">The versions to be, with their kinds.</param>
    /// <returns>How many were written: fewer when one of the versions is there already.</returns>
    public async Task<int> Remap(Session session, IReadOnlyList<StoredActivity> next, string reason, TimeProvider time)
    {
        var importId = Guid.CreateVersion7();
        await ImportRecord.Insert(session, importId, "correction", null, null, null, new ImportOptions(), time.GetUtcNow());
        var written = await session.Execute("""
            insert into activities.activities (
                tenant_id, activity_id, version, import_id, row_no, source_key, kind, quantity, unit, region, start_on, end_on, quality, entity_id,
                facility_id, meter, factor_id, factor_value, columns, disposition, withdrawn, recorded_at, recorded_by)
            select tenant_id, activity_id, next.version, @importId, next.row_no, source_key, next.kind, quantity, unit, region, start_on, end_on, quality, entity_id,
                facility_id, meter, factor_id, factor_value, columns, disposition, withdrawn, @now, @actor
            from unnest(@ids, @versions, @kinds) with ordinality as next (id, version, kind, row_no)
            join activities.activities a on a.tenant_id = @tenant and a.activity_id = next.id and a.version = next.version - 1
            on conflict (tenant_id, activity_id, version) do nothing
            """, new
        {
            tenant = session.Tenant.Value, importId, ids = next.Select(row => row.ActivityId).ToArray(), versions = next.Select(row => row.Version).ToArray(),
            kinds = next.Select(row => row.Kind).ToArray(), now = time.GetUtcNow(), actor = session.Caller.Actor,
        });
        var quantities = new ImportQuantities();
        foreach (var row in next)
        {
            quantities.Add(row.Disposition, row.Unit, row.Quantity);
        }

        await ImportRecord.Close(session, importId, quantities, time, mayRepeat: false, reason, tells: false);
        return written;
    }

    /// <summary>The import, or null.</summary>
    public Task<ImportSummary?> Import(Session session, Guid importId) => ImportRecord.Summary(session, importId);

    /// <summary>The row of the file that an import read, as its owner wrote it; null when the import had no file or the file no such row.</summary>
    /// <remarks>It reads the file up to the row: milliseconds for thousands of rows, a second for a million.</remarks>
    public async Task<RawRow?> RawRow(Session session, Guid importId, long rowNo, CancellationToken ct)
    {
        if (await ImportRecord.Find(session, importId) is not { Sha256: { } sha256 } import)
        {
            return null;
        }

        var path = await files.PathOf(session.Tenant, sha256, ct);
        return await Task.Run(() => RawRows.Find(path, import, rowNo), ct);
    }

    private static async Task<IReadOnlyList<StoredActivity>> OfImport(Session session, Guid importId, long afterRow, int count, bool withdrawn)
    {
        await using var command = Command(session, $"""
            select {Columns} from activities.activities one
            where import_id = $1 and row_no > $2 and withdrawn = $3 and not exists {Superseded}
            order by row_no, version limit $4
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = afterRow });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = withdrawn });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        return await Read(command);
    }

    // The tenant is bound by row-level security, and named all the same where the planner shall see that the key begins with it.
    private static NpgsqlCommand Command(Session session, string sql) => new(sql, session.Connection, session.Transaction);

    // Twenty thousand at a time, millions in all: by column, and each name that rows share but once.
    internal static async Task<IReadOnlyList<StoredActivity>> Read(NpgsqlCommand command)
    {
        var found = new List<StoredActivity>();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            found.Add(new StoredActivity(
                reader.GetGuid(0), reader.GetInt32(1), reader.GetGuid(2), reader.GetInt64(3), Shared(reader.GetString(4)), reader.GetDecimal(5),
                Shared(reader.GetString(6)), reader.IsDBNull(7) ? null : Shared(reader.GetString(7)), reader.GetFieldValue<DateOnly>(8),
                reader.GetFieldValue<DateOnly>(9), reader.IsDBNull(10) ? null : reader.GetInt16(10), Id(11), Id(12),
                reader.IsDBNull(13) ? null : reader.GetString(13), reader.IsDBNull(14) ? null : Shared(reader.GetString(14)),
                reader.IsDBNull(15) ? null : reader.GetDecimal(15),
                reader.IsDBNull(16) ? Activity.NoColumns : StoredColumns.Read(reader.GetFieldValue<byte[]>(16), Shared),
                reader.GetString(17) == "calculated" ? Disposition.Calculated : Disposition.Estimated, reader.GetBoolean(18),
                reader.GetFieldValue<DateTimeOffset>(19), Shared(reader.GetString(20))));
        }

        return found;

        Guid? Id(int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);

        string Shared(string text)
        {
            if (!names.TryGetValue(text, out var known))
            {
                names[text] = known = text;
            }

            return known;
        }
    }
}
