using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Reporting.Inventories;

namespace OffGridFlow.Reporting.Reports;

/// <summary>Makes a report: the inventory of a year as it is now, kept word for word. Made again later it is another report.</summary>
internal sealed class MakeReport(ReadInventory inventories, Database database, TimeProvider clock)
{
    /// <param name="Period">Code of a year. Null: the latest that has entries.</param>
    /// <param name="Kind"><c>ghg_inventory</c>.</param>
    internal sealed record Request(string? Period = null, string? Kind = null);

    public static void Map(IEndpointRouteBuilder reports) => reports.MapPost("/", async (Request request, Caller caller, MakeReport make, CancellationToken ct) =>
        (await make.Handle(request, caller, ct)).ToCreated(report => $"/api/v1/reports/{report.ReportId}"))
        .WithName("CreateReport").Needing(Permission.ReportsGenerate).WithSummary("Make a report of a year as its figures are now.").Produces<Report>(StatusCodes.Status201Created);

    public async Task<Result<Report>> Handle(Request request, Caller caller, CancellationToken ct)
    {
        if (request.Kind is { } kind && kind != Report.Inventory)
        {
            return new Problem("report.kind", "kind", kind, Report.Inventory, "Leave it out, or name a kind of report there is.");
        }

        if (!(await inventories.Read(caller, request.Period, ct)).TryValue(out var inventory, out var problem))
        {
            return problem;
        }

        if (inventory.Seal is not { } seal)
        {
            return new Problem("report.empty", "period", inventory.Period.Code, "a year with entries", "Import its data first.") { Kind = ProblemKind.Conflict };
        }

        var body = JsonSerializer.Serialize(inventory, Json.Options);
        return await database.Write(caller, session => Write(body, inventory.Period.Code, seal, session), ct);
    }

    private async Task<Result<Report>> Write(string body, string period, Seal seal, Session session)
    {
        var year = (await OrganizationQueries.Periods(session)).All.FirstOrDefault(one => one.Code == period);
        if (year is null)
        {
            return Problem.NotFound("period", period);
        }

        var id = Guid.CreateVersion7();
        await session.Execute(
            """
            insert into reporting.reports (tenant_id, report_id, kind, period_id, period, run_no, sha256, made_at, made_by)
            values (@tenant, @id, @kind, @PeriodId, @period, @RunNo, @hash, @now, @actor)
            """,
            new
            {
                tenant = session.Tenant.Value, id, kind = Report.Inventory, year.PeriodId, period, seal.RunNo, hash = SHA256.HashData(Encoding.UTF8.GetBytes(body)),
                now = clock.GetUtcNow(), actor = session.Caller.Actor,
            });
        await session.Execute("insert into reporting.contents (tenant_id, report_id, body) values (@tenant, @id, @body)", new { tenant = session.Tenant.Value, id, body });
        await Outbox.Tell(session, "report.made", new { report_id = id, kind = Report.Inventory, period, run = seal.RunNo }, clock);
        return await Report.Find(id, session);
    }
}
