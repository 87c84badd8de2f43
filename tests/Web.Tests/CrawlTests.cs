using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Organizations.Roles;
using OffGridFlow.Platform.Http;
using OffGridFlow.Web.Tests.Support;

namespace OffGridFlow.Web.Tests;

/// <summary>
/// Signed in as owner, viewer, data owner (of everything, of one facility) and auditor in two organisations, every link is followed and every menu opened: no page fails, complains, breaks its policy, leads where the role may
/// not go, offers a form it may not send, or names the other organisation; each has a title, one heading and its landmarks, for everybody, in both themes.
/// </summary>
public sealed class CrawlTests(Browser browser, Site site) : IClassFixture<Site>
{
    private const int MostPages = 120;

    // Downloads and the API; pages of what is not there in this world: a report, a source, a provider, a notice, another organisation of the same person.
    private static readonly string[] NoPages = ["api/", "scim", "import-example.csv", "imports/{id:guid}/rejected.csv", "reports/{id:guid}", "sources/{id:guid}", "providers/{id:guid}", "governance/notices", "sign-in/tenant"];

    // Somebody whose role counts for one facility alone.
    private const string OfAFacility = "data_owner of a facility";

    private static readonly string? Pictures = Environment.GetEnvironmentVariable("OFFGRIDFLOW_PICTURES");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Visits { get; } = new(
        from role in new[] { "owner", "viewer", "data_owner", "auditor", OfAFacility } from tenant in new[] { "acme", "globex" } select (role, tenant));

    [Theory]
    [MemberData(nameof(Visits))]
    public async Task every_link_a_person_sees_leads_somewhere_they_may_go(string role, string slug)
    {
        var (own, others) = await Worlds(slug);
        await using var window = await browser.Window(site.Address.ToString(), slug == "acme" ? 1280 : 390, colours: slug == "acme" ? ColorScheme.Light : ColorScheme.Dark);
        await window.AddCookiesAsync([role == OfAFacility ? await Limited(slug) : await site.Session(slug == "acme" ? site.Database.Acme : site.Database.Globex, role)]);
        var page = await window.NewPageAsync();
        var wrong = new List<string>();
        page.Console += (_, said) => wrong.AddRange(said.Type == "error" ? [$"{page.Url} says {said.Text}"] : []);
        page.PageError += (_, error) => wrong.Add($"{page.Url} throws {error}");
        page.Response += (_, answer) => wrong.AddRange(answer.Status >= 400 ? [$"{page.Url} gets {answer.Status} of {answer.Url}"] : []);

        var (open, seen, shapes) = (new Queue<string>(["/"]), new HashSet<string>(StringComparer.Ordinal) { "/" }, new Dictionary<string, int>(StringComparer.Ordinal));
        var (visited, looked) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        while (open.TryDequeue(out var path) && visited.Count < MostPages)
        {
            // What is no page is a download, which a browser does not go to.
            var answer = await window.APIRequest.GetAsync(path, new() { Headers = [new("Accept", "text/html,*/*")] });
            wrong.AddRange(answer.Status >= 400 ? [$"{path} is answered by {answer.Status}"] : []);
            if (!(answer.Headers.GetValueOrDefault("content-type") ?? "").StartsWith("text/html", StringComparison.Ordinal))
            {
                continue;
            }

            await page.GotoAsync(path);
            visited.Add(path);
            await Inspect(page, path, role, own, others, looked, wrong);
            foreach (var link in (await Links(page)).Where(link => seen.Add(link) && IsNew(link, shapes)))
            {
                open.Enqueue(link);
            }
        }

        Assert.True(wrong.Count == 0, $"{role} of {slug}:\n" + string.Join('\n', wrong.Distinct(StringComparer.Ordinal)));
        Assert.True(open.Count == 0, "There are more pages than were looked at.");
        Assert.True(visited.Count >= (role == OfAFacility ? 4 : 7), string.Join('\n', visited));
        Assert.Empty(role == "owner" ? Missed(visited) : []);
        Assert.Contains("/account", visited);
        Assert.Equal(role is "owner" or "auditor", visited.Contains("/members", StringComparer.Ordinal));
        Assert.Equal(!role.StartsWith("data_owner", StringComparison.Ordinal), visited.Contains("/audit", StringComparer.Ordinal));
    }

