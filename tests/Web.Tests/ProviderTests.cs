using System.Text.Json;
using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>Signing in through a tenant's own provider of OpenID Connect, in a real browser and with a real provider.</summary>
public sealed class ProviderTests(Browser browser, ProviderTests.Trusting site) : IClassFixture<ProviderTests.Trusting>
{
    /// <summary>Where providers may be on this machine.</summary>
    public sealed class Trusting(TestPostgres postgres) : ApiFixture(postgres)
    {
        internal override Web.Host.HostSettings Settings(Web.Host.HostSettings settings) => settings with { Outbound = new Platform.Outbound.OutboundOptions(AllowPrivate: true) };
    }

    private static readonly Dictionary<string, object> People = new(StringComparer.Ordinal)
    {
        ["ana"] = new { email = "ana@acme.example", email_verified = true, name = "Ana Arbor", groups = new[] { "carbon-analysts", "everybody" } },
        ["bob"] = new { email = "bob@acme.example", email_verified = true, name = "Bob", groups = new[] { "everybody" } },
        ["dan"] = new { email = "dan@acme.example", email_verified = true, name = "Dan", groups = new[] { "everybody" } },
        ["gil"] = new { email = "gil@acme.example", email_verified = true, name = "Gil", groups = new[] { "carbon-analysts" } },
        ["eve"] = new { email = "eve@acme.example", email_verified = false, name = "Eve", groups = new[] { "carbon-analysts" } },
    };

