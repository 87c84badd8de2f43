using System.Text.Json.Nodes;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Scim;

/// <summary>What RFC 7644 says of requests and answers, beyond what they do.</summary>
public sealed class ProtocolTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly string[] Always = ["schemas", "id"];

    [Theory]
    [InlineData("userName eq \"{0}\"", true)]
    [InlineData("USERNAME Eq \"{0}\"", true)]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"{0}\"", true)]
    [InlineData("externalId eq \"X1\"", true)]
    [InlineData("externalId eq \"x1\"", false)]
    [InlineData("emails.value eq \"{0}\"", true)]
    [InlineData("emails eq \"{0}\"", true)]
    [InlineData("emails[type eq \"work\" and value ew \"example.org\"]", true)]
    [InlineData("emails[type eq \"home\" and value ew \"example.org\"]", false)]
    [InlineData("active eq true and userName sw \"d\"", true)]
    [InlineData("active eq \"True\" and externalId pr", true)]
    [InlineData("active eq false", false)]
    [InlineData("not (active eq false) and (title pr or name.familyName co \"BIR\")", true)]
    [InlineData("title eq null and name.familyName ne null", true)]
    [InlineData("meta.created gt \"2020-01-01T00:00:00Z\"", true)]
    [InlineData("meta.lastModified lt \"2020-01-01T00:00:00Z\"", false)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"carbon\"", true)]
    [InlineData("name.familyName gt \"a\" and name.familyName le \"birch\"", true)]
    public async Task A_filter_holds_of_whom_it_says(string filter, bool holds)
    {
        var (directory, email) = (await World(), Directory.Address());
        await directory.Made(email, ""","externalId":"X1","name":{"familyName":"Birch"},"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Carbon"}""");
        var asked = filter.Replace("{0}", email, StringComparison.Ordinal);

        var listed = await directory.Get($"{Directory.Users}?filter={Uri.EscapeDataString(asked)}");
        var searched = await directory.Post($"{Directory.Users}/.search", new JsonObject { ["filter"] = asked }.ToJsonString(), 200);
        Assert.Equal(holds, listed["Resources"]!.AsArray().Any(one => one!["userName"]!.GetValue<string>() == email));
        Assert.Equal(listed.ToJsonString(), searched.ToJsonString());
    }

    [Theory]
    [InlineData("nonsense eq \"x\"")]
    [InlineData("userName eq")]
    [InlineData("userName")]
    [InlineData("userName is \"x\"")]
    [InlineData("userName eq \"x\" and")]
    [InlineData("userName eq \"x\" userName eq \"y\"")]
    [InlineData("userName eq x")]
    [InlineData("userName eq 7")]
    [InlineData("(userName eq \"x\"")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("emails[nonsense eq \"work\"]")]
    [InlineData("name.nonsense pr")]
    [InlineData("active gt true")]
    [InlineData("name eq \"x\"")]
    [InlineData("meta.created eq \"yesterday\"")]
    [InlineData("not userName pr")]
    [InlineData("")]
    [InlineData("tenant_id eq \"x\"")]
    [InlineData("userName eq \"x' or 1=1 --")]
    public async Task A_filter_that_is_not_understood_is_refused_and_never_everything(string filter)
    {
        var directory = await World();

        Assert.Equal("invalidFilter", await directory.Refused(HttpMethod.Get, $"{Directory.Users}?filter={Uri.EscapeDataString(filter)}", null, 400));
        Assert.Equal("invalidFilter", await directory.Refused(HttpMethod.Get, $"{Directory.Users}?filter={Uri.EscapeDataString(string.Concat(Enumerable.Repeat("not (", 900)))}", null, 400));
    }

    [Fact]
    public async Task Pages_count_from_one_and_none_is_asked_for_by_nought()
    {
        var directory = await World();
        for (var i = 0; i < 5; i++)
        {
            await directory.Made(Directory.Address());
        }

        var all = await Page("");
        Assert.Equal((6, 1, 6), (Number(all, "totalResults"), Number(all, "startIndex"), Number(all, "itemsPerPage")));
        var names = new List<string>();
        foreach (var start in new[] { 1, 3, 5, 7 })
        {
            var page = await Page($"?startIndex={start}&count=2");
            Assert.Equal((6, start, start == 7 ? 0 : 2), (Number(page, "totalResults"), Number(page, "startIndex"), Number(page, "itemsPerPage")));
            names.AddRange(page["Resources"]!.AsArray().Select(one => one!["id"]!.GetValue<string>()));
        }

        Assert.Equal(all["Resources"]!.AsArray().Select(one => one!["id"]!.GetValue<string>()), names);
        Assert.Equal((6, 0), (Number(await Page("?count=0"), "totalResults"), Number(await Page("?count=-1"), "itemsPerPage")));
        Assert.Equal(1, Number(await Page("?startIndex=-5"), "startIndex"));
        Assert.Equal(6, Number(await Page("?count=100000&filter=userName%20pr"), "itemsPerPage"));
        Assert.Equal("invalidValue", await directory.Refused(HttpMethod.Get, $"{Directory.Users}?count=some", null, 400));

        Task<JsonObject> Page(string query) => directory.Get(Directory.Users + query);
        static int Number(JsonObject page, string name) => page[name]!.GetValue<int>();
    }

    [Fact]
    public async Task Attributes_are_shown_as_asked_and_the_id_always()
    {
        var (directory, email) = (await World(), Directory.Address());
        var path = await directory.Made(email, ""","name":{"familyName":"Birch","givenName":"Ben"},"title":"Lead","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Carbon","division":"West"}""");

        Assert.Equal(Always.Append("userName"), Names(await directory.Get(path + "?attributes=username")));
        var part = await directory.Get(path + "?attributes=name.familyName,emails.value,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department");
        Assert.Equal("""{"familyName":"Birch"}""", part["name"]!.ToJsonString());
        Assert.Equal($$"""[{"value":"{{email}}"}]""", part["emails"]!.ToJsonString());
        Assert.Equal("""{"department":"Carbon"}""", part["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]!.ToJsonString());
        var without = Names(await directory.Get(path + "?excludedAttributes=id,name,emails,meta"));
        Assert.Contains("id", without);
        Assert.DoesNotContain("name", without);
        Assert.Contains("title", without);
        var made = await directory.Post(Directory.Users + "?attributes=userName", Directory.User(Directory.Address()));
        Assert.Equal(Always.Append("userName"), Names(made));
    }

    [Fact]
    public async Task A_version_is_weak_and_stale_ones_change_nothing()
    {
        var (directory, email) = (await World(), Directory.Address());
        var path = await directory.Made(email);
        var first = (await directory.Send(HttpMethod.Get, path, null)).Headers.ETag!;
        Assert.True(first.IsWeak);
        Assert.Equal(304, (int)(await directory.Send(HttpMethod.Get, path, null, ("If-None-Match", first.ToString()))).StatusCode);

        // What changes nothing is no new version.
        var same = await directory.Patch(path, """{"op":"replace","path":"active","value":true}""");
        Assert.Equal(first.ToString(), same["meta"]!["version"]!.GetValue<string>());
        await directory.Patch(path, """{"op":"add","path":"title","value":"Lead"}""");
        foreach (var (method, body) in new (HttpMethod, string?)[] { (HttpMethod.Put, Directory.User(email)), (HttpMethod.Patch, Directory.Message("""{"op":"remove","path":"title"}""")), (HttpMethod.Delete, null) })
        {
            Assert.Equal("", await Directory.Error(await directory.Send(method, path, body, ("If-Match", first.ToString())), 412));
        }

        Assert.Equal("Lead", (await directory.Get(path))["title"]!.GetValue<string>());
        Assert.Equal(204, (int)(await directory.Send(HttpMethod.Delete, path, null, ("If-Match", "W/\"2\""))).StatusCode);
    }

    [Theory]
    [InlineData("POST", "Users", "{", 400, "invalidSyntax")]
    [InlineData("POST", "Users", "[]", 400, "invalidSyntax")]
    [InlineData("POST", "Users", """{"userName":"a@b.example","userName":"c@d.example"}""", 400, "invalidSyntax")]
    [InlineData("POST", "Users", "{}", 400, "invalidValue")]
    [InlineData("POST", "Users", """{"userName":"no address"}""", 400, "invalidValue")]
    [InlineData("POST", "Users", """{"userName":"a@b.example","active":"perhaps"}""", 400, "invalidValue")]
    [InlineData("POST", "Users", """{"userName":"a@b.example","name":"Ana"}""", 400, "invalidValue")]
    [InlineData("POST", "Users", """{"userName":"a@b.example","emails":[{"value":"x@b.example","primary":true},{"value":"y@b.example","primary":true}]}""", 400, "invalidValue")]
    [InlineData("POST", "Users", """{"userName":"a@b.example","title":"\ud800"}""", 400, "invalidSyntax")]
    [InlineData("POST", "Users", """{"userName":"a@b.example","title":"\u0000"}""", 400, "invalidValue")]
    [InlineData("PATCH", "Users/", """{"Operations":[]}""", 400, "invalidSyntax")]
    [InlineData("PATCH", "Users/", """{"Operations":[{"op":"move","path":"title"}]}""", 400, "invalidSyntax")]
    [InlineData("PATCH", "Users/", """{"Operations":[{"op":"replace","path":"nonsense","value":"x"}]}""", 400, "invalidPath")]
    [InlineData("PATCH", "Users/", """{"Operations":[{"op":"replace","path":"emails[type eq","value":"x"}]}""", 400, "invalidPath")]
    [InlineData("PATCH", "Users/", """{"Operations":[{"op":"replace","path":"id","value":"x"}]}""", 400, "mutability")]
    [InlineData("PATCH", "Users/", """{"Operations":[{"op":"remove","path":"userName"}]}""", 400, "mutability")]
    [InlineData("PATCH", "Users/", """{"Operations":[{"op":"remove"}]}""", 400, "noTarget")]
    [InlineData("PATCH", "Users/", """{"Operations":[{"op":"replace","path":"emails[type eq \"home\"].value","value":"x@b.example"}]}""", 400, "noTarget")]
    [InlineData("PATCH", "Users/", """{"Operations":[{"op":"add","path":"title","value":"kept?"},{"op":"replace","path":"groups","value":[]}]}""", 400, "mutability")]
    [InlineData("DELETE", "Users", null, 405, "")]
    [InlineData("GET", "Nowhere", null, 404, "")]
    [InlineData("GET", "Schemas?filter=id%20pr", null, 403, "")]
    public async Task What_is_wrong_is_said_as_RFC_7644_has_it(string method, string path, string? body, int status, string type)
    {
        var directory = await World();
        var user = await directory.Made(Directory.Address());

        Assert.Equal(type, await directory.Refused(HttpMethod.Parse(method), path == "Users/" ? user : "/scim/v2/" + path, body, status));
        Assert.DoesNotContain("title", await directory.Get(user));
        Assert.Equal("", await Directory.Error(await directory.Client.Send(HttpMethod.Post, Directory.Users, new StringContent("x", System.Text.Encoding.UTF8, "text/plain")), 415));
    }

    [Fact]
    public async Task Many_questions_at_once_find_the_same_people()
    {
        var directory = await World();
        for (var i = 0; i < 5; i++)
        {
            await People.Make(api, directory.Tenant, "viewer");
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => directory.Get(Directory.Users)));

        Assert.Single(answers.Select(answer => answer["Resources"]!.ToJsonString()).Distinct(StringComparer.Ordinal));
        Assert.Equal(6, answers[0]["totalResults"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_key_s_requests_are_counted_and_its_changes_are_on_the_trail()
    {
        var (directory, email, name) = (await World(), Directory.Address(), "scim-" + Guid.CreateVersion7());
        var answer = await directory.Send(HttpMethod.Post, Directory.Users, Directory.User(email), ("X-Request-Id", name));
        Assert.True(answer.Headers.Contains("RateLimit-Remaining"));
        Assert.StartsWith("/scim/v2/Users/", answer.Headers.Location!.AbsolutePath, StringComparison.Ordinal);

        var admin = await People.SignedIn(api, directory.Tenant, "admin");
        var rows = (await (await admin.Get($"/api/v1/audit?limit=1000")).Json()).GetProperty("items").EnumerateArray().Select(one => one.GetRawText());
        Assert.Contains(rows, row => row.Contains("org.scim_users", StringComparison.Ordinal) && row.Contains("key:", StringComparison.Ordinal) && row.Contains(name, StringComparison.Ordinal));
    }

    private async Task<Directory> World()
    {
        var tenant = await People.Tenant(api);
        await People.Owner(api, tenant);
        return await Directory.Of(api, tenant);
    }

    private static IEnumerable<string> Names(JsonObject of) => of.Select(member => member.Key);
}