    private async Task Inspect(IPage page, string path, string role, string own, string[] others, HashSet<string> looked, List<string> wrong)
    {
        await page.Unfold();
        var html = await page.ContentAsync();
        wrong.AddRange(others.Where(name => html.Contains(name, StringComparison.Ordinal)).Select(name => $"{path} names {name} of the other organisation"));
        if (path == "/" && !html.Contains(own, StringComparison.Ordinal))
        {
            wrong.Add($"{path} does not name {own}");
        }

        async Task Counts(string what, int least, int most)
        {
            var count = await page.Locator(what).CountAsync();
            wrong.AddRange(count < least || count > most ? [$"{path} has {count} {what}"] : []);
        }

        wrong.AddRange((await page.TitleAsync()).Length < 5 ? [$"{path} has no title"] : []);
        await Counts("h1", 1, 1);
        await Counts("body > main", 1, 1);
        await Counts("body > header", 1, 1);
        await Counts("html[lang]", 1, 1);
        wrong.AddRange((await Forms(page)).Where(form => !MayBeSent(form.Method, form.Path, role)).Select(form => $"{path} offers {form.Method} {form.Path}, which {role} may not send"));
        if (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth") is > 0 and var over)
        {
            wrong.Add($"{path} is {over} px too wide");
        }

        // Of pages of one shape the first, for who sees least of them: those of who sees all of it are looked at in AccessibilityTests.
        wrong.AddRange(role == OfAFacility && looked.Add(Shape(path)) ? await page.FaultsInBothThemes() : []);

        if (Pictures is { Length: > 0 } folder && role is "viewer" or OfAFacility)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder!, $"crawl-{role.Replace(' ', '_')}-{page.ViewportSize!.Width}{path.Split('?')[0].Replace('/', '-')}.png"), FullPage = true });
        }
    }

    private static async Task<IReadOnlyList<string>> Links(IPage page) => await page.EvaluateAsync<string[]>(
        """
        () => [...document.querySelectorAll('a[href], [hx-get]')].map(link => link.getAttribute('href') ?? link.getAttribute('hx-get')).map(href => new URL(href, location.href))
          .filter(url => url.origin === location.origin && !url.pathname.startsWith('/docs')).map(url => url.pathname + url.search)
        """);

    private static async Task<IReadOnlyList<(string Method, string Path)>> Forms(IPage page) =>
    [
        .. (await page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('form[action], [hx-post]')].filter(form => form.hasAttribute('hx-post') || form.method === 'post')
              .map(form => new URL(form.getAttribute('hx-post') ?? form.getAttribute('action'), location.href).pathname)
            """)).Select(path => ("POST", path)),
    ];

    // Pages of one shape are one page: two entries of a hundred, one search of ten.
    private static bool IsNew(string link, Dictionary<string, int> shapes)
    {
        var shape = Shape(link);
        return (shapes[shape] = shapes.GetValueOrDefault(shape) + 1) <= 2;
    }

    private static string Shape(string link) =>
        string.Join('/', link.Split('?')[0].Split('/').Select(part => part.Any(char.IsAsciiDigit) ? "#" : part)) + (link.Contains('?', StringComparison.Ordinal) ? "?" : "");

    // Pages nobody is led to by a link.
    private IEnumerable<string> Missed(List<string> visited) => site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET", StringComparer.Ordinal) ?? false))
        .Select(endpoint => endpoint.RoutePattern)
        .Where(pattern => !NoPages.Any(start => pattern.RawText!.TrimStart('/').StartsWith(start, StringComparison.Ordinal)))
        .Where(pattern => !visited.Any(path => new TemplateMatcher(new RouteTemplate(pattern), []).TryMatch(path.Split('?')[0], [])))
        .Select(pattern => pattern.RawText!);

    private bool MayBeSent(string method, string path, string role)
    {
        var routes = site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(method, StringComparer.Ordinal) ?? false)
            .Where(endpoint => new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []).TryMatch(path, [])).ToList();
        return routes.Count > 0 && routes.All(route => route.Metadata.GetMetadata<NeededPermission>() is not { } needed
            || (Role.Find(role.Split(' ')[0])!.Permissions.Has(needed.For(method)) && (role != OfAFacility || route.Metadata.GetMetadata<MindsFacilities>() is not null)));
    }

    // With an import of their own, of which one row is not theirs to deliver.
    private async Task<Cookie> Limited(string slug)
    {
        var (client, tenant) = slug == "acme" ? (site.Acme, site.Database.Acme) : (site.Globex, site.Database.Globex);
        await People.Owner(site, tenant);
        var ana = await People.Member(site, tenant, "viewer");
        var held = (await (await client.Get($"/api/v1/members/{ana.User}")).Json()).GetProperty("assignments")[0].GetProperty("assignment_id").GetString();
        Assert.Equal(204, (int)(await client.Delete($"/api/v1/members/{ana.User}/assignments/{held}")).StatusCode);
        var code = "L" + Guid.CreateVersion7().ToString("N")[^12..];
        var entity = await (await client.Post("/api/v1/entities", new { code, name = "Limited", country = "GB" })).Json(201);
        var facility = (await (await client.Post("/api/v1/facilities", new { entity_id = entity.GetProperty("entity_id").GetString(), code, name = $"Site {code}" })).Json(201)).GetProperty("facility_id").GetString();
        await (await client.Post($"/api/v1/members/{ana.User}/assignments", new { role = "data_owner", facility_id = facility })).Json(201);
        var csv = $"kind,quantity,unit,region,start,end,facility\nelectricity.grid,31,kWh,GB,2025-01-01,2025-01-31,{code}\nelectricity.grid,32,kWh,GB,2025-01-01,2025-01-31,Elsewhere\n";
        var import = (await (await ana.Client.Post("/api/v1/imports?file_name=bills.csv", new StringContent(csv, System.Text.Encoding.UTF8, "text/csv"))).Json(202)).GetProperty("import_id").GetString();
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while ((await (await ana.Client.Get($"/api/v1/imports/{import}")).Json()).GetProperty("status").GetString() != "read")
        {
            Assert.True(await poll.WaitForNextTickAsync(Ct));
        }

        var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal) { ["email"] = ana.Email, ["password"] = People.Password });
        var entered = await site.Nobody.Send(HttpMethod.Post, "/sign-in", form, ("Sec-Fetch-Site", "same-origin"));
        var cookie = entered.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=', 2);
        return new Cookie { Name = cookie[0], Value = cookie[1], Url = site.Address.ToString() };
    }

    // Each organisation has an import, a member and a place of its own, under names nobody else has.
    private async Task<(string Own, string[] Others)> Worlds(string slug)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, client) in new[] { ("acme", site.Acme), ("globex", site.Globex) })
        {
            names[name] = $"Works of {name} {Guid.CreateVersion7():N}";
            var code = "W" + Guid.CreateVersion7().ToString("N")[^12..];
            var entity = await (await client.Post("/api/v1/entities", new { code, name = names[name], country = "GB" })).Json(201);
            await (await client.Post("/api/v1/facilities", new { entity_id = entity.GetProperty("entity_id").GetString(), code, name = names[name] })).Json(201);
        }

        if (!(await (await site.Globex.Get("/api/v1/imports")).Json()).GetProperty("items").EnumerateArray().Any())
        {
            await site.Import(site.Globex, "energy.csv");
        }

        var other = slug == "acme" ? ("globex", "Globex", site.Database.Globex) : ("acme", "Acme", site.Database.Acme);
        return (slug == "acme" ? "Acme" : "Globex", [names[other.Item1], other.Item2, other.Item3.Tenant.ToString()]);
    }
}
