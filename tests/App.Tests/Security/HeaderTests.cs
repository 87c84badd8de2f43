using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Security;

/// <summary>What browsers are told with every answer.</summary>
public sealed partial class HeaderTests(HeaderTests.BehindAProxy api) : IClassFixture<HeaderTests.BehindAProxy>
{
    public sealed class BehindAProxy(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override HostSettings Settings(HostSettings settings) => settings with { Proxies = [System.Net.IPNetwork.Parse("127.0.0.0/8")], Host = "example.org" };
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", true)]
    [InlineData("/sign-in", false)]
    [InlineData("/choose-password?token=x", false)]
    [InlineData("/nowhere", true)]
    [InlineData("/site.css", false)]
    [InlineData("/docs/problems", false)]
    [InlineData("/docs/index.html", false)]
    [InlineData("/openapi/v1.json", false)]
    [InlineData("/health/live", false)]
    [InlineData("/.well-known/jwks.json", false)]
    [InlineData("/trust", false)]
    [InlineData("/trust", true)]
    [InlineData("/api/v1/trust", false)]
    [InlineData("/api/v1/entities", true)]
    [InlineData("/api/v1/entities", false)]
    [InlineData("/api/v1/nowhere", true)]
    [InlineData("/api/v1/entities?nmae=x", true)]
    public async Task every_answer_has_them_whoever_asks_and_whatever_comes_of_it(string path, bool isKnown)
    {
        var answer = await (isKnown ? api.Acme : api.Nobody).Send(HttpMethod.Get, path, null, ("Accept", "text/html"));

        Assert.Equal("nosniff", One(answer, "X-Content-Type-Options"));
        Assert.Equal("DENY", One(answer, "X-Frame-Options"));
        Assert.Equal("same-origin", One(answer, "Referrer-Policy"));
        Assert.Equal("same-origin", One(answer, "Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", One(answer, "Cross-Origin-Resource-Policy"));
        Assert.Contains("camera=()", One(answer, "Permissions-Policy"), StringComparison.Ordinal);
        var policy = One(answer, "Content-Security-Policy");
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.All(["frame-ancestors 'none'", "base-uri 'none'"], rule => Assert.Contains(rule, policy, StringComparison.Ordinal));
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' 'unsafe-inline'", policy, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.Contains(One(answer, "Cache-Control"), path is "/site.css" ? ["no-cache"] : path.EndsWith("jwks.json", StringComparison.Ordinal) ? ["public, max-age=60"] : path.StartsWith("/docs/index", StringComparison.Ordinal) ? ["max-age=0, private"] : path.EndsWith("/trust", StringComparison.Ordinal) ? ["public, max-age=300"] : (string[])["no-store"]);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    [InlineData("/ledger")]
    [InlineData("/statement")]
    [InlineData("/nowhere")]
    public async Task a_page_s_scripts_carry_its_nonce_which_is_new_each_time_and_nothing_stands_within_a_line(string path)
    {
        var (first, second) = (await Page(path), await Page(path));

        Assert.NotEqual(first.Nonce, second.Nonce);
        Assert.DoesNotContain("'unsafe-inline'", first.Policy, StringComparison.Ordinal);
        var scripts = Script().Matches(first.Html);
        Assert.NotEmpty(scripts);
        Assert.All(scripts, script => Assert.Contains($"nonce=\"{first.Nonce}\"", script.Value, StringComparison.Ordinal));
        Assert.All(scripts, script => Assert.Contains("src=\"/", script.Value, StringComparison.Ordinal));
        Assert.Empty(Inline().Matches(first.Html).Select(match => match.Value));
    }

    [Fact]
    public async Task over_tls_the_browser_is_told_to_keep_to_it_and_only_a_proxy_of_ours_says_that_it_is()
    {
        var over = await api.Nobody.Send(HttpMethod.Get, "/sign-in", null, ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.7"));
        await using var plain = new Plain(api);
        var untrusted = await (await plain.Client()).Send(HttpMethod.Get, "/sign-in", null, ("X-Forwarded-Proto", "https"));

        Assert.Equal("max-age=63072000; includeSubDomains", One(over, "Strict-Transport-Security"));
        Assert.True(untrusted.IsSuccessStatusCode);
        Assert.False(untrusted.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task a_session_that_begins_over_tls_is_kept_in_a_cookie_of_this_host_alone()
    {
        var form = new FormUrlEncodedContent([new("email", await People.Make(api, api.Database.Acme, "viewer")), new("password", People.Password)]);
        var entered = await api.Nobody.Send(HttpMethod.Post, "/sign-in", form, ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.7"), ("Sec-Fetch-Site", "same-origin"));

        var cookie = One(entered, "Set-Cookie");
        Assert.StartsWith("__Host-ogf=ogf_sess_", cookie, StringComparison.Ordinal);
        Assert.All(["; path=/", "; secure", "; samesite=lax", "; httponly"], part => Assert.Contains(part, cookie, StringComparison.Ordinal));
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<(string Html, string Policy, string Nonce)> Page(string path)
    {
        var answer = await api.Acme.Send(HttpMethod.Get, path, null, ("Accept", "text/html"));
        var policy = One(answer, "Content-Security-Policy");
        return (await answer.Content.ReadAsStringAsync(Ct), policy, Nonce().Match(policy).Groups["text"].Value);
    }

    private static string One(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : "";

    // A server that trusts no proxy.
    private sealed class Plain(ApiFixture api) : IAsyncDisposable
    {
        private Microsoft.AspNetCore.Builder.WebApplication? app;
        private readonly string state = Directory.CreateTempSubdirectory("offgridflow-plain-").FullName;

        public async Task<HttpClient> Client()
        {
            app = ProductHost.Build(new HostSettings(api.Database.Database, Repository.Data, state) { Port = 0, Works = false });
            await app.StartAsync(Ct);
            return api.Client(null, new Uri(app.Urls.Single()));
        }

        public async ValueTask DisposeAsync()
        {
            await app!.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
            Directory.Delete(state, recursive: true);
        }
    }

    [GeneratedRegex("<script[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Script();

    [GeneratedRegex(@"<style|\sstyle=|\son[a-z]+=""|javascript:", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Inline();

    [GeneratedRegex("'nonce-(?<text>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Nonce();
}
