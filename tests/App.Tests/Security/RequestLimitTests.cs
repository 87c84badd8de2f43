using System.Text;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Security;

/// <summary>How large and how slow a request may be.</summary>
public sealed class RequestLimitTests(RequestLimitTests.Impatient api) : IClassFixture<RequestLimitTests.Impatient>
{
    public sealed class Impatient(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override HostSettings Settings(HostSettings settings) => settings with { Patience = TimeSpan.FromSeconds(1.5), MostBodyBytes = 100_000, Works = false };
    }

    [Fact]
    public async Task headers_that_are_many_large_or_slow_are_refused()
    {
        using var many = await RawRequest.Begin(api.Address, api.AcmeKey, "GET /api/v1/entities", [.. Enumerable.Range(0, 100).Select(i => $"X-{i}: 1")]);
        Assert.StartsWith("HTTP/1.1 431 ", await many.Until("\r\n\r\n"), StringComparison.Ordinal);

        using var large = await RawRequest.Begin(api.Address, api.AcmeKey, "GET /api/v1/entities", "X-Large: " + new string('x', 30_000));
        Assert.StartsWith("HTTP/1.1 431 ", await large.Until("\r\n\r\n"), StringComparison.Ordinal);

        using var line = await RawRequest.Begin(api.Address, api.AcmeKey, "GET /api/v1/entities?code=" + new string('x', 10_000));
        Assert.StartsWith("HTTP/1.1 414 ", await line.Until("\r\n\r\n"), StringComparison.Ordinal);

        using var slow = await RawRequest.Begin(api.Address, api.AcmeKey, "GET /api/v1/entities");
        Assert.StartsWith("HTTP/1.1 200 ", await slow.Until("\r\n\r\n"), StringComparison.Ordinal);
        await slow.Send("GET /api/v1/entities HTTP/1.1\r\nHost: x\r\nX-Never");
        Assert.Contains("HTTP/1.1 408 ", await slow.Until("HTTP/1.1 408 "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_body_that_is_too_large_or_too_slow_is_refused_with_a_problem()
    {
        var large = await api.Acme.Post("/api/v1/entities", new StringContent($$"""{"code":"{{new string('x', 200_000)}}"}""", Encoding.UTF8, "application/json"));
        Assert.Equal("body.too-large", await large.Problem(413));

        using var slow = await RawRequest.Begin(api.Address, api.AcmeKey, "POST /api/v1/entities", "Content-Type: application/json", "Content-Length: 5000");
        await slow.Send("{\"code\":\"");
        var answer = await slow.Until("body.too-slow");
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("body.too-slow", answer, StringComparison.Ordinal);
    }
}
