using System.Globalization;
using System.Text;
using System.Text.Json;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Members;

/// <summary>Who delivers the data of one facility does all of it for that one, and finds nothing of another.</summary>
public sealed class FacilityScopeTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private const string Header = "id,facility,entity,meter,kind,quantity,unit,region,start,end\n";

    private static int next;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Of a facility: an activity with evidence, the row it came from, and two bills of one meter that overlap.
    private sealed record Site(Guid Activity, Guid Evidence, Guid Import, Guid Flag, Guid OtherFlag);

    // What is asked for, with the answer for one's own facility; of another it is 404, and so it is of another tenant.
    public static TheoryData<string, string, string, int, bool> Requests
    {
        get
        {
            var data = new TheoryData<string, string, string, int, bool>();
            foreach (var (what, method, path, own) in new[]
            {
                ("list evidence", "GET", "/api/v1/activities/{activity}/evidence", 200),
                ("attach evidence", "POST", "/api/v1/activities/{activity}/evidence?file_name=bill.txt", 201),
                ("fetch evidence", "GET", "/api/v1/activities/{activity}/evidence/{evidence}", 200),
                ("show a flag", "GET", "/api/v1/flags/{flag}", 200),
                ("settle a flag", "POST", "/api/v1/flags/{flag}/resolve", 200),
                ("show a row", "GET", "/api/v1/imports/{import}/rows/2", 200),
                ("open a row's page", "GET", "/imports/{import}/rows/2", 200),
            })
            {
                data.Add(what, method, path, own, false);
                data.Add(what, method, path, own, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task What_they_need_works_within_their_facility_and_only_there(string what, string method, string path, int own, bool throughProject)
    {
        var (leeds, kassel, foreign) = (await Filled(api.Acme, "LDS"), await Filled(api.Acme, "KAS"), await Filled(api.Globex, "LDS"));
        var ana = await DataOwner("LDS", throughProject);

        Assert.Equal(own, await Status(leeds));
        Assert.Equal(404, await Status(kassel));
        Assert.Equal(404, await Status(foreign));
        Assert.Equal(own, await Status(kassel, api.Acme, other: true));

        // Without the role at a facility there is nothing of it.
        var bob = await Nobody();
        Assert.Equal(403, await Status(leeds, bob.Client));
        Assert.NotEqual("", what);

        async Task<int> Status(Site site, HttpClient? client = null, bool other = false)
        {
            object? body = method == "GET" ? null : path.EndsWith("/resolve", StringComparison.Ordinal) ? new { reason = "Two meters.", keep_both = true } : new StringContent($"bill {Interlocked.Increment(ref next)}", Encoding.UTF8, "application/octet-stream");
            var said = path.Replace("{activity}", site.Activity.ToString(), StringComparison.Ordinal).Replace("{evidence}", site.Evidence.ToString(), StringComparison.Ordinal)
                .Replace("{import}", site.Import.ToString(), StringComparison.Ordinal).Replace("{flag}", (other ? site.OtherFlag : site.Flag).ToString(), StringComparison.Ordinal);
            return (int)(await (client ?? ana.Client).Send(new HttpMethod(method), said, body)).StatusCode;
        }
    }

    [Fact]
    public async Task The_list_of_flags_holds_their_facility_s_alone()
    {
        var (leeds, kassel) = (await Filled(api.Acme, "LDS"), await Filled(api.Acme, "KAS"));
        var ana = await DataOwner("LDS");

        var listed = (await (await ana.Client.Get("/api/v1/flags?limit=1000")).Json()).GetProperty("items").EnumerateArray().Select(flag => flag.GetProperty("flag_id").GetGuid()).ToHashSet();

        Assert.Contains(leeds.Flag, listed);
        Assert.DoesNotContain(kassel.Flag, listed);
    }

    [Fact]
    public async Task A_row_leaves_their_sight_with_its_facility_and_what_was_not_taken_is_the_sender_s()
    {
        var ana = await DataOwner("LDS");
        var key = Interlocked.Increment(ref next);
        var import = await Imported(ana.Client, $"{Header}a{key},LDS,,,electricity.grid,{key},kWh,GB,2025-01-01,2025-01-31\nb{key},KAS,,,electricity.grid,{key},kWh,GB,2025-01-01,2025-01-31\n");
        var shown = await (await ana.Client.Get($"/api/v1/imports/{import}/rows/2")).Json();
        var rejected = await (await ana.Client.Get($"/api/v1/imports/{import}/rows/3")).Json();
        Assert.Equal(("calculated", "facility.not-yours"), (shown.GetProperty("disposition").GetString(), rejected.GetProperty("code").GetString()));

        // Another data owner of the same facility sees the row that is the facility's, and not what somebody else could not deliver.
        var bob = await DataOwner("LDS");
        Assert.Equal(200, (int)(await bob.Client.Get($"/api/v1/imports/{import}/rows/2")).StatusCode);
        Assert.Equal("row.not-found", await (await bob.Client.Get($"/api/v1/imports/{import}/rows/3")).Problem(404));
        Assert.Equal(404, (int)(await bob.Client.Send(HttpMethod.Get, $"/imports/{import}/rows/3", null, ("Accept", "text/html"))).StatusCode);

        await (await api.Acme.Patch($"/api/v1/activities/{shown.GetProperty("activity_id").GetString()}", new { facility = "KAS" }, ("If-Match", "*"))).Json();
        Assert.Equal("row.not-found", await (await ana.Client.Get($"/api/v1/imports/{import}/rows/2")).Problem(404));
    }

    [Fact]
    public async Task An_upload_in_pieces_is_of_who_began_it_alone()
    {
        var (ana, bob) = (await DataOwner("LDS"), await DataOwner("LDS"));
        var bytes = Encoding.UTF8.GetBytes($"{Header}u{Interlocked.Increment(ref next)},LDS,,,electricity.grid,{next},kWh,GB,2025-01-01,2025-01-31\n");
        var made = await (await ana.Client.Post("/api/v1/uploads", new { file_name = "bills.csv", size_bytes = bytes.Length })).Json(201);
        var path = $"/api/v1/uploads/{made.GetProperty("upload_id").GetString()}";
        foreach (var (from, to) in new[] { (0, 20), (20, bytes.Length) })
        {
            Assert.Equal(404, (int)(await bob.Client.Send(HttpMethod.Head, path, null)).StatusCode);
            Assert.Equal("upload.not-found", await (await Piece(bob.Client, from, to)).Problem(404));
            Assert.Equal(204, (int)(await Piece(ana.Client, from, to)).StatusCode);
            Assert.Equal(to.ToString(CultureInfo.InvariantCulture), Assert.Single((await ana.Client.Send(HttpMethod.Head, path, null)).Headers.GetValues("Upload-Offset")));
        }

        Assert.Equal("upload.not-found", await (await bob.Client.Post($"/api/v1/imports?upload_id={path.Split('/')[^1]}")).Problem(404));
        Assert.Equal("upload.not-found", await (await api.Globex.Post($"/api/v1/imports?upload_id={path.Split('/')[^1]}")).Problem(404));
        var import = (await (await ana.Client.Post($"/api/v1/imports?upload_id={path.Split('/')[^1]}")).Json(202)).GetProperty("import_id").GetString()!;
        Assert.Equal(1, (await ImportFixture.Ended(ana.Client, import)).GetProperty("rows").GetProperty("calculated").GetInt32());

        Task<HttpResponseMessage> Piece(HttpClient client, int from, int to)
        {
            var content = new ByteArrayContent(bytes[from..to]);
            content.Headers.ContentType = new("application/offset+octet-stream");
            return client.Send(HttpMethod.Patch, path, content, ("Upload-Offset", from.ToString(CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task Names_are_given_to_their_own_facility_and_its_entity_and_nothing_new_is_made()
    {
        var other = "E" + Guid.CreateVersion7().ToString("N")[^10..];
        await (await api.Acme.Post("/api/v1/entities", new { code = other, name = other })).Json(201);
        var (ana, bob, key) = (await DataOwner("LDS"), await DataOwner("LDS"), Interlocked.Increment(ref next));
        var name = $"UK works {key}";
        var import = await Imported(ana.Client, $"{Header}p{key},LDS,{name},,electricity.grid,{key},kWh,GB,2025-01-01,2025-01-31\n");
        var path = $"/api/v1/imports/{import}/places";
        var sheet = await (await ana.Client.Get($"/api/v1/imports/{import}")).Json();
        Assert.Equal(name, Assert.Single(sheet.GetProperty("unknown_places").EnumerateArray().ToList()).GetProperty("name").GetString());

        foreach (var beyond in (object[])[new { }, new { places = new[] { new { name, field = "entity", @is = (string?)other } } }, new { places = new[] { new { name, field = "entity", @is = (string?)null } } }])
        {
            Assert.Equal("places.entity-unknown", await (await ana.Client.Post(path, beyond)).Problem(400));
        }

        var own = new { places = new[] { new { name, field = "entity", @is = "UK" } } };
        Assert.Equal("import.not-found", await (await bob.Client.Post(path, own)).Problem(404));
        Assert.Equal("import.not-found", await (await api.Globex.Post(path, own)).Problem(404));
        await (await ana.Client.Post(path, own)).Json(202);
        await api.Becomes(1, "select count(*) from activities.activities where import_id <> $1 and version = 2 and entity_id is not null and not coalesce(columns ? 'entity', false) and activity_id in (select activity_id from activities.activities where import_id = $1)", import);
    }

    [Fact]
    public async Task Their_first_page_leads_nowhere_they_may_not_go()
    {
        var ana = await DataOwner("LDS");
        var import = await Imported(ana.Client, $"{Header}l{Interlocked.Increment(ref next)},LDS,,,electricity.grid,{next},kWh,GB,2025-01-01,2025-01-31\n");

        var (list, one) = (await Page("/imports"), await Page($"/imports/{import}"));

        Assert.DoesNotContain(">Overview<", list, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/imports\">All imports</a>", one, StringComparison.Ordinal);
        Assert.DoesNotContain("See them", one, StringComparison.Ordinal);

        async Task<string> Page(string path)
        {
            var answer = await ana.Client.Send(HttpMethod.Get, path, null, ("Accept", "text/html"));
            Assert.Equal(200, (int)answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(Ct);
        }
    }

    private async Task<Site> Filled(HttpClient client, string facility)
    {
        var key = Interlocked.Increment(ref next).ToString(CultureInfo.InvariantCulture);
        var import = await api.Checked(client, await api.Import(client, Header + string.Join('\n', ((string[])["x", "y"]).SelectMany(pair => (string[])[
            $"{pair}{key}-1,{facility},,M{pair}{key},electricity.grid,310,kWh,GB,2025-01-01,2025-01-31", $"{pair}{key}-2,{facility},,M{pair}{key},electricity.grid,300,kWh,GB,2025-01-10,2025-02-09"])) + "\n"));
        var id = import.GetProperty("import_id").GetGuid();
        var flags = (await (await client.Get($"/api/v1/flags?import_id={id}")).Json()).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(2, flags.Count);
        var activity = flags[0].GetProperty("activity_id").GetGuid();
        var evidence = await (await client.Post($"/api/v1/activities/{activity}/evidence?file_name=bill.txt", new StringContent($"evidence {key}", Encoding.UTF8, "application/octet-stream"))).Json(201);
        return new Site(activity, evidence.GetProperty("evidence_id").GetGuid(), id, flags[0].GetProperty("flag_id").GetGuid(), flags[1].GetProperty("flag_id").GetGuid());
    }

    private static async Task<Guid> Imported(HttpClient client, string csv)
    {
        var started = await (await ImportFixture.Start(client, Encoding.UTF8.GetBytes(csv), "bills.csv", null)).Json(202);
        return (await ImportFixture.Ended(client, started.GetProperty("import_id").GetString()!)).GetProperty("import_id").GetGuid();
    }

    private async Task<People.Signed> DataOwner(string facility, bool throughProject = false)
    {
        var ana = await Nobody();
        var id = (await (await api.Acme.Get("/api/v1/facilities?limit=100")).Json()).GetProperty("items").EnumerateArray().Single(one => one.GetProperty("code").GetString() == facility).GetProperty("facility_id").GetGuid();
        if (!throughProject)
        {
            await (await api.Acme.Post($"/api/v1/members/{ana.User}/assignments", new { role = "data_owner", facility_id = id })).Json(201);
            return ana;
        }

        var code = "P" + Guid.CreateVersion7().ToString("N")[^12..];
        var project = (await (await api.Acme.Post("/api/v1/projects", new { code, name = code })).Json(201)).GetProperty("project_id").GetGuid();
        await (await api.Acme.Put($"/api/v1/projects/{project}/facilities", new { facility_ids = new[] { id } }, ("If-Match", "*"))).Json();
        await (await api.Acme.Post($"/api/v1/members/{ana.User}/assignments", new { role = "data_owner", project_id = project })).Json(201);
        return ana;
    }

    // A member without any role.
    private async Task<People.Signed> Nobody()
    {
        await People.Owner(api, api.Database.Acme);
        var ana = await People.Member(api, api.Database.Acme, "viewer");
        var member = await (await api.Acme.Get($"/api/v1/members/{ana.User}")).Json();
        Assert.Equal(204, (int)(await api.Acme.Delete($"/api/v1/members/{ana.User}/assignments/{member.GetProperty("assignments")[0].GetProperty("assignment_id").GetString()}")).StatusCode);
        return ana;
    }
}
