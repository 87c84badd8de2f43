using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Records;

/// <summary>
/// Takes activities in as lines of JSON, without end. Every answered line is committed. A stream with a name has a cursor: after a broken
/// connection the client asks how many lines are committed and goes on behind them. Rows with a <c>source_key</c> are taken once anyway.
/// </summary>
internal static class StreamActivities
{
    public const string MediaType = "application/x-ndjson";

    private const int Part = 2_000;

    // Lines that come slowly do not wait for a part to be full.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    /// <summary>How a body is read.</summary>
    /// <param name="After">Lines up to this one were answered before and are passed over.</param>
    /// <param name="Stream">Name of the stream whose cursor goes on with it, or null.</param>
    /// <param name="Offset">Lines of the stream before the body's first one.</param>
    public readonly record struct Position(long? After, string? Stream, long? Offset);

    public static void Map(IEndpointRouteBuilder activities)
    {
        activities.MapPost("/stream", (HttpContext context, Caller caller, Database database, EstimatorPool pool, TimeProvider time, long? after, string? stream, long? offset, CancellationToken ct) =>
            Post(context, caller, database, pool, time, new Position(after, stream, offset), ct))
            .WithMetadata(new DisableRequestSizeLimitAttribute(), new TakesItsTime())
            .WithName("StreamActivities").WithSummary("Record activities line by line (NDJSON); each line is answered by one. With ?stream= the lines committed before are passed over; with ?offset= the body begins behind so many lines.")
            .Accepts<Stream>(MediaType).Produces<string>(StatusCodes.Status200OK, MediaType);
        activities.MapGet("/stream", async (string stream, Caller caller, Database database, CancellationToken ct) =>
            TypedResults.Ok(await database.Read(caller, session => StreamCursor.Find(session, stream), ct)))
            .WithName("GetStreamCursor").WithSummary("How many lines of a named stream are committed: go on behind them. 0 for a name not used yet.").Produces<StreamCursor>();
    }

    /// <summary>Whether a body comes as lines.</summary>
    public static bool IsStream(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase);

    public static async Task<IResult> Post(HttpContext context, Caller caller, Database database, EstimatorPool pool, TimeProvider time, Position position, CancellationToken ct)
    {
        if (StreamCursor.Check(position) is { } unusable)
        {
            return new ProblemResponse(unusable);
        }

        var (row, done) = (position.Offset ?? 0, position.After ?? 0);
        if (position.Stream is { } stream)
        {
            var committed = (await database.Read(caller, session => StreamCursor.Find(session, stream), ct)).Lines;
            if (row > committed)
            {
                return new ProblemResponse(new Problem(
                    "stream.gap", "offset", $"{row}", $"at most {committed}, the lines committed so far", "Ask for the cursor, and go on from there.") { Kind = ProblemKind.Conflict });
            }

            done = Math.Max(done, committed);
        }

        context.Response.ContentType = MediaType;
        context.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null; // Meters speak when they have something to say.
        var lines = new JsonLines(context.Request.BodyReader);
        var (items, first) = (new List<JsonElement>(Part), Math.Max(row, done));
        while (await Next() is { } item)
        {
            if (++row <= done)
            {
                continue;
            }

            items.Add(item);
            if (items.Count == Part && !await Answer())
            {
                return Results.Empty;
            }
        }

        await Answer();
        return Results.Empty;

        async ValueTask<JsonElement?> Next()
        {
            var next = lines.Next(ct);
            if (next.IsCompleted || items.Count == 0)
            {
                return await next;
            }

            var coming = next.AsTask();
            using var comes = CancellationTokenSource.CreateLinkedTokenSource(ct);
            if (await Task.WhenAny(coming, Task.Delay(Idle, time, comes.Token)) != coming && !await Answer())
            {
                context.Request.BodyReader.CancelPendingRead(); // What was said last is the problem; nothing more is read.
            }

            await comes.CancelAsync();
            return await coming;
        }

        async Task<bool> Answer()
        {
            if (items.Count == 0)
            {
                return true;
            }

            var recorded = await database.Write(caller, session => Record(items, first, position.Stream, session, pool, time), ct);
            first += items.Count;
            items.Clear();
            IEnumerable<object> answers = recorded.TryValue(out var taken, out var problem) ? taken.Activities : [new { problem }];
            foreach (var answer in answers)
            {
                await JsonSerializer.SerializeAsync(context.Response.Body, answer, Json.Options, ct);
                await context.Response.Body.WriteAsync("\n"u8.ToArray(), ct);
            }

            await context.Response.Body.FlushAsync(ct);
            return problem is null;
        }
    }

    private static async Task<Result<RecordActivities.Response>> Record(List<JsonElement> items, long first, string? stream, Session session, EstimatorPool pool, TimeProvider time)
    {
        var recorded = await RecordActivities.Handle(items, "stream", first, session, pool, time, keepsRejected: true);
        return recorded.Problem is null && stream is not null && await StreamCursor.Advance(session, stream, first, first + items.Count, time) is { } moved ? moved : recorded;
    }
}
