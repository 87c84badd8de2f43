using System.Text.RegularExpressions;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>Coming in, and looking after one's account and one's colleagues, in a real browser.</summary>
public sealed partial class AccountTests(Browser browser, Site site) : IClassFixture<Site>
{
    [Fact]
    public async Task Somebody_who_is_invited_finds_the_letter_joins_and_signs_in()
    {
        var (window, page) = await SignedIn("admin");
        await using var closing = window;
        var email = $"n{Guid.CreateVersion7():N}@example.org";
        await (await page.Menu()).GetByRole(AriaRole.Link, new() { Name = "Members" }).ClickAsync();
        await page.GetByLabel("E-mail").FillAsync(email);
        await page.Locator("#role").SelectOptionAsync("analyst");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send the invitation" }).ClickAsync();
        await Assertions.Expect(page.Locator("section[aria-labelledby=invited]")).ToContainTextAsync(email);
        var link = Link().Match(await MailFolder.Letter(site.Mail, email)).Value;

        await using var other = await browser.Window(site.Address.ToString());
        var ben = await other.NewPageAsync();
        await ben.GotoAsync(link);
        await Assertions.Expect(ben.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Join Acme");
        await ben.IsForEverybody();
        await ben.GetByLabel("Your name").FillAsync("Ben Nevis");
        await ben.GetByLabel("Choose a password").FillAsync("passwordpassword");
        await ben.GetByLabel("I agree to the terms of use").CheckAsync();
        await ben.GetByRole(AriaRole.Button, new() { Name = "Join Acme" }).ClickAsync();
        await Assertions.Expect(ben.GetByRole(AriaRole.Alert)).ToContainTextAsync("tried first");
        await Assertions.Expect(ben.GetByLabel("Your name")).ToHaveValueAsync("Ben Nevis");
        await ben.GetByLabel("Choose a password").FillAsync(People.Password);

        // Nobody joins who has not agreed.
        await ben.GetByRole(AriaRole.Button, new() { Name = "Join Acme" }).ClickAsync();
        Assert.True(await ben.GetByLabel("I agree to the terms of use").EvaluateAsync<bool>("box => box.validity.valueMissing"));
        await ben.GetByLabel("I agree to the terms of use").CheckAsync();
        await ben.GetByRole(AriaRole.Button, new() { Name = "Join Acme" }).ClickAsync();
        await SignIn(ben, email);
        await ben.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
        var menu = await ben.Menu();
        await Assertions.Expect(menu.GetByRole(AriaRole.Link, new() { Name = "Your account" })).ToBeVisibleAsync();
        await Assertions.Expect(menu.GetByRole(AriaRole.Link, new() { Name = "Members" })).ToHaveCountAsync(0);

        await ben.GotoAsync(link);
        await Assertions.Expect(ben.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("This invitation is over");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("section[aria-labelledby=members]")).ToContainTextAsync("Ben Nevis");
    }

    [Fact]
    public async Task An_authenticator_app_is_set_up_with_its_qr_code_and_signs_in_from_then_on()
    {
        var email = await People.Make(site, site.Database.Acme, "viewer");
        await using var window = await browser.Window(site.Address.ToString());
        var page = await window.NewPageAsync();
        await page.GotoAsync("/sign-in?return=/account");
        await SignIn(page, email);
        await page.GetByRole(AriaRole.Link, new() { Name = "Set up an authenticator app" }).ClickAsync();
        await page.GetByLabel("Your password").FillAsync(People.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Img, new() { Name = "QR code" })).ToBeVisibleAsync();
        await page.IsForEverybody();
        var secret = People.Unbase32((await page.Locator(".key").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal));
        await page.GetByLabel("The six digits").FillAsync("000000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Img, new() { Name = "QR code" })).ToBeVisibleAsync();
        await page.GetByLabel("The six digits").FillAsync(Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow()) - 1));
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await Assertions.Expect(page.Locator(".codes li")).ToHaveCountAsync(10);
        await page.IsForEverybody();

