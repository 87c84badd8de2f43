using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>Projects in a browser: made, filled with facilities, given to somebody, deleted and restored.</summary>
public sealed class ProjectsTests(Browser browser, Site site) : IClassFixture<Site>
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_project_is_made_and_a_role_given_for_it(int width)
    {
        var tenant = await People.Tenant(site);
        var key = site.Client(await site.Key(tenant));
        var entity = (await (await key.Post("/api/v1/entities", new { code = "E", name = "Acme Pumps" })).Json(201)).GetProperty("entity_id").GetString();
        foreach (var (code, name) in new[] { ("KAS", "Kassel foundry"), ("NBO", "Nairobi office"), ("MBA", "Mombasa works") })
        {
            await (await key.Post("/api/v1/facilities", new { entity_id = entity, code, name })).Json(201);
        }

        await People.Owner(site, tenant);
        await using var window = await browser.Window(site.Address.ToString(), width, 900);
        await window.AddCookiesAsync([await site.Session(tenant, "admin")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/account");
        await (await page.Menu()).GetByRole(AriaRole.Link, new() { Name = "Projects" }).ClickAsync();
        await page.IsForEverybody();

        // Keyboard alone.
        await page.Locator("#name").FocusAsync();
        await page.Keyboard.TypeAsync("Kenya programme");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("KENYA");
        await page.Keyboard.PressAsync("Enter");
        var project = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "KENYA" });
        await Assertions.Expect(project).ToContainTextAsync("No facilities yet");
        await project.Locator("summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("Nairobi office").CheckAsync();
        await page.GetByLabel("Mombasa works").CheckAsync();
        await page.Picture($"project-open-{width}");
        await page.IsForEverybody();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep these facilities" }).ClickAsync();
        await Assertions.Expect(project).ToContainTextAsync("Mombasa works, Nairobi office");

        await page.GotoAsync("/members");
        var ana = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "you" });
        await ana.Locator("summary").ClickAsync();
        await ana.GetByLabel("Where", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "Kenya programme" });
        await page.Picture($"members-project-{width}");
        await page.IsForEverybody();
        await ana.GetByRole(AriaRole.Button, new() { Name = "Give it there" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Data owner, project Kenya programme").First).ToBeVisibleAsync();

        await page.GotoAsync("/projects");
        await Assertions.Expect(project).ToContainTextAsync("Ana (Data owner)");
        await page.Picture($"projects-{width}");
        await project.Locator("summary").ClickAsync();
        await page.GetByLabel("Last day, if it has one").First.FillAsync("2020-12-31");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(project).ToContainTextAsync("Until 31 Dec 2020");
        await Assertions.Expect(project.Locator(".tag", new() { HasText = "over" })).ToBeVisibleAsync();
        await project.Locator("summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete Kenya programme" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alertdialog)).ToContainTextAsync("Roles for it give nothing any more: Ana (Data owner).");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete the project" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore Kenya programme" }).ClickAsync();
        await Assertions.Expect(project).ToContainTextAsync("Mombasa works, Nairobi office");
        await page.IsForEverybody();
    }

    [Fact]
    public async Task Who_only_looks_sees_no_forms()
    {
        await using var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await site.Session(site.Database.Acme, "viewer")]);
        var page = await window.NewPageAsync();

        Assert.Equal(200, (await page.GotoAsync("/projects"))!.Status);

        Assert.Equal(0, await page.Locator("main form").CountAsync());
    }
}
