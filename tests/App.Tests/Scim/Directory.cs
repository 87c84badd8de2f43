using System.Text;
using System.Text.Json.Nodes;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Scim;

/// <summary>A tenant's directory: a client with a key of the role scim_client, and what it sends.</summary>
internal sealed record Directory(HttpClient Client, OffGridFlow.Platform.Tenancy.Caller Tenant)
{
    public const string Users = "/scim/v2/Users";
    public const string Groups = "/scim/v2/Groups";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>With a key that an administrator made.</summary>
    public static async Task<Directory> Of(ApiFixture api, OffGridFlow.Platform.Tenancy.Caller tenant, HttpClient? by = null)
    {
        var made = await (await (by ?? api.Client(await api.Key(tenant))).Post("/api/v1/api-keys", new { name = "directory", role = "scim_client" })).Json(201);
        return new Directory(api.Client(made.GetProperty("key").GetString()), tenant);
    }

    public static string Address() => $"d{Guid.CreateVersion7():N}@example.org";

    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, string? json, params (string Name, string Value)[] headers) =>
        await Client.Send(method, path, json is null ? null : new StringContent(json, Encoding.UTF8, "application/scim+json"), headers);

    /// <summary>The answer as an object, after its status and form are what they should be.</summary>
    public static async Task<JsonObject> Read(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status} for {response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}: {text}");
        Assert.Equal("application/scim+json", response.Content.Headers.ContentType?.MediaType);
        return (JsonObject)JsonNode.Parse(text)!;
    }

    /// <summary>The scimType of a failure, or its status.</summary>
    public static async Task<string> Error(HttpResponseMessage response, int status)
    {
        var error = await Read(response, status);
        Assert.Equal("urn:ietf:params:scim:api:messages:2.0:Error", error["schemas"]![0]!.GetValue<string>());
        Assert.Equal($"{status}", error["status"]!.GetValue<string>());
        Assert.NotEmpty(error["detail"]!.GetValue<string>());
        return error["scimType"]?.GetValue<string>() ?? "";
    }

    public async Task<JsonObject> Get(string path, int status = 200) => await Read(await Send(HttpMethod.Get, path, null), status);

    public async Task<JsonObject> Post(string path, string json, int status = 201) => await Read(await Send(HttpMethod.Post, path, json), status);

    public async Task<JsonObject> Patch(string path, string operations, int status = 200) => await Read(await Send(HttpMethod.Patch, path, Message(operations)), status);

    public async Task<string> Refused(HttpMethod method, string path, string? json, int status) => await Error(await Send(method, path, json), status);

    public static string Message(string operations) => $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""";

    public static string User(string email, string more = "") => $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{email}}","emails":[{"value":"{{email}}","type":"work","primary":true}]{{more}}}""";

    /// <summary>A new user; its path.</summary>
    public async Task<string> Made(string email, string more = "") => $"{Users}/{(await Post(Users, User(email, more)))["id"]}";

    /// <summary>A new group with these users; its path.</summary>
    public async Task<string> Group(string name, params IEnumerable<string> users) =>
        $"{Groups}/{(await Post(Groups, $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{{name}}","members":[{{string.Join(',', users.Select(user => $$"""{"value":"{{user[(user.LastIndexOf('/') + 1)..]}}"}"""))}}]}"""))["id"]}";

    /// <summary>The one user of an address.</summary>
    public async Task<JsonObject> Find(string email) => (JsonObject)Assert.Single((await Get($"{Users}?filter={Uri.EscapeDataString($"userName eq \"{email}\"")}"))["Resources"]!.AsArray())!;

    /// <summary>Somebody new comes with the letter of their invitation.</summary>
    public async Task<People.Signed> Join(ApiFixture api, string email)
    {
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, email));
        await (await api.Nobody.Post("/api/v1/auth/invitations/accept", new { token, name = "Ben", password = People.Password, terms = "2026-11", privacy = "2026-11" })).Json();
        return await People.SignIn(api, email);
    }
}
