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

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task An_organisation_is_deleted_by_its_short_name_in_a_month_unless_somebody_thinks_again(int width)
    {
        const string deletion = "/api/v1/governance/deletion";
        var tenant = await People.Tenant(site);
        await People.Owner(site, tenant);
        var key = site.Client(await site.Key(tenant));
        var slug = (await (await key.Get("/api/v1/tenant")).Json()).GetProperty("slug").GetString()!;
        await using var window = await browser.Window(site.Address.ToString(), width, 900);
        await window.AddCookiesAsync([await site.Session(tenant, "admin")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/governance");

        // Keyboard alone. Another name is not sent; one that a program sends is refused.
        var asking = page.GetByRole(AriaRole.Button, new() { Name = $"Delete {slug}", Exact = true });
        await asking.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var question = page.GetByRole(AriaRole.Alertdialog, new() { Name = $"Delete {slug} for good?" });
        await Assertions.Expect(question).ToContainTextAsync("every row and file");
        await question.GetByLabel("Why").FillAsync("We merge.");
        await question.GetByLabel("its short name").FillAsync("globex");
        await page.Keyboard.PressAsync("Enter");
        Assert.True(await question.GetByLabel("its short name").EvaluateAsync<bool>("field => field.validity.patternMismatch"));
        await page.IsForEverybody();
        await page.Picture($"deletion-asked-{width}", whole: false);
        var sent = window.APIRequest.CreateFormData().Append("name", "globex").Append("reason", "By mistake.");
        var refused = await window.APIRequest.PostAsync("/governance/deletion", new() { Form = sent, Headers = [new("Sec-Fetch-Site", "same-origin")] });
        Assert.Equal(400, refused.Status);
        Assert.Contains("Type the organisation&#x27;s short name", await refused.TextAsync(), StringComparison.Ordinal);
        Assert.Equal("deletion.not-found", await (await key.Get(deletion)).Problem(404));

        await question.GetByLabel("its short name").FillAsync(slug);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync($"{slug} is deleted for good in 30 days.");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Ana asked for it");
        await page.IsForEverybody();
        await page.Picture($"deletion-waits-{width}");
        var asked = await (await key.Get(deletion)).Json();
        Assert.Equal(("waiting", "We merge.", 30), (asked.GetProperty("status").GetString(), asked.GetProperty("reason").GetString(), asked.GetProperty("retention_days").GetInt32()));
        Assert.StartsWith("user:", asked.GetProperty("requested_by").GetString(), StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Button, new() { Name = $"Keep {slug}" }).ClickAsync();
        await Assertions.Expect(asking).ToBeVisibleAsync();
        await page.Picture($"deletion-{width}");
        Assert.Equal("cancelled", (await (await key.Get(deletion)).Json()).GetProperty("status").GetString());
        var trail = (await (await key.Get("/api/v1/audit?table=org.erasures&sort=at")).Json()).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["insert", "update"], trail.Select(row => row.GetProperty("operation").GetString()));
        Assert.All(trail, row => Assert.StartsWith("user:", row.GetProperty("actor").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_may_not_erase_is_not_asked_and_not_heard()
    {
        await using var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await site.Session(site.Database.Acme, "manager")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/governance");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "How long what is kept" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#deletion")).ToHaveCountAsync(0);
        foreach (var path in new[] { "/governance/deletion", "/governance/deletion/cancel" })
        {
            Assert.Equal(403, (await window.APIRequest.PostAsync(path, new() { Headers = [new("Sec-Fetch-Site", "same-origin")] })).Status);
        }
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
