using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>A report from making it to its approval by a second person, in the browser.</summary>
public sealed class ReportTests(Browser browser, Site site) : IClassFixture<Site>
{
    // Names a folder for pictures of the pages.
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("OFFGRIDFLOW_PICTURES");

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task A_report_is_made_submitted_and_approved_by_somebody_else(int width, ColorScheme colours)
    {
        await using var admin = await browser.Window(site.Address.ToString(), width, 900, colours);
        await admin.AddCookiesAsync([await site.Session(site.Database.Acme, "admin")]);
        var page = await admin.NewPageAsync();
        await page.GotoAsync("/members");
        var ask = page.GetByRole(AriaRole.Button, new() { Name = "Require a second person" });
        if (await ask.CountAsync() == 1)
        {
            await ask.ClickAsync();
        }

        await Assertions.Expect(page.GetByText("Nobody approves a report that they submitted")).ToBeVisibleAsync();
        await page.GotoAsync("/");
        await page.GoTo("Reports");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the greenhouse gas inventory" }).ClickAsync();
        var first = page.Locator(".rows > li").First;
        await Assertions.Expect(first).ToContainTextAsync("draft");
        await first.GetByRole(AriaRole.Button, new() { Name = "Submit the inventory" }).ClickAsync();
        await Assertions.Expect(first).ToContainTextAsync("You have submitted it: a colleague decides.");
        await Assertions.Expect(first.GetByRole(AriaRole.Button, new() { Name = "Approve the inventory" })).ToHaveCountAsync(0);

        await using var second = await browser.Window(site.Address.ToString(), width, 900, colours);
        await second.AddCookiesAsync([await site.Session(site.Database.Acme, "manager")]);
        var colleague = await second.NewPageAsync();
        await colleague.GotoAsync("/reports");
        var theirs = colleague.Locator(".rows > li").First;
        await Picture(colleague, $"reports-{width}");
        await theirs.GetByRole(AriaRole.Button, new() { Name = "Reject the inventory" }).ClickAsync();
        await Assertions.Expect(colleague.GetByText("Say what has to change")).ToBeVisibleAsync();
        await theirs.GetByLabel("Reason").FillAsync("Checked against the bills");
        await theirs.GetByRole(AriaRole.Button, new() { Name = "Approve the inventory" }).ClickAsync();
        await Assertions.Expect(theirs).ToContainTextAsync("Checked against the bills");
        await Picture(colleague, $"reports-approved-{width}");
        await theirs.GetByRole(AriaRole.Link).First.ClickAsync();

        await Assertions.Expect(colleague.GetByText("Approved on")).ToBeVisibleAsync();
        await Assertions.Expect(colleague.GetByRole(AriaRole.Heading, new() { Name = "Emissions by scope" })).ToBeVisibleAsync();
        await Picture(colleague, $"report-{width}");
    }

    [Fact]
    public async Task A_viewer_reads_reports_and_is_offered_nothing_to_do()
    {
        await using var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await site.Session(site.Database.Acme, "viewer")]);
        var page = await window.NewPageAsync();

        var answer = await page.GotoAsync("/reports");

        Assert.Equal(200, answer!.Status);
        Assert.Equal(0, await page.Locator("main button").CountAsync());
    }

    private static async Task Picture(IPage page, string name)
    {
        if (Pictures is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }
}
