using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OffGridFlow.Platform;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Web.OpenApi;

/// <summary>What all endpoints have in common, written into each operation: list parameters, headers, and the problems that can happen.</summary>
internal static class Conventions
{
    private const string ProblemSchema = "ProblemDocument";
    private const string ScimFailure = "ScimError";

    /// <summary>Names the permission a caller must hold.</summary>
    private const string PermissionExtension = "x-permission";

    private static readonly (ProblemKind Kind, string Code)[] Problems =
    [
        (ProblemKind.Invalid, "parameter.unknown"), (ProblemKind.Unauthenticated, "key.missing"), (ProblemKind.Forbidden, "permission.missing"), (ProblemKind.NotFound, "entity.not-found"),
        (ProblemKind.Conflict, "idempotency.in-progress"), (ProblemKind.Stale, "version.stale"), (ProblemKind.TooLarge, "body.too-large"),
        (ProblemKind.UnsupportedMedia, "body.media-type"), (ProblemKind.Elsewhere, "region.elsewhere"), (ProblemKind.Unprocessable, "idempotency.key-reused"),
        (ProblemKind.PreconditionRequired, "version.required"), (ProblemKind.TooMany, "rate.exceeded"), (ProblemKind.Fault, "fault"), (ProblemKind.Unavailable, "database.away"),
    ];

    public static Task OfOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        foreach (var parameter in Lists(metadata.OfType<ListShape>().FirstOrDefault()))
        {
            operation.Parameters.Add(parameter);
        }

        if (metadata.OfType<NeedsIfMatch>().Any())
        {
            operation.Parameters.Add(Header("If-Match", "The ETag of the version you have read, or * for any.", "\"3\"", required: true));
        }

        if (string.Equals(context.Description.HttpMethod, HttpMethods.Post, StringComparison.Ordinal))
        {
            operation.Parameters.Add(Header(Idempotency.Header, "Your own name for this request: a repeat within a day gets the same answer and does nothing.", "5f0c2b7e-1a52-4c0e-9a35-0d6f4c1f7a11", required: false));
        }

        foreach (var parameter in metadata.OfType<QueryParameter>())
        {
            operation.Parameters.Add(Query(parameter.Name, parameter.Description, new OpenApiSchema { Type = JsonSchemaType.String }, parameter.Example));
        }

        if (metadata.OfType<RequestExample>().LastOrDefault() is { } example)
        {
            foreach (var media in operation.RequestBody?.Content?.Values ?? [])
            {
                media.Example = JsonNode.Parse(example.Json);
            }
        }

        var isScim = context.Description.RelativePath!.StartsWith("scim/", StringComparison.Ordinal);
        if (!isScim && string.Equals(context.Description.HttpMethod, HttpMethods.Get, StringComparison.Ordinal) && !operation.Parameters.Any(parameter => parameter.Name == "fields"))
        {
            operation.Parameters.Add(Query("fields", "Only these fields of the answer, with commas between.", new OpenApiSchema { Type = JsonSchemaType.String }));
        }

