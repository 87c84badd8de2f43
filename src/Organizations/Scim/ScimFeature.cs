using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.Scim;

/// <summary>The endpoints of SCIM 2.0 (RFC 7643, 7644).</summary>
internal static class ScimFeature
{
    public const string Root = "/scim/v2";

    internal static IServiceCollection AddScim(this IServiceCollection services) => services.AddSingleton<WriteDirectoryUser>().AddSingleton<WriteDirectoryGroup>();

    internal static void MapScim(this IEndpointRouteBuilder app)
    {
        var scim = app.MapGroup(Root).WithTags("SCIM").Needing(Permission.ScimManage);
        ScimDiscovery.Map(scim);
        var users = scim.MapGroup("/Users");
        ListDirectoryUsers.Map(users);
        WriteDirectoryUser.Map(users);
        var groups = scim.MapGroup("/Groups");
        ListDirectoryGroups.Map(groups);
        WriteDirectoryGroup.Map(groups);
    }

    /// <summary>RFC 7643, 3.1.</summary>
    internal static JsonObject Meta(ScimKind kind, Guid id, DateTimeOffset created, DateTimeOffset changed, int version, PublicAddress address) => new()
    {
        ["resourceType"] = kind.Name, ["created"] = Instant(created), ["lastModified"] = Instant(changed), ["location"] = address.Link($"{Root}{kind.Endpoint}/{id}"), ["version"] = ScimMessages.Tag(version),
    };

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    internal static RouteHandlerBuilder ProducesScim(this RouteHandlerBuilder endpoint, int status = StatusCodes.Status200OK) => endpoint.Produces<JsonObject>(status, ScimMessages.MediaType);

    internal static RouteHandlerBuilder TakesScim(this RouteHandlerBuilder endpoint, string example) =>
        endpoint.Accepts<JsonObject>("application/json", ScimMessages.MediaType).WithMetadata(new RequestExample(example));

    internal static RouteHandlerBuilder AsksAsScim(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(
        new QueryParameter("filter", "Only those it holds of: RFC 7644, 3.4.2.2.", "userName eq \"ana@example.org\""), new QueryParameter("startIndex", "The first of them, from 1.", "1"),
        new QueryParameter("count", $"At most so many; {ScimQuery.MostResults} at most.", "100"), new QueryParameter("attributes", "Only these attributes, with commas between.", "userName,active"),
        new QueryParameter("excludedAttributes", "Without these attributes.", "groups"));
}

/// <summary>Messages as the documentation shows them.</summary>
internal static class ScimExamples
{
    public const string User = """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana@example.org","externalId":"00u1","name":{"givenName":"Ana","familyName":"Reis"},"emails":[{"value":"ana@example.org","type":"work","primary":true}],"active":true}""";

    public const string UserChange = """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}""";

    public const string Group = """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Carbon analysts","members":[]}""";

    public const string GroupChange = """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"01938c2e-7a4b-7c31-9d5e-2f60a1b3c4d5"}]}]}""";

    public const string Search = """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"active eq true","startIndex":1,"count":10}""";
}
