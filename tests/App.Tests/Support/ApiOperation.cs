using System.Net.Http.Json;
using System.Text.Json;

namespace OffGridFlow.App.Tests.Support;

/// <summary>One operation of the OpenAPI document, as the server tells it.</summary>
internal sealed record ApiOperation(HttpMethod Method, string Path, JsonElement Description)
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch"];

    public static async Task<IReadOnlyList<ApiOperation>> All(ApiFixture api)
    {
        var document = await (await api.Nobody.Get("/openapi/v1.json")).Json();
        var all = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Where(method => Methods.Contains(method.Name, StringComparer.Ordinal))
            .Select(method => new ApiOperation(HttpMethod.Parse(method.Name.ToUpperInvariant()), path.Name, method.Value))).ToList();
        Assert.NotEmpty(all);
        return all;
    }

    public IEnumerable<JsonElement> Parameters(string where) =>
        Description.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == where) : [];

    /// <summary>The names between braces.</summary>
    public IEnumerable<string> Ids => Path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));

    public string WithIds(Func<string, string> value) => string.Join('/', Path.Split('/').Select(part => part.StartsWith('{') ? Uri.EscapeDataString(value(part.Trim('{', '}'))) : part));

    /// <summary>Whether nothing is asked of who calls.</summary>
    public bool IsForAll => Description.TryGetProperty("security", out var security) && security.GetArrayLength() == 0;

    public bool TakesJson => Description.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out _);

    public bool NeedsIfMatch => Parameters("header").Any(header => header.GetProperty("name").GetString() == "If-Match");

    /// <summary>The body the document gives as example, or null.</summary>
    public HttpContent? Example() => TakesJson ? JsonContent.Create(ExampleBody) : null;

    public JsonElement ExampleBody => Description.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");

    public override string ToString() => $"{Method} {Path}";
}
