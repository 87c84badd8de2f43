using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Cli;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Bench;

/// <summary>The product's server, with one endpoint more.</summary>
internal static class ReadServer
{
    /// <summary>Asks the database for nothing, over the same steps as every request.</summary>
    public const string Floor = "/api/v1/bench/select-1";

    private const int NoLimit = 10_000_000;

    /// <summary>Says address and key, serves until it is told to stop, and says its peak memory.</summary>
    public static async Task<int> Work(string state, string dataFolder, Guid tenant)
    {
        var ct = CancellationToken.None;
        await using var cluster = await PrivateCluster.Open(state, ct);
        await using var app = ProductHost.Build(new HostSettings(cluster.Database, dataFolder, state) { Port = 0, Works = false, RequestsPerSecond = NoLimit });
        app.MapGet(Floor, async (Caller caller, Database database, CancellationToken stop) => Results.Ok(await database.Scalar(caller, "select 1", stop))).Needing(Permission.LedgerRead);
        await app.StartAsync(ct);
        var caller = Caller.System(new TenantId(tenant), "cli:bench");
        var key = PrivateCluster.Value(await cluster.Database.Write(caller, session => CreateApiKey.Handle(new CreateApiKey.Request("bench", Role: "owner"), session, TimeProvider.System), ct));
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await Console.Out.WriteLineAsync($"{address} {key.Key}");
        await Console.In.ReadLineAsync(ct);
        using var self = Process.GetCurrentProcess();
        await Console.Out.WriteLineAsync((self.PeakWorkingSet64 / 1e6).ToString(CultureInfo.InvariantCulture));
        await app.StopAsync(ct);
        return CommandLine.Done;
    }
}