        operation.Summary ??= Words(operation.OperationId);
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = []; // For all: nothing is asked of who calls.
        }
        else if (metadata.OfType<NeededPermission>().LastOrDefault() is { } needed)
        {
            operation.AddExtension(PermissionExtension, new JsonNodeExtension(PermissionSet.Name(needed.For(context.Description.HttpMethod!))));
        }

        return Task.CompletedTask;
    }

    /// <summary>The document of a failure, and one answer for each kind.</summary>
    public static void AddProblems(OpenApiDocument document)
    {
        var text = new OpenApiSchema { Type = JsonSchemaType.String };
        var detail = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { ["code"] = text, ["column"] = text, ["found"] = text, ["expected"] = text, ["fix"] = text };
        document.AddComponent<IOpenApiSchema>(ProblemSchema, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "A failure as RFC 9457 has it.",
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["type"] = text, ["title"] = text, ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer }, ["detail"] = text, ["instance"] = text,
                ["code"] = text, ["request_id"] = text,
                ["errors"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = detail } },
            },
            Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "detail", "instance", "code", "request_id", "errors" },
        });
        document.AddComponent<IOpenApiResponse>(ScimFailure, new OpenApiResponse
        {
            Description = "A failure as RFC 7644, 3.12 has it.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/scim+json"] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Object },
                    Example = new JsonObject { ["schemas"] = new JsonArray(ScimError.Schema), ["scimType"] = "invalidFilter", ["detail"] = "filter: found the attribute 'x', expected …", ["status"] = "400" },
                },
            },
        });
        foreach (var (kind, code) in Problems)
        {
            document.AddComponent<IOpenApiResponse>(kind.ToString(), new OpenApiResponse
            {
                Description = ProblemResponse.Title(kind),
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [ProblemResponse.MediaType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(ProblemSchema, document), Example = Example(kind, code) },
                },
            });
        }
    }

    /// <summary>The failures an operation can end with, and the headers of its answers.</summary>
    public static void Complete(OpenApiDocument document, string path, HttpMethod method, OpenApiOperation operation)
    {
        var responses = operation.Responses ??= [];
        foreach (var response in responses.Values.OfType<OpenApiResponse>())
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
            response.Headers["X-Request-Id"] = Said("The request's id, your own where you sent one.");
            response.Headers["RateLimit-Limit"] = Said("Requests that can be made at once.");
            response.Headers["RateLimit-Remaining"] = Said("Requests that can be made now.");
            response.Headers["RateLimit-Reset"] = Said("Seconds until all of them can be made again.");
            if (response.Content is { Count: > 0 } && (method == HttpMethod.Get || method == HttpMethod.Put) && path.EndsWith('}'))
            {
                response.Headers["ETag"] = Said("The version, for If-Match, of things that have one.");
            }
        }

        var hasBody = operation.RequestBody is not null;
        var needsVersion = operation.Parameters?.Any(parameter => parameter is { Name: "If-Match", Required: true }) ?? false;
        Add(ProblemKind.Invalid, true);
        Add(ProblemKind.Unauthenticated, true);
        Add(ProblemKind.Forbidden, true);
        Add(ProblemKind.NotFound, path.Contains('{', StringComparison.Ordinal));
        Add(ProblemKind.Conflict, method != HttpMethod.Get);
        Add(ProblemKind.Stale, needsVersion);
        Add(ProblemKind.TooLarge, hasBody);
        Add(ProblemKind.UnsupportedMedia, hasBody);
        Add(ProblemKind.Unprocessable, method == HttpMethod.Post);
        Add(ProblemKind.PreconditionRequired, needsVersion);
        Add(ProblemKind.TooMany, true);
        Add(ProblemKind.Fault, true);
        Add(ProblemKind.Unavailable, true);

        void Add(ProblemKind kind, bool can)
        {
            if (can)
            {
                responses.TryAdd(ProblemResponse.Status(kind).ToString(System.Globalization.CultureInfo.InvariantCulture), new OpenApiResponseReference(path.StartsWith(ScimError.Root, StringComparison.Ordinal) ? ScimFailure : kind.ToString(), document));
            }
        }
    }

    private static IEnumerable<OpenApiParameter> Lists(ListShape? shape)
    {
        if (shape is null)
        {
            yield break;
        }

        foreach (var field in shape.Fields)
        {
            if (field.IsFilter)
            {
                yield return Query(field.Name, $"Only items with this {Spaced(field.Name)}; repeat it for any of several.", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Schema(field.Kind) });
            }

            if (field.IsRange)
            {
                yield return Query($"{field.Name}_from", $"Only items whose {Spaced(field.Name)} is this or later.", Schema(field.Kind));
                yield return Query($"{field.Name}_to", $"Only items whose {Spaced(field.Name)} is this or earlier.", Schema(field.Kind));
            }
        }

        var sorts = string.Join(", ", shape.Fields.Where(field => field.IsSort).Select(field => field.Name));
        yield return Query(ListQuery.Sort, $"The order: {sorts}; a minus before one turns it, commas join several. {shape.DefaultSort} when left out.", new OpenApiSchema { Type = JsonSchemaType.String }, shape.DefaultSort);
        yield return Query(ListQuery.Cursor, "The next of the page before.", new OpenApiSchema { Type = JsonSchemaType.String });
        yield return Query(ListQuery.Limit, "How many items at most.", new OpenApiSchema
        {
            Type = JsonSchemaType.Integer, Minimum = "1", Maximum = $"{Cursor.MostLimit}", Default = Cursor.DefaultLimit,
        });
    }

    private static OpenApiSchema Schema(FieldKind kind) => kind switch
    {
        FieldKind.Text => new OpenApiSchema { Type = JsonSchemaType.String },
        FieldKind.Id => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
        FieldKind.Integer => new OpenApiSchema { Type = JsonSchemaType.Integer },
        FieldKind.Decimal => new OpenApiSchema { Type = JsonSchemaType.String, Format = "decimal" },
        FieldKind.Boolean => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldKind.Day => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" },
        FieldKind.Instant => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
    };

    private static OpenApiParameter Query(string name, string description, OpenApiSchema schema, string? example = null) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema, Example = example };

    private static OpenApiParameter Header(string name, string description, string example, bool required) => new()
    {
        Name = name, In = ParameterLocation.Header, Description = description, Required = required, Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = example,
    };

    private static OpenApiHeader Said(string description) => new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static JsonNode? Example(ProblemKind kind, string code) => JsonSerializer.SerializeToNode(
        new ProblemDocument(
            $"/docs/problems#{code}", ProblemResponse.Title(kind), ProblemResponse.Status(kind), "Which thing is wrong, what was found, what was expected. What to do.", "/api/v1/…", code,
            "01938c2e7a4b7c319d5e2f60a1b3c4d5", [new ProblemDetail(code, "field, parameter or header", "what stood there", "what would have been right", "What to do.")]),
        Json.Options);

    private static string Spaced(string name) => name.Replace('_', ' ');

    // changeWebhook: Change webhook.
    private static string? Words(string? id) => id is null ? null
        : string.Concat(id.Select((letter, at) => at == 0 ? char.ToUpperInvariant(letter).ToString() : char.IsUpper(letter) ? " " + char.ToLowerInvariant(letter) : letter.ToString())) + ".";
}
