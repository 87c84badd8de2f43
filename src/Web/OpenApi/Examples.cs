using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace OffGridFlow.Web.OpenApi;

/// <summary>An example for every parameter, body and answer that has none: made of the schema, with values the field would use.</summary>
internal static class Examples
{
    public const string Id = "01938c2e-7a4b-7c31-9d5e-2f60a1b3c4d5";

    private const int Deepest = 8;

    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["name"] = "Foundry Kassel", ["code"] = "DE-01", ["country"] = "DE", ["region"] = "DE", ["grid_region"] = "DE", ["kind"] = "electricity.grid", ["unit"] = "kWh",
        ["url"] = "https://example.com/hooks/offgridflow", ["text"] = "district heat", ["slug"] = "acme", ["facility"] = "DE-01", ["entity"] = "DE", ["gwp"] = "ar6",
        ["gwp_set"] = "AR6", ["factor_dates"] = "effective", ["boundary"] = "operational_control", ["granularity"] = "year", ["status"] = "active", ["sort"] = "name",
        ["reason_code"] = "error", ["reason"] = "Meter replaced; the reading was wrong.", ["note"] = "read on site", ["supplier"] = "Stadtwerke Kassel", ["meter"] = "M-0417", ["address"] = "Hafenstr. 1, Kassel",
        ["fields"] = "name", ["key"] = "ogf_live_AZOMLnpLfDGdXi9gobPE1a0Xq3dXk3Zf5m1n7oVbQ2rT8uYwK4sLpJ", ["ending"] = "LpJ", ["next"] = "MDE5MzhjMmU", ["cursor"] = "MDE5MzhjMmU",
        ["factor_date"] = "2025-12-31", ["start"] = "2025-01-01", ["end"] = "2025-01-31", ["quantity"] = "1234.5", ["description"] = "to our data platform", ["id"] = "E-07",
        ["email"] = "ana@example.org", ["role"] = "analyst", ["title"] = "Plant lead", ["permission"] = "ledger:read", ["scope"] = "tenant",
    };

    public static void Fill(OpenApiOperation operation)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter.Example is null && parameter.Schema is { } schema)
            {
                parameter.Example = Of(schema, parameter.Name ?? "", 0);
            }
        }

        foreach (var (_, media) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal))
        {
            Fill(media);
        }

        foreach (var response in operation.Responses?.Values.OfType<OpenApiResponse>() ?? [])
        {
            foreach (var (_, media) in response.Content ?? new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal))
            {
                Fill(media);
            }
        }
    }

    /// <summary>A value the schema allows.</summary>
    private static JsonNode? Of(IOpenApiSchema schema, string name, int depth)
    {
        if (schema.Enum is { Count: > 0 } allowed)
        {
            return allowed.First(value => value is not null).DeepClone();
        }

        if (schema.OneOf is { Count: > 0 } either)
        {
            return Of(either.FirstOrDefault(one => one.Type is not JsonSchemaType.Null) ?? either[0], name, depth);
        }

        return (schema.Type ?? JsonSchemaType.Null) switch
        {
            var type when type.HasFlag(JsonSchemaType.Object) => Object(schema, name, depth),
            var type when type.HasFlag(JsonSchemaType.Array) => depth < Deepest && schema.Items is { } items ? new JsonArray(Of(items, name.TrimEnd('s'), depth + 1)) : new JsonArray(),
            var type when type.HasFlag(JsonSchemaType.Boolean) => true,
            var type when type.HasFlag(JsonSchemaType.Integer) => 1,
            var type when type.HasFlag(JsonSchemaType.Number) => 1.5,
            var type when type.HasFlag(JsonSchemaType.String) => Text(schema.Format, name),
            _ => depth == 0 ? Activity() : null, // Bodies of any form are activities: their members are the columns of files.
        };
    }

    private static JsonObject Activity() => new() { ["kind"] = "electricity.grid", ["quantity"] = "1234.5", ["unit"] = "kWh", ["region"] = "DE", ["start"] = "2025-01-01", ["end"] = "2025-01-31" };

    private static void Fill(OpenApiMediaType media)
    {
        if (media is { Example: null, Schema: { } schema })
        {
            media.Example = Of(schema, "", 0);
        }
    }

    private static JsonObject Object(IOpenApiSchema schema, string name, int depth)
    {
        var made = new JsonObject();
        if (depth < Deepest)
        {
            foreach (var (property, of) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal))
            {
                made[property] = Of(of, property, depth + 1);
            }
        }

        return made.Count == 0 && name == "row" ? Activity() : made;
    }

    private static string Text(string? format, string name) => format switch
    {
        "uuid" => Id,
        "date" => "2025-01-31",
        "date-time" => "2025-01-31T09:30:00Z",
        "decimal" => name.Contains("share", StringComparison.Ordinal) || name.Contains("threshold", StringComparison.Ordinal) ? "0.5" : "1234.5",
        "uri" => "https://example.com/",
        "byte" or "binary" => "",
        _ => Texts.GetValueOrDefault(name, "text"),
    };
}
