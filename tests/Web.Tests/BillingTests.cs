using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>Billing in a browser: what was refused stays in the form, what was saved is there the next time.</summary>
public sealed class BillingTests(Browser browser, Site site) : IClassFixture<Site>
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task An_administrator_says_who_is_billed(int width)
    {
        var tenant = await People.Tenant(site);
        await using var window = await browser.Window(site.Address.ToString(), width, 900);
        await window.AddCookiesAsync([await site.Session(tenant, "admin")]);
        var page = await window.NewPageAsync();

        await page.GotoAsync("/account");
        var menu = await page.Menu();
        await page.Picture($"menu-{width}", whole: false);
        await page.IsForEverybody();
        await menu.GetByRole(AriaRole.Link, new() { Name = "Billing" }).ClickAsync();
        await page.IsForEverybody();
        await page.GetByLabel("Legal name").FillAsync("Acme Pumps GmbH");
        await page.GetByLabel("Address, up to four lines").FillAsync("Werk 2\nWerkstraße 4");
        await page.GetByLabel("Postcode").FillAsync("34117");
        await page.GetByLabel("City").FillAsync("Kassel");
        await page.GetByLabel("Country").FillAsync("de");
        await page.GetByLabel("VAT or tax number").FillAsync("DE12");
        await page.GetByLabel("E-mail for invoices").FillAsync("invoices@example.org");
        await page.GetByLabel("Currency").FillAsync("EUR");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("DE and 9 digits");
        await Assertions.Expect(page.GetByLabel("Legal name")).ToHaveValueAsync("Acme Pumps GmbH");
        await page.IsForEverybody();
        await page.Picture($"billing-refused-{width}");
        await page.GetByLabel("VAT or tax number").FillAsync("12/345/67890");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Assertions.Expect(page.GetByText("Saved.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("The tax number is worth a look.")).ToBeVisibleAsync();
        await page.GotoAsync("/billing");
        await Assertions.Expect(page.GetByLabel("Address, up to four lines")).ToHaveValueAsync("Werk 2\nWerkstraße 4");
        await Assertions.Expect(page.GetByLabel("Country")).ToHaveValueAsync("DE");
        await page.IsForEverybody();
        await page.Picture($"billing-{width}");
    }

    [Fact]
    public async Task Who_may_not_sees_neither_the_page_nor_the_way_there()
    {
        await using var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await site.Session(site.Database.Acme, "manager")]);
        var page = await window.NewPageAsync();

        Assert.Equal(403, (await page.GotoAsync("/billing"))!.Status);
        await page.GotoAsync("/account");
        var menu = await page.Menu();
        await Assertions.Expect(menu.GetByRole(AriaRole.Link, new() { Name = "Members" })).ToBeVisibleAsync();
        await Assertions.Expect(menu.GetByRole(AriaRole.Link, new() { Name = "Billing" })).ToHaveCountAsync(0);
    }

    // One row, whatever the organisation is called: everything in it stands within its height.
    [Theory]
    [InlineData(390)]
    [InlineData(320)]
    public async Task On_a_phone_the_head_of_every_page_is_one_row(int width)
    {
        await using var window = await browser.Window(site.Address.ToString(), width);
        await window.AddCookiesAsync([await site.Session(site.Database.Acme)]);
        var page = await window.NewPageAsync();
        foreach (var path in new[] { "/", "/account", "/billing", "/audit" })
        {
            await page.GotoAsync(path);
            Assert.InRange(await page.EvaluateAsync<double>("document.querySelector('.top').getBoundingClientRect().height"), 40, 60);
            await page.IsForEverybody();
            await page.Picture($"head-{width}{path.Replace('/', '-')}", whole: false);
        }
    }
}
