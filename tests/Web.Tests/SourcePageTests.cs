using Deque.AxeCore.Playwright;
using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>A source from looking at its file to what came of its fetches, in the browser.</summary>
public sealed class SourcePageTests(Browser browser, FetchingFixture site) : IClassFixture<FetchingFixture>
{
    // Names a folder for pictures of the pages.
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("OFFGRIDFLOW_PICTURES");

    private static string Table(string more = "") =>
        $"id,kind,quantity,unit,region,start,end\n{Guid.CreateVersion7()},electricity.grid,1000,kWh,GB,2025-01-01,2025-01-31\n{more}";

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task A_source_is_looked_at_connected_fetched_and_taken_away(int width, ColorScheme colours)
    {
        var look = $"{width}-{colours}";
        var tenant = await People.Tenant(site);
        var url = site.Files.Put($"private/{Guid.CreateVersion7():N}.csv", Table($"{Guid.CreateVersion7()},electricity.grid,many,kWh,GB,2025-01-01,2025-01-31\n"));
        await using var window = await browser.Window(site.Address.ToString(), width, 900, colours);
        await window.AddCookiesAsync([await Session(tenant, "admin")]);
        var page = await window.NewPageAsync();

        await page.GotoAsync("/account");
        await (await page.Menu()).GetByRole(AriaRole.Link, new() { Name = "Connected sources" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Nothing is connected yet.")).ToBeVisibleAsync();
        await Look(page, $"sources-none-{look}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Connect a source" }).ClickAsync();

        // A look before anything is saved: first without what opens it.
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Meter readings");
        await page.GetByLabel("Address of the file").FillAsync(url);
        var first = page.GetByRole(AriaRole.Button, new() { Name = "Look at the file first" });
        await first.ClickAsync();
        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("answers 401");
        await page.GetByLabel("Request header").FillAsync("X-Api-Key");
        await page.GetByLabel("Its value").FillAsync(FilesPeer.Key);
        await first.ClickAsync();
        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("1 of the first 2 rows can be read.");
        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("found many");
        await Assertions.Expect(page.Locator("#announcer")).ToContainTextAsync("1 of the first 2 rows can be read.");
        await Look(page, $"source-look-{look}");
        Assert.Empty((await (await site.Client(await site.Key(tenant)).Get("/api/v1/sources")).Json()).GetProperty("items").EnumerateArray());

        await page.GetByLabel("At, empty for the night").FillAsync("06:15");
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect it" }).ClickAsync();
        await Assertions.Expect(page.GetByText("It has not been fetched yet.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("every day at 06:15 (UTC)")).ToBeVisibleAsync();
        Assert.DoesNotContain(FilesPeer.Key, await page.ContentAsync(), StringComparison.Ordinal);

        // From the keyboard; what comes is told without looking.
        await page.Locator("#fetch-now").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#announcer")).ToContainTextAsync("A new file was imported", new() { Timeout = 30_000 });
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "See the import" })).ToBeVisibleAsync();
        await page.Locator("#fetch-now").ClickAsync();
        await Assertions.Expect(page.GetByText("The file is the same as last time.")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Look(page, $"source-fetched-{look}");

        // Changed without saying the secret again: it stays. Elsewhere it does not go.
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Readings of the north plant");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the changes" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Readings of the north plant" })).ToBeVisibleAsync();
        await page.GetByLabel("Address of the file").FillAsync(url + "?echo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the changes" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("a secret is sent nowhere else");
        await Look(page, $"source-refused-{look}");

        await page.GetByText("Take this source away").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it away" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Nothing is connected yet.")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task One_that_fails_again_and_again_is_told_of(int width, ColorScheme colours)
    {
        await using var peer = new ScriptedPeer(ScriptedPeer.Status(404));
        var tenant = await People.Tenant(site);
        var api = site.Client(await site.Key(tenant));
        var id = (await (await api.Post("/api/v1/sources", new { name = "Bills", url = peer.Address + "/bills.csv" })).Json(201)).GetProperty("source_id").GetString();
        await using var window = await browser.Window(site.Address.ToString(), width, 900, colours);
        await window.AddCookiesAsync([await Session(tenant, "analyst")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/sources/{id}");
        for (var failures = 1; failures <= 3; failures++)
        {
            await page.Locator("#fetch-now").ClickAsync();
            await Assertions.Expect(page.Locator("#source-state tbody tr")).ToHaveCountAsync(failures, new() { Timeout = 30_000 });
        }

        await Assertions.Expect(page.GetByText("It has failed 3 times in a row.")).ToBeVisibleAsync();
        await Look(page, $"source-failing-{width}");
        await page.GotoAsync("/sources");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Bills has failed 3 times in a row.");
        await Look(page, $"sources-failing-{width}");
    }

    [Fact]
    public async Task Without_scripts_the_file_is_looked_at_too_and_the_secret_is_not_filled_in_again()
    {
        var url = site.Files.Put($"private/{Guid.CreateVersion7():N}.csv", Table());
        await using var window = await browser.Window(site.Address.ToString(), scripts: false);
        await window.AddCookiesAsync([await Session(site.Database.Acme, "analyst")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/sources/new");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Readings");
        await page.GetByLabel("Address of the file").FillAsync(url);
        await page.GetByLabel("Request header").FillAsync("X-Api-Key");
        await page.GetByLabel("Its value").FillAsync(FilesPeer.Key);

        await page.GetByRole(AriaRole.Button, new() { Name = "Look at the file first" }).ClickAsync();

        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("1 of the first 1 row can be read.");
        Assert.Equal((url, ""), (await page.GetByLabel("Address of the file").InputValueAsync(), await page.GetByLabel("Its value").InputValueAsync()));
    }

    [Fact]
    public async Task A_viewer_is_shown_no_way_there_and_finds_none()
    {
        await using var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await Session(site.Database.Acme, "viewer")]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/account");

        Assert.Equal(0, await (await page.Menu()).GetByRole(AriaRole.Link, new() { Name = "Connected sources" }).CountAsync());
        Assert.Equal(403, (await page.GotoAsync("/sources"))!.Status);
    }

    private async Task<Cookie> Session(Platform.Tenancy.Caller tenant, string role)
    {
        var cookie = (await People.Cookie(site, tenant, role)).Split('=', 2);
        return new Cookie { Name = cookie[0], Value = cookie[1], Url = site.Address.ToString() };
    }

    private static async Task Look(IPage page, string name)
    {
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html}"))));
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        if (Pictures is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }
}
