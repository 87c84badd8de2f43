using System.Text.Json.Nodes;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Scim;

namespace OffGridFlow.App.Tests.Scim;

/// <summary>Other people's SCIM reads ours, and comes to the same: schemas and messages (scimmy), filters (scim2-parse-filter, scimmy), changes (scim-patch).</summary>
public sealed class PeerTests(ApiFixture api, ScimPeer peer) : IClassFixture<ApiFixture>, IClassFixture<ScimPeer>
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /// <summary>Filters that everybody reads alike.</summary>
    public static TheoryData<string> Filters { get; } =
    [
        "userName eq \"bjensen\"", "name.familyName co \"O'Malley\"", "userName sw \"J\"", "title pr", "title pr and userType eq \"Employee\"", "title pr or userType eq \"Intern\"",
        "userType eq \"Employee\" and (emails.type eq \"work\")", "title pr and userType ne \"Intern\" and not (emails.value co \"elsewhere\")", "emails[type eq \"work\" and value co \"@example.com\"]",
        "emails[type eq \"work\"] or userName ew \"n\"", "active eq true", "name.givenName gt \"B\"", "userName eq \"nobody\"", "not (title pr)", "externalId eq \"701984\" and active eq true",
    ];

    /// <summary>Changes that everybody makes alike.</summary>
    public static TheoryData<string> Changes { get; } =
    [
        """{"op":"replace","path":"active","value":false}""", """{"op":"Replace","path":"displayName","value":"Babs"}""", """{"op":"add","path":"title","value":"Lead"}""", """{"op":"remove","path":"nickName"}""",
        """{"op":"replace","path":"name.familyName","value":"Birch"}""", """{"op":"replace","path":"emails[type eq \"work\"].value","value":"new@example.com"}""", """{"op":"remove","path":"emails[type eq \"home\"]"}""",
        """{"op":"add","path":"emails","value":[{"value":"third@example.com","type":"other"}]}""", """{"op":"replace","path":"emails","value":[{"value":"only@example.com","type":"work"}]}""",
        """{"op":"replace","value":{"displayName":"Babs","title":"Lead"}}""", """{"op":"add","value":{"nickName":"B"}}""", """{"op":"add","path":"phoneNumbers","value":[{"value":"555","type":"work"}]}""",
        """{"op":"replace","path":"addresses[type eq \"work\"].locality","value":"Kassel"}""", """{"op":"remove","path":"phoneNumbers"}""", """{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Carbon"}""",
        """{"op":"add","path":"title","value":"Lead"},{"op":"replace","path":"title","value":"Head"},{"op":"remove","path":"displayName"}""",
    ];

    [Fact]
    public async Task A_peer_s_schema_reads_our_resources_lists_and_messages()
    {
        var directory = await World();
        var user = await directory.Post(Directory.Users, Vectors.Read("enterprise-user").ToJsonString());
        var group = await directory.Get(await directory.Group("Tour Guides", $"x/{user["id"]}"));
        foreach (var (kind, resource) in new[] { ("User", user), ("Group", group) })
        {
            var read = await peer.Ask(new JsonObject { ["ask"] = "schema", ["kind"] = kind, ["resource"] = resource.DeepClone() });
            foreach (var (name, value) in resource.Where(member => member.Key is not ("meta" or "schemas" or Enterprise)))
            {
                Assert.True(JsonNode.DeepEquals(value, read[name]), $"{name}: {value?.ToJsonString()} became {read[name]?.ToJsonString()}");
            }
        }

        var list = await directory.Get(Directory.Users);
        var message = await peer.Ask(new JsonObject { ["ask"] = "list", ["message"] = list.DeepClone() });
        Assert.Equal(list["totalResults"]!.GetValue<int>(), message["totalResults"]!.GetValue<int>());
        foreach (var change in new[] { ScimExamples.UserChange, ScimExamples.GroupChange })
        {
            await peer.Ask(new JsonObject { ["ask"] = "message", ["message"] = JsonNode.Parse(change) });
        }
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_filter_means_the_same_to_peers(string filter)
    {
        var resources = Vectors.Several();
        var ours = ScimFilterReader.Filter(ScimKinds.User, filter).Value;
        var mine = resources.Select(one => ours.Matches((JsonObject)one!)).ToList();

        var theirs = await peer.Ask(new JsonObject { ["ask"] = "filter", ["text"] = filter, ["resources"] = resources.DeepClone() });

        Assert.Equal(theirs["parsed"]!.AsArray().Select(one => one!.GetValue<bool>()), mine);
        var said = theirs["scimmy"]!.AsArray().Select(one => one?.GetValue<bool>()).ToList();
        Assert.Contains(said, one => one is not null);
        Assert.Equal(said.Select((one, at) => one ?? mine[at]), mine);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_comes_to_the_same_as_a_peer_s(string operations)
    {
        var directory = await World();
        var made = await directory.Post(Directory.Users, Vectors.Read("enterprise-user").ToJsonString());
        var theirs = await peer.Ask(new JsonObject { ["ask"] = "patch", ["resource"] = made.DeepClone(), ["operations"] = JsonNode.Parse($"[{operations}]") });

        var ours = await directory.Patch($"{Directory.Users}/{made["id"]}", operations);

        foreach (var name in theirs.AsObject().Concat(ours).Select(member => member.Key).Where(name => name is not ("meta" or "schemas")).Distinct(StringComparer.Ordinal))
        {
            Assert.True(JsonNode.DeepEquals(theirs[name] is JsonArray { Count: 0 } ? null : theirs[name], ours[name]), $"{name}: theirs {theirs[name]?.ToJsonString()}, ours {ours[name]?.ToJsonString()}");
        }
    }

    private async Task<Directory> World()
    {
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        return await Directory.Of(api, tenant);
    }
}
