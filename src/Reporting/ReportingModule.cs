using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Reporting.Inventories;
using OffGridFlow.Reporting.Reports;

namespace OffGridFlow.Reporting;

/// <summary>What the module adds to the program: its services and its endpoints.</summary>
public static class ReportingModule
{
    public static IServiceCollection AddReporting(this IServiceCollection services) => services
        .AddSingleton<ReadInventory>()
        .AddSingleton<MakeReport>();

    /// <param name="api">The group <c>/api/v1</c>, behind authentication.</param>
    public static IEndpointRouteBuilder MapReporting(this IEndpointRouteBuilder api)
    {
        api.MapGet("/inventory", async (string? period, Caller caller, ReadInventory inventories, CancellationToken ct) => (await inventories.Read(caller, period, ct)).ToOk())
            .WithTags("Inventory").WithName("GetInventory").Needing(Permission.LedgerRead).Produces<Inventory>()
            .WithSummary("The GHG Protocol corporate inventory of a year: boundary, methods, totals with ranges, factors cited, exclusions. Without period: the latest year that has entries.");
        var reports = api.MapGroup("/reports").WithTags("Reports").Needing(Permission.LedgerRead);
        ShowReports.Map(reports);
        MakeReport.Map(reports);
        SubmitReport.Map(reports);
        DecideReport.Map(reports);
        return api;
    }
}
