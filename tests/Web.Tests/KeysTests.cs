using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>API keys and the directory's groups in a browser.</summary>
public sealed class KeysTests(Browser browser, Site site) : IClassFixture<Site>
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_key_is_made_copied_rotated_and_revoked(int width)
    {
        var tenant = await People.Tenant(site);
        await People.Owner(site, tenant);
        await using var window = await browser.Window(site.Address.ToString(), width, 900);
        await window.GrantPermissionsAsync(["clipboard-read", "clipboard-write"], new() { Origin = site.Address.GetLeftPart(UriPartial.Authority) });
        await window.AddCookiesAsync([await site.Session(tenant, "admin")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/account");
        await (await page.Menu()).GetByRole(AriaRole.Link, new() { Name = "API keys" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "API keys" })).ToBeVisibleAsync();
        await page.IsForEverybody();

        await page.GetByLabel("What it is for").FillAsync("Meter reader");
        await page.GetByLabel("Networks it may come from").FillAsync("203.0.113.0/24x");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("CIDR");

        // What was typed stands there again.
        await Assertions.Expect(page.GetByLabel("What it is for")).ToHaveValueAsync("Meter reader");
        await Assertions.Expect(page.GetByLabel("Networks it may come from")).ToHaveValueAsync("203.0.113.0/24x");
        await page.GetByLabel("Networks it may come from").FillAsync("127.0.0.0/8");
        await page.GetByLabel("Last day").FillAsync("2999-12-31");
        await page.Keyboard.PressAsync("Enter");

        // Shown once, and copied from a script file, with the page's policy in force.
        var first = await page.GetByLabel("API key").InputValueAsync();
        Assert.StartsWith("ogf_live_", first, StringComparison.Ordinal);
        Assert.Equal(200, (int)(await site.Client(first).Get("/api/v1/entities")).StatusCode);
        await page.IsForEverybody();
        await page.Picture($"key-made-{width}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#announcer")).ToHaveTextAsync("Copied");
        Assert.Equal(first, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await page.GetByRole(AriaRole.Link, new() { Name = "I have kept it" }).ClickAsync();
        Assert.DoesNotContain(first, await page.ContentAsync(), StringComparison.Ordinal);
        var rows = page.Locator("section[aria-labelledby=all] li").Filter(new() { HasText = "Meter reader" });
        await Assertions.Expect(rows).ToContainTextAsync(["127.0.0.0/8"]);
        await Assertions.Expect(rows).ToContainTextAsync(["Made by Ana"]);

        await rows.First.Locator("summary").First.ClickAsync();
        await rows.First.GetByLabel("the old one opens for").SelectOptionAsync("168");
        await page.Picture($"keys-open-{width}");
        await page.IsForEverybody();
        await page.GetByRole(AriaRole.Button, new() { Name = "Rotate Meter reader" }).ClickAsync();
        var second = await page.GetByLabel("API key").InputValueAsync();
        await Assertions.Expect(page.GetByText("The key it replaces opens until")).ToBeVisibleAsync();
        await page.GotoAsync("/keys");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.Filter(new() { HasText = first[^4..] }).First).ToContainTextAsync("place");
        await page.Picture($"keys-{width}");
        await page.IsForEverybody();

        var newer = rows.Filter(new() { HasText = "Replaces" });
        await newer.Locator("summary").First.ClickAsync();
        await Assertions.Expect(newer.GetByRole(AriaRole.Button, new() { Name = "for good" })).ToBeHiddenAsync(); // Only after being asked.
        await newer.GetByRole(AriaRole.Button, new() { Name = "Revoke Meter reader" }).ClickAsync();
        await page.Picture($"keys-revoke-{width}", whole: false);
        await page.IsForEverybody();
        await newer.GetByRole(AriaRole.Button, new() { Name = "for good" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        Assert.Equal(401, (int)(await site.Client(second).Get("/api/v1/entities")).StatusCode);
        Assert.Equal(200, (int)(await site.Client(first).Get("/api/v1/entities")).StatusCode);
        await page.Locator("section[aria-labelledby=over] summary").ClickAsync();
        await Assertions.Expect(page.Locator("section[aria-labelledby=over] li")).ToContainTextAsync(["Revoked on"]);
        await page.IsForEverybody();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task A_key_is_made_with_fewer_permissions_than_its_role(int width, ColorScheme colours)
    {
        var look = $"{width}-{colours}";
        var tenant = await People.Tenant(site);
        await People.Owner(site, tenant);
        await using var window = await browser.Window(site.Address.ToString(), width, 900, colours);
        await window.AddCookiesAsync([await site.Session(tenant, "admin")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/keys");
        Assert.Equal(0, await page.GetByLabel("Role", new() { Exact = true }).Locator("option[value=owner]").CountAsync());

        // Keyboard alone: another role brings its own permissions, all of them ticked.
        await page.GetByLabel("What it is for").FillAsync("Energy dashboard");
        await page.GetByLabel("Role", new() { Exact = true }).FocusAsync();
        await page.Keyboard.TypeAsync("View");
        await Assertions.Expect(page.Locator("#announcer")).ToHaveTextAsync("Permissions of the role Viewer are shown.");
        await page.Locator("summary", new() { HasText = "Fewer permissions" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var boxes = page.Locator("#may input[type=checkbox]");
        await Assertions.Expect(boxes).ToHaveCountAsync(OffGridFlow.Organizations.Roles.Role.Viewer.Permissions.Count);
        Assert.All(await boxes.AllAsync(), box => Assert.True(box.IsCheckedAsync().GetAwaiter().GetResult()));
        await Assertions.Expect(page.GetByLabel("Make reports")).ToHaveCountAsync(0);
        await page.Picture($"key-permissions-{look}");
        await page.IsForEverybody();

        // Nothing ticked is no key, and what was written stays.
        foreach (var box in await boxes.AllAsync())
        {
            await box.UncheckAsync();
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Name at least one");
        await Assertions.Expect(page.GetByLabel("What it is for")).ToHaveValueAsync("Energy dashboard");
        await Assertions.Expect(page.GetByLabel("Role", new() { Exact = true })).ToHaveValueAsync("viewer");
        await page.GetByLabel("See totals, entries and their proofs").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.GetByLabel("Last day").FillAsync("2999-12-31");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();

        var key = site.Client(await page.GetByLabel("API key").InputValueAsync());
        Assert.Equal(200, (int)(await key.Get("/api/v1/ledger/entries")).StatusCode);
        Assert.Equal("permission.missing", await (await key.Get("/api/v1/entities")).Problem(403));
        await page.GotoAsync("/keys");
        var row = page.Locator("section[aria-labelledby=all] li").Filter(new() { HasText = "Energy dashboard" });
        await Assertions.Expect(row).ToContainTextAsync("Viewer, but only to see totals, entries and their proofs, from anywhere");
        await page.Picture($"key-few-{look}");

        // With all of them ticked a key has its role, whatever that comes to be.
        await page.GetByLabel("What it is for").FillAsync("Whole");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        await page.GotoAsync("/keys");
        await Assertions.Expect(page.Locator("section[aria-labelledby=all] li").Filter(new() { HasText = "Whole" })).ToContainTextAsync("API client, from anywhere");
        Assert.Equal(0, await page.Locator("details.whole[open]").CountAsync());
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_group_of_the_directory_gets_a_role_another_and_none(int width)
    {
        var tenant = await People.Tenant(site);
        await People.Owner(site, tenant);
        var scim = site.Client(await site.Key(tenant));
        await (await scim.Post("/scim/v2/Groups", System.Text.Json.JsonSerializer.SerializeToElement(new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:Group" }, displayName = "Carbon analysts" }))).Json(201);
        await using var window = await browser.Window(site.Address.ToString(), width, 900);
        await window.AddCookiesAsync([await site.Session(tenant, "admin")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/account");
        await (await page.Menu()).GetByRole(AriaRole.Link, new() { Name = "Directory" }).ClickAsync();
        await page.IsForEverybody();

        await page.GetByLabel("Role of Carbon analysts", new() { Exact = true }).SelectOptionAsync("analyst");
        await page.GetByRole(AriaRole.Button, new() { Name = "Give the role of Carbon analysts" }).ClickAsync();
        await page.GetByLabel("Group, as the directory writes it").FillAsync("Site managers");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await page.GetByLabel("Role of Carbon analysts", new() { Exact = true }).SelectOptionAsync("manager");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the role of Carbon analysts" }).ClickAsync();
        await page.GetByLabel("Role of those the directory let in").SelectOptionAsync("viewer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Role of those the directory let in")).ToHaveValueAsync("viewer");
        await page.Picture($"directory-{width}");
        await page.IsForEverybody();
        Assert.Equal("Carbon analysts: manager, Site managers: viewer, viewer", await Settings());

        await page.GetByRole(AriaRole.Button, new() { Name = "Take away the role of Site managers" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alertdialog, new() { Name = "Take the role away from Site managers?" })).ToBeVisibleAsync();
        await page.IsForEverybody();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it away" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Role of Site managers", new() { Exact = true })).ToHaveCountAsync(0);
        Assert.Equal("Carbon analysts: manager, viewer", await Settings());

        async Task<string> Settings()
        {
            var said = await (await scim.Get("/api/v1/security/directory")).Json();
            return string.Join(", ", (string?[])[.. said.GetProperty("group_roles").EnumerateObject().Select(one => $"{one.Name}: {one.Value.GetString()}").Order(StringComparer.Ordinal), said.GetProperty("default_role").GetString()]);
        }
    }

    [Fact]
    public async Task Who_may_not_sees_neither_page()
    {
        await using var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await site.Session(site.Database.Acme, "manager")]);
        var page = await window.NewPageAsync();

        Assert.Equal(403, (await page.GotoAsync("/keys"))!.Status);
        Assert.Equal(403, (await page.GotoAsync("/directory"))!.Status);
        Assert.Equal(0, await page.Locator("a[href='/keys'], a[href='/directory']").CountAsync());
    }
}
