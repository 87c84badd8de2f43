using System.Data;
using Npgsql;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Activities.Flags;

/// <summary>
/// The job that looks, after an import, for activities that may be there twice: among its own and against what was there. It flags them,
/// with what is at stake; it drops nothing.
/// </summary>
internal sealed class FindDuplicates(Database database, ActivityQueries queries, EstimatorPool pool, TimeProvider time) : IJobHandler
{
    public const string JobName = "find-duplicates";

    private const int Part = 10_000;

    // What a person has decided stays decided; what was settled can come again, with its file.
    private const string Raise = """
        insert into activities.flags (tenant_id, raised_at, flag_id, reason, import_id, activity_id, other_activity_id, overlap_days, co2e_kg)
        select $1, $2, raised.* from unnest($3, $4, $5, $6, $7, $8, $9) as raised
        on conflict (tenant_id, activity_id, other_activity_id, reason) do update
        set status = 'open', overlap_days = excluded.overlap_days, co2e_kg = excluded.co2e_kg, version = flags.version + 1,
            resolved_at = null, resolved_by = null, resolved_reason = null
        where flags.status = 'settled'
           or (flags.status = 'open' and (flags.overlap_days, flags.co2e_kg) is distinct from (excluded.overlap_days, excluded.co2e_kg))
        """;

    public string Name => JobName;

    /// <summary>Looks once the transaction is committed.</summary>
    public static Task<Guid> Enqueue(Session session, Guid importId) =>
        JobQueue.Enqueue(session, new NewJob(JobType.Ingestion, JobName, new { import_id = importId }) { Key = $"{JobName}:{importId}" });

    /// <summary>Whether an activity can be there twice in a way that is looked for.</summary>
    public static bool Concerns(in Imports.ImportedRow row) => row.IsTaken && (row.Meter is not null || row.Invoice is not null);

    public async Task Run(JobRun job, CancellationToken ct)
    {
        var importId = job.Arguments.GetProperty("import_id").GetGuid();
        await using var session = await database.Open(job.Caller, IsolationLevel.ReadCommitted, ct);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (!(await YearEstimators.Read(session, pool, today)).TryValue(out var years, out var problem))
        {
            throw new PermanentJobException(problem);
        }

        var asked = new
        {
            tenant = session.Tenant.Value, importId, now = time.GetUtcNow(), actor = session.Caller.Actor,
            money = pool.Data.Units.All.Where(unit => unit.Dimension.StartsWith("currency-", StringComparison.Ordinal)).Select(unit => unit.Symbol).ToArray(),
        };
        var touched = new HashSet<Guid>(await session.Query<Guid>(DuplicatePairs.Settle, asked)) { importId };
        var found = 0L;
        foreach (var pairs in (string[])[DuplicatePairs.OfMeters, DuplicatePairs.OfInvoices])
        {
            found += await RaiseAll(session, pairs, asked, new Stakes(years, pool.Data), touched, ct);
        }

        // What imports show of their flags has changed.
        await session.Execute(
            "update activities.imports set checked_at = case when import_id = @importId then @now else checked_at end, version = version + 1 where import_id = any(@touched)",
            new { asked.importId, asked.now, touched = touched.ToArray() });
        if (found > 0)
        {
            await Outbox.Tell(session, "duplicates.flagged", new { import_id = importId, pairs = found }, time);
        }

        await job.Save(session, new { }, found, found);
        await session.Commit();
    }

    private async Task<long> RaiseAll(Session session, string pairs, object asked, Stakes stakes, HashSet<Guid> touched, CancellationToken ct)
    {
        var found = 0L;
        await session.Execute($"declare pairs no scroll cursor for {pairs}", asked);
        while (await session.Query<Pair>($"fetch {Part} from pairs") is { Count: > 0 } part)
        {
            var versions = part.SelectMany(pair => ((Guid, int)[])[(pair.ActivityId, pair.Version), (pair.OtherId, pair.OtherVersion)]).ToHashSet();
            var activities = (await queries.ByVersion(session, versions)).ToDictionary(one => one.ActivityId);
            var raised = part.Select(pair => pair.Ordered())
                .Select(pair => (Pair: pair, Kg: stakes.Of(activities[pair.ActivityId], activities[pair.OtherId], pair.OverlapDays))).ToList();
            await Insert(session, raised, ct);
            touched.UnionWith(raised.Select(one => one.Pair.ImportId));
            found += part.Count;
        }

        await session.Execute("close pairs");
        return found;
    }

    private async Task Insert(Session session, List<(Pair Pair, decimal? Kg)> raised, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Raise, session.Connection, session.Transaction);
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session.Tenant.Value });
        parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        Column(_ => Guid.CreateVersion7());
        Column(one => one.Pair.Reason);
        Column(one => one.Pair.ImportId);
        Column(one => one.Pair.ActivityId);
        Column(one => one.Pair.OtherId);
        Column(one => one.Pair.OverlapDays);
        Column(one => one.Kg);
        await command.ExecuteNonQueryAsync(ct);

        void Column<T>(Converter<(Pair Pair, decimal? Kg), T> value) => parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = raised.ConvertAll(value) });
    }

    private sealed record Pair
    {
        public string Reason { get; init; } = "";

        public Guid ActivityId { get; init; }

        public int Version { get; init; }

        public Guid ImportId { get; init; }

        public Guid OtherId { get; init; }

        public int OtherVersion { get; init; }

        public Guid OtherImportId { get; init; }

        public int? OverlapDays { get; init; }

        // Whichever import found it: the later activity first, so that a pair is flagged once.
        public Pair Ordered() => string.CompareOrdinal(ActivityId.ToString(), OtherId.ToString()) > 0 ? this : this with
        {
            ActivityId = OtherId, Version = OtherVersion, ImportId = OtherImportId, OtherId = ActivityId, OtherVersion = Version, OtherImportId = ImportId,
        };
    }
}
