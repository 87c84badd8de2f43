using OffGridFlow.Organizations.Notices;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace OffGridFlow.Web.Tests;

/// <summary>Data governance in a browser: a notice of a breach is above every page until it is acknowledged; the page tells where data are and how long they are kept.</summary>
public sealed class GovernanceTests(Browser browser, Site site) : IClassFixture<Site>
{
    private const string Said = """
        # Copies of meter readings were read by a stranger

        ## Nature
        Between 1 and 3 March somebody who had no business there read a backup of meter readings.

        ## Categories and numbers
        About 40 persons who signed in, by name and address; about 1,200 rows of meters.

        ## Contact
        Data protection officer, dpo@offgridflow.example, +49 30 000000.

        ## Likely consequences
        Unwanted mail to the addresses. Nobody can sign in with what was read.

        ## Measures
        The keys were changed on 3 March; backups are sealed. Change passwords that are used elsewhere, too.
        """;

    // Names a folder for pictures of the pages.
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("OFFGRIDFLOW_PICTURES");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_notice_is_above_every_page_until_it_is_acknowledged(int width)
    {
        var tenant = await People.Tenant(site);
        await Tell(tenant);
        await using var window = await browser.Window(site.Address.ToString(), width, 900);
        await window.AddCookiesAsync([await site.Session(tenant)]);
        var page = await window.NewPageAsync();

        await page.GotoAsync("/");
        var banner = page.GetByRole(AriaRole.Complementary, new() { Name = "Notice of a breach" });
        await Assertions.Expect(banner).ToContainTextAsync("Copies of meter readings");
        await Picture(page, $"banner-{width}");
        await page.IsForEverybody();
        await banner.GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Likely consequences" })).ToBeVisibleAsync();
        await Picture(page, $"notice-{width}");
        await page.IsForEverybody();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have read this" }).ClickAsync();

        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/governance");
        await Assertions.Expect(banner).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByText("Acknowledged on")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("7 years from the subscription's end on").First).ToBeVisibleAsync();
        await Picture(page, $"governance-{width}", whole: true);
        await page.IsForEverybody();
        await page.GotoAsync("/");
        await Assertions.Expect(banner).ToHaveCountAsync(0);
    }

    private async Task Tell(Caller tenant)
    {
        await People.Owner(site, tenant);
        var slug = await site.Database.Database.Read(tenant, async session => (await OffGridFlow.Organizations.OrganizationQueries.Tenant(session)).Slug, Ct);
        var breach = new TellBreach(site.Database.Database, site.Services.GetRequiredService<SendLetter>(), site.Services.GetRequiredService<PublicAddress>(), TimeProvider.System);
        Assert.Null(Assert.Single((await breach.Handle(NoticeText.Read(Said).Value, "INC-2026-07", [slug], Ct)).Value).Problem);
    }

    private static async Task Picture(IPage page, string name, bool whole = false)
    {
        if (Pictures is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = whole });
        }
    }
}
