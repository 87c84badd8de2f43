using System.Text.Json.Nodes;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Scim;

/// <summary>Resources and requests as RFC 7643, 8 and RFC 7644, 3 show them, and as Microsoft Entra and Okta send them: <c>vectors.json</c>.</summary>
internal static class Vectors
{
    private static readonly JsonObject All = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "App.Tests", "Scim", "vectors.json")))!;

    public static JsonObject Read(string name) => (JsonObject)All[name]!.DeepClone();

    /// <summary>Requests in their order: method, path, body, and what the answer must have.</summary>
    public static JsonArray Requests(string of) => (JsonArray)All[of]!.DeepClone();

    /// <summary>Some users that differ.</summary>
    public static JsonArray Several()
    {
        var (full, bare) = (Read("enterprise-user"), Read("minimal-user"));
        (full["id"], full["userName"], bare["id"], bare["externalId"]) = ("1", "bjensen", "2", "x");
        var third = (JsonObject)full.DeepClone();
        (third["id"], third["userName"], third["userType"], third["active"], third["externalId"]) = ("3", "Jonathan", "Intern", false, "701985");
        (third["name"]!["familyName"], third["name"]!["givenName"], third["emails"]) = ("O'Malley", "Anna", new JsonArray(new JsonObject { ["value"] = "j@elsewhere.example", ["type"] = "home" }));
        third.Remove("title");
        return [full, bare, third];
    }
}
