using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Bench;

/// <summary>
/// Takes a file in as <c>offgridflow import --wait</c> does, to the last entry and root, a few times over in one process: each time for a
/// new tenant, in tables that are empty again.
/// </summary>
internal static class ImportWork
{
    private const string Written = "activities.activities, activities.rows_not_taken, ledger.entries, ledger.runs, ledger.run_sums, ledger.calculations, ledger.workings, ledger.unposted";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>One import.</summary>
    /// <param name="Read">Seconds until every row was an activity.</param>
    /// <param name="Posted">Seconds until every activity was in the ledger.</param>
    /// <param name="OwnRead">Processor seconds of the process until then.</param>
    /// <param name="ServerRead">Processor seconds of PostgreSQL until then.</param>
    /// <param name="Own">Processor seconds of the process in all.</param>
    /// <param name="Server">Processor seconds of PostgreSQL in all.</param>
    /// <param name="PeakMegabytes">Peak resident memory of the process so far.</param>
    public sealed record Once(double Read, double Posted, double OwnRead, double ServerRead, double Own, double Server, double PeakMegabytes);

    /// <summary>Runs it in a process of its own.</summary>
    public static IReadOnlyList<Once> Run(PrivateCluster cluster, string dataFolder, string file, int times) =>
        [.. Child.Lines("import", cluster.State, dataFolder, file, times.ToString(CultureInfo.InvariantCulture)).Select(line =>
        {
            var figures = line.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
            return new Once(figures[0], figures[1], figures[2], figures[3], figures[4], figures[5], figures[6]);
        })];

    /// <summary>In the process: a line for each time.</summary>
    public static async Task<int> Work(string state, string dataFolder, string file, int times)
    {
        var ct = CancellationToken.None;
        await using var cluster = await PrivateCluster.Open(state, ct);
        await using var host = ProductHost.Build(new HostSettings(cluster.Database, dataFolder, state) { Serves = false });
        var data = host.Services.GetRequiredService<ReferenceData>();
        await host.StartAsync(ct);
        for (var time = 0; time < times; time++)
        {
            await cluster.Empty(Written, ct);
            var (caller, _) = await cluster.Tenant(ct);
            var (own, server, begun) = (Environment.CpuUsage.TotalTime, cluster.Processor(), Stopwatch.GetTimestamp());
            var import = await Start(cluster, host.Services.GetRequiredService<FileStore>(), data, caller, file, ct);
            await Ended(cluster, caller.Tenant, ReadImport.JobName, ct);
            var read = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            var (ownRead, serverRead) = ((Environment.CpuUsage.TotalTime - own).TotalSeconds, cluster.Processor() - server);
            await Ended(cluster, caller.Tenant, "post-import", ct);
            var posted = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            using var self = Process.GetCurrentProcess();
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{read:R} {posted:R} {ownRead:R} {serverRead:R} {(Environment.CpuUsage.TotalTime - own).TotalSeconds:R} {cluster.Processor() - server:R} {self.PeakWorkingSet64 / 1e6:R}");
            await Check(cluster, import, ct);
            await Console.Out.WriteLineAsync(line);
        }

        await host.StopAsync(ct);
        return 0;
    }

    public static async Task<Guid> Start(PrivateCluster cluster, FileStore files, ReferenceData data, Caller caller, string file, CancellationToken ct)
    {
        await using var content = File.OpenRead(file);
        var stored = await files.Put(caller.Tenant, content, files.MostBytes, ct) ?? throw new InvalidDataException($"{file} is too large.");
        var request = new StartImport.Request(stored, Path.GetFileName(file), "text/csv", new ImportOptions());
        return PrivateCluster.Value(await cluster.Database.Write(caller, session => StartImport.Handle(request, session, data, TimeProvider.System), ct)).ImportId;
    }

    public static async Task Ended(PrivateCluster cluster, TenantId tenant, string job, CancellationToken ct, Guid? recalculation = null)
    {
        var of = recalculation is { } one ? $"and arguments ->> 'recalculation_id' = '{one}'" : "";
        while (true)
        {
            var status = await cluster.Ask<string>($"select coalesce(max(status), 'none') from platform.jobs where tenant_id = '{tenant}' and name = '{job}' {of}", ct);
            if (status == "succeeded")
            {
                return;
            }

            if (status is "dead" or "cancelled")
            {
                throw new InvalidDataException($"The job {job} is {status}: {await cluster.Ask<string>($"select problem::text from platform.jobs where tenant_id = '{tenant}' and name = '{job}'", ct)}");
            }

            await Task.Delay(Look, ct);
        }
    }

    // A figure of an import that left rows out would be a figure of something else.
    private static async Task Check(PrivateCluster cluster, Guid import, CancellationToken ct)
    {
        var left = await cluster.Ask<long>(
            $"""
            select (select rows_total - calculated - estimated from activities.imports where import_id = '{import}')
                + (select count(*) from ledger.unposted)
            """, ct);
        if (left != 0)
        {
            throw new InvalidDataException($"{left} rows were not taken or not posted.");
        }
    }
}
