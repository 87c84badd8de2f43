using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.OpenApi;

namespace OffGridFlow.App.Tests.Api;

/// <summary>What is written of the API agrees with what it is. OFFGRIDFLOW_RENEW=1 writes the files anew.</summary>
public sealed class DocumentTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static bool Renews => Environment.GetEnvironmentVariable("OFFGRIDFLOW_RENEW") is { Length: > 0 };

    [Fact]
    public async Task The_document_is_the_one_in_docs()
    {
        var document = JsonSerializer.Serialize(await (await api.Nobody.Get("/openapi/v1.json")).Json(), Indented) + "\n";

        await Same(Path.Combine(Repository.Root, "docs", "openapi.json"), document);
    }

    [Fact]
    public async Task Every_operation_is_complete()
    {
        var lacking = new List<string>();
        foreach (var operation in await ApiOperation.All(api))
        {
            Need(operation, operation.Description.TryGetProperty("operationId", out _), "operationId");
            Need(operation, operation.Description.TryGetProperty("summary", out _), "summary");
            Need(operation, operation.Description.TryGetProperty("tags", out var tags) && tags[0].GetString() != "OffGridFlow.Web", "tag");
            Need(operation, operation.Description.GetProperty("responses").EnumerateObject().Any(response => response.Name[0] == '2'), "success");
            Need(operation, operation.Description.GetProperty("responses").EnumerateObject().All(response => response.Name is not ("200" or "201" or "202") || response.Value.TryGetProperty("content", out _)), "content of success");
            Need(operation, operation.Description.GetProperty("responses").TryGetProperty("401", out _), "401");
            Need(operation, operation.Parameters("query").All(parameter => parameter.TryGetProperty("example", out _)), "example of a parameter");
            Need(operation, !operation.TakesJson || operation.Description.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").TryGetProperty("example", out _), "example of the body");
        }

        Assert.Empty(lacking);

        void Need(ApiOperation operation, bool has, string what)
        {
            if (!has)
            {
                lacking.Add($"{operation} lacks {what}");
            }
        }
    }

    [Fact]
    public async Task Every_problem_code_of_the_sources_is_described()
    {
        var codes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            foreach (var made in ProblemSource.In(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)))
            {
                codes.TryAdd(made.Code, $"{made.Kind}\t{made.Expected}\t{made.Fix}");
            }
        }

        var table = "code\tkind\texpected\tfix\n" + string.Concat(codes.Select(code => $"{code.Key}\t{code.Value}\n"));
        Assert.Contains("key.missing", codes.Keys);

        await Same(Path.Combine(Repository.Root, "docs", "problems.tsv"), table);
        Assert.Equal(codes.Count, ProblemsPage.Lines.Count);
    }

    [Fact]
    public async Task The_pages_for_people_open_without_a_key()
    {
        Assert.Contains("id=\"key.missing\"", await Text("/docs/problems"), StringComparison.Ordinal);
        Assert.Contains("swagger-ui", await Text("/docs/index.html"), StringComparison.Ordinal);
    }

    private async Task<string> Text(string path)
    {
        var response = await api.Nobody.Get(path);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task Same(string path, string text)
    {
        if (Renews)
        {
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        }

        var committed = File.Exists(path) ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : "";
        Assert.True(committed == text, $"{path} has drifted. If the change is meant, write it anew: OFFGRIDFLOW_RENEW=1 ./offgridflow test, then look at the difference.");
    }
}
