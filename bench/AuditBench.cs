using System.CommandLine;
using System.Data;
using System.Diagnostics;
using OffGridFlow.Activities;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Cli;

namespace OffGridFlow.Bench;

/// <summary>What the audit trail costs a change, how fast its chain is written and recomputed, and what it takes to take everything out.</summary>
internal static class AuditBench
{
    private const int Changes = 1000; // In each turn.
    private const int FileBytes = 64 << 20;
    private const int Files = 8;
    private const double Million = 1e6;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { DefaultValueFactory = _ => 200_000, Description = "Rows of the trail." };
        var turns = new Option<int>("--turns") { DefaultValueFactory = _ => 7, Description = "How often a change is measured with and without the trail, in turn." };
        var command = new Verb("audit", "What the audit trail costs a change; how fast its chain is written and checked; a large export and its memory.")
        {
            Examples = ["bench audit", "bench audit --rows 1000000"], Options = { rows, turns },
        };
        command.SetAction((result, ct) => Run(result.GetValue(rows), result.GetValue(turns), ct));
        return command;
    }

    private static async Task<int> Run(int rows, int turns, CancellationToken ct)
    {
        await using var cluster = await PrivateCluster.Make(ct);
        var (caller, _) = await cluster.Tenant(ct);
        Report.Head($"audit: {turns} turns of {Changes} changes, each a transaction; a trail of {rows} rows; an export with {Files} files of {FileBytes >> 20} MB");
        var times = new List<(double With, double Without)>();
        await Change(cluster, caller, ct);
        for (var turn = 0; turn < turns; turn++)
        {
            var with = await Change(cluster, caller, ct);
            await cluster.Say("alter table org.entities disable trigger audited", ct);
            var without = await Change(cluster, caller, ct);
            await cluster.Say("alter table org.entities enable trigger audited", ct);
            times.Add((with, without));
        }

        Report.Figure("a change with its row in the trail", Report.Median(times.Select(time => time.With)) * Million, "µs");
        Report.Figure("a change without", Report.Median(times.Select(time => time.Without)) * Million, "µs");
        Report.Figure("with, beside without", Report.Median(times.Select(time => time.With / time.Without)), "times");

        await Fill(cluster, caller, rows, ct);
        var watch = Stopwatch.StartNew();
        await AuditChain.CatchUp(caller.Tenant, cluster.Database, ct);
        var links = await cluster.Ask<long>($"select count(*) from platform.audit_chain where tenant_id = '{caller.Tenant}'", ct);
        Report.Figure("chained", links / watch.Elapsed.TotalSeconds, "rows a second");
        watch.Restart();
        var verified = (await VerifyTrail.Handle(null, caller, cluster.Database, ct)).Value;
        Report.Figure("recomputed", verified.Rows / watch.Elapsed.TotalSeconds, "rows a second");
        await Export(cluster, caller, ct);
        return verified.IsWhole ? CommandLine.Done : CommandLine.Fault;
    }

    private static async Task<double> Change(PrivateCluster cluster, Caller caller, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Changes; i++)
        {
            await using var session = await cluster.Database.Open(caller, IsolationLevel.ReadCommitted, ct);
            await session.Execute("update org.entities set version = version + 1 where code = 'E1'");
            await session.Commit();
        }

        return watch.Elapsed.TotalSeconds / Changes;
    }

    // As triggers would have written them, in large transactions.
    private static async Task Fill(PrivateCluster cluster, Caller caller, int rows, CancellationToken ct)
    {
        for (var left = rows; left > 0; left -= 50_000)
        {
            await using var session = await cluster.Database.Open(caller, IsolationLevel.ReadCommitted, ct);
            await session.Execute(
                "select count(platform.record_event('entity.changed', jsonb_build_object('no', i, 'code', 'E' || i, 'name', 'Entity ' || i, 'note', repeat('x', 200)))) from generate_series(1, @count) i",
                new { count = Math.Min(left, 50_000) });
            await session.Commit();
        }
    }

    private static async Task Export(PrivateCluster cluster, Caller caller, CancellationToken ct)
    {
        var files = FileStore.At(Path.Combine(cluster.State, "files"), cluster.State);
        var (random, content) = (new Random(1), new byte[FileBytes]);
        var hashes = new List<byte[]>();
        for (var i = 0; i < Files; i++)
        {
            random.NextBytes(content);
            using var stream = new MemoryStream(content);
            hashes.Add((await files.Put(caller.Tenant, stream, FileBytes, ct))!.Sha256);
        }

        content = [];
        GC.Collect();
        var (before, watch) = (Environment.WorkingSet, Stopwatch.StartNew());
        var most = before;
        using var looking = new Timer(_ => most = Math.Max(most, Environment.WorkingSet), null, 0, 50);
        var written = await new ExportTenant(cluster.Database, files, new TenantFiles(_ => Task.FromResult<IReadOnlyList<byte[]>>(hashes)), TimeProvider.System).Write(Stream.Null, caller, ct);
        var seconds = watch.Elapsed.TotalSeconds;
        Report.Figure("exported", written.Bytes / Million / seconds, $"MB a second ({written.Bytes / Million:N0} MB, {written.Rows:N0} rows, {seconds:N1} s)");
        Report.Figure("memory it took at most", (most - before) / Million, "MB");
    }
}
