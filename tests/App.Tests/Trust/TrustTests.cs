using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Web.Trust;

namespace OffGridFlow.App.Tests.Trust;

/// <summary>What is promised to everybody: each line names tests there are, and nothing in it is anybody's own.</summary>
public sealed class TrustTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static IEnumerable<Promise> All => Promises.All.SelectMany(chapter => chapter.Promises).Concat(Promises.OfTables);

    [Fact]
    public void every_promise_names_tests_there_are()
    {
        var (here, named) = (TestNames.Of(typeof(TrustTests).Assembly), All.SelectMany(promise => promise.ProvenBy).Distinct(StringComparer.Ordinal).ToList());
        var elsewhere = named.Where(name => TestNames.InBrowser.Contains(Proof.Class(name), StringComparer.Ordinal)).ToList();

        Assert.All(All, promise => Assert.NotEmpty(promise.ProvenBy));
        Assert.NotEmpty(elsewhere); // The tests of the browser look for those.
        Assert.Empty(named.Except(elsewhere, StringComparer.Ordinal).Except(here, StringComparer.Ordinal));
    }

    [Fact]
    public void a_test_that_is_gone_is_missed()
    {
        var here = TestNames.Of(typeof(TrustTests).Assembly);

        Assert.Contains("TrustTests.a_test_that_is_gone_is_missed", here);
        Assert.DoesNotContain("TrustTests.All", here);
        Assert.DoesNotContain("TrustTests.a_test_that_was_here", here);
    }

    [Fact]
    public async Task everybody_gets_the_same_page_which_may_be_kept()
    {
        var marker = $"Acme {Guid.CreateVersion7():N}";
        await (await api.Acme.Post("/api/v1/entities", new { code = "T-1", name = marker, country = "DE" })).Json(201);
        var cookie = await People.Cookie(api, api.Database.Acme, "owner");

        var stranger = await api.Nobody.Send(HttpMethod.Get, "/trust", null, ("Accept", "text/html"));
        var owner = await api.Nobody.Send(HttpMethod.Get, "/trust", null, ("Accept", "text/html"), ("Cookie", cookie));

        Assert.Equal(200, (int)stranger.StatusCode);
        Assert.Equal("public, max-age=300", stranger.Headers.CacheControl!.ToString());
        Assert.False(stranger.Headers.Contains("Set-Cookie"));
        var (a, b) = (await Html(stranger), await Html(owner));
        Assert.Equal(a, b);
        Assert.All([marker, "Acme", "Globex", api.Database.Acme.Tenant.ToString(), "/account", "/sign-out"], word => Assert.DoesNotContain(word, a, StringComparison.Ordinal));
        Assert.All(All.Where(promise => !Promises.OfTables.Contains(promise)), promise => Assert.Contains(System.Text.Encodings.Web.HtmlEncoder.Default.Encode(promise.Says), a, StringComparison.Ordinal));
    }

    [Fact]
    public async Task the_document_has_the_roles_and_figures_that_the_program_works_by()
    {
        var trust = await (await api.Nobody.Get("/api/v1/trust")).Json();

        Assert.Equal(Role.All.Select(role => role.Name), trust.GetProperty("roles").EnumerateArray().Select(role => role.GetProperty("name").GetString()));
        foreach (var role in trust.GetProperty("roles").EnumerateArray())
        {
            Assert.Equal(Role.Find(role.GetProperty("name").GetString()!)!.Permissions.ToNames(), role.GetProperty("permissions").EnumerateArray().Select(one => one.GetString()));
        }

        Assert.Equal(["free", "standard", "enterprise"], trust.GetProperty("limits").EnumerateArray().Select(limit => limit.GetProperty("plan").GetString()));
        Assert.Equal([25_000m, 100_000m, 400_000m], trust.GetProperty("limits").EnumerateArray().Select(limit => limit.GetProperty("per_second").GetDecimalText()));
        Assert.Equal(0, trust.GetProperty("sub_processors").GetArrayLength());
        var kept = await (await api.Acme.Get("/api/v1/governance/retention")).Json();
        Assert.Equal(kept.GetProperty("classes").GetRawText(), trust.GetProperty("retention").GetRawText());
    }

    [Fact]
    public async Task what_no_address_needs_is_said_to_be_unproven()
    {
        var permissions = (await (await api.Nobody.Get("/api/v1/trust")).Json()).GetProperty("permissions").EnumerateArray()
            .ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("is_used").GetBoolean(), StringComparer.Ordinal);
        var needed = (await ApiOperation.All(api)).Select(operation => operation.Description.TryGetProperty("x-permission", out var one) ? one.GetString() : null).OfType<string>().ToHashSet(StringComparer.Ordinal);

        Assert.All(needed, name => Assert.True(permissions[name], name));
        Assert.All(permissions.Where(one => !needed.Contains(one.Key)), one => Assert.False(one.Value, one.Key));
        Assert.Contains(permissions, one => one.Value);
    }

    private static async Task<string> Html(HttpResponseMessage answer)
    {
        var nonce = System.Text.RegularExpressions.Regex.Match(answer.Headers.GetValues("Content-Security-Policy").Single(), "'nonce-([0-9a-f]+)'", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        return (await answer.Content.ReadAsStringAsync(Ct)).Replace(nonce, "", StringComparison.Ordinal);
    }
}

/// <summary>Decimals as the API writes them: texts.</summary>
internal static class DecimalTexts
{
    public static decimal GetDecimalText(this JsonElement element) => decimal.Parse(element.GetString()!, System.Globalization.CultureInfo.InvariantCulture);
}
