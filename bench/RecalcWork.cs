using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Activities;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Ledger;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Recalculation;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Organizations.Periods;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Bench;

/// <summary>Imports and posts a file, then gives factors of a tenant's own to a hundredth of it, a few times over: previewed and posted as the product does.</summary>
internal static class RecalcWork
{
    private const int Year = 2024;

    /// <summary>A piece of it.</summary>
    /// <param name="Seconds">On the clock.</param>
    /// <param name="Own">Processor seconds of the process.</param>
    /// <param name="Server">Processor seconds of PostgreSQL.</param>
    /// <param name="Count">Activities.</param>
    public sealed record Piece(string Name, double Seconds, double Own, double Server, long Count)
    {
        public double Processor => Own + Server;
    }

    /// <summary>Runs it in a process of its own; the last piece's count is the peak memory in megabytes.</summary>
    public static IReadOnlyList<Piece> Run(PrivateCluster cluster, string dataFolder, string file, int times) =>
        [.. Child.Lines("recalc", cluster.State, dataFolder, file, times.ToString(CultureInfo.InvariantCulture)).Select(line =>
        {
            var fields = line.Split('\t');
            return new Piece(fields[0], Figure(fields[1]), Figure(fields[2]), Figure(fields[3]), long.Parse(fields[4], CultureInfo.InvariantCulture));
        })];

    /// <summary>In the process: a line for each piece.</summary>
    public static async Task<int> Work(string state, string dataFolder, string file, int times)
    {
        var ct = CancellationToken.None;
        await using var cluster = await PrivateCluster.Open(state, ct);
        await using var host = ProductHost.Build(new HostSettings(cluster.Database, dataFolder, state) { Serves = false });
        var data = host.Services.GetRequiredService<ReferenceData>();
        await host.StartAsync(ct);
        var (caller, _) = await cluster.Tenant(ct);
        await ImportWork.Start(cluster, host.Services.GetRequiredService<FileStore>(), data, caller, file, ct);
        await ImportWork.Ended(cluster, caller.Tenant, ReadImport.JobName, ct);
        await Piece("posting all", () => ImportWork.Ended(cluster, caller.Tenant, "post-import", ct), () => cluster.Ask<long>("select count(*) from activities.activities", ct));
        await cluster.Say("vacuum analyze", ct);
        var preview = new PreviewRecalculation(
            cluster.Database, host.Services.GetRequiredService<ActivityQueries>(), host.Services.GetRequiredService<LedgerQueries>(), host.Services.GetRequiredService<Estimators>(), TimeProvider.System);

        // As a dashboard has asked before anybody recalculates: the totals are kept from then on.
        var counted = 0L;
        await Piece(
            "totals, first",
            async () => counted = (await host.Services.GetRequiredService<LedgerQueries>().Totals(caller, new TotalsQuestion(), ct)).Total.Entries,
            () => Task.FromResult(counted));
        for (var time = 0; time < times; time++)
        {
            var snapshot = await Snapshot(cluster, caller, data, 1.5m + (time / 10m));
            var id = Guid.Empty;
            await Piece("preview", async () =>
            {
                var made = PrivateCluster.Value(await preview.Handle(
                    new PreviewRecalculation.Request(Year.ToString(CultureInfo.InvariantCulture), new PolicyForm(SnapshotId: snapshot)), caller, ct, mostAtOnce: int.MaxValue));
                (id, counted) = (made.RecalculationId, made.Result!.Activities);
            }, () => Task.FromResult(counted));
            await Piece("post", async () =>
            {
                PrivateCluster.Value(await cluster.Database.Write(caller, session => PostRecalculation.Handle(id, new PostRecalculation.Request("measured"), session), ct));
                await ImportWork.Ended(cluster, caller.Tenant, PostRecalculation.JobName, ct, id);
            }, () => cluster.Ask<long>($"select count(distinct activity_id) from ledger.entries where run_no in (select run_no from ledger.runs where posting_id = '{id}')", ct));
        }

        await host.StopAsync(ct);
        return 0;

        async Task Piece(string name, Func<Task> work, Func<Task<long>> count)
        {
            var (own, server, begun) = (Environment.CpuUsage.TotalTime, cluster.Processor(), Stopwatch.GetTimestamp());
            await work();
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{name}\t{Stopwatch.GetElapsedTime(begun).TotalSeconds:R}\t{(Environment.CpuUsage.TotalTime - own).TotalSeconds:R}\t{cluster.Processor() - server:R}\t");
            await Console.Out.WriteLineAsync(text + (await count()).ToString(CultureInfo.InvariantCulture));
        }
    }

    // One row in a hundred: a kind with a 44th of the rows for one of three years, and another for four months of it.
    private static async Task<Guid> Snapshot(PrivateCluster cluster, Caller caller, ReferenceData data, decimal co2e) => PrivateCluster.Value(await cluster.Database.Write(
        caller,
        async session =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"A supplier's {co2e}");
            var draft = PrivateCluster.Value(await DraftSnapshot.Handle(new DraftSnapshot.Request(name), session, data, TimeProvider.System)).SnapshotId;
            await Own("fuel.lpg", "kg", new DateOnly(Year, 12, 31));
            await Own("freight.rail", "tonne.km", new DateOnly(Year, 4, 30));
            return await LockSnapshot.Handle(draft, IfMatch.Any, session, data, TimeProvider.System);

            async Task Own(string kind, string unit, DateOnly last) => PrivateCluster.Value(await SetOverride.Handle(
                draft, null, new SetOverride.Request(kind, "direct", "GB", unit, new DateOnly(Year, 1, 1), "Letter of the supplier", "supplier", Co2e: co2e, ValidTo: last),
                session, data, TimeProvider.System));
        },
        CancellationToken.None)).SnapshotId;

    private static double Figure(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
