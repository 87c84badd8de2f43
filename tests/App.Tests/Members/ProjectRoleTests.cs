using System.Globalization;
using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Roles;
using static OffGridFlow.App.Tests.Members.ProjectWorld;

namespace OffGridFlow.App.Tests.Members;

/// <summary>A role for a project counts for each facility that it has when a request comes, and hands on no more than whoever gives it has.</summary>
public sealed class ProjectRoleTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static int next;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Today => TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_data_owner_of_a_project_sees_and_edits_its_facilities_data_alone()
    {
        var (foundry, office, elsewhere) = (await Facility(api.Acme), await Facility(api.Acme), await Facility(api.Acme));
        var project = await Project(api.Acme, foundry, office);
        var ana = await Member("data_owner", project);
        var (one, two, other) = (await Recorded(foundry.Code), await Recorded(office.Code), await Recorded(elsewhere.Code));
        var foreign = await Recorded((await Facility(api.Globex)).Code, api.Globex);

        var listed = (await (await ana.Client.Get("/api/v1/activities?limit=1000")).Json()).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("activity_id").GetGuid()).ToHashSet();
        Assert.Superset(new HashSet<Guid> { one, two }, listed);
        Assert.DoesNotContain(other, listed);
        foreach (var own in new[] { one, two })
        {
            Assert.Equal(200, (int)(await ana.Client.Get($"/api/v1/activities/{own}")).StatusCode);
            await (await ana.Client.Patch($"/api/v1/activities/{own}", new { quantity = "2" }, ("If-Match", "*"))).Json();
            Assert.Equal(200, (int)(await ana.Client.Get($"/api/v1/activities/{own}/evidence")).StatusCode);
        }

        foreach (var closed in new[] { other, foreign })
        {
            Assert.Equal("activity.not-found", await (await ana.Client.Get($"/api/v1/activities/{closed}")).Problem(404));
            Assert.Equal("activity.not-found", await (await ana.Client.Patch($"/api/v1/activities/{closed}", new { quantity = "2" }, ("If-Match", "*"))).Problem(404));
            Assert.Equal("activity.not-found", await (await ana.Client.Post($"/api/v1/activities/{closed}/withdraw", new { reason = "x" })).Problem(404));
        }

        // From one of theirs to another of theirs, and no further.
        await (await ana.Client.Patch($"/api/v1/activities/{one}", new { facility = office.Code }, ("If-Match", "*"))).Json();
        Assert.Equal("facility.not-yours", await (await ana.Client.Patch($"/api/v1/activities/{one}", new { facility = elsewhere.Code }, ("If-Match", "*"))).Problem(403));
        Assert.Equal("facility.not-yours", await (await ana.Client.Post("/api/v1/activities", Bill(elsewhere.Code))).Problem(403));
        await (await ana.Client.Post("/api/v1/activities", Bill(office.Code))).Json(201);
        Assert.Equal("permission.facilities", await (await ana.Client.Get("/api/v1/ledger/totals")).Problem(403));
        Assert.Equal("permission.facilities", await (await ana.Client.Get("/api/v1/projects")).Problem(403));
        Assert.Equal("permission.missing", await (await ana.Client.Put($"/api/v1/projects/{project}/facilities", new { facility_ids = new[] { elsewhere.Id } }, ("If-Match", "*"))).Problem(403));
    }

    [Fact]
    public async Task A_file_is_taken_for_the_project_s_facilities_rows_alone()
    {
        var (foundry, office, elsewhere) = (await Facility(api.Acme), await Facility(api.Acme), await Facility(api.Acme));
        var ana = await Member("data_owner", await Project(api.Acme, foundry, office));
        var csv = "kind,quantity,unit,region,start,end,facility\n" + string.Concat(new[] { foundry, office, elsewhere }.Select(site => $"electricity.grid,{Interlocked.Increment(ref next)},kWh,GB,2025-01-01,2025-01-31,{site.Code}\n"));

        var import = (await (await ana.Client.Post("/api/v1/imports?file_name=bills.csv", new StringContent(csv, Encoding.UTF8, "text/csv"))).Json(202)).GetProperty("import_id").GetString()!;
        var read = await Activities.ImportFixture.Ended(ana.Client, import);

        Assert.Equal((2, 1), (read.GetProperty("rows").GetProperty("calculated").GetInt32(), read.GetProperty("rows").GetProperty("rejected").GetInt32()));
    }

    [Fact]
    public async Task A_facility_that_leaves_the_project_is_out_of_reach_at_the_next_request()
    {
        var (foundry, office) = (await Facility(api.Acme), await Facility(api.Acme));
        var project = await Project(api.Acme, foundry, office);
        var ana = await Member("data_owner", project);
        var (stays, leaves) = (await Recorded(foundry.Code), await Recorded(office.Code));
        Assert.Equal(200, (int)(await ana.Client.Get($"/api/v1/activities/{leaves}")).StatusCode);

        await Set(api.Acme, project, foundry);

        Assert.Equal("activity.not-found", await (await ana.Client.Get($"/api/v1/activities/{leaves}")).Problem(404));
        Assert.Equal("facility.not-yours", await (await ana.Client.Post("/api/v1/activities", Bill(office.Code))).Problem(403));
        Assert.Equal(200, (int)(await ana.Client.Get($"/api/v1/activities/{stays}")).StatusCode);

        await Set(api.Acme, project);
        Assert.Equal("permission.missing", await (await ana.Client.Get($"/api/v1/activities/{stays}")).Problem(403));
        await Set(api.Acme, project, office);
        Assert.Equal(200, (int)(await ana.Client.Get($"/api/v1/activities/{leaves}")).StatusCode);
    }

    // Another server hears it from the database.
    [Fact]
    public async Task Another_server_hears_of_it_too()
    {
        var site = await Facility(api.Acme);
        var project = await Project(api.Acme, site);
        var ana = await Member("data_owner", project);
        var activity = await Recorded(site.Code);
        var (address, _) = await api.Another();
        var there = api.Client(ana.Client.DefaultRequestHeaders.Authorization!.Parameter, address);
        Assert.Equal(200, (int)(await there.Get($"/api/v1/activities/{activity}")).StatusCode);

        await Set(api.Acme, project);

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        enough.CancelAfter(TimeSpan.FromSeconds(10)); // Less than what it remembers by itself.
        while ((await there.Get($"/api/v1/activities/{activity}")).StatusCode != System.Net.HttpStatusCode.Forbidden)
        {
            await Task.Delay(50, enough.Token);
        }
    }

    [Fact]
    public async Task A_project_that_is_deleted_over_or_yet_to_come_opens_nothing()
    {
        var site = await Facility(api.Acme);
        var project = await Project(api.Acme, site);
        var ana = await Member("data_owner", project);
        var activity = await Recorded(site.Code);
        await Opens(200);

        Assert.Equal(204, (int)(await api.Acme.Delete($"/api/v1/projects/{project}")).StatusCode);
        await Opens(403);
        await (await api.Acme.Post($"/api/v1/projects/{project}/restore")).Json();
        await Opens(200);
        await Days("""{"starts_on": "2020-01-01", "ends_on": "2020-12-31"}""");
        await Opens(403);
        await Days("""{"starts_on": "2999-01-01", "ends_on": null}""");
        await Opens(403);
        await Days($$"""{"starts_on": "{{Today}}", "ends_on": "{{Today}}"}""");
        await Opens(200);

        async Task Opens(int status) => Assert.Equal(status, (int)(await ana.Client.Get($"/api/v1/activities/{activity}")).StatusCode);
        async Task Days(string days) => await (await api.Acme.Patch($"/api/v1/projects/{project}", JsonElement.Parse(days), ("If-Match", "*"))).Json();
    }

    // What is remembered of a member must not outlive the project's last day.
    [Fact]
    public async Task It_ends_and_begins_by_itself_at_midnight()
    {
        var site = await Facility(api.Acme);
        var project = await Project(api.Acme, site);
        var ana = await Member("data_owner", project);
        await (await api.Acme.Patch($"/api/v1/projects/{project}", new { starts_on = "2030-03-01", ends_on = "2030-03-31" }, ("If-Match", "*"))).Json();

        var (first, after) = (new DateTimeOffset(2030, 3, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2030, 4, 1, 0, 0, 0, TimeSpan.Zero));
        var (before, within, last, over) = (await At(first.AddTicks(-10)), await At(first), await At(after.AddTicks(-10)), await At(after));

        Assert.Equal((0, first), (before.ByFacility.Count, before.Until));
        Assert.Equal((1, after), (within.ByFacility.Count, within.Until));
        Assert.Equal((1, after), (last.ByFacility.Count, last.Until));
        Assert.Equal((0, (DateTimeOffset?)null), (over.ByFacility.Count, over.Until));

        async Task<Grants> At(DateTimeOffset now) => (await api.Database.Database.Read(api.Database.Acme, session => Grants.Of(ana.User, session, now), Ct))!;
    }

    [Fact]
    public async Task What_is_given_directly_and_through_projects_is_united()
    {
        var (foundry, office, works) = (await Facility(api.Acme), await Facility(api.Acme), await Facility(api.Acme));
        var ana = await Member("data_owner", await Project(api.Acme, foundry));
        await (await api.Acme.Post($"/api/v1/members/{ana.User}/assignments", new { role = "data_owner", facility_id = office.Id })).Json(201);
        await (await api.Acme.Post($"/api/v1/members/{ana.User}/assignments", new { role = "viewer", project_id = await Project(api.Acme, works, office) })).Json(201);

        foreach (var (site, reads, writes) in new[] { (foundry, 200, 201), (office, 200, 201), (works, 200, 403) })
        {
            Assert.Equal(reads, (int)(await ana.Client.Get($"/api/v1/activities/{await Recorded(site.Code)}")).StatusCode);
            Assert.Equal(writes, (int)(await ana.Client.Post("/api/v1/activities", Bill(site.Code))).StatusCode);
        }
    }

    [Fact]
    public async Task It_is_given_shown_and_taken_away_and_an_invitation_leads_to_it()
    {
        var site = await Facility(api.Acme);
        var (project, activity) = (await Project(api.Acme, site), await Recorded(site.Code));
        var admin = await People.Member(api, api.Database.Acme, "admin");
        var email = $"p{Guid.CreateVersion7():N}@example.org";
        var invited = await (await admin.Client.Post("/api/v1/invitations", new { email, role = "data_owner", project_id = project })).Json(201);
        Assert.Equal(("project", project), (invited.GetProperty("scope").GetString(), invited.GetProperty("project_id").GetGuid()));
        var token = MailFolder.Token(await MailFolder.Letter(api.Mail, email));
        await (await api.Nobody.Post("/api/v1/auth/invitations/accept", new { token, name = "Ben", password = People.Password, terms = "2026-11", privacy = "2026-11" })).Json();
        var ben = await People.SignIn(api, email);
        Assert.Equal(200, (int)(await ben.Client.Get($"/api/v1/activities/{activity}")).StatusCode);

        var shown = Assert.Single((await (await admin.Client.Get($"/api/v1/members/{ben.User}")).Json()).GetProperty("assignments").EnumerateArray().ToList());
        Assert.Equal(("project", project), (shown.GetProperty("scope").GetString(), shown.GetProperty("project_id").GetGuid()));
        Assert.Equal(204, (int)(await admin.Client.Delete($"/api/v1/members/{ben.User}/assignments/{shown.GetProperty("assignment_id").GetString()}")).StatusCode);
        Assert.Equal("permission.missing", await (await ben.Client.Get($"/api/v1/activities/{activity}")).Problem(403));
    }

    [Fact]
    public async Task Of_another_tenant_and_of_what_was_deleted_no_role_is_given()
    {
        var (theirs, deleted, ana) = (await Project(api.Globex), await Project(api.Acme), await Member("data_owner", null));
        Assert.Equal(204, (int)(await api.Acme.Delete($"/api/v1/projects/{deleted}")).StatusCode);

        foreach (var project in new[] { theirs, deleted, Guid.CreateVersion7() })
        {
            Assert.Equal("scope.project", await (await api.Acme.Post($"/api/v1/members/{ana.User}/assignments", new { role = "data_owner", project_id = project })).Problem(400));
            Assert.Equal("scope.project", await (await api.Acme.Post("/api/v1/invitations", new { email = "ben@example.org", role = "data_owner", project_id = project })).Problem(400));
        }

        var own = await Project(api.Acme);
        Assert.Equal("scope.unknown", await (await api.Acme.Post($"/api/v1/members/{ana.User}/assignments", new { role = "data_owner", project_id = own, module = "ledger" })).Problem(400));
        Assert.Equal("assignment.without-end", await (await api.Acme.Post($"/api/v1/members/{ana.User}/assignments", new { role = "auditor", project_id = own })).Problem(400));
        var owner = await People.Member(api, api.Database.Acme, "owner");
        Assert.Equal("assignment.owner-scope", await (await owner.Client.Post($"/api/v1/members/{ana.User}/assignments", new { role = "owner", project_id = own })).Problem(400));
    }

    [Fact]
    public async Task Nobody_gives_a_role_for_a_project_with_more_than_they_have_for_all_of_it()
    {
        var site = await Facility(api.Acme);
        var (project, ana) = (await Project(api.Acme, site), await Member("data_owner", null));
        var host = await Holder("users:read", "users:manage", "organization:read");
        Assert.Equal("permission.beyond", await (await Give()).Problem(403));

        // For today's facilities it is not enough: the project may grow.
        await (await api.Acme.Post($"/api/v1/members/{host.User}/assignments", new { role = "data_owner", facility_id = site.Id })).Json(201);
        Assert.Equal("permission.beyond", await (await Give()).Problem(403));
        await (await host.Client.Post($"/api/v1/members/{ana.User}/assignments", new { role = "data_owner", facility_id = site.Id })).Json(201);

        await (await api.Acme.Post($"/api/v1/members/{host.User}/assignments", new { role = "data_owner", project_id = project })).Json(201);
        await (await Give()).Json(201);
        Assert.Equal("permission.beyond", await (await host.Client.Post($"/api/v1/members/{ana.User}/assignments", new { role = "data_owner", project_id = await Project(api.Acme, site) })).Problem(403));

        Task<HttpResponseMessage> Give() => host.Client.Post($"/api/v1/members/{ana.User}/assignments", new { role = "data_owner", project_id = project });
    }

    // Else permission to edit the organisation would be permission to let oneself in anywhere.
    [Fact]
    public async Task Nobody_widens_a_project_to_where_they_may_not_do_what_its_people_may()
    {
        var (own, other) = (await Facility(api.Acme), await Facility(api.Acme));
        var project = await Project(api.Acme, own);
        var (editor, endless) = (await Holder("organization:read", "organization:write"), JsonElement.Parse("""{"ends_on": null}"""));
        await (await api.Acme.Post($"/api/v1/members/{editor.User}/assignments", new { role = "data_owner", project_id = project })).Json(201);
        var activity = await Recorded(other.Code);

        Assert.Equal("permission.beyond", await (await editor.Client.Put($"/api/v1/projects/{project}/facilities", new { facility_ids = new[] { own.Id, other.Id } }, ("If-Match", "*"))).Problem(403));
        Assert.Equal("activity.not-found", await (await editor.Client.Get($"/api/v1/activities/{activity}")).Problem(404));
        await (await editor.Client.Patch($"/api/v1/projects/{project}", new { name = "Renamed" }, ("If-Match", "*"))).Json();

        // Their own role for it is not made to last longer, neither while it runs nor when it is over.
        foreach (var end in new[] { Today, "2020-01-01" })
        {
            await (await api.Acme.Patch($"/api/v1/projects/{project}", new { ends_on = end }, ("If-Match", "*"))).Json();
            Assert.Equal("permission.beyond", await (await editor.Client.Patch($"/api/v1/projects/{project}", endless, ("If-Match", "*"))).Problem(403));
        }

        Assert.Equal(204, (int)(await editor.Client.Delete($"/api/v1/projects/{project}")).StatusCode);
        Assert.Equal("permission.beyond", await (await editor.Client.Post($"/api/v1/projects/{project}/restore")).Problem(403));

        // A project that nobody has a role for opens nothing to anybody: they may fill it, and then give no role for it.
        var empty = (await (await editor.Client.Post("/api/v1/projects", new { code = Code(), name = "Mine" })).Json(201)).GetProperty("project_id").GetGuid();
        await Set(editor.Client, empty, other);

        // Who may do as much everywhere widens it.
        var analyst = await People.Member(api, api.Database.Acme, "analyst");
        await (await analyst.Client.Post($"/api/v1/projects/{project}/restore")).Json();
        await (await analyst.Client.Patch($"/api/v1/projects/{project}", endless, ("If-Match", "*"))).Json();
        await Set(analyst.Client, project, own, other);
        Assert.Equal(200, (int)(await editor.Client.Get($"/api/v1/activities/{activity}")).StatusCode);

        // An open invitation is as good as a role.
        var invited = await Project(api.Acme, own);
        await (await api.Acme.Post("/api/v1/invitations", new { email = $"p{Guid.CreateVersion7():N}@example.org", role = "data_owner", project_id = invited })).Json(201);
        var third = await Facility(api.Acme);
        Assert.Equal("permission.beyond", await (await editor.Client.Put($"/api/v1/projects/{invited}/facilities", new { facility_ids = new[] { third.Id } }, ("If-Match", "*"))).Problem(403));
    }

    private static object Bill(string facility) => new { kind = "electricity.grid", quantity = $"{Interlocked.Increment(ref next)}", unit = "kWh", region = "GB", start = "2025-01-01", end = "2025-01-31", facility };

    private async Task<Guid> Recorded(string facility, HttpClient? client = null) =>
        (await (await (client ?? api.Acme).Post("/api/v1/activities", Bill(facility))).Json(201)).GetProperty("activities")[0].GetProperty("activity_id").GetGuid();

    // A member with one role for a project, or with none at all.
    private async Task<People.Signed> Member(string role, Guid? project)
    {
        await People.Owner(api, api.Database.Acme);
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var member = await (await api.Acme.Get($"/api/v1/members/{ana.User}")).Json();
        Assert.Equal(204, (int)(await api.Acme.Delete($"/api/v1/members/{ana.User}/assignments/{member.GetProperty("assignments")[0].GetProperty("assignment_id").GetString()}")).StatusCode);
        if (project is { } id)
        {
            await (await api.Acme.Post($"/api/v1/members/{ana.User}/assignments", new { role, project_id = id })).Json(201);
        }

        return ana;
    }

    // A member with a role of the tenant's own.
    private async Task<People.Signed> Holder(params string[] permissions)
    {
        await People.Owner(api, api.Database.Acme);
        var name = "r" + Guid.CreateVersion7().ToString("N")[^12..];
        await (await api.Acme.Post("/api/v1/roles", new { name, title = name, permissions })).Json(201);
        return await People.Member(api, api.Database.Acme, name);
    }
}
