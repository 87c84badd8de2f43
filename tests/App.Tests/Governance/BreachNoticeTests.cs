using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Cli;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Notices;
using OffGridFlow.Platform.Mail;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Governance;

/// <summary>Administrators hear of a breach by letter and on every page, once, and only those of the tenants concerned.</summary>
public sealed class BreachNoticeTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Notices = "/api/v1/governance/notices";

    private const string Text = """
        # Copies of meter readings were read by a stranger

        ## Nature
        Between 1 and 3 March somebody read a backup.

        ## Categories and numbers
        About 40 persons who signed in; about 1,200 rows of meters.

        ## Contact
        Data protection officer, dpo@offgridflow.example, +49 30 000000.

        ## Likely consequences
        Unwanted mail.

        ## Measures
        The keys were changed; the backup is sealed.
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Missing => new()
    {
        { "nature", "no such section" }, { "categories", "no such section" }, { "contact", "no such section" }, { "consequences", "no such section" }, { "measures", "no such section" },
    };

    [Theory]
    [MemberData(nameof(Missing))]
    public void A_notice_without_what_the_law_asks_for_is_refused_with_what_is_missing(string word, string found)
    {
        var heading = Text.Split('\n').Single(line => line.StartsWith("## ", StringComparison.Ordinal) && line.Contains(word, StringComparison.OrdinalIgnoreCase));

        var problem = NoticeText.Read(Text.Replace(heading, "## Something else", StringComparison.Ordinal)).Problem!;
        Assert.Equal(("notice.section-missing", word, found), (problem.Code, problem.Column, problem.Found));
        Assert.Empty(problem.Also);

        // A heading with nothing under it says nothing.
        var body = Text.Split(heading)[1].Split("## ")[0];
        Assert.Equal("a section with nothing in it", NoticeText.Read(Text.Replace(heading + body, heading + "\n\n", StringComparison.Ordinal)).Problem?.Found);
        Assert.Equal(5, NoticeText.Read("# Title only\n\nText.").Problem!.Also.Count + 1);
        Assert.Equal("notice.title", NoticeText.Read(Text[2..]).Problem?.Code);
        Assert.Equal(5, NoticeText.Read(Text).Value.Sections.Count);
    }

    [Fact]
    public async Task Owners_and_administrators_of_the_tenants_concerned_are_told_once_and_nobody_else()
    {
        var (acme, globex, reference) = (await People.Tenant(api), await People.Tenant(api), $"INC-{Guid.CreateVersion7():N}");
        var (owner, admin, manager, other) = (await People.Make(api, acme, "owner"), await People.Make(api, acme, "admin"), await People.Make(api, acme, "manager"), await People.Make(api, globex, "owner"));

        var first = Assert.Single(await Tell(reference, await Slug(acme)));
        Assert.Equal(new[] { admin, owner }.Order(StringComparer.Ordinal), first.Told.Select(told => told.Email).Order(StringComparer.Ordinal));
        Assert.All(first.Told, told => Assert.True(told.IsNew));
        foreach (var email in (string[])[owner, admin])
        {
            var letter = await MailFolder.Letter(api.Mail, email);
            Assert.Contains($"reference {reference}", letter, StringComparison.Ordinal);
            Assert.Contains("About 40 persons who signed in", letter, StringComparison.Ordinal);
            Assert.Contains("/governance/notices/", letter, StringComparison.Ordinal);
        }

        // Again: nobody hears it twice, whoever has become one since hears it, and the state of the letters shows.
        var late = await People.Make(api, acme, "owner");
        await Eventually(async () => (await Tell(reference, await Slug(acme)))[0].Told.All(told => told.Letter == "succeeded"));
        await MailFolder.Letter(api.Mail, late);
        var again = Assert.Single(await Tell(reference, await Slug(acme)));
        Assert.Equal(3, again.Told.Count);
        Assert.DoesNotContain(again.Told, told => told.IsNew);
        Assert.Equal((1, 1, 1), (MailFolder.Letters(api.Mail, owner).Count, MailFolder.Letters(api.Mail, admin).Count, MailFolder.Letters(api.Mail, late).Count));
        Assert.Equal((0, 0), (MailFolder.Letters(api.Mail, manager).Count, MailFolder.Letters(api.Mail, other).Count));

        // Under the same reference stands the same text.
        var changed = await Breach.Handle(NoticeText.Read(Text.Replace("About 40", "About 400", StringComparison.Ordinal)).Value, reference, [await Slug(acme)], Ct);
        Assert.Equal("notice.changed", Assert.Single(changed.Value).Problem?.Code);
        Assert.Equal("notice.tenant", (await Breach.Handle(NoticeText.Read(Text).Value, reference, ["nobody-of-this-name"], Ct)).Problem?.Code);
    }

    [Fact]
    public async Task Tenants_without_an_administrator_are_named_and_the_others_are_told_all_the_same()
    {
        var (empty, acme) = (await People.Tenant(api), await People.Tenant(api));
        var owner = await People.Make(api, acme, "owner");

        var outcomes = await Tell($"INC-{Guid.CreateVersion7():N}", await Slug(empty), await Slug(acme));

        Assert.Equal("notice.nobody", outcomes.Single(one => one.Told.Count == 0).Problem?.Code);
        Assert.Equal(owner, Assert.Single(outcomes.Single(one => one.Problem is null).Told).Email);
    }

    [Fact]
    public async Task A_notice_is_seen_and_acknowledged_by_administrators_of_its_tenant_alone()
    {
        var (acme, globex, reference) = (await People.Tenant(api), await People.Tenant(api), $"INC-{Guid.CreateVersion7():N}");
        var (admin, viewer, other) = (await People.Member(api, acme, "admin"), await People.Member(api, acme, "viewer"), await People.Member(api, globex, "owner"));
        await Tell(reference, await Slug(acme));

        var notice = Assert.Single((await (await admin.Client.Get(Notices)).Json()).GetProperty("items").EnumerateArray().ToList());
        var path = $"{Notices}/{notice.GetProperty("notice_id").GetString()}";
        Assert.Equal((reference, false), (notice.GetProperty("reference").GetString(), notice.TryGetProperty("acknowledged_at", out _)));
        foreach (var refused in (HttpResponseMessage[])[await viewer.Client.Get(Notices), await viewer.Client.Get(path), await viewer.Client.Post(path + "/acknowledge")])
        {
            Assert.Equal("permission.missing", await refused.Problem(403));
        }

        Assert.Equal("notice.not-found", await (await other.Client.Get(path)).Problem(404));
        Assert.Equal("notice.not-found", await (await other.Client.Post(path + "/acknowledge")).Problem(404));
        Assert.Empty((await (await other.Client.Get(Notices)).Json()).GetProperty("items").EnumerateArray());

        var done = await (await admin.Client.Post(path + "/acknowledge")).Json();
        var again = await (await admin.Client.Post(path + "/acknowledge")).Json();

        Assert.Equal($"user:{admin.User}", done.GetProperty("acknowledged_by").GetString());
        Assert.Equal(done.GetProperty("acknowledged_at").GetString(), again.GetProperty("acknowledged_at").GetString());
        var trail = (await (await admin.Client.Get("/api/v1/audit?table=org.notices")).Json()).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(
            [("insert", "cli:breach"), ("update", $"user:{admin.User}")],
            trail.Select(row => (row.GetProperty("operation").GetString()!, row.GetProperty("actor").GetString()!)).Order().ToList());
    }

    [Fact]
    public async Task Every_page_shows_it_to_administrators_until_one_has_acknowledged_it()
    {
        var (acme, globex) = (await People.Tenant(api), await People.Tenant(api));
        var (admin, viewer, other) = (await People.Cookie(api, acme, "admin"), await People.Cookie(api, acme, "viewer"), await People.Cookie(api, globex, "admin"));
        await Tell($"INC-{Guid.CreateVersion7():N}", await Slug(acme));
        const string said = "Copies of meter readings were read by a stranger";

        foreach (var path in (string[])["/", "/members", "/audit", "/governance", "/account"])
        {
            await Eventually(async () => (await Page(path, admin)).Contains("class=\"banner\"", StringComparison.Ordinal));
            Assert.Contains(said, await Page(path, admin), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(said, await Page("/", viewer), StringComparison.Ordinal);
        Assert.DoesNotContain(said, await Page("/governance", viewer), StringComparison.Ordinal);
        Assert.DoesNotContain(said, await Page("/governance", other), StringComparison.Ordinal);

        var id = (await Open(acme)).NoticeId;
        using var form = new FormUrlEncodedContent([]);
        var refused = await api.Nobody.Send(HttpMethod.Post, $"/governance/notices/{id}/acknowledge", new FormUrlEncodedContent([]), ("Cookie", viewer), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(403, (int)refused.StatusCode);
        var done = await api.Nobody.Send(HttpMethod.Post, $"/governance/notices/{id}/acknowledge", form, ("Cookie", admin), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal("/governance", done.Headers.Location?.ToString());
        Assert.DoesNotContain("class=\"banner\"", await Page("/", admin), StringComparison.Ordinal);
        Assert.Contains(said, await Page("/governance", admin), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_says_who_was_told_and_what_is_missing()
    {
        var acme = await People.Tenant(api);
        var (owner, slug, file) = (await People.Make(api, acme, "owner"), await Slug(acme), Path.Combine(api.StateFolder, $"{Guid.CreateVersion7():N}.md"));
        await File.WriteAllTextAsync(file, Text.Replace("## Contact", "## Whom to ask", StringComparison.Ordinal), Ct);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [DatabaseSettings.Variable] = api.Database.AdminConnection.ConnectionString, [DatabaseSettings.ApplicationVariable] = api.Database.ApplicationConnection.ConnectionString,
        };

        var (code, output) = await StartedProgram.Run(environment, "breach", "notify", "--tenant", slug, "--file", file, "--data", api.StateFolder);
        Assert.Equal(1, code);
        Assert.Contains("notice.section-missing contact: found no such section", output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, Text, Ct);
        (code, output) = await StartedProgram.Run(environment, "breach", "notify", "--tenant", slug, "--file", file, "--reference", "INC-1", "--data", api.StateFolder);
        Assert.Equal(0, code);
        Assert.Contains($"told now  {owner}", output, StringComparison.Ordinal);
        await MailFolder.Letter(api.Mail, owner);
        (code, output) = await StartedProgram.Run(environment, "breach", "notify", "--tenant", slug, "--file", file, "--reference", "INC-1", "--data", api.StateFolder);
        Assert.Equal(0, code);
        Assert.Contains($"told before  {owner}", output, StringComparison.Ordinal);
        Assert.Single(MailFolder.Letters(api.Mail, owner));
        Assert.Equal(2, (await StartedProgram.Run(environment, "breach", "notify", "--file", file, "--data", api.StateFolder)).Code);
    }

    private TellBreach Breach => new(api.Database.Database, api.Services.GetRequiredService<SendLetter>(), api.Services.GetRequiredService<PublicAddress>(), TimeProvider.System);

    private async Task<IReadOnlyList<TellBreach.Outcome>> Tell(string reference, params string[] slugs) => (await Breach.Handle(NoticeText.Read(Text).Value, reference, slugs, Ct)).Value;

    private Task<string> Slug(Caller tenant) => api.Database.Database.Read(tenant, async session => (await OffGridFlow.Organizations.OrganizationQueries.Tenant(session)).Slug, Ct);

    private Task<Notice> Open(Caller tenant) => api.Database.Database.Read(tenant, async session => (await Notice.All(session)).Single(), Ct);

    private async Task<string> Page(string path, string cookie)
    {
        var answer = await api.Nobody.Send(HttpMethod.Get, path, null, ("Cookie", cookie), ("Accept", "text/html"));
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        var end = TimeProvider.System.GetUtcNow().AddSeconds(30);
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetUtcNow() < end, "It has not come to be.");
            await Task.Delay(50, Ct);
        }
    }
}
