using Deque.AxeCore.Playwright;

namespace OffGridFlow.Web.Tests.Support;

/// <summary>What journeys do again and again.</summary>
internal static class Journey
{
    // Names a folder for pictures of the pages.
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("OFFGRIDFLOW_PICTURES");

    /// <summary>Opens the menu; its links and the way out are to be seen then.</summary>
    public static async Task<ILocator> Menu(this IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        var menu = page.GetByRole(AriaRole.Navigation, new() { Name = "Organisation and account" });
        await Assertions.Expect(menu).ToBeVisibleAsync();
        return menu;
    }

    public static async Task SignOut(this IPage page) => await (await page.Menu()).GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

    /// <summary>axe finds nothing, and nothing has to be scrolled sideways.</summary>
    public static async Task IsForEverybody(this IPage page)
    {
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html}"))));
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
    }

    public static async Task Picture(this IPage page, string name, bool whole = true)
    {
        if (Pictures is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = whole });
        }
    }
}
