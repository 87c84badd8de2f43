using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Api;

/// <summary>Methods, paths and failures off the beaten track.</summary>
public sealed class EdgeTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/v1/jobs")]
    [InlineData("/api/jobs")]
    [InlineData("/health/live")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs/problems")]
    [InlineData("/site.css")]
    [InlineData("/nowhere")]
    public async Task head_is_answered_as_get_is_without_the_body(string path)
    {
        var get = await api.Acme.Get(path);
        var head = await api.Acme.Send(HttpMethod.Head, path, null);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal("", await head.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task head_of_an_upload_is_its_own()
    {
        var upload = (await (await api.Acme.Post("/api/v1/uploads", new { file_name = "a.csv", size_bytes = 10 })).Json(201)).GetProperty("upload_id").GetString();

        var head = await api.Acme.Send(HttpMethod.Head, $"/api/v1/uploads/{upload}", null);

        Assert.Equal((200, "0"), ((int)head.StatusCode, head.Headers.GetValues("Upload-Offset").Single()));
    }

    [Theory]
    [InlineData("/api/v1/imports", "GET, HEAD, OPTIONS, POST")]
    [InlineData("/api/v1/jobs", "GET, HEAD, OPTIONS")]
    [InlineData("/", "GET, HEAD, OPTIONS")]
    public async Task options_names_the_methods_and_an_unknown_one_is_refused_with_them_whoever_asks(string path, string methods)
    {
        foreach (var client in (HttpClient[])[api.Acme, api.Nobody])
        {
            var options = await client.Send(HttpMethod.Options, path, null);
            var unknown = await client.Send(new HttpMethod("BREW"), path, null);

            Assert.Equal((204, methods), ((int)options.StatusCode, Allowed(options)));
            Assert.Equal(("method.not-allowed", methods), (await unknown.Problem(405), Allowed(unknown)));
        }
    }

    [Fact]
    public async Task a_person_gets_a_page_and_a_program_a_problem_where_there_is_nothing()
    {
        var page = await api.Acme.Send(HttpMethod.Get, "/nowhere", null, ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"));
        var html = await page.Content.ReadAsStringAsync(Ct);

        Assert.Equal((404, "text/html"), ((int)page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Contains("<h1>There is no such page</h1>", html, StringComparison.Ordinal);
        Assert.Contains("<code class=\"address\">/nowhere</code>", html, StringComparison.Ordinal);
        Assert.Equal("path.unknown", await (await api.Acme.Get("/nowhere")).Problem(404));
        Assert.Equal("path.unknown", await (await api.Acme.Send(HttpMethod.Get, "/api/v1/nowhere", null, ("Accept", "text/html"))).Problem(404));
    }

    [Fact]
    public async Task a_fault_is_a_page_too_and_names_the_request()
    {
        // A key of our tenants whose cookie opens the page, on a table that is away for the moment.
        await using var broken = new BrokenPage(api);
        await broken.Begin();
        var page = await api.Acme.Send(HttpMethod.Get, "/", null, ("Accept", "text/html"), ("X-Request-Id", "edge-test-0001"));
        var answer = await api.Acme.Send(HttpMethod.Get, "/api/v1/imports", null, ("X-Request-Id", "edge-test-0002"));
        var html = await page.Content.ReadAsStringAsync(Ct);

        Assert.Equal((500, "text/html"), ((int)page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Contains("Something went wrong on our side", html, StringComparison.Ordinal);
        Assert.Contains("<code>edge-test-0001</code>", html, StringComparison.Ordinal);
        Assert.Equal("fault", await answer.Problem(500));
        Assert.Equal("edge-test-0002", answer.Headers.GetValues("X-Request-Id").Single());
        Assert.True(answer.Headers.Contains("RateLimit-Remaining"));
    }

    [Theory]
    [InlineData("/api/v1/jobs/%zz", 404)]
    [InlineData("/api/v1/jobs/%c0%af", 404)]
    [InlineData("/api/v1/jobs/%ff%fe", 404)]
    [InlineData("/api/v1/../../etc/passwd", 404)]
    [InlineData("/api/v1/jobs/..%2f..%2fetc", 404)]
    [InlineData("/api/v1/jobs?cursor=%00", 400)]
    [InlineData("/api/v1/jobs?name=%00", 400)]
    [InlineData("//", 404)]
    public async Task a_path_off_the_track_is_answered_with_a_problem(string target, int status)
    {
        var answer = await Raw($"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.AcmeKey}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("X-Request-Id: ", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task options_of_the_server_itself_names_methods()
    {
        var answer = await Raw("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 204 ", answer, StringComparison.Ordinal);
        Assert.Contains("Allow: GET, HEAD, POST", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task every_answer_of_the_api_names_the_request_and_what_is_left_of_the_allowance()
    {
        foreach (var (client, method, path, status) in (IEnumerable<(HttpClient, string, string, int)>)
        [
            (api.Acme, "GET", "/api/v1/jobs", 200), (api.Acme, "GET", "/api/v1/jobs?nmae=x", 400), (api.Nobody, "GET", "/api/v1/jobs", 401),
            (api.Acme, "GET", "/api/v1/nowhere", 404), (api.Acme, "BREW", "/api/v1/jobs", 405), (api.Acme, "OPTIONS", "/api/v1/jobs", 204),
            (api.Acme, "POST", "/api/v1/estimates", 415), (api.Acme, "HEAD", "/api/v1/jobs", 200),
        ])
        {
            var answer = await client.Send(new HttpMethod(method), path, method == "POST" ? new StringContent("x", new MediaTypeHeaderValue("image/png")) : null);

            Assert.Equal((path, status), (path, (int)answer.StatusCode));
            Assert.All(["X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"], header => Assert.True(answer.Headers.Contains(header), $"{method} {path} lacks {header}"));
        }
    }

    private static string Allowed(HttpResponseMessage answer) => string.Join(", ", answer.Content.Headers.Allow.Order(StringComparer.Ordinal));

    private async Task<string> Raw(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port, Ct);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Ct);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Ct);
    }

    // The list of imports, which page and endpoint read, is away while this is there.
    private sealed class BrokenPage(ApiFixture api) : IAsyncDisposable
    {
        public Task Begin() => Execute("alter table activities.imports rename to imports_away");

        public async ValueTask DisposeAsync() => await Execute("alter table activities.imports_away rename to imports");

        private async Task Execute(string sql)
        {
            await using var command = api.Database.Admin.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Ct);
        }
    }
}
