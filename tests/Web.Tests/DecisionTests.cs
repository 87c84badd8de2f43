using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>What an import leaves for a person to decide: what is there twice, and places nobody has set up.</summary>
public sealed class DecisionTests(Browser browser, Site site) : IClassFixture<Site>
{
    [Fact]
    public async Task Of_two_bills_for_the_same_days_the_later_is_withdrawn_with_a_reason()
    {
        var (window, page) = await Imported("""
            kind,quantity,unit,region,start,end,meter
            electricity.grid,1000,kWh,GB,2025-01-01,2025-01-31,MPAN-1
            electricity.grid,1200,kWh,GB,2025-01-15,2025-02-14,MPAN-1
            """);
        await using var closing = window;
        var flag = page.Locator(".flags li");
        await Assertions.Expect(flag).ToContainTextAsync("17 days are in both bills", new() { Timeout = 60_000 });
        await Assertions.Expect(flag).ToContainTextAsync("t CO₂e at stake");

        // A decision without a reason is none.
        await flag.GetByRole(AriaRole.Button, new() { Name = "Withdraw the later" }).ClickAsync();
        await Assertions.Expect(flag).ToBeVisibleAsync();
        await flag.GetByLabel("Reason, for the ledger").FillAsync("The second bill corrects the first");
        await flag.GetByRole(AriaRole.Button, new() { Name = "Withdraw the later" }).ClickAsync();

        await Assertions.Expect(page.Locator(".flags")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        var flags = (await (await site.Acme.Get("/api/v1/flags?status=withdrawn")).Json()).GetProperty("items");
        var later = (await (await site.Acme.Get($"/api/v1/activities/{flags[0].GetProperty("activity_id").GetString()}")).Json()).GetProperty("versions")[0].GetProperty("quantity").GetString();
        Assert.Equal("1200", later);
    }

    [Fact]
    public async Task Rows_of_a_place_nobody_has_set_up_get_it_when_a_person_says_what_it_is()
    {
        var (window, page) = await Imported("""
            kind,quantity,unit,region,start,end,entity,facility
            electricity.grid,500,kWh,GB,2025-03-01,2025-03-31,Orchard Ltd,Orchard Mill
            """);
        await using var closing = window;
        await Assertions.Expect(page.Locator(".places")).ToContainTextAsync("Orchard Mill", new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Give the rows their places" }).ClickAsync();

        await Assertions.Expect(page.Locator(".places")).ToContainTextAsync("Its rows are those of", new() { Timeout = 60_000 });
        var facilities = (await (await site.Acme.Get("/api/v1/facilities?limit=1000")).Json()).GetProperty("items");
        Assert.Contains(facilities.EnumerateArray(), one => one.GetProperty("name").GetString() == "Orchard Mill");
    }

    private async Task<(IBrowserContext Window, IPage Page)> Imported(string rows)
    {
        var window = await browser.Window(site.Address.ToString(), colours: ColorScheme.Dark);
        await window.AddCookiesAsync([await site.Session(site.Database.Acme)]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByLabel("Drop a file here").SetInputFilesAsync(new FilePayload { Name = $"{Guid.CreateVersion7():N}.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(rows) });
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#import .sheet")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        return (window, page);
    }
}
