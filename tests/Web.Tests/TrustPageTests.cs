using OffGridFlow.Web.Tests.Support;
using OffGridFlow.Web.Trust;

namespace OffGridFlow.Web.Tests;

/// <summary>The page of what we promise, in a browser.</summary>
public sealed class TrustPageTests(Browser browser, Site site) : IClassFixture<Site>
{
    // Names a folder for pictures of the pages.
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("OFFGRIDFLOW_PICTURES");

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task it_is_found_before_signing_in_and_is_for_everybody(int width)
    {
        await using var window = await browser.Window(site.Address.ToString(), width, 900);
        var page = await window.NewPageAsync();
        var wrong = new List<string>();
        page.Console += (_, said) => wrong.AddRange(said.Type == "error" ? [said.Text] : []);
        await page.GotoAsync("/sign-in");
        await Picture(page, $"sign-in-{width}");
        await page.GetByRole(AriaRole.Link, new() { Name = "What we promise" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "What we promise" })).ToBeVisibleAsync();
        await page.Locator("details.all-tables > summary").ClickAsync();
        await page.IsForEverybody();
        Assert.Empty(wrong);
        await Picture(page, $"trust-{width}");
    }

    [Fact]
    public async Task it_prints_whole()
    {
        await using var window = await browser.Window(site.Address.ToString());
        var page = await window.NewPageAsync();
        await page.GotoAsync("/trust");
        var pdf = await page.PdfAsync(new() { PreferCSSPageSize = true });

        Assert.True(pdf.Length > 30_000);
        if (Pictures is { Length: > 0 } folder)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "trust.pdf"), pdf, TestContext.Current.CancellationToken);
        }

        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Assertions.Expect(page.Locator(".top")).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Print" })).ToBeHiddenAsync();
    }

    [Fact]
    public void every_promise_that_a_browser_proves_names_a_test_there_is()
    {
        var here = TestNames.Of(typeof(TrustPageTests).Assembly);
        var named = Promises.All.SelectMany(chapter => chapter.Promises).Concat(Promises.OfTables).SelectMany(promise => promise.ProvenBy)
            .Where(name => TestNames.InBrowser.Contains(Proof.Class(name), StringComparer.Ordinal)).ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(here, StringComparer.Ordinal));
        Assert.All(TestNames.InBrowser, name => Assert.Contains(here, test => test.StartsWith(name + ".", StringComparison.Ordinal)));
    }

    private static async Task Picture(IPage page, string name)
    {
        if (Pictures is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }
}
