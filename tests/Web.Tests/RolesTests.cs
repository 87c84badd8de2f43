using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>Roles of an organisation's own, and where roles count, in a browser.</summary>
public sealed class RolesTests(Browser browser, Site site) : IClassFixture<Site>
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task A_role_is_made_from_another_given_changed_and_deleted(int width, ColorScheme colours)
    {
        var look = $"{width}-{colours}";
        var (tenant, page, ana, window) = await World(width, colours);
        await using var closing = window;
        await page.GotoAsync("/account");
        await (await page.Menu()).GetByRole(AriaRole.Link, new() { Name = "Roles" }).ClickAsync();
        await page.IsForEverybody();
        await page.GetByRole(AriaRole.Link, new() { Name = "Make one like it: Viewer" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Ticked is what the role Viewer may.")).ToBeVisibleAsync();

        // A name that is taken is said, and what was ticked stays. Keyboard alone.
        var make = page.GetByRole(AriaRole.Region, new() { Name = "Make a role", Exact = true });
        await make.GetByLabel("See the audit log").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await make.GetByLabel("Send files in and undo imports").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await make.GetByLabel("Title").FillAsync("Viewer");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Choose another name.");
        await Assertions.Expect(make.GetByLabel("See the audit log")).Not.ToBeCheckedAsync();
        await Assertions.Expect(make.GetByLabel("Send files in and undo imports")).ToBeCheckedAsync();
        await make.GetByLabel("Title").FillAsync("Anlagenleitung Süd");
        await page.Picture($"role-make-{look}");
        await page.IsForEverybody();
        await make.GetByRole(AriaRole.Button, new() { Name = "Make the role" }).ClickAsync();
        var row = page.Locator("#anlagenleitung_sud");
        await Assertions.Expect(row).ToContainTextAsync("No member has it");
        await row.Locator("summary", new() { HasText = "May do" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("Send files in and undo imports");

        await page.GotoAsync("/members");
        var member = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = ana.Email });
        await member.Locator("summary").ClickAsync();
        await member.GetByLabel("Role in the whole organisation").SelectOptionAsync(new SelectOptionValue { Label = "Anlagenleitung Süd" });
        await member.GetByRole(AriaRole.Button, new() { Name = "Give this role" }).ClickAsync();
        await Assertions.Expect(member).ToContainTextAsync("Anlagenleitung Süd");
        Assert.Equal("permission.missing", await (await ana.Client.Get("/api/v1/audit")).Problem(403));

        // What is changed counts from the next request on.
        await page.GotoAsync("/roles");
        await Assertions.Expect(row).ToContainTextAsync("One member has it");
        await row.Locator("summary", new() { HasText = "Change" }).ClickAsync();
        await row.GetByLabel("See the audit log").CheckAsync();
        await page.Picture($"role-change-{look}");
        await page.IsForEverybody();
        await row.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(row.Locator("form")).ToHaveCountAsync(2);
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/audit")).StatusCode);
        await row.Locator("summary", new() { HasText = "Change" }).ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete the role" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Give them another role first.");

        await (await site.Client(await site.Key(tenant)).Put($"/api/v1/members/{ana.User}/role", new { role = "viewer" })).Json();
        await row.Locator("summary", new() { HasText = "Change" }).ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete the role" }).ClickAsync();
        await Assertions.Expect(page.GetByText("There is none yet.")).ToBeVisibleAsync();
        await page.Picture($"roles-{look}");
    }

    [Fact]
    public async Task A_role_counts_for_a_part_of_the_program_for_a_time_and_is_taken_away()
    {
        var (_, page, ana, window) = await World(1280, ColorScheme.Light);
        await using var closing = window;
        await page.GotoAsync("/members");
        var member = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = ana.Email });
        await member.Locator("summary").ClickAsync();
        await member.GetByRole(AriaRole.Button, new() { Name = "Take away: Viewer" }).ClickAsync();
        await member.GetByRole(AriaRole.Button, new() { Name = "Take Viewer away" }).ClickAsync();
        await Assertions.Expect(member).ToContainTextAsync("No role");
        Assert.Equal("permission.missing", await (await ana.Client.Get("/api/v1/ledger/entries")).Problem(403));

        // Nobody is offered a role that they do not choose.
        await member.Locator("summary").ClickAsync();
        await Assertions.Expect(member.GetByLabel("Role in the whole organisation")).ToHaveValueAsync("");
        await member.GetByLabel("Role for a part").SelectOptionAsync("viewer");
        await member.GetByLabel("Where", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "Billing" });
        await member.GetByRole(AriaRole.Button, new() { Name = "Give it there" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("another part, or another role");
        await member.Locator("summary").ClickAsync();
        await member.GetByLabel("Role for a part").SelectOptionAsync("analyst");
        await member.GetByLabel("Where", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "The ledger" });
        await page.Picture("member-part");
        await page.IsForEverybody();
        await member.GetByRole(AriaRole.Button, new() { Name = "Give it there" }).ClickAsync();
        await Assertions.Expect(member).ToContainTextAsync("Analyst, for The ledger only");
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/ledger/entries")).StatusCode);
        Assert.Equal("permission.missing", await (await ana.Client.Get("/api/v1/activities")).Problem(403));

        // An auditor is one until a day.
        await member.Locator("summary").ClickAsync();
        await member.GetByLabel("Role in the whole organisation").SelectOptionAsync("auditor");
        await member.GetByRole(AriaRole.Button, new() { Name = "Give this role" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("say until when");
        await member.Locator("summary").ClickAsync();
        await member.GetByLabel("Role in the whole organisation").SelectOptionAsync("auditor");
        await member.GetByLabel("Last day").First.FillAsync("2999-12-31");
        await member.GetByRole(AriaRole.Button, new() { Name = "Give this role" }).ClickAsync();
        await Assertions.Expect(member).ToContainTextAsync("Auditor, until 31 Dec 2999");
        await member.Locator("summary").ClickAsync();
        await Assertions.Expect(member.GetByLabel("Last day").First).ToHaveValueAsync("2999-12-31");
        Assert.Equal(200, (int)(await ana.Client.Get("/api/v1/activities")).StatusCode);
    }

    [Fact]
    public async Task Who_only_looks_sees_no_forms_and_who_may_not_no_page()
    {
        await using var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await site.Session(site.Database.Acme, "manager")]);
        var page = await window.NewPageAsync();
        Assert.Equal(200, (await page.GotoAsync("/roles"))!.Status);
        Assert.Equal(0, await page.Locator("main form, main a[href*='like=']").CountAsync());

        await using var other = await browser.Window(site.Address.ToString());
        await other.AddCookiesAsync([await site.Session(site.Database.Acme, "analyst")]);
        Assert.Equal(403, (await (await other.NewPageAsync()).GotoAsync("/roles"))!.Status);
    }

    private async Task<(OffGridFlow.Platform.Tenancy.Caller Tenant, IPage Page, People.Signed Ana, IBrowserContext Window)> World(int width, ColorScheme colours)
    {
        var tenant = await People.Tenant(site);
        await People.Owner(site, tenant);
        var ana = await People.Member(site, tenant, "viewer");
        var window = await browser.Window(site.Address.ToString(), width, 900, colours);
        await window.AddCookiesAsync([await site.Session(tenant, "admin")]);
        return (tenant, await window.NewPageAsync(), ana, window);
    }
}
