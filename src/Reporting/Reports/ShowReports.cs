using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Reporting.Inventories;

namespace OffGridFlow.Reporting.Reports;

/// <summary>Reports, and the content of one, byte for byte as it was made.</summary>
internal static class ShowReports
{
    private static readonly ListShape Shape = new ListShape("report_id", FieldKind.Id, "-made_at")
        .Filter("status").Filter("period").Filter("kind").Sort("made_at", FieldKind.Instant);

    // What is unknown is not written, so that reading does not ask for it.
    private static readonly JsonSerializerOptions Kept = new(Json.Options) { RespectRequiredConstructorParameters = false };

    public static void Map(IEndpointRouteBuilder reports)
    {
        reports.MapGet("/", async (ListQuery query, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => query.Page<Report>(session, Report.Select), ct)).ToOk())
            .Lists<Report>(Shape).WithName("ListReports").WithSummary("List the reports, the latest first.");
        reports.MapGet("/{id:guid}", async (Guid id, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => Report.Find(id, session), ct)).ToOk())
            .WithName("GetReport").WithSummary("Show a report: what it is of, and how far it is.").Produces<Report>();
        reports.MapGet("/{id:guid}/content", async (Guid id, Caller caller, Database database, CancellationToken ct) =>
            (await database.Read(caller, session => Content(id, session), ct)).TryValue(out var body, out var problem)
                ? (IResult)Results.Bytes(Encoding.UTF8.GetBytes(body), "application/json")
                : new ProblemResponse(problem))
            .WithName("GetReportContent").WithSummary("The figures of a report as they were made: the bytes its SHA-256 is of.").Produces<Inventory>();
    }

    internal static async Task<Result<string>> Content(Guid id, Session session) =>
        await session.First<string>("select body from reporting.contents where report_id = @id", new { id }) is { } body ? body : Problem.NotFound("report", id.ToString());

    internal static Inventory Read(string body) => JsonSerializer.Deserialize<Inventory>(body, Kept)!;

    /// <summary>The latest reports, for people to look through.</summary>
    internal static Task<IReadOnlyList<Report>> Latest(Session session, int most) => session.Query<Report>($"{Report.Select} order by made_at desc, report_id desc limit @most", new { most });
}
