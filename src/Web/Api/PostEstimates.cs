using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OffGridFlow.Activities.Intake;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Estimates;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Api;

/// <summary>The verb <c>estimate</c> over HTTP: what each of up to 10,000 rows emits. Nothing is stored.</summary>
internal static class PostEstimates
{
    internal const int MostRows = 10_000;

    /// <param name="Rows">Objects with the columns of a file: kind, quantity, unit, region, start, end and those the kind reads. Values are texts, numbers or true and false.</param>
    /// <param name="Gwp">published, ar4, ar5 or ar6; published when left out.</param>
    /// <param name="AsOf">Day of knowledge: editions published later are unknown. Today when left out.</param>
    /// <param name="FactorDates">effective or published: which edition a row's date picks.</param>
    internal sealed record Request(IReadOnlyList<JsonObject> Rows, string? Gwp = null, DateOnly? AsOf = null, string? FactorDates = null);

    internal static void Map(IEndpointRouteBuilder api) => api.MapPost("/estimates", Post)
        .WithName("Estimate").Needing(Permission.EstimatesRun).WithTags("Estimates").WithMetadata(new ChangesNothing())
        .WithSummary("Say for every row what it emits, by which factor, how sure that is and why; or why it cannot be said. Nothing is stored.")
        .Produces<EstimateAnswer>(StatusCodes.Status200OK, "application/json", "application/x-ndjson");

    private static async Task<IResult> Post(Request request, Caller caller, HttpContext context, Product product, TimeProvider clock, CancellationToken ct)
    {
        _ = caller; // Whoever has a key may; nothing of the tenant is read.
        if (Wrong(request) is { } problem)
        {
            return new ProblemResponse(problem);
        }

        var data = await product.Load();
        var isLines = context.Request.Headers.Accept.ToString().Contains("application/x-ndjson", StringComparison.OrdinalIgnoreCase);
        var options = new EstimateOptions(
            FactorTable.ParseGwp(request.Gwp is null or "published" ? null : request.Gwp),
            request.AsOf ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime),
            request.FactorDates == "published" ? DatePolicy.Published : DatePolicy.Effective);
        return (await Task.Run(() => Handle(request.Rows, options, data, isLines), ct)).TryValue(out var body, out var unusable)
            ? TypedResults.Bytes(body, isLines ? "application/x-ndjson" : "application/json")
            : new ProblemResponse(unusable);
    }

    private static Problem? Wrong(Request request)
    {
        if (request.Rows.Count is 0 or > MostRows)
        {
            return new Problem("estimate.rows", "rows", $"{request.Rows.Count} rows", $"1 to {MostRows}", "Send them in parts, or as a file to /api/v1/imports.");
        }

        if (request.Gwp is not (null or "published" or "ar4" or "ar5" or "ar6"))
        {
            return new Problem("estimate.gwp", "gwp", request.Gwp, "published, ar4, ar5 or ar6", "Correct gwp, or leave it out.");
        }

        if (request.FactorDates is not (null or "effective" or "published"))
        {
            return new Problem("estimate.factor-dates", "factor_dates", request.FactorDates, "effective or published", "Correct factor_dates, or leave it out.");
        }

        for (var row = 0; row < request.Rows.Count; row++)
        {
            if (request.Rows[row] is not { } columns || columns.All(column => IsBlank(column.Value)))
            {
                return new Problem("estimate.row-blank", $"rows[{row}]", "a row without a value", "an object with kind, quantity and unit", "Fill the row, or take it out.");
            }

            if (columns.FirstOrDefault(column => column.Value is JsonObject or JsonArray) is { Key: { } nested })
            {
                return new Problem("field.type", $"rows[{row}].{nested}", "an object or a list", "a text, a number, true or false", "Send one value.");
            }
        }

        return null;
    }

    internal static Result<byte[]> Handle(IReadOnlyList<JsonObject> rows, EstimateOptions options, ReferenceData data, bool isLines)
    {
        // A decimal point is a decimal point: the values are those of JSON, not of somebody's spreadsheet.
        using var table = ActivityTable.Open("-", Table(rows), new IntakeOptions(DecimalStyle.Point));
        if (table.Problem is { } problem)
        {
            return problem;
        }

        var estimator = new Estimator(data, options);
        using var output = new MemoryStream();
        output.Write(isLines ? default : "{\"rows\":[\n"u8);
        var run = new EstimateRun(table, data, estimator, rowsBefore: 1);
        var totals = run.Run(output, Cli.EstimateCommand.WriterOf(isLines ? "ndjson" : "json", new Activities.Rows.RowReader(table, data, estimator)));
        if (table.Problem is { } late)
        {
            return late;
        }

        if (!isLines)
        {
            output.Write(Encoding.UTF8.GetBytes($"],\"summary\":{new Summary(table, totals, estimator, data).Json().ToJsonString()}}}\n"));
        }

        return output.ToArray();
    }

    // The rows as the table a file would have brought: one line each, so that a row's number is its place.
    private static MemoryStream Table(IReadOnlyList<JsonObject> rows)
    {
        var columns = rows.SelectMany(row => row.Select(column => column.Key)).Distinct(StringComparer.Ordinal).ToList();
        var table = new MemoryStream();
        using (var writer = new StreamWriter(table, new UTF8Encoding(true), leaveOpen: true) { NewLine = "\n" })
        {
            writer.WriteLine(string.Join(',', columns.Select(Quoted)));
            foreach (var row in rows)
            {
                writer.WriteLine(string.Join(',', columns.Select(column => Quoted(row.TryGetPropertyValue(column, out var value) ? Text(value) : ""))));
            }
        }

        table.Position = 0;
        return table;
    }

    private static bool IsBlank(JsonNode? value) => value is null || (value.GetValueKind() == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetValue<string>()));

    private static string Text(JsonNode? value) => value is null ? "" : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();

    private static string Quoted(string text) => $"\"{text.ReplaceLineEndings(" ").Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>What rows come to.</summary>
/// <param name="Rows">In the order they were sent: row, id, disposition, entries or problem, notes, and the columns passed through.</param>
/// <param name="Summary">Rows by disposition, totals with their ranges, sources.</param>
internal sealed record EstimateAnswer(IReadOnlyList<JsonObject> Rows, JsonObject Summary);
