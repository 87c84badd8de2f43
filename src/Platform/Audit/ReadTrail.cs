using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Audit;

/// <summary>Searches the trail, shows one row of it, and takes out what a search finds.</summary>
public static class ReadTrail
{
    private const string Csv = "csv";
    private const string Lines = "ndjson";
    private const int Part = 1000;

    private static readonly string[] Columns = ["audit_id", "at", "operation", "table", "actor", "address", "user_agent", "request_id", "old_values", "new_values"];

    internal static void Map(IEndpointRouteBuilder audit)
    {
        audit.MapGet("/", GetAll).Lists<TrailRow>(TrailRow.Shape).WithName("ListAudit").WithSummary("Search the audit trail: who changed what, and what happened. text is looked for in the values.");
        audit.MapGet("/export", Export).WithMetadata(TrailRow.Shape).TakingItsTime().WithName("ExportAudit").WithSummary("Take out what a search of the trail finds, as csv or ndjson.")
            .Produces<string>(StatusCodes.Status200OK, "text/csv", "application/x-ndjson");
        audit.MapGet("/{audit_id:guid}", GetOne).WithName("GetAudit").WithSummary("Show a row of the audit trail.").Produces<TrailRow>();
    }

    private static async Task<IResult> GetAll(ListQuery query, string? text, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => Search(query, text, session), ct)).ToOk();

    private static async Task<IResult> GetOne(Guid audit_id, Caller caller, Database database, CancellationToken ct) =>
        (await database.Read(caller, session => Find(audit_id, session), ct)).ToOk();

    /// <summary>One page of what a search finds.</summary>
    /// <param name="query">Of <see cref="Query"/>.</param>
    /// <param name="text">Looked for in the values and in who did it, in any case; null: anything.</param>
    /// <param name="session">The tenant's.</param>
    public static Task<Page<TrailRow>> Search(ListQuery query, string? text, Session session) => string.IsNullOrWhiteSpace(text)
        ? query.Page<TrailRow>(session, TrailRow.Select)
        : query.Page<TrailRow>(
            session, $"{TrailRow.Select} where concat_ws(' ', operation, table_name, actor, old_values::text, new_values::text) ilike @like",
            new { like = $"%{text.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%" });

    /// <summary>A search as a query string asks for it.</summary>
    /// <exception cref="BadRequestException">A value cannot be read.</exception>
    public static ListQuery Query(IQueryCollection asked) => ListQuery.Read(TrailRow.Shape, asked);

    public static async Task<Result<TrailRow>> Find(Guid id, Session session) =>
        await session.First<TrailRow>($"{TrailRow.Select} where audit_id = @id", new { id }) is { } row ? row : Problem.NotFound("audit", id.ToString());

    // One page after the other: the trail of years is never held in memory.
    private static async Task<IResult> Export(string? format, string? text, HttpContext context, Caller caller, Database database, CancellationToken ct)
    {
        if (format is not (null or Csv or Lines))
        {
            return new ProblemResponse(new Problem("audit.format", "format", format, "csv or ndjson", "Choose one of the two."));
        }

        var isCsv = format is null or Csv;
        var asked = context.Request.Query.ToDictionary(value => value.Key, value => value.Value, StringComparer.Ordinal);
        asked.Remove(ListQuery.Limit);
        asked[ListQuery.Limit] = Part.ToString(CultureInfo.InvariantCulture);
        var query = Query(new QueryCollection(asked));
        await using var session = await database.Open(caller, System.Data.IsolationLevel.RepeatableRead, ct);
        var page = await Search(query, text, session);
        await Trail.Record(database, caller, "audit.exported", new { format = isCsv ? Csv : Lines, query = context.Request.QueryString.Value }, ct);

        context.Response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"audit.{(isCsv ? Csv : Lines)}\"";
        await using var output = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: isCsv), 1 << 16) { NewLine = isCsv ? "\r\n" : "\n" };
        if (isCsv)
        {
            await output.WriteLineAsync(string.Join(',', Columns).AsMemory(), ct);
        }

        while (true)
        {
            foreach (var row in page.Items)
            {
                await output.WriteLineAsync((isCsv ? Record(row) : JsonSerializer.Serialize(row, Json.Options)).AsMemory(), ct);
            }

            if (page.Next is null)
            {
                return Results.Empty;
            }

            asked[ListQuery.Cursor] = new StringValues(page.Next);
            page = await Search(Query(new QueryCollection(asked)), text, session);
        }
    }

    private static string Record(TrailRow row) => string.Join(',', new[]
    {
        row.AuditId.ToString(), row.At.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture), row.Operation, row.Table, row.Actor, row.Address, row.UserAgent,
        row.RequestId, row.OldText, row.NewText,
    }.Select(CsvText.Field));
}
