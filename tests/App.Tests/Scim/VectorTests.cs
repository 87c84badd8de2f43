using System.Text.Json.Nodes;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Scim;

/// <summary>What the RFCs show and what the two directories most organisations have send is understood as it is meant.</summary>
public sealed class VectorTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("minimal-user")]
    [InlineData("full-user")]
    [InlineData("enterprise-user")]
    public async Task A_user_of_RFC_7643_comes_back_as_it_was_sent(string name)
    {
        var directory = await World();
        var sent = Vectors.Read(name);

        var path = $"{Directory.Users}/{(await directory.Post(Directory.Users, sent.ToJsonString()))["id"]}";
        var kept = await directory.Get(path);

        // What only we write, and what is never kept.
        foreach (var ours in new[] { "schemas", "id", "meta", "groups", "password", "active" })
        {
            sent.Remove(ours);
        }

        (sent["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] as JsonObject)?["manager"]?.AsObject().Remove("displayName");
        foreach (var (attribute, value) in sent)
        {
            Assert.True(JsonNode.DeepEquals(value, kept[attribute]), $"{attribute}: {value?.ToJsonString()} became {kept[attribute]?.ToJsonString()}");
        }

        Assert.DoesNotContain("password", kept);
        var again = await Directory.Read(await directory.Send(HttpMethod.Put, path, kept.ToJsonString()), 200);
        Assert.Equal(kept.ToJsonString(), again.ToJsonString());
    }

    [Theory]
    [InlineData("rfc7644")]
    [InlineData("entra")]
    [InlineData("okta")]
    public async Task Requests_are_answered_as_they_are_meant(string of)
    {
        var directory = await World();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var request in Vectors.Requests(of).Cast<JsonObject>())
        {
            var text = Named((string)request["path"]!);
            var answer = await directory.Send(HttpMethod.Parse((string)request["method"]!), "/scim/v2" + text, request["body"] is { } body ? Named(body.ToJsonString()) : null);
            var said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True((int)answer.StatusCode == (int)request["status"]!, $"{request["method"]} {text}: {(int)answer.StatusCode} {said}");
            var read = said.Length == 0 ? null : JsonNode.Parse(said)!.AsObject();
            if ((string?)request["named"] is { } name)
            {
                names["{" + name + "}"] = (string)read!["id"]!;
            }

            foreach (var (path, value) in request["has"] as JsonObject ?? [])
            {
                var found = path.Split('|').Aggregate((JsonNode?)read, (node, part) => node is JsonArray many ? many.ElementAtOrDefault(int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)) : node?[part]);
                Assert.True(JsonNode.DeepEquals(value is JsonValue one && one.TryGetValue<string>(out var word) ? Named(word) : value, found), $"{request["method"]} {text}: {path} is {found?.ToJsonString()}, not {value?.ToJsonString()}");
            }
        }

        string Named(string text) => names.Aggregate(text, (made, pair) => made.Replace(pair.Key, pair.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_there_is_is_told_as_RFC_7643_5_to_7_have_it()
    {
        var directory = await World();
        var config = await directory.Get("/scim/v2/ServiceProviderConfig");
        Assert.Equal((true, false, true, false, false, true), (Has("patch"), Has("bulk"), Has("filter"), Has("changePassword"), Has("sort"), Has("etag")));
        var types = (await directory.Get("/scim/v2/ResourceTypes"))["Resources"]!.AsArray();
        Assert.Equal(["User", "Group"], types.Select(one => (string)one!["id"]!));
        foreach (var type in types)
        {
            var schema = await directory.Get("/scim/v2/Schemas/" + type!["schema"]);
            Assert.All(schema["attributes"]!.AsArray(), one => Assert.True(one!["description"] is not null && one["mutability"] is not null && one["returned"] is not null && one["multiValued"] is not null));
            Assert.Equal(200, (int)(await directory.Send(HttpMethod.Get, "/scim/v2" + type["endpoint"], null)).StatusCode);
            Assert.Equal((string)type["id"]!, (string)(await directory.Get("/scim/v2/ResourceTypes/" + type["id"]))["id"]!);
        }

        Assert.Equal(3, (int)(await directory.Get("/scim/v2/Schemas"))["totalResults"]!);
        Assert.Equal("", await directory.Refused(HttpMethod.Get, "/scim/v2/Schemas/urn:nobody", null, 404));

        bool Has(string what) => config[what]!["supported"]!.GetValue<bool>();
    }

    private async Task<Directory> World()
    {
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        return await Directory.Of(api, tenant);
    }
}
