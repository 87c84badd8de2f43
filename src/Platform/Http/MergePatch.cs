using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace OffGridFlow.Platform.Http;

/// <summary>
/// The body of a PATCH (RFC 7396): a field that is absent stays, one that is null is cleared, an object is merged. What comes out is
/// a whole <typeparamref name="T"/>, to be checked as one that is new.
/// </summary>
public sealed class MergePatch<T> : IEndpointParameterMetadataProvider
    where T : class
{
    private readonly JsonObject changes;

    private MergePatch(JsonObject changes) => this.changes = changes;

    /// <exception cref="BadHttpRequestException">The body is no object of known fields with values of their types.</exception>
    public static async ValueTask<MergePatch<T>> BindAsync(HttpContext context)
    {
        if (context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() is not ("application/json" or "application/merge-patch+json"))
        {
            throw new BadHttpRequestException("Expected a JSON body.", StatusCodes.Status415UnsupportedMediaType);
        }

        var body = await Parse(context);
        try
        {
            body.Deserialize<T>(Json.Options);
            return new(body);
        }
        catch (JsonException wrong)
        {
            throw new BadHttpRequestException("The body cannot be read.", StatusCodes.Status400BadRequest, wrong);
        }
    }

    public static MergePatch<T> Of(JsonObject changes) => new(changes);

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/merge-patch+json", "application/json"], typeof(T)));

    /// <summary>What becomes of what is there now.</summary>
    public T ApplyTo(T now)
    {
        var whole = JsonSerializer.SerializeToNode(now, Json.Options)!.AsObject();
        Merge(whole, changes);
        return whole.Deserialize<T>(Json.Options)!;
    }

    // A field that stands twice is refused: which of the two was meant, nobody knows.
    private static async Task<JsonObject> Parse(HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, null, new JsonDocumentOptions { AllowDuplicateProperties = false }, context.RequestAborted) as JsonObject
                ?? throw new JsonException("The body is no object.");
        }
        catch (JsonException wrong)
        {
            throw new BadRequestException(new Problem("body.unreadable", "body", wrong.Message, "one JSON object in UTF-8, each field once", "Correct the body."));
        }
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                // What is no object becomes one, so that no null of a patch is ever a value.
                if (target[name] is not JsonObject there)
                {
                    target[name] = there = [];
                }

                Merge(there, inner);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }
}
