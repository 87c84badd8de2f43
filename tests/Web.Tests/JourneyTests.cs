using System.Globalization;
using System.Text.RegularExpressions;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>What people do on the pages, in a real browser over the real server.</summary>
public sealed partial class JourneyTests(Browser browser, Site site) : IClassFixture<Site>
{
    [Fact]
    public async Task The_demonstration_opens_without_typing_and_shows_what_the_api_says()
    {
        await using var window = await browser.Window(site.Address.ToString());
        var page = await window.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open the demonstration" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Greenhouse gases in");

        var period = await page.Locator("nav[aria-label=Period] [aria-current]").InnerTextAsync();
        var totals = await (await site.Acme.Get($"/api/v1/ledger/totals?period={period}&consolidate=true")).Json();
        var kilograms = decimal.Parse(totals.GetProperty("total").GetProperty("co2e_kg").GetString()!, CultureInfo.InvariantCulture);
        Assert.True(kilograms > 0m);
        var printed = decimal.Parse(await page.Locator(".hero-value .number").InnerTextAsync(), NumberStyles.Number, CultureInfo.InvariantCulture);
        Assert.InRange(printed - (kilograms / 1000m), -0.05m, 0.05m);

        var parts = await page.Locator(".figure:not(.beside) .number").AllInnerTextsAsync();
        Assert.Equal(printed, parts.Sum(part => decimal.Parse(part, NumberStyles.Number, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_dropped_file_ends_on_its_conservation_sheet_and_the_totals_rise_until_it_is_undone()
    {
        var (window, page) = await SignedIn();
        await using var closing = window;
        var before = await Total(page);

        await page.GetByLabel("Drop a file here").SetInputFilesAsync(Path.Combine(Repository.Data, "examples", "value-chain.csv"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();

        var sheet = page.Locator("#import .sheet");
        await Assertions.Expect(sheet).ToBeVisibleAsync(new() { Timeout = 60_000 });
        var rows = (await sheet.Locator("tbody td:nth-child(2)").AllInnerTextsAsync()).Sum(Whole);
        Assert.Equal(Whole(await sheet.Locator("tfoot td").First.InnerTextAsync()), rows);
        Assert.True(rows > 0);
        await Assertions.Expect(page.Locator("#announcer")).ToContainTextAsync("in the ledger");
        await Assertions.Expect(page.Locator(".hero-value .number")).Not.ToHaveTextAsync(before.Text);
        Assert.True((await Total(page)).Tonnes > before.Tonnes);

        await page.GetByRole(AriaRole.Button, new() { Name = "Undo this import" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alertdialog, new() { Name = "Undo value-chain.csv?" })).ToContainTextAsync("ledger entries reversed");
        await page.Picture("import-undo", whole: false);
        await page.GetByLabel("Reason, for the ledger").FillAsync("Sent twice");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo it", Exact = true }).ClickAsync();

        await Assertions.Expect(page.Locator("#import")).ToContainTextAsync("Reason: Sent twice", new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator(".hero-value .number")).ToHaveTextAsync(before.Text, new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task A_figure_opens_down_to_the_cell_of_the_file_it_came_from()
    {
        var (window, page) = await SignedIn();
        await using var closing = window;

        await page.Locator(".figure.of-scope-1 a").ClickAsync();
        var drawer = page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(drawer.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToContainTextAsync("Scope 1");
        await drawer.Locator("td a").First.ClickAsync();
        await Assertions.Expect(drawer.Locator(".tree")).ToContainTextAsync("factor");
        await Assertions.Expect(drawer.GetByText("Citation", new() { Exact = true })).ToBeVisibleAsync();
        await drawer.Locator(".to-row").ClickAsync();
        await Assertions.Expect(drawer.Locator("td.found")).ToHaveCountAsync(1);
        Assert.Matches(Figures(), await drawer.Locator("td.found").InnerTextAsync());
    }

    [Fact]
    public async Task The_keyboard_alone_opens_and_closes_a_figure()
    {
        var (window, page) = await SignedIn();
        await using var closing = window;

        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByText("Skip to the content")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        var figure = page.Locator(".hero-value a");
        await Assertions.Expect(figure).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#drawer-title")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await Assertions.Expect(figure).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_main_jobs_are_done_with_the_keyboard_alone_and_it_is_always_seen_where_one_is()
    {
        var (window, page) = await SignedIn(await People.Tenant(site));
        await using var closing = window;

        // The dialog that opens there is the browser's own.
        await Reach(page, page.Locator("#file"));
        await page.Locator("#file").SetInputFilesAsync(Path.Combine(Repository.Data, "examples", "energy.csv"));
        await Press(page, page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }));
        await Assertions.Expect(page.Locator("#announcer")).ToContainTextAsync("in the ledger", new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator(".hero-value")).ToBeVisibleAsync();
        await Press(page, page.Locator(".hero-value a"));
        await Assertions.Expect(page.Locator("#drawer-title")).ToBeFocusedAsync();
        await Press(page, page.Locator("#drawer td a").First);
        await Assertions.Expect(page.Locator("#drawer .tree")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");

        await Press(page, page.GetByRole(AriaRole.Button, new() { Name = "Menu" }));
        await Press(page, page.GetByRole(AriaRole.Link, new() { Name = "Members" }));
        await page.WaitForURLAsync("**/members");
        await Reach(page, page.GetByLabel("E-mail"));
        var email = $"k{Guid.CreateVersion7():N}@example.org";
        await page.Keyboard.TypeAsync(email);
        await Press(page, page.GetByRole(AriaRole.Button, new() { Name = "Send the invitation" }));
        await Assertions.Expect(page.Locator("section[aria-labelledby=invited]")).ToContainTextAsync(email);

        await Press(page, page.GetByRole(AriaRole.Button, new() { Name = "Menu" }));
        await Press(page, page.GetByRole(AriaRole.Link, new() { Name = "API keys" }));
        await page.WaitForURLAsync("**/keys");
        await Reach(page, page.GetByLabel("What it is for"));
        await page.Keyboard.TypeAsync("Meter gateway");
        await Press(page, page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }));
        await Assertions.Expect(page.GetByLabel("API key")).ToHaveValueAsync(new Regex("^ogf_live_", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Colours_follow_the_system_until_a_person_chooses()
    {
        await using var window = await browser.Window(site.Address.ToString(), colours: ColorScheme.Dark);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-bs-theme", "dark");

        await page.Locator("#theme").ClickAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-bs-theme", "light");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-bs-theme", "light");
    }

    [Fact]
    public async Task The_ledger_is_narrowed_down_and_its_figure_with_it()
    {
        var (window, page) = await SignedIn();
        await using var closing = window;
        await page.GoTo("Ledger");
        var all = await page.Locator(".panel-value .number").InnerTextAsync();
        await page.Locator("#filter-scope").SelectOptionAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToContainTextAsync("Scope 1");
        await Assertions.Expect(page.Locator(".panel-value .number")).Not.ToHaveTextAsync(all);
        await Assertions.Expect(page.Locator("#filter-scope")).ToHaveValueAsync("1");
        Assert.All(await page.Locator("tbody tr td:nth-child(3)").AllInnerTextsAsync(), scope => Assert.Equal("1", scope.Trim()));
        await page.GetByRole(AriaRole.Link, new() { Name = "All entries" }).ClickAsync();
        await Assertions.Expect(page.Locator(".panel-value .number")).ToHaveTextAsync(all);
    }

    [Fact]
    public async Task Where_nothing_was_posted_every_part_says_so_and_none_fails()
    {
        var (window, page) = await SignedIn(await People.Tenant(site));
        await using var closing = window;
        foreach (var part in (string[])["Overview", "Ledger", "Imports", "Reports"])
        {
            var answer = await page.RunAndWaitForResponseAsync(() => page.GoTo(part), one => one.Request.IsNavigationRequest);
            Assert.Equal(200, answer.Status);
        }

        await page.GoTo("Ledger");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Nothing is in the ledger yet");
    }

    [Fact]
    public async Task Another_tenant_sees_nothing_of_it()
    {
        var entries = (await (await site.Acme.Get("/api/v1/ledger/entries?limit=1")).Json()).GetProperty("items");
        var id = entries[0].GetProperty("id").GetString();
        var (window, page) = await SignedIn(site.Database.Globex);
        await using var closing = window;

        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Nothing is in the ledger yet");
        Assert.DoesNotContain("energy.csv", await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(404, (await page.GotoAsync($"/entries/{id}"))!.Status);
    }

    [Fact]
    public async Task The_statement_names_what_the_inventory_does()
    {
        var inventory = await (await site.Acme.Get("/api/v1/inventory")).Json();
        var period = inventory.GetProperty("period").GetProperty("code").GetString();
        var (window, page) = await SignedIn();
        await using var closing = window;
        await page.GotoAsync($"/inventory/{period}");
        await page.EmulateMediaAsync(new() { Media = Media.Print });

        await Assertions.Expect(page.Locator(".top")).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(period!);
        foreach (var edition in inventory.GetProperty("editions").EnumerateArray())
        {
            await Assertions.Expect(page.Locator(".statement")).ToContainTextAsync(edition.GetProperty("citation").GetString()!);
        }

        await Assertions.Expect(page.Locator(".statement code").Last).ToHaveTextAsync(inventory.GetProperty("seal").GetProperty("hash").GetString()!);
    }

    [Fact]
    public async Task Kinds_are_called_by_their_titles_with_the_key_beside()
    {
        var (window, page) = await SignedIn();
        await using var closing = window;

        await page.GotoAsync("/entries?kind=electricity.grid");
        var row = page.Locator(".entry-row").First;
        await Assertions.Expect(row.Locator(".kind")).ToHaveTextAsync(KindCells());
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToContainTextAsync(", Purchased electricity");
        await Assertions.Expect(page.GetByLabel("Kind").Locator("option:checked")).ToHaveTextAsync("Purchased electricity (electricity.grid)");
        await page.Picture("kinds");
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(page.Locator("#drawer dd", new() { HasText = "Purchased electricity" }).First).ToContainTextAsync("electricity.grid");

        // By their titles in the order of a dictionary.
        var titles = await page.GetByLabel("Kind").Locator("option:not([value=''])").AllInnerTextsAsync();
        Assert.Equal(titles.Order(StringComparer.OrdinalIgnoreCase), titles);
        Assert.All(titles, title => Assert.Matches("^.+ \\([a-z0-9.-]+\\)$", title));
    }

    private async Task<(IBrowserContext Window, IPage Page)> SignedIn(Caller? tenant = null)
    {
        var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await site.Session(tenant ?? site.Database.Acme)]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/");
        return (window, page);
    }

    private static async Task Press(IPage page, ILocator what)
    {
        await Reach(page, what);
        await page.Keyboard.PressAsync("Enter");
    }

    // As often as it takes; wherever the key leads, an outline or a shadow says so.
    private static async Task Reach(IPage page, ILocator what)
    {
        const int most = 200;
        for (var i = 0; i < most && !await what.EvaluateAsync<bool>("one => one === document.activeElement"); i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var unseen = await page.EvaluateAsync<string?>(
                """
                () => {
                  const here = document.activeElement, style = getComputedStyle(here);
                  return here === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none' ? null : here.outerHTML.slice(0, 200);
                }
                """);
            Assert.Null(unseen);
        }

        await Assertions.Expect(what).ToBeFocusedAsync();
    }

    private static async Task<(string Text, decimal Tonnes)> Total(IPage page)
    {
        var text = await page.Locator(".hero-value .number").InnerTextAsync();
        return (text, decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture));
    }

    private static int Whole(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex("^Purchased electricity.*electricity\\.grid", RegexOptions.None, 1000)]
    private static partial Regex KindCells();

    [GeneratedRegex(@"\d", RegexOptions.None, 1000)]
    private static partial Regex Figures();
}
