using Deque.AxeCore.Commons;

namespace OffGridFlow.Web.Tests.Support;

/// <summary>What journeys do again and again.</summary>
internal static class Journey
{
    // Names a folder for pictures of the pages.
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("OFFGRIDFLOW_PICTURES");

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    // All that a change of theme can change: a theme is a set of colours.
    private static readonly string[] OfColours = ["color-contrast", "link-in-text-block"];

    /// <summary>Opens the menu; its links and the way out are to be seen then.</summary>
    public static async Task<ILocator> Menu(this IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        var menu = page.GetByRole(AriaRole.Navigation, new() { Name = "Organisation and account" });
        await Assertions.Expect(menu).ToBeVisibleAsync();
        return menu;
    }

    /// <summary>Gives the page a device that keeps passkeys and unlocks them for whoever asks.</summary>
    public static async Task HasPasskeys(this IPage page)
    {
        var device = await page.Context.NewCDPSessionAsync(page);
        await device.SendAsync("WebAuthn.enable");
        await device.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["options"] = new { protocol = "ctap2", transport = "internal", hasResidentKey = true, hasUserVerification = true, isUserVerified = true, automaticPresenceSimulation = true },
        });
    }

    /// <summary>To a part of the product: by the head, on a phone by the menu.</summary>
    public static async Task GoTo(this IPage page, string part)
    {
        const int narrow = 832;
        var links = page.ViewportSize!.Width < narrow ? await page.Menu() : page.GetByRole(AriaRole.Navigation, new() { Name = "Main" });
        await links.GetByRole(AriaRole.Link, new() { Name = part, Exact = true }).ClickAsync();
    }

    public static async Task SignOut(this IPage page) => await (await page.Menu()).GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

    /// <summary>axe finds nothing in either theme, and nothing has to be scrolled sideways.</summary>
    public static async Task IsForEverybody(this IPage page)
    {
        var wrong = await page.FaultsInBothThemes();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>What axe finds, each with its rule. It is asked for what is wrong alone: to describe what is right takes it several times as long.</summary>
    /// <param name="page">As it stands.</param>
    /// <param name="coloursAlone">All else was looked at in the other theme.</param>
    private static async Task<IReadOnlyList<string>> Faults(IPage page, bool coloursAlone)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(Axe);
        }

        return await page.EvaluateAsync<string[]>(
            """
            async rules => (await axe.run(document, { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) }))
              .violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html}`))
            """, coloursAlone ? OfColours : null);
    }

    /// <summary>What axe finds in either theme, and how far the page is wider than the window: nothing.</summary>
    public static async Task<IReadOnlyList<string>> FaultsInBothThemes(this IPage page)
    {
        var wrong = new List<string>();
        foreach (var theme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce });
            await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-bs-theme", theme == ColorScheme.Dark ? "dark" : "light");
            wrong.AddRange((await Faults(page, coloursAlone: theme == ColorScheme.Light)).Select(fault => $"{page.Url} ({theme}) {fault}"));
        }

        var over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
        return [.. wrong, .. over > 0 ? [$"{page.Url} is {over} px too wide"] : (string[])[]];
    }

    /// <summary>Everything that is folded away is open, and every chart drawn.</summary>
    public static async Task Unfold(this IPage page)
    {
        var closed = page.Locator("main details:not([open]) > summary");
        while (await closed.CountAsync() > 0)
        {
            await closed.First.ClickAsync(); // Scrolls there, too.
        }

        foreach (var chart in await page.Locator("[data-chart]").AllAsync())
        {
            await chart.ScrollIntoViewIfNeededAsync();
            await Assertions.Expect(chart).ToHaveAttributeAsync("data-drawn", "true");
        }
    }

    public static async Task Picture(this IPage page, string name, bool whole = true)
    {
        if (Pictures is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = whole });
        }
    }
}
