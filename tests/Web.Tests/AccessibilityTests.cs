using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>Every page there is, with data and without, what opens over it, and what is said where something went wrong: axe finds nothing in either theme, and nothing has to be scrolled sideways.</summary>
public sealed class AccessibilityTests(Browser browser, Site site) : IClassFixture<Site>
{
    // What is no page for people: the API, its documents, files, the way to a provider.
    private static readonly string[] Others = ["api/", "docs", "openapi", "scim", "health", ".well-known", "lib", "import-example.csv", "imports/{id:guid}/rejected.csv", "sign-in/with/"];

    // Pages of a report, a source, a provider and a notice, which other tests open in both themes: ReportTests, SourcePageTests, ProviderSetupTests, GovernanceTests.
    private static readonly string[] Elsewhere = ["/reports/{id:guid}", "/sources/{id:guid}", "/providers/{id:guid}", "/governance/notices/{id:guid}"];

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Every_page_is_for_everybody(int width)
    {
        var (signed, open) = await Addresses();
        await using var stranger = await browser.Window(site.Address.ToString(), width);
        await using var owner = await Owner(site.Database.Acme, width);
        var wrong = new List<string>();
        await Look(stranger, [.. open, "/nowhere", "/invitation?token=x", "/choose-password?token=x"], wrong);
        await Look(owner, [.. signed, "/entries/999999-1", $"/imports/{Guid.Empty}", "/?period=1066", "/account?done=name"], wrong);

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(signed.Count > 20 && open.Count > 5);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task Without_data_and_without_permission_a_page_is_for_everybody_too(int width)
    {
        var tenant = await People.Tenant(site);
        await using var owner = await Owner(tenant, width);
        await using var viewer = await browser.Window(site.Address.ToString(), width);
        await viewer.AddCookiesAsync([await site.Session(tenant, "viewer")]);
        var wrong = new List<string>();
        await Look(owner, ["/", "/entries", "/imports", "/reports", "/sources", "/projects", "/members", "/keys", "/directory", "/providers", "/providers/new", "/billing", "/governance", "/audit?text=nothing"], wrong, worst: 200);
        await Look(viewer, ["/", "/imports", "/members", "/sources"], wrong);

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task What_opens_over_a_page_is_for_everybody(int width)
    {
        await using var window = await Owner(site.Database.Acme, width);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/");
        await page.Menu();
        var wrong = new List<string>(await page.FaultsInBothThemes());
        await page.Keyboard.PressAsync("Escape");

        var drawer = page.GetByRole(AriaRole.Dialog);
        foreach (var (door, inside) in ((string, string)[])[(".hero-value a", "table"), ("#drawer td a", ".tree"), ("#drawer .to-row", "td.found")])
        {
            await page.Locator(door).First.ClickAsync();
            await Assertions.Expect(drawer.Locator(inside).First).ToBeVisibleAsync();
            wrong.AddRange(await page.FaultsInBothThemes());
        }

        foreach (var (path, door, inside) in ((string, string, string)[])[("/imports", "main th a", ".sheet"), ("/audit", "main td a", ".compare")])
        {
            await page.GotoAsync(path);
            await page.Locator(door).First.ClickAsync();
            await Assertions.Expect(drawer.Locator(inside).First).ToBeVisibleAsync();
            wrong.AddRange(await page.FaultsInBothThemes());
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Without_scripts_a_figure_is_a_page_of_its_own()
    {
        await using var window = await browser.Window(site.Address.ToString(), scripts: false);
        await window.AddCookiesAsync([await site.Session(site.Database.Acme)]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/");
        await page.Locator(".hero-value a").ClickAsync();

        await Assertions.Expect(page.Locator("main h2")).ToContainTextAsync("All entries");
    }

    private static async Task Look(IBrowserContext window, IReadOnlyList<string> paths, List<string> wrong, int worst = 499)
    {
        var page = await window.NewPageAsync();
        foreach (var path in paths)
        {
            var answer = await page.GotoAsync(path);
            wrong.AddRange(answer!.Status > worst ? [$"{path} is answered by {answer.Status}"] : []);
            await page.Unfold();
            wrong.AddRange(await page.FaultsInBothThemes());

            // What asks once more is one part: the first of a page stands for the others.
            var asking = page.Locator("main button[popovertarget^=ask]");
            if (await asking.CountAsync() > 0)
            {
                await asking.First.ClickAsync();
                await Assertions.Expect(page.GetByRole(AriaRole.Alertdialog)).ToBeVisibleAsync();
                wrong.AddRange(await page.FaultsInBothThemes());
            }
        }
    }

    private async Task<IBrowserContext> Owner(Caller tenant, int width)
    {
        var window = await browser.Window(site.Address.ToString(), width);
        await window.AddCookiesAsync([await site.Session(tenant)]);
        return window;
    }

    // As the server maps them: a page that is new is looked at, or missed here.
    private async Task<(IReadOnlyList<string> Signed, IReadOnlyList<string> Open)> Addresses()
    {
        var (ledger, imports) = (await (await site.Acme.Get("/api/v1/ledger/entries?limit=1")).Json(), await (await site.Acme.Get("/api/v1/imports")).Json());
        var import = imports.GetProperty("items")[0].GetProperty("import_id").GetString();
        var trail = (await (await site.Acme.Get("/api/v1/audit?limit=1")).Json()).GetProperty("items")[0].GetProperty("audit_id").GetString();
        var known = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["/entries/{id}"] = $"/entries/{ledger.GetProperty("items")[0].GetProperty("id").GetString()}",
            ["/inventory/{period}"] = $"/inventory/{(await (await site.Acme.Get("/api/v1/inventory")).Json()).GetProperty("period").GetProperty("code").GetString()}",
            ["/imports/{id:guid}"] = $"/imports/{import}",
            ["/imports/{id:guid}/rows/{row:long}"] = $"/imports/{import}/rows/2",
            ["/audit/{id:guid}"] = $"/audit/{trail}",
        };
        var (signed, open) = (new List<string>(), new List<string>());
        foreach (var route in site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET", StringComparer.Ordinal) ?? false))
        {
            var pattern = "/" + route.RoutePattern.RawText!.Trim('/');
            if (Others.Any(other => pattern[1..].StartsWith(other, StringComparison.Ordinal)) || Elsewhere.Contains(pattern, StringComparer.Ordinal))
            {
                continue;
            }

            var path = known.GetValueOrDefault(pattern) ?? pattern;
            Assert.False(path.Contains('{', StringComparison.Ordinal), $"Nobody looks at {pattern}: give it an address here.");
            var isOpen = route.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            var answer = await (isOpen ? site.Nobody : site.Acme).Send(HttpMethod.Get, path, null, ("Accept", "text/html"));
            if (answer.Content.Headers.ContentType?.MediaType == "text/html" || !isOpen)
            {
                (isOpen ? open : signed).Add(path);
            }
        }

        return (signed, open);
    }
}
