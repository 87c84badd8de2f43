using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.Web.OpenApi;

/// <summary>The description of the API: <c>/openapi/v1.json</c> (OpenAPI 3.1), and <c>/docs</c> for people.</summary>
internal static class ApiDocument
{
    public const string Path = "/openapi/v1.json";

    private const string Name = "v1";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description => description.RelativePath is { } path && (path.StartsWith("api/v1/", StringComparison.Ordinal) || path.StartsWith("scim/v2/", StringComparison.Ordinal));
        options.CreateSchemaReferenceId = info => OpenApiOptions.CreateDefaultSchemaReferenceId(info) is { } name ? NameOf(info.Type, name) : null;
        options.AddSchemaTransformer(Figures);
        options.AddOperationTransformer(Conventions.OfOperation);
        options.AddDocumentTransformer(Complete);
    });

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapGet("/docs/problems", ProblemsPage.Get).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Before routing: the pages of Swagger UI are files of its package.</summary>
    public static void UseDocuments(this WebApplication app) => app.UseSwaggerUI(page =>
    {
        page.RoutePrefix = "docs";
        page.DocumentTitle = "OffGridFlow API";
        page.SwaggerEndpoint(Path, "v1");
        page.InjectStylesheet("/docs.css");
    });

    // A slice's Request is CreateApiKeyRequest to the world.
    private static string NameOf(Type type, string name) => type.IsGenericType
        ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] + "Of" + string.Concat(type.GetGenericArguments().Select(argument => NameOf(argument, argument.Name)))
        : type.DeclaringType is { } slice && !type.IsEnum ? slice.Name + name : name;

    // A decimal is a text, so that no digit is lost on the way.
    private static Task Figures(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var type = context.JsonTypeInfo.Type;
        if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(decimal))
        {
            schema.Type = Nullable.GetUnderlyingType(type) is null ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "decimal";
            schema.Pattern = null;
        }
        else if (type == typeof(string))
        {
            schema.Type = context.JsonPropertyInfo is { IsGetNullable: true } ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        }
        else if (type == typeof(JsonObject))
        {
            schema.Type = JsonSchemaType.Object;
        }

        return Task.CompletedTask;
    }

    private static Task Complete(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo
        {
            Title = "OffGridFlow",
            Version = "v1",
            Description = """
                Carbon accounting: activities in, an explainable greenhouse-gas inventory out.

                Names are in snake_case. Decimals are texts, so that no digit is lost; numbers are read too. Instants are in UTC, days ISO 8601.
                Lists go on with the cursor of `next`. What is not understood is refused, a misspelt parameter too: every failure is a problem (RFC 9457)
                whose `code` is stable and described at [/docs/problems](/docs/problems). `/api/...` without a version answers as the current version.
                Requests are limited by organisation, person or key, and address: over all servers where they share a Redis, else by each server for itself.
                """,
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.AddComponent("api_key", new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "ogf_live_… or JWT", Description = "An API key of the tenant, or an access token of a sign-in: 'Authorization: Bearer ogf_live_…'.",
        });
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("api_key", document)] = [] }];
        Conventions.AddProblems(document);
        foreach (var (path, item) in document.Paths)
        {
            foreach (var (method, operation) in item.Operations ?? [])
            {
                Conventions.Complete(document, path, method, operation);
                Examples.Fill(operation);
            }
        }

        // In an order that does not depend on which module was mapped first.
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            paths.Add(path, item);
        }

        document.Paths = paths;
        document.Tags = document.Tags?.OrderBy(tag => tag.Name, StringComparer.Ordinal).ToHashSet();
        if (document.Components?.Schemas is { } schemas)
        {
            document.Components.Schemas = schemas.OrderBy(schema => schema.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        }

        return Task.CompletedTask;
    }
}
