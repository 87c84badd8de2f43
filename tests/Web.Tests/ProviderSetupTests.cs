using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>A provider of OpenID Connect is set up on its page, with nothing but a browser, and signs somebody in; changed and removed, it counts at once.</summary>
public sealed class ProviderSetupTests(Browser browser, ProviderTests.Trusting site) : IClassFixture<ProviderTests.Trusting>
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task A_provider_is_added_signs_somebody_in_is_changed_and_removed(int width, ColorScheme colours)
    {
        var tenant = await People.Tenant(site);
        await People.Owner(site, tenant);
        var key = site.Client(await site.Key(tenant));
        var who = $"p{Guid.CreateVersion7():N}@acme.example";
        using var provider = await OidcPeer.Start(new Uri(site.Address, "/sign-in/callback"), new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["ana"] = new { email = who, email_verified = true, name = "Ana Arbor", groups = new[] { "carbon-analysts" } },
        });
        await using var window = await browser.Window(site.Address.ToString(), width, 900, colours);
        await window.GrantPermissionsAsync(["clipboard-read", "clipboard-write"], new() { Origin = site.Address.GetLeftPart(UriPartial.Authority) });
        await window.AddCookiesAsync([await Cookie(tenant, "admin")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/account");
        await (await page.Menu()).GetByRole(AriaRole.Link, new() { Name = "Sign-in providers" }).ClickAsync();
        await Assertions.Expect(page.GetByText("There is none")).ToBeVisibleAsync();
        await page.Picture($"providers-none-{width}");
        await page.IsForEverybody();
        await page.EmulateMediaAsync(new() { ColorScheme = colours });
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy the redirect URI" }).ClickAsync();
        Assert.Equal(new Uri(site.Address, "/sign-in/callback").ToString(), await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        var door = await page.GetByLabel("where they sign in").InputValueAsync();

        // What is wrong is said beside it, and what was typed stays, but for the secret. Keyboard alone.
        await page.GetByRole(AriaRole.Link, new() { Name = "Add a provider" }).ClickAsync();
        await page.GetByLabel("Name, on the button").FocusAsync();
        foreach (var text in new[] { "Acme's sign-in", "http://login.example.org/?x=1", OidcPeer.ClientId, OidcPeer.ClientSecret, "groups", "carbon-analysts" })
        {
            await page.Keyboard.PressAsync("ControlOrMeta+a");
            await page.Keyboard.TypeAsync(text);
            await page.Keyboard.PressAsync("Tab");
        }

        await page.GetByLabel("Group 2", new() { Exact = true }).FillAsync("carbon-analysts");
        await page.GetByLabel("Role of group 2").SelectOptionAsync("viewer");
        await page.Keyboard.PressAsync("Tab");
        await page.GetByLabel("Group 3", new() { Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByLabel("Group 1", new() { Exact = true })).ToHaveAccessibleDescriptionAsync("Choose the role of carbon-analysts, or empty the line.");
        await Assertions.Expect(page.GetByLabel("Group 2", new() { Exact = true })).ToHaveAccessibleDescriptionAsync("carbon-analysts stands here twice: one line is enough.");
        await Assertions.Expect(page.GetByLabel("Name, on the button")).ToHaveValueAsync("Acme's sign-in");
        await Assertions.Expect(page.GetByLabel("Client secret")).ToHaveValueAsync("");
        await page.Picture($"provider-wrong-{width}");
        await page.IsForEverybody();
        await page.EmulateMediaAsync(new() { ColorScheme = colours });
        await page.GetByLabel("Role of group 1").SelectOptionAsync("analyst");
        await page.GetByLabel("Group 2", new() { Exact = true }).FillAsync("");
        await page.GetByLabel("Role of group 2").SelectOptionAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Trust this provider" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Issuer", new() { Exact = true })).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(page.Locator("#issuer-wrong")).ToContainTextAsync("Copy it from the provider's configuration.");
        Assert.Empty((await (await key.Get("/api/v1/providers")).Json()).GetProperty("items").EnumerateArray());
        await page.GetByLabel("Issuer", new() { Exact = true }).FillAsync(provider.Issuer);
        await page.GetByLabel("Client secret").FillAsync(OidcPeer.ClientSecret);
        await page.GetByLabel("becomes a member by signing in").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Trust this provider" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        Assert.DoesNotContain(OidcPeer.ClientSecret, await page.ContentAsync(), StringComparison.Ordinal);
        await page.Picture($"provider-saved-{width}");
        await page.IsForEverybody();

        await using var other = await browser.Window(site.Address.ToString(), width);
        var ana = await SignIn(other, door, "Acme's sign-in");
        Assert.Contains("reports:submit", await May(ana));

        // A changed name and table; the secret stays as it is, and an emptied line goes.
        await page.GetByLabel("Name, on the button").FillAsync("Acme");
        await page.GetByLabel("Group 1", new() { Exact = true }).FillAsync("");
        await page.GetByLabel("Role of group 1").SelectOptionAsync("");
        await page.GetByLabel("Role of who is in none").SelectOptionAsync("viewer");
        await page.GetByLabel("counts as two factors").SelectOptionAsync("vouched");
        await page.GetByLabel("Context class to ask for").FillAsync("two words");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the changes" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Context class to ask for")).ToHaveAccessibleDescriptionAsync(new System.Text.RegularExpressions.Regex("without spaces", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Assertions.Expect(page.GetByLabel("counts as two factors")).ToHaveValueAsync("vouched");
        await page.GetByLabel("Context class to ask for").FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the changes" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        var there = Assert.Single((await (await key.Get("/api/v1/providers")).Json()).GetProperty("items").EnumerateArray());
        Assert.True(there.GetProperty("has_secret").GetBoolean());
        Assert.Empty(there.GetProperty("group_roles").EnumerateObject());
        Assert.Equal("vouched", there.GetProperty("second_factor").GetString());
        await using var third = await browser.Window(site.Address.ToString(), width);
        var again = await SignIn(third, door, "Acme");
        Assert.DoesNotContain("reports:submit", await May(again));

        await page.GetByRole(AriaRole.Link, new() { Name = "All providers" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = provider.Issuer })).ToContainTextAsync("who is in none is Viewer");
        await page.Picture($"providers-{width}");
        await page.IsForEverybody();
        await page.GetByRole(AriaRole.Link, new() { Name = "Acme", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove Acme" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alertdialog, new() { Name = "Remove the provider Acme?" })).ToContainTextAsync("signed out at once");
        await page.IsForEverybody();
        await page.Picture($"provider-remove-{width}", whole: false);
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the provider" }).ClickAsync();
        await Assertions.Expect(page.GetByText("There is none")).ToBeVisibleAsync();
        await again.GotoAsync("/entries");
        Assert.Equal("/sign-in", new Uri(again.Url).AbsolutePath);
        var trail = (await (await key.Get("/api/v1/audit?table=org.providers&sort=at")).Json()).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["insert", "update", "update"], trail.Select(row => row.GetProperty("operation").GetString()));
        Assert.All(trail, row => Assert.StartsWith("user:", row.GetProperty("actor").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_somebody_else_changed_meanwhile_is_not_lost_unseen_and_another_organisation_sees_nothing()
    {
        var tenant = await People.Tenant(site);
        await People.Owner(site, tenant);
        var key = site.Client(await site.Key(tenant));
        var made = await (await key.Post("/api/v1/providers", new { name = "First", issuer = "https://login.example.org", client_id = "c" })).Json(201);
        var path = $"/providers/{made.GetProperty("provider_id").GetString()}";
        await using var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await Cookie(tenant, "admin")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync(path);
        await (await key.Put($"/api/v1{path}", new { name = "Second", issuer = "https://login.example.org", client_id = "c" }, ("If-Match", "*"))).Json();
        await page.GetByLabel("Name, on the button").FillAsync("Third");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the changes" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Somebody changed it meanwhile");
        Assert.Equal("Second", (await (await key.Get($"/api/v1{path}")).Json()).GetProperty("name").GetString());
        await Assertions.Expect(page.GetByLabel("Name, on the button")).ToHaveValueAsync("Third");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the changes" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        Assert.Equal("Third", (await (await key.Get($"/api/v1{path}")).Json()).GetProperty("name").GetString());

        foreach (var (who, role, status) in new[] { (site.Database.Globex, "admin", 404), (tenant, "manager", 403) })
        {
            await using var other = await browser.Window(site.Address.ToString());
            await other.AddCookiesAsync([await Cookie(who, role)]);
            var stranger = await other.NewPageAsync();
            Assert.Equal(status, (await stranger.GotoAsync(path))!.Status);
            foreach (var post in new[] { path, $"{path}/delete" })
            {
                Assert.Equal(status, (await other.APIRequest.PostAsync(post, new() { Form = other.APIRequest.CreateFormData().Append("name", "x"), Headers = [new("Sec-Fetch-Site", "same-origin")] })).Status);
            }
        }

        Assert.Equal(200, (int)(await key.Get($"/api/v1{path}")).StatusCode);
    }

    private async Task<Cookie> Cookie(OffGridFlow.Platform.Tenancy.Caller tenant, string role)
    {
        var cookie = (await People.Cookie(site, tenant, role)).Split('=', 2);
        return new Cookie { Name = cookie[0], Value = cookie[1], Url = site.Address.ToString() };
    }

    private static async Task<IPage> SignIn(IBrowserContext window, string door, string button)
    {
        var page = await window.NewPageAsync();
        await page.GotoAsync(door);
        await page.GetByRole(AriaRole.Link, new() { Name = button, Exact = true }).ClickAsync();
        await page.Locator("input[name=login]").FillAsync("ana");
        await page.Locator("input[name=password]").FillAsync("whatever the provider's own affair is");
        await page.Locator("button[type=submit]").ClickAsync();
        await page.Locator("button[type=submit]").ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
        return page;
    }

    private static async Task<IReadOnlyList<string?>> May(IPage page) =>
        [.. (await page.EvaluateAsync<System.Text.Json.JsonElement>("async () => (await fetch('/api/v1/auth/me')).json()")).GetProperty("permissions").EnumerateArray().Select(one => one.GetString())];
}
