using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>The audit log in a browser: found from the first page, searched, and a row opened to what stood there before and after.</summary>
public sealed class AuditTests(Browser browser, Site site) : IClassFixture<Site>
{
    // Names a folder for pictures of the pages.
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("OFFGRIDFLOW_PICTURES");

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task A_change_is_found_and_opens_to_its_values_before_and_after(int width, ColorScheme colours)
    {
        var code = $"A-{Guid.CreateVersion7():N}"[^12..];
        var entity = (await (await site.Acme.Post("/api/v1/entities", new { code, name = "Old works" })).Json(201)).GetProperty("entity_id").GetString();
        await (await site.Acme.Patch($"/api/v1/entities/{entity}", new { name = $"New works {code}" }, ("If-Match", "*"))).Json();
        await using var window = await browser.Window(site.Address.ToString(), width, 900, colours);
        await window.AddCookiesAsync([await site.Session(site.Database.Acme)]);
        var page = await window.NewPageAsync();

        await page.GotoAsync("/");
        await (await page.Menu()).GetByRole(AriaRole.Link, new() { Name = "Audit log" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Audit log" })).ToBeVisibleAsync();
        await Picture(page, $"audit-{width}");
        await page.GetByLabel("Text").FillAsync(code);
        await page.GetByLabel("What happened").FillAsync("update");
        await page.GetByLabel("What happened").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#trail tbody tr")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "Entities: changed" }).ClickAsync();

        var name = page.Locator("#drawer tr", new() { Has = page.GetByRole(AriaRole.Rowheader, new() { Name = "name", Exact = true }) });
        await Assertions.Expect(name.Locator("td").First).ToHaveTextAsync("Old works");
        await Assertions.Expect(name.Locator("td").Last).ToHaveTextAsync($"New works {code}");
        await Picture(page, $"audit-row-{width}");
    }

    [Fact]
    public async Task Somebody_who_may_not_read_it_sees_no_link_and_no_page()
    {
        await using var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await site.Session(site.Database.Acme, "data_owner")]);
        var page = await window.NewPageAsync();

        var answer = await page.GotoAsync("/audit");

        Assert.Equal(403, answer!.Status);
        Assert.Equal(0, await page.Locator("a[href='/audit']").CountAsync());
    }

    private static async Task Picture(IPage page, string name)
    {
        if (Pictures is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }
}
