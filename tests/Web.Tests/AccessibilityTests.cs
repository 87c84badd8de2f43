using Deque.AxeCore.Playwright;
using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>Every page in light and dark, wide and on a phone: axe finds nothing, and nothing has to be scrolled sideways.</summary>
public sealed class AccessibilityTests(Browser browser, Site site) : IClassFixture<Site>
{
    public static TheoryData<string, ColorScheme, int> Pages()
    {
        var data = new TheoryData<string, ColorScheme, int>();
        foreach (var path in new[] { "/sign-in", "/", "/entries", "/inventory/", "/account", "/account/second-factor", "/members", "/projects", "/keys", "/directory", "/billing", "/forgot-password", "/confirm-email?token=x" })
        {
            data.Add(path, ColorScheme.Light, 1280);
            data.Add(path, ColorScheme.Dark, 390);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_for_everybody(string path, ColorScheme colours, int width)
    {
        await using var window = await browser.Window(site.Address.ToString(), width, colours: colours);
        await window.AddCookiesAsync([await site.Session(site.Database.Acme)]);
        var page = await window.NewPageAsync();
        var period = (await (await site.Acme.Get("/api/v1/inventory")).Json()).GetProperty("period").GetProperty("code").GetString();
        var answer = await page.GotoAsync(path.EndsWith("y/", StringComparison.Ordinal) ? path + period : path);
        Assert.Equal(200, answer!.Status);
        foreach (var chart in await page.Locator("[data-chart]").AllAsync())
        {
            await chart.ScrollIntoViewIfNeededAsync();
            await Assertions.Expect(chart).ToHaveAttributeAsync("data-drawn", "true");
        }

        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html}"))));
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
    }

    [Fact]
    public async Task An_opened_figure_is_for_everybody()
    {
        await using var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await site.Session(site.Database.Acme)]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/");
        await page.Locator(".hero-value a").ClickAsync();
        var drawer = page.GetByRole(AriaRole.Dialog);
        await drawer.Locator("td a").First.ClickAsync();
        await Assertions.Expect(drawer.Locator(".tree")).ToBeVisibleAsync();

        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html}"))));
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
}
