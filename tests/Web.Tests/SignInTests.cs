using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.SignIn;
using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>Signing in, in a real browser.</summary>
public sealed class SignInTests(Browser browser, Site site) : IClassFixture<Site>
{
    [Fact]
    public async Task A_person_signs_in_with_a_password_and_out_again_and_a_wrong_one_says_so()
    {
        var email = await People.Make(site, site.Database.Acme, "viewer");
        await using var window = await browser.Window(site.Address.ToString());
        var page = await window.NewPageAsync();
        await page.GotoAsync("/entries");
        await page.GetByLabel("E-mail").FillAsync(email);
        await page.GetByLabel("Password").FillAsync("not the password at all");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("do not belong together");
        await Assertions.Expect(page.GetByLabel("E-mail")).ToHaveValueAsync(email);

        await page.GetByLabel("Password").FillAsync(People.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/entries");

        await page.SignOut();
        await page.GotoAsync("/entries");
        Assert.Equal("/sign-in", new Uri(page.Url).AbsolutePath);
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_on_a_page_of_its_own()
    {
        var email = await People.Make(site, site.Database.Acme, "viewer");
        var secret = await People.WithAuthenticator(site, email);
        await using var window = await browser.Window(site.Address.ToString());
        var page = await window.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("E-mail").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(People.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.GetByLabel("Six digits").FillAsync("000000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("not the code of now");
        await page.GetByLabel("Six digits").FillAsync(Totp.Code(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
    }

    [Fact]
    public async Task An_owner_chooses_a_password_with_the_operators_link_once()
    {
        var email = $"owner{Guid.CreateVersion7():N}@example.org";
        var owner = await AddOwner.Handle(new AddOwner.Request(email), site.Database.Acme.Tenant, site.Database.Database, TimeProvider.System, TestContext.Current.CancellationToken);
        await using var window = await browser.Window(site.Address.ToString());
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/choose-password?token={owner.Value.Token!.Text}");
        await page.GetByLabel("New password").FillAsync("passwordpassword");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("tried first");
        await page.GetByLabel("New password").FillAsync(People.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();

        await page.GetByLabel("E-mail").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(People.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
        await page.GotoAsync($"/choose-password?token={owner.Value.Token!.Text}");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("has been used");
    }

    [Fact]
    public async Task A_passkey_signs_in_alone_and_its_answer_counts_once()
    {
        // Passkeys are bound to a domain, which an address is not.
        await using var window = await browser.Window($"http://localhost:{site.Address.Port}");
        var page = await window.NewPageAsync();
        await page.HasPasskeys();
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("E-mail").FillAsync(await People.Make(site, site.Database.Acme, "viewer"));
        await page.GetByLabel("Password").FillAsync(People.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
        Assert.Equal("201 My laptop", await page.EvaluateAsync<string>(Register, People.Password));
        await page.SignOut();

        string? sent = null;
        page.Request += (_, request) => sent = request.Url.EndsWith("/sign-in/passkey", StringComparison.Ordinal) ? request.PostData : sent;
        await page.GotoAsync("/sign-in?return=%2Fentries");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/entries");

        using var again = new StringContent(sent!, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        Assert.Equal(401, (int)(await site.Nobody.Send(HttpMethod.Post, "/sign-in/passkey", again, ("Sec-Fetch-Site", "same-origin"))).StatusCode);
    }

    [Fact]
    public async Task A_passkey_is_the_second_step_for_whoever_has_no_app_and_is_removed_with_the_password()
    {
        var email = await People.Make(site, site.Database.Acme, "viewer");
        await using var window = await browser.Window($"http://localhost:{site.Address.Port}");
        var page = await window.NewPageAsync();
        await page.HasPasskeys();
        await Password();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
        Assert.Equal("201 My laptop", await page.EvaluateAsync<string>(Register, People.Password));
        await page.SignOut();

        await Password();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("One more step");
        await Assertions.Expect(page.GetByRole(AriaRole.Textbox)).ToHaveCountAsync(0); // There are no digits to be shown.
        await page.Picture("second-step-passkey");
        await page.IsForEverybody();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show your passkey" }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");

        await page.GotoAsync("/account");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the passkey My laptop" }).ClickAsync();
        await page.Picture("account-passkey");
        await page.IsForEverybody();
        foreach (var (password, says) in new[] { ("not the password at all", "Write the password you sign in with."), (People.Password, "The passkey is removed.") })
        {
            await page.GetByRole(AriaRole.Region, new() { Name = "Passkeys" }).GetByLabel("Your password").First.FillAsync(password);
            await page.GetByRole(AriaRole.Button, new() { Name = "Remove My laptop" }).ClickAsync();
            await Assertions.Expect(page.GetByText(says)).ToBeVisibleAsync();
            if (password != People.Password)
            {
                await page.GetByRole(AriaRole.Button, new() { Name = "Remove the passkey My laptop" }).ClickAsync();
            }
        }

        async Task Password()
        {
            await page.GotoAsync("/sign-in");
            await page.GetByLabel("E-mail").FillAsync(email);
            await page.GetByLabel("Password").FillAsync(People.Password);
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        }
    }

    [Fact]
    public async Task A_passkey_that_was_just_added_is_a_second_factor_that_was_just_shown()
    {
        var tenant = await People.Tenant(site);
        await People.Owner(site, tenant);
        var key = site.Client(await site.Key(tenant));
        await using var window = await browser.Window($"http://localhost:{site.Address.Port}");
        var page = await window.NewPageAsync();
        await page.HasPasskeys();
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("E-mail").FillAsync(await People.Make(site, tenant, "viewer"));
        await page.GetByLabel("Password").FillAsync(People.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/");
        await (await key.Patch("/api/v1/security", new { two_factors_required = true }, ("If-Match", "*"))).Json();
        var old = Assert.Single(await window.CookiesAsync()).Value;
        Assert.Equal(403, await page.EvaluateAsync<int>("async () => (await fetch('/api/v1/entities')).status"));

        Assert.Equal("201 My laptop", await page.EvaluateAsync<string>(Register, People.Password));

        Assert.Equal(200, await page.EvaluateAsync<int>("async () => (await fetch('/api/v1/entities')).status"));
        Assert.NotEqual(old, Assert.Single(await window.CookiesAsync()).Value);
        Assert.Equal(401, (int)(await site.Nobody.Send(HttpMethod.Get, "/api/v1/entities", null, ("Cookie", "ogf=" + old))).StatusCode);
    }

    private const string Register = """
        async password => {
          const post = (path, body) => fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
          const { options, token } = await (await post('/api/v1/auth/passkeys/begin', { password })).json();
          const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
          const made = await post('/api/v1/auth/passkeys', { token, name: 'My laptop', credential: credential.toJSON() });
          return `${made.status} ${(await made.json()).name}`;
        }
        """;
}
