using System.Data;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Imports;

/// <summary>Rows of an import that were rejected, as a file to correct and to send again: the original columns, then what is wrong.</summary>
internal static class RejectedCsv
{
    private const string Prefix = "problem_";
    private const int Part = 5000;
    private static readonly string[] Ours = ["problem_row", "problem_code", "problem_column", "problem_found", "problem_expected", "problem_fix"];

    public static void Map(IEndpointRouteBuilder imports) => imports.MapGet("/{id:guid}/rejected.csv", Get)
        .WithinFacilities().TakingItsTime().WithName("GetRejectedCsv").WithSummary("The rejected rows, to be corrected and sent again.").Produces<string>(StatusCodes.Status200OK, "text/csv");

    /// <summary>Whether a column is one that this file adds: it says nothing about the activity.</summary>
    public static bool IsOurs(string column) => column.StartsWith(Prefix, StringComparison.Ordinal);

    private static async Task<IResult> Get(Guid id, HttpContext context, Caller caller, Database database, CancellationToken ct)
    {
        await using var session = await database.Open(caller, IsolationLevel.RepeatableRead, ct);
        if (await ImportRecord.Find(session, id) is not { } import || !ShowImports.Shows(import.CreatedBy, caller))
        {
            return new ProblemResponse(Problem.NotFound("import", id.ToString()));
        }

        await Trail.Record(database, caller, "rejected_rows.exported", new { import_id = id }, ct);
        var columns = (await session.Query<string>(
            "select key from activities.rows_not_taken, json_object_keys(cells) with ordinality as cell (key, place) where import_id = @id and disposition = 'rejected' group by key order by max(place), key", new { id }))
            .Where(column => !IsOurs(column)).ToList();
        context.Response.ContentType = "text/csv; charset=utf-8";
        var name = Path.GetFileNameWithoutExtension(import.FileName ?? "import");
        context.Response.Headers.ContentDisposition = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(name + "-rejected.csv")}";
        await using var output = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), 1 << 16) { NewLine = "\r\n" };
        await output.WriteLineAsync(string.Join(',', columns.Concat(Ours).Select(CsvText.Field)));
        IReadOnlyList<ShowImports.Row> rows;
        for (var after = 0L; (rows = await Next(session, id, after)).Count > 0; after = rows[^1].RowNo)
        {
            foreach (var row in rows.Select(row => row.Shown()))
            {
                var problem = row.Problem;
                string?[] why = [row.RowNo.ToString(System.Globalization.CultureInfo.InvariantCulture), row.Code, problem?.Column, problem?.Found, problem?.Expected, problem?.Fix];
                await output.WriteLineAsync(string.Join(',', columns.Select(column => row.Cells.GetValueOrDefault(column)).Concat(why).Select(CsvText.Field)).AsMemory(), ct);
            }
        }

        return Results.Empty;
    }

    private static Task<IReadOnlyList<ShowImports.Row>> Next(Session session, Guid id, long after) => session.Query<ShowImports.Row>(
        """
        select row_no, disposition, code, problem::text as problem, duplicate_of, cells::text as cells, quantity, unit
        from activities.rows_not_taken where import_id = @id and disposition = 'rejected' and row_no > @after order by row_no limit @Part
        """,
        new { id, after, Part });
}
