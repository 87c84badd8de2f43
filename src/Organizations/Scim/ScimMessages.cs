using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Organizations.Scim;

/// <summary>What is asked of a list, or of what is shown of one resource: RFC 7644, 3.4.2 and 3.9.</summary>
internal sealed record ScimQuery(ScimFilter? Filter, int Start, int Count, string? Attributes, string? Excluded)
{
    public const int MostResults = 200;

    private const int UsualResults = 100;

    public static Result<ScimQuery> Of(HttpContext context, ScimKind kind)
    {
        var query = context.Request.Query;
        return Read(kind, Text("filter"), Text("startIndex"), Text("count"), Text("attributes"), Text("excludedAttributes"));

        string? Text(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
    }

    /// <summary>Of a body that is sent to <c>.search</c> (RFC 7644, 3.4.3).</summary>
    public static Result<ScimQuery> Of(JsonObject body, ScimKind kind)
    {
        return Read(kind, ScimPatch.Text(ScimPatch.Member(body, "filter")), Number("startIndex"), Number("count"), Names("attributes"), Names("excludedAttributes"));

        string? Number(string name) => ScimPatch.Member(body, name)?.ToJsonString();

        string? Names(string name) => ScimPatch.Member(body, name) is JsonArray names ? string.Join(',', names.Select(ScimPatch.Text)) : null;
    }

    private static Result<ScimQuery> Read(ScimKind kind, string? filter, string? start, string? count, string? attributes, string? excluded)
    {
        if (!Whole(start, 1).TryValue(out var first, out var problem) || !Whole(count, UsualResults).TryValue(out var most, out problem))
        {
            return problem;
        }

        ScimFilter? asked = null;
        if (filter is not null && !ScimFilterReader.Filter(kind, filter).TryValue(out asked, out problem))
        {
            return problem;
        }

        // 3.4.2.4: less than one is one, less than nothing is nothing.
        return new ScimQuery(asked, Math.Max(1, first), Math.Clamp(most, 0, MostResults), attributes, excluded);
    }

    private static Result<int> Whole(string? text, int usual) => text is null ? usual
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : ScimProblem.InvalidValue("startIndex, count", text, "a whole number");
}

/// <summary>Messages as RFC 7644 has them.</summary>
internal static class ScimMessages
{
    public const string MediaType = "application/scim+json";

    private const int MostBytes = 1 << 20;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>The body, whichever of the two media types it says it is of.</summary>
    public static async Task<Result<JsonObject>> Body(HttpContext context, CancellationToken ct)
    {
        var media = context.Request.ContentType?.Split(';')[0].Trim() ?? "";
        if (!media.Equals(MediaType, StringComparison.OrdinalIgnoreCase) && !media.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return new Problem("body.media-type", "Content-Type", media, $"{MediaType} or application/json", "Send the body in that form, and say so in Content-Type.") { Kind = ProblemKind.UnsupportedMedia };
        }

        if (context.Request.ContentLength > MostBytes)
        {
            return new Problem("body.too-large", "body", $"{context.Request.ContentLength} bytes", $"at most {MostBytes} bytes", "Send fewer changes at once.") { Kind = ProblemKind.TooLarge };
        }

        try
        {
            using var limited = new MemoryStream();
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, ct)) > 0)
            {
                limited.Write(buffer, 0, read);
                if (limited.Length > MostBytes)
                {
                    return new Problem("body.too-large", "body", "more than is taken", $"at most {MostBytes} bytes", "Send fewer changes at once.") { Kind = ProblemKind.TooLarge };
                }
            }

            limited.Position = 0;
            return JsonNode.Parse(limited, documentOptions: Reading) is JsonObject body ? body : ScimProblem.InvalidSyntax("JSON that is no object");
        }
        catch (JsonException wrong)
        {
            return ScimProblem.InvalidSyntax($"text that is not JSON, line {wrong.LineNumber + 1}");
        }
    }

    /// <summary>Whether the version is the one that is there: <c>W/"3"</c>, or <c>*</c>; null when nothing is asked.</summary>
    public static Problem? Stale(HttpContext context, int version) => context.Request.Headers.IfMatch.ToString() is { Length: > 0 } asked
        && !asked.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || Plain(tag) == Plain(Tag(version)))
        ? new Problem("version.stale", "If-Match", asked, Tag(version), "Somebody changed it meanwhile: read it again, and repeat your change on what you find.") { Kind = ProblemKind.Stale }
        : null;

    public static string Tag(int version) => string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\"");

    private static string Plain(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;

    /// <summary>One resource, with its version and its address; 304 where the client has it already.</summary>
    public static IResult Resource(this Result<JsonObject> result, HttpContext context, ScimKind kind, int status = StatusCodes.Status200OK)
    {
        if (!result.TryValue(out var whole, out var problem))
        {
            return new ProblemResponse(problem);
        }

        var (headers, meta) = (context.Response.Headers, whole["meta"]!);
        headers.ETag = meta["version"]!.GetValue<string>();
        headers.Location = meta["location"]!.GetValue<string>();
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || Plain(tag) == Plain(headers.ETag!)))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        var query = context.Request.Query;
        return Answer(
            ScimResource.Shown(kind, whole, query.TryGetValue("attributes", out var some) ? some.ToString() : null, query.TryGetValue("excludedAttributes", out var none) ? none.ToString() : null), status);
    }

    /// <summary>A page of resources (RFC 7644, 3.4.2).</summary>
    /// <param name="total">How many there are in all.</param>
    public static JsonObject List(IReadOnlyCollection<JsonObject> resources, int total, int start) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:ListResponse"), ["totalResults"] = total, ["startIndex"] = start, ["itemsPerPage"] = resources.Count,
        ["Resources"] = new JsonArray([.. resources]),
    };

    public static IResult Answer(JsonObject body, int status = StatusCodes.Status200OK) => Results.Text(body.ToJsonString(), MediaType, System.Text.Encoding.UTF8, status);

    public static IResult Answer(this Result<JsonObject> result) => result.TryValue(out var body, out var problem) ? Answer(body) : new ProblemResponse(problem);
}