        // A recovery code fits where it is typed, and counts once.
        var codes = await page.Locator(".codes li").AllInnerTextsAsync();
        await page.SignOut();
        await SignIn(page, email);
        await page.GetByLabel("recovery code").PressSequentiallyAsync(codes[0]);
        await page.IsForEverybody();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
        await page.GotoAsync("/account");
        await Assertions.Expect(page.GetByText("9 are left. Each stands in for the second factor once.")).ToBeVisibleAsync();
        await page.Locator("section[aria-labelledby=codes-title] summary").ClickAsync();
        await page.Picture("account-codes");
        await page.GetByRole(AriaRole.Region, new() { Name = "Recovery codes" }).GetByLabel("Your password").FillAsync(People.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make ten new codes" }).ClickAsync();
        await Assertions.Expect(page.Locator(".codes li")).ToHaveCountAsync(10);
        Assert.Empty((await page.Locator(".codes li").AllInnerTextsAsync()).Intersect(codes, StringComparer.Ordinal));

        await page.SignOut();
        await SignIn(page, email);
        await page.GetByLabel("Six digits").FillAsync(Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
    }

    [Fact]
    public async Task A_device_is_signed_out_from_another()
    {
        var email = await People.Make(site, site.Database.Acme, "viewer");
        var elsewhere = await People.SignIn(site, email);
        await using var window = await browser.Window(site.Address.ToString());
        var page = await window.NewPageAsync();
        await page.GotoAsync("/sign-in?return=/account");
        await SignIn(page, email);
        Assert.Equal(200, (int)(await elsewhere.Client.Get("/api/v1/auth/me")).StatusCode);

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out A program" }).ClickAsync();
        var question = page.GetByRole(AriaRole.Alertdialog, new() { Name = "Sign out A program?" });
        await Assertions.Expect(question).ToContainTextAsync("last seen");
        await page.IsForEverybody();
        await question.GetByRole(AriaRole.Button, new() { Name = "Sign it out" }).ClickAsync();

        await Assertions.Expect(page.GetByText("That device is signed out.")).ToBeVisibleAsync();
        Assert.Equal(401, (int)(await elsewhere.Client.Get("/api/v1/auth/me")).StatusCode);
        await Assertions.Expect(page.GetByText("this one")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_forgotten_password_is_chosen_anew_by_the_letter_s_link()
    {
        var email = await People.Make(site, site.Database.Acme, "viewer");
        await using var window = await browser.Window(site.Address.ToString());
        var page = await window.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Forgot your password?" }).ClickAsync();
        await page.GetByLabel("E-mail").FillAsync(email);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a link" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Look into your mail.")).ToBeVisibleAsync();
        await page.GotoAsync(Link().Match(await MailFolder.Letter(site.Mail, email)).Value);
        await page.GetByLabel("New password").FillAsync("another battery staple horse");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();

        await SignIn(page, email, "another battery staple horse");
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
    }

    [Fact]
    public async Task A_member_s_role_is_changed_and_the_member_suspended_on_the_page()
    {
        var email = await People.Make(site, site.Database.Acme, "analyst");
        var ana = await People.SignIn(site, email);
        var (window, page) = await SignedIn("owner");
        await using var closing = window;
        await page.GotoAsync("/members");
        var row = page.Locator("li", new() { HasText = email });
        await row.GetByText("Change", new() { Exact = true }).ClickAsync();
        await row.GetByLabel("Role in the whole organisation").SelectOptionAsync("viewer");
        await row.GetByRole(AriaRole.Button, new() { Name = "Give this role" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("Viewer");
        Assert.Equal("permission.missing", await (await ana.Client.Post("/api/v1/entities", new { code = "x" })).Problem(403));

        await row.GetByText("Change", new() { Exact = true }).ClickAsync();
        await page.IsForEverybody();
        await row.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Suspend Ana" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("suspended");
        Assert.Equal("permission.missing", await (await ana.Client.Get("/api/v1/entities")).Problem(403));
    }

    [Fact]
    public async Task Who_delivers_for_one_facility_hands_files_in_and_sees_their_own_alone()
    {
        var code = "F" + Guid.CreateVersion7().ToString("N")[^12..];
        var entity = await (await site.Acme.Post("/api/v1/entities", new { code, name = "Acme", country = "GB" })).Json(201);
        var facility = await (await site.Acme.Post("/api/v1/facilities", new { entity_id = entity.GetProperty("entity_id").GetString(), code, name = $"Foundry {code}" })).Json(201);
        var email = $"n{Guid.CreateVersion7():N}@example.org";
        await (await site.Acme.Post("/api/v1/invitations", new { email, role = "data_owner", facility_id = facility.GetProperty("facility_id").GetString() })).Json(201);
        var token = MailFolder.Token(await MailFolder.Letter(site.Mail, email));
        await (await site.Nobody.Post("/api/v1/auth/invitations/accept", new { token, name = "Ben", password = People.Password, terms = "2026-11", privacy = "2026-11" })).Json();
        await using var window = await browser.Window(site.Address.ToString());
        var page = await window.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await SignIn(page, email);
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/imports");
        await Assertions.Expect(page.GetByText("None yet.")).ToBeVisibleAsync();
        await page.IsForEverybody();

        var csv = $"kind,quantity,unit,region,start,end,facility\nelectricity.grid,31,kWh,GB,2025-01-01,2025-01-31,{code}\nelectricity.grid,32,kWh,GB,2025-01-01,2025-01-31,Elsewhere\n";
        await page.GetByLabel("Drop a file here").SetInputFilesAsync(new FilePayload { Name = "bills.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(csv) });
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();

        await Assertions.Expect(page.Locator("#import .sheet")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("#import")).ToContainTextAsync("one of the facilities you deliver data for");
        await page.GotoAsync("/imports");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
    }

    private async Task<(IBrowserContext Window, IPage Page)> SignedIn(string role)
    {
        var window = await browser.Window(site.Address.ToString());
        await window.AddCookiesAsync([await site.Session(site.Database.Acme, role)]);
        var page = await window.NewPageAsync();
        await page.GotoAsync("/");
        return (window, page);
    }

    private static async Task SignIn(IPage page, string email, string password = People.Password)
    {
        await page.GetByLabel("E-mail").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    [GeneratedRegex(@"http://\S+\?token=\S+", RegexOptions.None, 1000)]
    private static partial Regex Link();
}
