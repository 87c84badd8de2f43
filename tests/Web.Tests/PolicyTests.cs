using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>The pages under their strict policy, in a browser that keeps it: nothing is refused, and charts are drawn.</summary>
public sealed class PolicyTests(Site site, Browser browser) : IClassFixture<Site>
{
    [Fact]
    public async Task Nothing_of_our_own_pages_breaks_their_policy_and_charts_are_drawn()
    {
        await using var window = await browser.Window(site.Address.ToString());
        var page = await window.NewPageAsync();
        var refused = new List<string>();
        page.Console += (_, said) => refused.AddRange(said.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase) ? [$"{page.Url}: {said.Text}"] : []);
        page.PageError += (_, error) => refused.Add($"{page.Url}: {error}");

        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("demonstration", System.Text.RegularExpressions.RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)) }).ClickAsync();
        await page.WaitForSelectorAsync("[data-chart]");
        foreach (var chart in await page.Locator("[data-chart]").AllAsync())
        {
            await chart.ScrollIntoViewIfNeededAsync();
            await Assertions.Expect(chart).ToHaveAttributeAsync("data-drawn", "true");
            Assert.True(await chart.Locator("canvas").CountAsync() > 0);
        }

        foreach (var path in (string[])["/entries", "/reports", "/imports", "/nowhere", "/docs/problems", "/docs/index.html"])
        {
            await page.GotoAsync(path);
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        }

        await page.WaitForSelectorAsync(".opblock");
        Assert.True(refused.Count == 0, string.Join('\n', refused));

        // And what is not ours is refused: the same page, with a script written into it.
        await page.GotoAsync("/entries");
        await page.EvaluateAsync("() => { const s = document.createElement('div'); s.innerHTML = '<img src=x onerror=\"window.ran = 1\">'; document.body.append(s); }");
        await page.EvaluateAsync("() => new Promise(done => { const image = new Image(); image.onerror = done; image.src = 'y'; document.body.append(image); })");
        Assert.False(await page.EvaluateAsync<bool>("() => 'ran' in window"));
    }

    // Its styles are files, too: an operation is opened, tried, and looks as it should.
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task The_documents_of_the_api_are_read_and_tried_without_inline_styles(int width)
    {
        await using var window = await browser.Window(site.Address.ToString(), width);
        await window.AddCookiesAsync([await site.Session(site.Database.Acme)]);
        var page = await window.NewPageAsync();
        var refused = new List<string>();
        page.Console += (_, said) => refused.AddRange(said.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase) ? [said.Text] : []);
        page.PageError += (_, error) => refused.Add(error);

        var answer = await page.GotoAsync("/docs/index.html");
        Assert.DoesNotContain("unsafe-inline", answer!.Headers["content-security-policy"], StringComparison.Ordinal);
        await page.WaitForSelectorAsync(".opblock");
        var operation = page.Locator(".opblock-get").First;
        await operation.Locator("button.opblock-summary-control").ClickAsync();
        await Assertions.Expect(operation.Locator(".opblock-body")).ToBeVisibleAsync();
        await page.Picture($"docs-{width}", whole: false);
        await operation.Locator(".try-out__btn").ClickAsync();
        await operation.Locator("button.execute").ClickAsync();
        await Assertions.Expect(operation.Locator(".live-responses-table")).ToBeVisibleAsync();
        await page.Picture($"docs-tried-{width}", whole: false);
        Assert.True(refused.Count == 0, string.Join('\n', refused));
    }
}