    [Fact]
    public async Task Somebody_new_joins_in_the_role_of_their_group_and_works_in_that_tenant_alone()
    {
        using var provider = await Provider();
        await Trust(provider, joins: true);
        await using var window = await browser.Window(site.Address.ToString());
        var refused = new List<string>();
        window.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal) && message.Text.Contains("form-action", StringComparison.Ordinal))
            {
                refused.Add(message.Text);
            }
        };
        var page = await SignIn(window, "ana");

        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/entries");

        // Browsers hold a form to its policy through every redirect: none of ours leads to a provider, links do.
        Assert.Empty(refused);
        var me = await page.EvaluateAsync<System.Text.Json.JsonElement>("async () => (await fetch('/api/v1/auth/me')).json()");
        Assert.Equal("ana@acme.example", me.GetProperty("email").GetString());
        Assert.Contains("reports:submit", me.GetProperty("permissions").EnumerateArray().Select(one => one.GetString()));
        Assert.DoesNotContain("users:manage", me.GetProperty("permissions").EnumerateArray().Select(one => one.GetString()));

        // A provider vouches for members of its tenant, for nobody's account and in no other tenant.
        Assert.Equal("permission.confined", await Code(page, "/api/v1/auth/sessions", "GET"));
        Assert.Equal("permission.confined", await Code(page, "/api/v1/auth/tenant", "POST"));
    }

    [Fact]
    public async Task Who_has_no_role_or_no_verified_address_is_not_let_in()
    {
        using var provider = await Provider();
        await Trust(provider, joins: true);
        foreach (var (who, why) in new[] { ("bob", "whose groups have no role here"), ("eve", "without a verified address") })
        {
            await using var window = await browser.Window(site.Address.ToString());
            var page = await SignIn(window, who);
            await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(why);
            Assert.Equal("/sign-in/callback", new Uri(page.Url).AbsolutePath);
            await page.GotoAsync("/entries");
            Assert.Equal("/sign-in", new Uri(page.Url).AbsolutePath);
        }
    }

    [Fact]
    public async Task An_answer_to_a_sign_in_of_another_browser_signs_nobody_in()
    {
        using var provider = await Provider();
        await Trust(provider, joins: true);
        await using var window = await browser.Window(site.Address.ToString());
        await window.RouteAsync(url => url.Contains("/sign-in/callback", StringComparison.Ordinal), route => route.AbortAsync());
        var page = await window.NewPageAsync();
        await Begin(page);
        await page.Locator("input[name=login]").FillAsync("ana");
        await page.Locator("input[name=password]").FillAsync("x");
        await page.Locator("button[type=submit]").ClickAsync();
        var answer = await page.RunAndWaitForRequestAsync(() => page.Locator("button[type=submit]").ClickAsync(), request => request.Url.Contains("/sign-in/callback", StringComparison.Ordinal));

        await using var other = await browser.Window(site.Address.ToString());
        var victim = await other.NewPageAsync();
        await victim.GotoAsync(answer.Url);
        await Assertions.Expect(victim.GetByRole(AriaRole.Alert)).ToContainTextAsync("no sign-in of this browser");
    }

    [Fact]
    public async Task Whom_the_directory_lets_in_the_provider_brings_in_and_whom_it_keeps_out_it_does_not()
    {
        using var provider = await Provider();
        await Trust(provider, joins: false);
        await (await site.Acme.Put("/api/v1/security/directory", new { group_roles = new Dictionary<string, string>(StringComparer.Ordinal) { ["Readers"] = "viewer" } }, ("If-Match", "*"))).Json();
        var key = (await (await site.Acme.Post("/api/v1/api-keys", new { name = "directory", role = "scim_client" })).Json(201)).GetProperty("key").GetString();
        var directory = site.Client(key);
        var dan = (await (await directory.Post("/scim/v2/Users", JsonSerializer.SerializeToElement(new { userName = "dan@acme.example" }))).Json(201)).GetProperty("id").GetString();
        await (await directory.Post("/scim/v2/Groups", JsonSerializer.SerializeToElement(new { displayName = "Readers", members = new[] { new { value = dan } } }))).Json(201);

        // Where a provider brings people in, no letter is sent.
        Assert.Empty(MailFolder.Letters(site.Mail, "dan@acme.example"));
        await using var window = await browser.Window(site.Address.ToString());
        var page = await SignIn(window, "dan");
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == "/entries");
        Assert.Equal("permission.confined", await Code(page, "/api/v1/auth/sessions", "GET"));

        await (await directory.Patch($"/scim/v2/Users/{dan}", JsonSerializer.SerializeToElement(new { Operations = new[] { new { op = "Replace", path = "active", value = "False" } } }))).Json();
        Assert.Equal("permission.missing", await Code(page, "/api/v1/entities", "GET"));
        await using var other = await browser.Window(site.Address.ToString());
        await Assertions.Expect((await SignIn(other, "dan")).GetByRole(AriaRole.Alert)).ToContainTextAsync("suspended member");

        // Nor whom it kept out before they ever came, though the provider lets everybody of their group join.
        await Trust(provider, joins: true);
        await (await directory.Post("/scim/v2/Users", JsonSerializer.SerializeToElement(new { userName = "gil@acme.example", active = false }))).Json(201);
        await using var third = await browser.Window(site.Address.ToString());
        await Assertions.Expect((await SignIn(third, "gil")).GetByRole(AriaRole.Alert)).ToContainTextAsync("suspended member");
    }

    private Task<OidcPeer> Provider() => OidcPeer.Start(new Uri(site.Address, "/sign-in/callback"), People);

    private async Task Trust(OidcPeer provider, bool joins)
    {
        foreach (var there in (await (await site.Acme.Get("/api/v1/providers")).Json()).GetProperty("items").EnumerateArray())
        {
            Assert.Equal(204, (int)(await site.Acme.Delete($"/api/v1/providers/{there.GetProperty("provider_id").GetString()}", ("If-Match", "*"))).StatusCode);
        }

        var made = await (await site.Acme.Post("/api/v1/providers", new
        {
            name = "Acme's sign-in", issuer = provider.Issuer, client_id = OidcPeer.ClientId, client_secret = OidcPeer.ClientSecret, group_roles = new Dictionary<string, string>(StringComparer.Ordinal) { ["carbon-analysts"] = "analyst" }, joins,
        })).Json(201);
        Assert.True(made.GetProperty("has_secret").GetBoolean());
        Assert.DoesNotContain("theirs", made.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("provider.not-found", await (await site.Globex.Get($"/api/v1/providers/{made.GetProperty("provider_id").GetString()}")).Problem(404));
    }

    private async Task Begin(IPage page)
    {
        var slug = (await (await site.Acme.Get("/api/v1/tenant")).Json()).GetProperty("slug").GetString()!;
        await page.GotoAsync("/sign-in?return=%2Fentries");
        await page.GetByText("Sign in through your organisation").ClickAsync();
        await page.GetByLabel("The organisation's short name").FillAsync(slug);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await page.GetByText("Acme's sign-in").ClickAsync();
    }

    private async Task<IPage> SignIn(IBrowserContext window, string who)
    {
        var page = await window.NewPageAsync();
        await Begin(page);
        await page.Locator("input[name=login]").FillAsync(who);
        await page.Locator("input[name=password]").FillAsync("whatever the provider's own affair is");
        await page.Locator("button[type=submit]").ClickAsync();
        await page.Locator("button[type=submit]").ClickAsync();
        return page;
    }

    private static Task<string> Code(IPage page, string path, string method) => page.EvaluateAsync<string>(
        "async ({ path, method }) => (await (await fetch(path, { method, headers: { 'Content-Type': 'application/json' }, body: method === 'GET' ? undefined : '{}' })).json()).code", new { path, method });
}
