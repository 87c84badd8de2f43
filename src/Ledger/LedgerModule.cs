using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Ledger.Api;
using OffGridFlow.Ledger.Posting;
using OffGridFlow.Ledger.Recalculation;
using OffGridFlow.Ledger.Totals;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Ledger;

/// <summary>What the module adds to the program: its services, job handlers and subscribers, and its endpoints.</summary>
public static class LedgerModule
{
    public static IServiceCollection AddLedger(this IServiceCollection services) => services
        .AddSingleton(provider => new Estimators(new Lazy<EstimatorPool>(provider.GetRequiredService<EstimatorPool>)))
        .AddSingleton<LedgerCubes>()
        .AddSingleton(provider => new LedgerQueries(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<LedgerCubes>(), provider.GetRequiredService<ActivityQueries>(),
            provider.GetRequiredService<Estimators>()))
        .AddSingleton<IJobHandler, PostImport>()
        .AddSingleton<IJobHandler, PreviewRecalculation>()
        .AddSingleton<IJobHandler, PostRecalculation>()
        .AddSingleton<IEventSubscriber>(new PostWhenTold("import.read"))
        .AddSingleton<IEventSubscriber>(new PostWhenTold("import.undone"));

    /// <param name="api">The group <c>/api/v1</c>, behind authentication.</param>
    public static IEndpointRouteBuilder MapLedger(this IEndpointRouteBuilder api)
    {
        var ledger = api.MapGroup("/ledger").WithTags("Ledger").Needing(Permission.LedgerRead, Permission.LedgerAdjust);
        GetTotals.Map(ledger);
        GetEntries.Map(ledger);
        AdjustEntry.Map(ledger);
        GetRuns.Map(ledger);
        PreviewRecalculation.Map(ledger);
        RecalculationParts.Map(ledger);
        PostRecalculation.Map(ledger);
        GetBridge.Map(ledger);
        ClosePeriod.Map(api);
        ListResults.Map(api.MapGroup("/emissions").WithTags("Ledger").Needing(Permission.LedgerRead));
        return api;
    }
}
