using System.Text.RegularExpressions;
using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>What ends something for good asks once more, by one part for all of them: it names what ends, takes the focus, and goes back by Esc.</summary>
public sealed partial class AskTests(Browser browser, Site site) : IClassFixture<Site>
{
    // Last parts of addresses that end something. One's own way out ends nothing that cannot be had again.
    private static readonly string[] Ending = ["delete", "remove", "revoke", "end", "undo", "erase", "suspend", "deletion"];

    [Fact]
    public void Every_form_that_ends_something_asks()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Web", "Pages"), "*.razor", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var asked = pages.SelectMany(text => Asks().Matches(text).Select(match => Shape(match.Groups["action"].Value))).ToHashSet(StringComparer.Ordinal);
        var endpoints = PageForms.Patterns(site).Where(pattern => Ending.Contains(pattern.Split('/')[^1], StringComparer.Ordinal)).Select(Shape).ToList();

        Assert.True(endpoints.Count >= 15, string.Join('\n', endpoints));
        Assert.Empty(endpoints.Except(asked, StringComparer.Ordinal));

        // Nor is there another way to any of them.
        var others = pages.SelectMany(text => Forms().Matches(text).Select(match => Shape(match.Groups["action"].Value)));
        Assert.Empty(others.Intersect(endpoints, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_member_is_removed_by_the_keyboard_after_thinking_twice(int width)
    {
        var (tenant, ana, page, window) = await World(width);
        await using var closing = window;
        var slug = (await (await site.Client(await site.Key(tenant)).Get("/api/v1/tenant")).Json()).GetProperty("slug").GetString()!;
        await page.GotoAsync("/members");
        await Assertions.Expect(page.Locator("body")).ToBeFocusedAsync(); // A question that is not asked takes no focus.
        var member = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = ana.Email });
        await member.Locator("summary").ClickAsync();
        var remove = member.GetByRole(AriaRole.Button, new() { Name = $"Remove from {slug}" });
        var question = page.GetByRole(AriaRole.Alertdialog, new() { Name = $"Remove Ana from {slug}?" });
        await remove.FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(question).ToBeVisibleAsync();
        await Assertions.Expect(question.GetByRole(AriaRole.Heading)).ToBeFocusedAsync();
        await Assertions.Expect(question).ToHaveAccessibleDescriptionAsync(new Regex("Their roles end: Viewer\\..*One API key that Ana answers for stops", RegexOptions.Singleline, TimeSpan.FromSeconds(1)));
        await page.IsForEverybody();
        foreach (var colours in new[] { ColorScheme.Dark, ColorScheme.Light })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = colours });
            await page.Picture($"ask-{width}-{colours}", whole: false);
        }

        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(question).ToBeHiddenAsync();
        await Assertions.Expect(remove).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(question.GetByRole(AriaRole.Button, new() { Name = "Keep Ana" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(question).ToBeHiddenAsync();
        await Assertions.Expect(remove).ToBeFocusedAsync();
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/entities")).StatusCode);

        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(member).ToHaveCountAsync(0);
        Assert.Equal("permission.missing", await (await ana.Client.Get("/api/v1/entities")).Problem(403));
    }

    [Fact]
    public async Task Without_scripts_a_key_is_asked_about_kept_and_revoked()
    {
        var tenant = await People.Tenant(site);
        await People.Owner(site, tenant);
        var key = site.Client((await (await site.Client(await site.Key(tenant)).Post("/api/v1/api-keys", new { name = "Meters", role = "viewer" })).Json(201)).GetProperty("key").GetString());
        await using var window = await browser.Window(site.Address.ToString(), scripts: false);
        await window.AddCookiesAsync([await site.Session(tenant, "admin")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/keys");
        var row = page.Locator("section[aria-labelledby=all] li").Filter(new() { HasText = "Meters" });
        await row.Locator("summary").ClickAsync();
        var revoke = row.GetByRole(AriaRole.Button, new() { Name = "Revoke Meters" });
        var question = page.GetByRole(AriaRole.Alertdialog, new() { Name = "Revoke the key Meters?" });
        await Assertions.Expect(question).ToBeHiddenAsync();

        await revoke.ClickAsync();
        await question.GetByRole(AriaRole.Button, new() { Name = "Keep the key" }).ClickAsync();
        await Assertions.Expect(question).ToBeHiddenAsync();
        Assert.Equal(200, (int)(await key.Get("/api/v1/entities")).StatusCode);
        await revoke.ClickAsync();
        await question.GetByRole(AriaRole.Button, new() { Name = "Revoke it for good" }).ClickAsync();

        await Assertions.Expect(page.Locator("section[aria-labelledby=over]")).ToBeVisibleAsync();
        Assert.Equal(401, (int)(await key.Get("/api/v1/entities")).StatusCode);
    }

    // What stands in braces is another on every page: @($"/members/{member.UserId}/remove"), members/{id:guid}/remove.
    private static string Shape(string address) => string.Join('/', Braces().Replace(address, "#").Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => part.StartsWith('@') ? "#" : part));

    private async Task<(OffGridFlow.Platform.Tenancy.Caller Tenant, People.Signed Ana, IPage Page, IBrowserContext Window)> World(int width)
    {
        var tenant = await People.Tenant(site);
        await People.Owner(site, tenant);
        var ana = await People.Member(site, tenant, "admin");
        await (await ana.Client.Post("/api/v1/api-keys", new { name = "Hers", role = "viewer" })).Json(201);
        await (await site.Client(await site.Key(tenant)).Put($"/api/v1/members/{ana.User}/role", new { role = "viewer" })).Json();
        var window = await browser.Window(site.Address.ToString(), width, 900);
        await window.AddCookiesAsync([await site.Session(tenant, "admin")]);
        return (tenant, ana, await window.NewPageAsync(), window);
    }

    [GeneratedRegex("<Ask Action=\"(?:@\\(\\$\")?(?<action>[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Asks();

    [GeneratedRegex("<form[^>]* action=\"(?:@\\(\\$\")?(?<action>/[^\"]+)\"|formaction=\"(?<action>/[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Forms();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Braces();
}
