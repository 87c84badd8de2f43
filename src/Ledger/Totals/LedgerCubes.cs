using System.Collections.Concurrent;
using Npgsql;
using OffGridFlow.Ledger.Calculations;
using OffGridFlow.Ledger.Runs;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger.Totals;

/// <summary>A calculation that entries rest on, the months they count for, and the kinds of their activities.</summary>
internal sealed record UsedCalculation(CalculationBody Body, Guid Id, IReadOnlySet<DateOnly> Months, IReadOnlySet<string> Kinds);

/// <summary>
/// The cubes of the tenants that are being read, and the answers already given. The ledger is append-only, so that an answer as of a run
/// stays right for ever: the only thing to ask the database is which run is the last.
/// </summary>
internal sealed class LedgerCubes(Database database)
{
    private const int MostTenants = 64;

    // Some 400 bytes each: what all tenants' cubes may take together.
    private const long MostCells = 1_000_000;

    private const int MostAnswers = 2_000;
    private const string Last = "select max(run_no) from ledger.runs";
    private const string LastBefore = "select max(run_no) from ledger.runs where posted_at <= $1";

    private readonly ConcurrentDictionary<TenantId, TenantCubes> tenants = new();
    private long asked;

    /// <summary>The last run, or the last that was posted by an instant; 0 before the first.</summary>
    public Task<long> Head(Caller caller, DateTimeOffset? asOf, CancellationToken ct) => asOf is { } instant
        ? Ask(caller, LastBefore, ct, new NpgsqlParameter<DateTimeOffset> { TypedValue = instant.ToUniversalTime() })
        : Of(caller.Tenant).Head.Ask(() => Ask(caller, Last, CancellationToken.None), ct);

    /// <summary>What the tenant holds of its entities, and its calendar: now, or as it was known at an instant.</summary>
    public Task<Holdings> Holdings(Caller caller, CancellationToken ct, DateTimeOffset? asOf = null) => asOf is null
        ? Of(caller.Tenant).Holdings.Ask(() => database.Read(caller, session => Totals.Holdings.Read(session, null), CancellationToken.None), ct)
        : database.Read(caller, session => Totals.Holdings.Read(session, asOf), ct);

    /// <summary>The answer to a question as of a run.</summary>
    /// <param name="sharesKey">Tells apart what shares hold, or null when none are asked for.</param>
    public async Task<TotalsAnswer> Answer(Caller caller, TotalsQuestion question, long run, ShareOf? shares, string? sharesKey, CancellationToken ct)
    {
        var mine = Of(caller.Tenant);
        var key = FormattableString.Invariant($"{run} {question.Key} {sharesKey}");
        if (mine.Answers.TryGetValue(key, out var known))
        {
            return known;
        }

        var cube = await Cube(caller, mine, question.NeedsFacilities, run, ct);
        var answer = CubeTotals.Of(cube, question, shares);
        if (mine.Answers.Count >= MostAnswers)
        {
            mine.Answers.Clear();
        }

        return mine.Answers.GetOrAdd(key, answer);
    }

    /// <summary>The calculations whose entries count in a span of months as of a run.</summary>
    public async Task<List<UsedCalculation>> Used(Caller caller, long run, DateOnly from, DateOnly to, CancellationToken ct)
    {
        var mine = Of(caller.Tenant);
        var cube = await Cube(caller, mine, facilities: false, run, ct);
        return [.. cube.Cells.Values.Where(cell => cell.Sums.Entries > 0 && cell.Key.Month >= from && cell.Key.Month <= to).GroupBy(cell => cell.Key.Calculation)
            .Select(group => new UsedCalculation(group.First().Facts.Body, group.Key, group.Select(cell => cell.Key.Month).ToHashSet(), group.Select(cell => cell.Key.Kind).ToHashSet(StringComparer.Ordinal)))];
    }

    private async Task<LedgerCube> Cube(Caller caller, TenantCubes mine, bool facilities, long run, CancellationToken ct)
    {
        var kept = facilities ? mine.WithFacilities : mine.Plain;
        if (kept.Cube.Run == run)
        {
            return kept.Cube;
        }

        // One reads, the others wait for what it finds.
        await kept.Turn.WaitAsync(ct);
        try
        {
            if (kept.Cube.Run == run)
            {
                return kept.Cube;
            }

            if (kept.Cube.Run > run)
            {
                if (mine.Past is { } past && past.Facilities == facilities && past.Cube.Run == run)
                {
                    return past.Cube;
                }

                var then = await Read(LedgerCube.Empty);
                mine.Past = (facilities, then);
                return then;
            }

            kept.Cube = await Read(kept.Cube);
            ForgetOthers(mine);
            return kept.Cube;
        }
        finally
        {
            kept.Turn.Release();
        }

        Task<LedgerCube> Read(LedgerCube from) =>
            database.Read(caller, session => from.Through(session, run, facilities, mine.Calculations, ct), ct);
    }

    // One round trip.
    private async Task<long> Ask(Caller caller, string sql, CancellationToken ct, params NpgsqlParameter[] parameters) =>
        await database.Scalar(caller, sql, ct, parameters) as long? ?? 0;

    private TenantCubes Of(TenantId tenant)
    {
        var mine = tenants.GetOrAdd(tenant, _ => new TenantCubes());
        mine.AskedAt = Interlocked.Increment(ref asked);
        if (tenants.Count > MostTenants)
        {
            ForgetOthers(mine);
        }

        return mine;
    }

    // Who was not asked about for longest goes first; what is asked for again is read again.
    private void ForgetOthers(TenantCubes mine)
    {
        foreach (var (tenant, cubes) in tenants.OrderBy(pair => pair.Value.AskedAt).ToArray())
        {
            if (tenants.Count <= MostTenants && tenants.Values.Sum(one => one.Cells) <= MostCells)
            {
                return;
            }

            if (cubes != mine)
            {
                tenants.TryRemove(tenant, out _);
            }
        }
    }

    private sealed class TenantCubes
    {
        public long AskedAt { get; set; }

        public long Cells => Plain.Cube.Cells.Count + WithFacilities.Cube.Cells.Count + (Past?.Cube.Cells.Count ?? 0);

        public SharedRead<long> Head { get; } = new();

        public SharedRead<Holdings> Holdings { get; } = new();

        public Kept Plain { get; } = new();

        public Kept WithFacilities { get; } = new();

        /// <summary>The last one that was asked for as of an earlier run.</summary>
        public (bool Facilities, LedgerCube Cube)? Past { get; set; }

        public ConcurrentDictionary<Guid, CalculationFacts> Calculations { get; } = new();

        public ConcurrentDictionary<string, TotalsAnswer> Answers { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Kept
    {
        public LedgerCube Cube { get; set; } = LedgerCube.Empty;

        public SemaphoreSlim Turn { get; } = new(1, 1);
    }
}
