using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using OffGridFlow.Activities.Imports;
using OffGridFlow.Factors.Snapshots;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Activities.Records;

/// <summary>
/// Takes activities in as lines of JSON, without end. Every answered line is committed; after a broken connection the client goes on
/// behind the last row answered, or sends all again: rows with a <c>source_key</c> or an <c>id</c> are taken once.
/// </summary>
internal static class StreamActivities
{
    public const string MediaType = "application/x-ndjson";

    private const int Part = 2_000;
    private const int LongestLine = 64 * 1024;

    public static void Map(IEndpointRouteBuilder activities) => activities.MapPost("/stream", Post)
        .WithMetadata(new DisableRequestSizeLimitAttribute())
        .WithName("StreamActivities").WithSummary("Record activities line by line (NDJSON); each line is answered by one.")
        .Accepts<Stream>(MediaType).Produces<string>(StatusCodes.Status200OK, MediaType);

    /// <summary>Whether a body comes as lines.</summary>
    public static bool IsStream(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase);

    /// <param name="context">The request.</param>
    /// <param name="caller">Whose.</param>
    /// <param name="database">Where to.</param>
    /// <param name="pool">The library, and what it makes of activities.</param>
    /// <param name="time">The clock.</param>
    /// <param name="after">Lines of the body that an earlier request has had answered: they are passed over.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<IResult> Post(HttpContext context, Caller caller, Database database, EstimatorPool pool, TimeProvider time, long? after, CancellationToken ct)
    {
        context.Response.ContentType = MediaType;
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var (items, row, first) = (new List<JsonElement>(Part), 0L, 0L);
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            row++;
            if (row <= after)
            {
                first = row;
                continue;
            }

            items.Add(Item(line));
            if (items.Count == Part)
            {
                if (!await Answer())
                {
                    return Results.Empty;
                }

                first = row;
            }
        }

        await Answer();
        return Results.Empty;

        async Task<bool> Answer()
        {
            if (items.Count == 0)
            {
                return true;
            }

            var recorded = await database.Write(caller, session => RecordActivities.Handle(items, "stream", first, session, pool, time, keepsRejected: true), ct);
            items.Clear();
            IEnumerable<object> lines = recorded.TryValue(out var done, out var problem) ? done.Activities : [new { problem }];
            foreach (var answer in lines)
            {
                await JsonSerializer.SerializeAsync(context.Response.Body, answer, Json.Options, ct);
                await context.Response.Body.WriteAsync("\n"u8.ToArray(), ct);
            }

            await context.Response.Body.FlushAsync(ct);
            return problem is null;
        }
    }

    // What is no JSON, or nests deeply, is a row with a problem and not the end of the stream.
    private static JsonElement Item(string line)
    {
        try
        {
            return line.Length > LongestLine ? JsonSerializer.SerializeToElement(line[..100]) : JsonElement.Parse(line);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(line);
        }
    }
}
