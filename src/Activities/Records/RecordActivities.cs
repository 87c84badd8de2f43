using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Activities.Flags;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Activities.Rows;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Records;

/// <summary>Takes activities in from a request: one, up to 10,000, or a stream of lines. Each may fail by itself; their order is kept.</summary>
internal static class RecordActivities
{
    public const int Most = 10_000;

    /// <summary>How an item ended.</summary>
    /// <param name="Row">Its place in the request, from 1: where to go on after a broken stream.</param>
    /// <param name="Disposition"><c>calculated</c>, <c>estimated</c>, <c>excluded</c>, <c>duplicate</c> or <c>rejected</c>.</param>
    /// <param name="ActivityId">The activity, or the one it repeats.</param>
    public sealed record Item(long Row, Disposition Disposition, Guid? ActivityId, int? Version, Problem? Problem);

    /// <param name="ImportId">The delivery that they are.</param>
    public sealed record Response(Guid ImportId, IReadOnlyList<Item> Activities);

    public static void Map(IEndpointRouteBuilder activities) => activities.MapPost("/", Post)
        .WithName("RecordActivities")
        .WithSummary("Record one activity, or {\"activities\": [...]} of up to 10,000, or lines of JSON without end (application/x-ndjson, as /activities/stream); members are named as the columns of files.")
        .Accepts<JsonElement>("application/json", StreamActivities.MediaType).Produces<Response>(StatusCodes.Status201Created).WithinFacilities();

    private static async Task<IResult> Post(HttpContext context, Caller caller, Database database, EstimatorPool pool, TimeProvider time, long? after, string? stream, long? offset, CancellationToken ct)
    {
        if (StreamActivities.IsStream(context.Request))
        {
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null; // It is never held as a whole.
            context.Features.Get<RequestTime>()?.Lift(); // And lasts as long as lines come.
            return await StreamActivities.Post(context, caller, database, pool, time, new StreamActivities.Position(after, stream, offset), ct);
        }

        if (!context.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException("No form that is taken.", StatusCodes.Status415UnsupportedMediaType);
        }

        var body = await context.Request.ReadFromJsonAsync<JsonElement>(Json.Options, ct);
        var batch = body.ValueKind == JsonValueKind.Object && body.TryGetProperty("activities", out var array);
        if (body.ValueKind != JsonValueKind.Object || (batch && body.GetProperty("activities").ValueKind != JsonValueKind.Array))
        {
            return new ProblemResponse(new Problem("activities.form", "activities", body.ValueKind.ToString(), "an activity, or an object with an array of activities", "Correct the body."));
        }

        IReadOnlyList<JsonElement> items = batch ? [.. body.GetProperty("activities").EnumerateArray()] : [body];
        if (items.Count is 0 or > Most)
        {
            return new ProblemResponse(new Problem("activities.count", "activities", $"{items.Count}", $"1 to {Most}", "Send them in parts."));
        }

        var recorded = await database.Write(caller, session => Handle(items, "api", 0, session, pool, time, keepsRejected: batch), ct);
        return recorded.ToCreated(made => made.Activities is [{ ActivityId: { } one }] ? $"/api/v1/activities/{one}" : $"/api/v1/imports/{made.ImportId}");
    }

    /// <summary>Within a transaction of the tenant: reads the items like rows of a file and writes what they come to.</summary>
    /// <param name="items">Objects.</param>
    /// <param name="source">Of the import that they become.</param>
    /// <param name="before">Rows before the first of them.</param>
    /// <param name="session">The transaction.</param>
    /// <param name="pool">The library, and what it makes of activities.</param>
    /// <param name="time">The clock.</param>
    /// <param name="keepsRejected">Whether a rejected item is kept and answered as such; else its problem is the answer.</param>
    internal static async Task<Result<Response>> Handle(
        IReadOnlyList<JsonElement> items, string source, long before, Session session, EstimatorPool pool, TimeProvider time, bool keepsRejected)
    {
        if (!(await ReadItems(items, session, pool, time)).TryValue(out var read, out var problem))
        {
            return problem;
        }

        if (!keepsRejected && read.Rows.Find(row => row.Problem is not null).Problem is { } wrong)
        {
            return wrong;
        }

        await ImportRecord.Insert(session, read.ImportId, source, null, null, null, new ImportOptions(), time.GetUtcNow());
        var chunk = new ImportChunk(read.ImportId, read.Rows.Count);
        foreach (var row in read.Rows)
        {
            chunk.Add(row);
        }

        var now = time.GetUtcNow();
        await chunk.Copy(session, now);
        var ends = await chunk.Write(session, now);
        var quantities = new ImportQuantities();
        chunk.Tally(quantities, ends);
        await ImportRecord.Close(session, read.ImportId, quantities, time, read.Rows.Exists(row => FindDuplicates.Concerns(row)));
        var taken = ends.ToDictionary(end => end.RowNo);
        return new Response(read.ImportId, [.. read.Rows.Select(row => taken.TryGetValue(row.RowNo, out var end)
            ? new Item(before + row.RowNo, end.DuplicateOf is null ? row.Disposition : Disposition.Duplicate, end.ActivityId, end.Version, null)
            : new Item(before + row.RowNo, row.Disposition, null, null, row.Problem))]);
    }

    /// <summary>What items come to, with nothing written.</summary>
    /// <param name="items">As sent.</param>
    /// <param name="session">The transaction.</param>
    /// <param name="pool">Estimators.</param>
    /// <param name="time">The clock.</param>
    /// <param name="unknownPlaces">Who sends items hears at once that a facility is unknown, and has them still: they are rejected.</param>
    internal static async Task<Result<(Guid ImportId, List<ImportedRow> Rows)>> ReadItems(
        IReadOnlyList<JsonElement> items, Session session, EstimatorPool pool, TimeProvider time, string unknownPlaces = "reject")
    {
        if (!(await ImportContext.Read(session, pool, new ImportOptions { UnknownPlaces = unknownPlaces }, time)).TryValue(out var context, out var problem))
        {
            return problem;
        }

        using var table = JsonTable.Of(items, context.FiscalYearStart);
        if (table.Problem is { } unusable)
        {
            return unusable;
        }

        var importId = Guid.CreateVersion7();
        var estimator = context.Context.EstimatorFor(DateOnly.MinValue);
        var lanes = new RowLanes(table, () => new RowScribe(table, new RowReader(table, pool.Data, estimator, context.Context), new SourceKeys(table, importId.ToByteArray()), session.Caller.FacilitiesFor(Permission.ActivitiesWrite)), 0);
        var rows = new List<ImportedRow>(items.Count);
        foreach (var part in lanes.Parts())
        {
            rows.AddRange(part.Span);
        }

        return (importId, rows);
    }
}
