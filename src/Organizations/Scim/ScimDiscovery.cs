using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;

namespace OffGridFlow.Organizations.Scim;

/// <summary>What a directory asks first: what there is, and what it is made of (RFC 7644, 4; RFC 7643, 5 to 7).</summary>
internal static class ScimDiscovery
{
    private const string Config = "/ServiceProviderConfig";
    private const string Types = "/ResourceTypes";
    private const string Schemas = "/Schemas";

    public static void Map(IEndpointRouteBuilder scim)
    {
        scim.MapGet(Config, (PublicAddress address) => ScimMessages.Answer(ServiceProvider(address))).WithName("GetScimConfiguration").WithSummary("What of SCIM there is.").ProducesScim();
        scim.MapGet(Types, (HttpContext context, PublicAddress address) => All(context, ScimKinds.All.Select(kind => Type(kind, address)))).WithName("ListScimResourceTypes").WithSummary("The kinds of resources.").ProducesScim();
        scim.MapGet(Types + "/{name}", (string name, PublicAddress address) => One("resource type", name, ScimKinds.All.Where(kind => kind.Name == name).Select(kind => Type(kind, address))))
            .WithName("GetScimResourceType").WithSummary("A kind of resource.").ProducesScim();
        scim.MapGet(Schemas, (HttpContext context, PublicAddress address) => All(context, Every().Select(schema => Schema(schema, address)))).WithName("ListScimSchemas").WithSummary("The schemas of resources.").ProducesScim();
        scim.MapGet(Schemas + "/{name}", (string name, PublicAddress address) => One("schema", name, Every().Where(schema => schema.Id == name).Select(schema => Schema(schema, address))))
            .WithName("GetScimSchema").WithSummary("A schema of resources.").ProducesScim();
    }

    private static IEnumerable<ScimSchema> Every() => ScimKinds.All.SelectMany<ScimKind, ScimSchema>(kind => kind.Extension is { } extension ? [kind.Core, extension] : [kind.Core]);

    // RFC 7644, 4: here nothing is filtered.
    private static IResult All(HttpContext context, IEnumerable<JsonObject> all) => context.Request.Query.ContainsKey("filter")
        ? new ProblemResponse(new Problem("scim.no-filter-here", "filter", "a filter", "none: these lists are short", "Leave it out.") { Kind = ProblemKind.Forbidden })
        : ScimMessages.Answer(all.ToList() is var list ? ScimMessages.List(list, list.Count, 1) : []);

    private static IResult One(string kind, string name, IEnumerable<JsonObject> found) => found.FirstOrDefault() is { } one ? ScimMessages.Answer(one) : new ProblemResponse(ScimProblem.NotFound(kind, name));

    private static JsonObject ServiceProvider(PublicAddress address) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"),
        ["documentationUri"] = address.Link("/docs"),
        ["patch"] = Has(true),
        ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ScimQuery.MostResults },
        ["changePassword"] = Has(false),
        ["sort"] = Has(false),
        ["etag"] = Has(true),
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken", ["name"] = "API key", ["description"] = "An API key with the role scim_client, as a bearer token.", ["specUri"] = "https://www.rfc-editor.org/info/rfc6750", ["primary"] = true,
        }),
        ["meta"] = new JsonObject { ["resourceType"] = "ServiceProviderConfig", ["location"] = address.Link(ScimFeature.Root + Config) },
    };

    private static JsonObject Has(bool has) => new() { ["supported"] = has };

    private static JsonObject Type(ScimKind kind, PublicAddress address) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ResourceType"),
        ["id"] = kind.Name,
        ["name"] = kind.Name,
        ["endpoint"] = kind.Endpoint,
        ["description"] = kind.Description,
        ["schema"] = kind.Core.Id,
        ["schemaExtensions"] = kind.Extension is { } extension ? new JsonArray(new JsonObject { ["schema"] = extension.Id, ["required"] = false }) : new JsonArray(),
        ["meta"] = new JsonObject { ["resourceType"] = "ResourceType", ["location"] = address.Link($"{ScimFeature.Root}{Types}/{kind.Name}") },
    };

    private static JsonObject Schema(ScimSchema schema, PublicAddress address) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Schema"),
        ["id"] = schema.Id,
        ["name"] = schema.Name,
        ["description"] = schema.Description,
        ["attributes"] = new JsonArray([.. schema.Attributes.Select(attribute => attribute.ToJson())]),
        ["meta"] = new JsonObject { ["resourceType"] = "Schema", ["location"] = address.Link($"{ScimFeature.Root}{Schemas}/{schema.Id}") },
    };
}
