using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Http;

namespace OffGridFlow.App.Tests.Api;

public sealed class ConventionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Keys = "/api/v1/api-keys";

    [Fact]
    public void Every_endpoint_refuses_strangers_unless_it_is_one_of_those_for_all()
    {
        string[] forAll = ["/health/", "/openapi/", "/docs", "/sign-in", "/sign-out", "/choose-password", "/api/v1/auth/login", "/api/v1/auth/verify-2fa", "/api/v1/auth/refresh", "/.well-known/jwks.json", "/api/v1/auth/passkeys/challenge", "/api/v1/auth/passkeys/login", "/api/v1/auth/password/reset", "/api/v1/auth/password/forgot", "/api/v1/auth/email/confirm", "/api/v1/auth/invitations/", "/forgot-password", "/invitation", "/terms", "/privacy", "/confirm-email", "/trust", "/api/v1/trust", "/css/", "/js/", "/lib/", "/favicon"];
        var open = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).ToList();

        Assert.NotEmpty(open);
        Assert.DoesNotContain(open, path => !forAll.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_endpoint_of_the_document_answers_a_stranger_with_401()
    {
        var answers = new List<string>();
        foreach (var operation in await ApiOperation.All(api))
        {
            var response = await api.Nobody.Send(operation.Method, operation.WithIds(_ => Guid.Empty.ToString()), operation.Example());
            if (response.StatusCode != HttpStatusCode.Unauthorized && !operation.IsForAll)
            {
                answers.Add($"{operation}: {(int)response.StatusCode}");
            }
        }

        Assert.Empty(answers);
    }

    [Fact]
    public void Query_parameters_are_in_snake_case()
    {
        var names = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.Contains("api/v1", StringComparison.Ordinal))
            .SelectMany(Web.Host.KnownParameters.Of).Distinct(StringComparer.Ordinal).ToList();

        Assert.Contains("cursor", names);
        Assert.DoesNotContain(names, name => !name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_'));
    }

    [Theory]
    [InlineData("?nmae=x", "parameter.unknown")]
    [InlineData("?limit=0", "page.limit")]
    [InlineData("?limit=1001", "page.limit")]
    [InlineData("?limit=ten", "page.limit")]
    [InlineData("?limit=1&limit=2", "parameter.repeated")]
    [InlineData("?sort=hash", "sort.unknown")]
    [InlineData("?sort=--name", "sort.unknown")]
    [InlineData("?cursor=nonsense", "page.cursor")]
    [InlineData("?created_at_from=yesterday", "parameter.unreadable")]
    [InlineData("?fields=hash", "field.unknown")]
    public async Task What_is_not_understood_in_the_query_is_refused(string query, string code) =>
        Assert.Equal(code, await (await api.Acme.Get(Keys + query)).Problem(400));

    [Theory]
    [InlineData("{\"name\":", "body.unreadable")]
    [InlineData("{\"name\":1}", "field.type")]
    [InlineData("{\"name\":\"a\",\"nmae\":\"b\"}", "field.unknown")]
    [InlineData("{}", "field.missing")]
    [InlineData("{\"name\":null}", "field.type")]
    [InlineData("{\"name\":\"a\",\"expires_at\":\"soon\"}", "field.type")]
    [InlineData("{\"name\":\"a\\u0000b\"}", "field.type")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}", "body.unreadable")]
    [InlineData("", "body.missing")]
    public async Task A_body_that_is_not_understood_says_where_and_why(string body, string code) =>
        Assert.Equal(code, await (await api.Acme.Post(Keys, new StringContent(body, Encoding.UTF8, "application/json"))).Problem(400));

    [Fact]
    public async Task A_wrong_field_is_named_with_its_line()
    {
        var problem = await (await api.Acme.Post("/api/v1/estimates", new StringContent("{\n\"rows\": [],\n\"as_of\": 7}", Encoding.UTF8, "application/json"))).Json(400);

        var error = problem.GetProperty("errors")[0];
        Assert.Equal("as_of", error.GetProperty("column").GetString());
        Assert.Contains("line 3", error.GetProperty("found").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_failures_are_problems_too()
    {
        Assert.Equal("body.media-type", await (await api.Acme.Post(Keys, new StringContent("a=b", Encoding.UTF8, "application/x-www-form-urlencoded"))).Problem(415));
        var large = new StringContent("{\"name\":\"" + new string('x', 33 * 1024 * 1024) + "\"}", Encoding.UTF8, "application/json");
        Assert.Equal("body.too-large", await (await api.Acme.Post(Keys, large, ("Expect", "100-continue"))).Problem(413));
        Assert.Equal("path.unknown", await (await api.Acme.Get("/api/v1/nothing")).Problem(404));
        Assert.Equal("path.unknown", await (await api.Acme.Get(Keys + "/not-an-id")).Problem(404));
        var refused = await api.Acme.Put(Keys, new { });
        Assert.Equal("method.not-allowed", await refused.Problem(405));
        Assert.Contains("GET", refused.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_path_without_version_answers_as_the_current_version() =>
        Assert.Equal(await (await api.Acme.Get(Keys + "?fields=ending&sort=created_at")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await (await api.Acme.Get("/api/api-keys?fields=ending&sort=created_at")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    [Fact]
    public async Task A_request_id_is_ones_own_where_decent_and_in_problems()
    {
        var own = await api.Acme.Send(HttpMethod.Get, Keys, null, ("X-Request-Id", "order-2025-0042"));
        var indecent = await api.Acme.Send(HttpMethod.Get, Keys + "?x=1", null, ("X-Request-Id", "<script>"));

        Assert.Equal("order-2025-0042", own.Headers.GetValues("X-Request-Id").Single());
        var given = indecent.Headers.GetValues("X-Request-Id").Single();
        Assert.Equal(32, given.Length);
        Assert.Equal(given, (await indecent.Json(400)).GetProperty("request_id").GetString());
    }

    [Fact]
    public async Task Pages_of_a_list_hold_every_item_once_in_order()
    {
        var names = Enumerable.Range(0, 7).Select(i => $"paged {i % 3}").ToList();
        foreach (var name in names)
        {
            await (await api.Globex.Post(Keys, new { name })).Json(201);
        }

        foreach (var (sort, expected) in ((string, IEnumerable<string>)[])[("name", names.Order(StringComparer.Ordinal)), ("-name", names.OrderDescending(StringComparer.Ordinal))])
        {
            var (seen, ids, cursor) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal), "");
            do
            {
                var page = await (await api.Globex.Get($"{Keys}?limit=2&sort={sort}&name=paged 0&name=paged 1&name=paged 2&fields=name,api_key_id{cursor}")).Json();
                seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!));
                Assert.True(page.GetProperty("items").EnumerateArray().All(item => ids.Add(item.GetProperty("api_key_id").GetString()!) && item.EnumerateObject().Count() == 2));
                cursor = page.TryGetProperty("next", out var next) ? $"&cursor={next.GetString()}" : "";
            }
            while (cursor.Length > 0);

            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task A_cursor_of_another_order_is_refused()
    {
        await api.Key(api.Database.Acme);
        var page = await (await api.Acme.Get(Keys + "?limit=1&sort=name")).Json();

        Assert.Equal("page.cursor", await (await api.Acme.Get($"{Keys}?limit=1&sort=created_at&cursor={page.GetProperty("next").GetString()}")).Problem(400));
    }

    [Fact]
    public async Task Answers_are_compressed_and_carry_headers_that_keep_browsers_safe()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
        var response = await api.Acme.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("br", response.Content.Headers.ContentEncoding.Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("frame-ancestors 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browsers_cookie_opens_reading_and_only_our_own_pages_may_change()
    {
        (string, string) cookie = ("Cookie", await People.Cookie(api, api.Database.Acme, "owner"));

        Assert.Equal(HttpStatusCode.OK, (await api.Nobody.Send(HttpMethod.Get, Keys, null, cookie)).StatusCode);
        Assert.Equal("key.other-site", await (await api.Nobody.Post(Keys, new { name = "forged" }, cookie, ("Origin", "https://elsewhere.example"))).Problem(403));
        Assert.Equal("key.other-site", await (await api.Nobody.Post(Keys, new { name = "forged" }, cookie)).Problem(403));
        await (await api.Nobody.Post(Keys, new { name = "from our page" }, cookie, ("Origin", api.Address.GetLeftPart(UriPartial.Authority)))).Json(201);
    }

    [Fact]
    public async Task The_server_is_ready_once_its_data_are_loaded()
    {
        await api.Services.GetRequiredService<Web.Host.Product>().Load();

        Assert.Equal("live", (await (await api.Nobody.Get("/health/live")).Json()).GetProperty("status").GetString());
        Assert.Equal("ready", (await (await api.Nobody.Get("/health/ready")).Json()).GetProperty("status").GetString());
    }
}

public sealed class RateLimitTests(RateLimitTests.Slow api) : IClassFixture<RateLimitTests.Slow>
{
    public sealed class Slow(TestPostgres postgres) : ApiFixture(postgres)
    {
        private readonly StoppedClock clock = new();

        internal override Web.Host.HostSettings Settings(Web.Host.HostSettings settings) => settings with { RequestsPerSecond = 1, Clock = clock, Works = false };

        // Time stands still, so that no allowance comes back while the test runs.
        private sealed class StoppedClock : TimeProvider
        {
            private readonly DateTimeOffset now = System.GetUtcNow();

            public override DateTimeOffset GetUtcNow() => now;

            public override long GetTimestamp() => 0;
        }
    }

    [Fact]
    public async Task A_tenant_that_asks_too_often_waits_and_the_other_does_not()
    {
        var other = api.Client(await api.Key(api.Database.Acme));
        // Two keys: neither of them uses up what all have.
        for (var left = 9; left >= 0; left--)
        {
            var taken = await (left >= 5 ? api.Acme : other).Get("/api/v1/api-keys");
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
            Assert.Equal($"{left % 5}", taken.Headers.GetValues("RateLimit-Remaining").Single());
        }

        var refused = await api.Acme.Get("/api/v1/api-keys");

        Assert.Equal("rate.exceeded", await refused.Problem(429));
        Assert.Equal("1", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal("rate.exceeded", await (await api.Client(await api.Key(api.Database.Acme)).Get("/api/v1/api-keys")).Problem(429));
        Assert.Equal(HttpStatusCode.OK, (await api.Globex.Get("/api/v1/api-keys")).StatusCode);
    }
}
