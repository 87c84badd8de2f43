using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OffGridFlow.App.Tests.Cli;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.App.Tests.Governance;

/// <summary>Two regions, two nodes, two databases, two file stores: what is of one is never in the other.</summary>
public sealed class ResidencyTests(Deployment deployment) : IClassFixture<Deployment>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<bool> BothWays => [true, false];

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task A_tenant_is_made_in_its_region_and_its_rows_and_files_are_there_alone(bool fromEu)
    {
        var (here, there) = Pair(fromEu);
        var slug = Slug();
        var request = new CreateTenant.Request(slug, "Works", 1, here.Regions.Own);

        var refused = (await CreateTenant.Handle(request, there.Regions, there.Database.Database, TimeProvider.System, Ct)).Problem!;
        var made = (await CreateTenant.Handle(request, here.Regions, here.Database.Database, TimeProvider.System, Ct)).Value;
        var client = here.Client(made.Key);
        await (await client.Post("/api/v1/entities", new { code = "A", name = "Works" })).Json(201);
        await (await client.Post("/api/v1/imports?file_name=a.csv", new StringContent("id,kind,quantity,unit,start,end\n1,fuel.diesel,20,L,2025-01-01,2025-01-31\n", Encoding.UTF8, "text/csv"))).Json(202);

        Assert.Equal(("region.elsewhere", here.Place), (refused.Code, refused.Expected));
        Assert.Equal(here.Regions.Own, (await (await client.Get("/api/v1/tenant")).Json()).GetProperty("region").GetString());
        Assert.Equal(1L, await Count(here, $"select count(*) from org.entities where tenant_id = '{made.Tenant}'"));
        Assert.Equal(0L, await Count(there, $"select (select count(*) from org.entities where tenant_id = '{made.Tenant}') + (select count(*) from org.tenants where slug = '{slug}')"));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(here.Files, made.Tenant.ToString()), "*", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(Path.Combine(there.Files, made.Tenant.ToString())));
        Assert.Equal(here.Regions.Own, (await File.ReadAllTextAsync(Path.Combine(here.Files, "region"), Ct)).Trim());
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task Who_comes_to_the_host_name_of_a_tenant_that_another_region_has_is_sent_there(bool fromEu)
    {
        var (here, there) = Pair(fromEu);
        var (noted, unknown) = (Slug(), Slug());
        Assert.Null((await RegionDirectory.Place(noted, there.Regions.Own, here.Regions, here.Database.Database, Ct)).Problem);

        foreach (var client in (HttpClient[])[here.Nobody, here.Acme])
        {
            foreach (var path in (string[])["/api/v1/entities", "/api/v1/auth/me", "/"])
            {
                Assert.Equal(there.Place, await SentTo(await client.Send(HttpMethod.Get, path, null, Host(noted))));
            }

            Assert.Equal(there.Place, await SentTo(await client.Send(HttpMethod.Post, "/api/v1/auth/login", new { email = "ana@example.org", password = People.Password }, Host(noted))));
        }

        // One that nobody noted is as before: like one there is not.
        Assert.Equal("key.missing", await (await here.Nobody.Send(HttpMethod.Get, "/api/v1/entities", null, Host(unknown))).Problem(401));
        Assert.Equal("host.not-found", await (await here.Acme.Send(HttpMethod.Get, "/api/v1/entities", null, Host(unknown))).Problem(404));
        var page = await here.Nobody.Send(HttpMethod.Get, "/sign-in", null, Host(noted), ("Accept", "text/html"));
        Assert.Equal(421, (int)page.StatusCode);
        Assert.Contains($"href=\"{there.Place}/\"", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);

        Assert.Null((await RegionDirectory.Place(noted, here.Regions.Own, here.Regions, here.Database.Database, Ct)).Problem);
        Assert.Equal("tenant.is-here", (await RegionDirectory.Place("acme", there.Regions.Own, here.Regions, here.Database.Database, Ct)).Problem?.Code);
        Assert.Equal("region.not-listed", (await RegionDirectory.Place(noted, "mars", here.Regions, here.Database.Database, Ct)).Problem?.Code);

        (string, string) Host(string slug) => ("Host", $"{slug}.{here.Regions.Own}.example.org");
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task A_token_of_another_region_is_sent_there_and_opens_nothing(bool fromEu)
    {
        var (here, there) = Pair(fromEu);
        var person = await People.Member(there, there.Database.Acme, "admin");
        var token = person.Client.DefaultRequestHeaders.Authorization!.Parameter!;
        var parts = token.Split('.');
        var unknown = $"{parts[0]}.{Convert.ToBase64String(Encoding.UTF8.GetBytes("{\"iss\":\"https://elsewhere.example\"}")).TrimEnd('=')}.{parts[2]}";

        Assert.Equal(there.Place, await SentTo(await here.Client(token).Get("/api/v1/entities")));
        Assert.Equal(there.Place, await SentTo(await here.Client(parts[0] + "." + parts[1] + ".AAAA").Get("/api/v1/entities")));
        Assert.Equal("key.unknown", await (await here.Client(unknown).Get("/api/v1/entities")).Problem(401));
        Assert.Equal("key.unknown", await (await here.Client(there.AcmeKey).Get("/api/v1/entities")).Problem(401));
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task A_tenant_that_moves_is_there_with_all_it_had_and_here_everybody_is_sent_there(bool fromEu)
    {
        var (here, there) = Pair(fromEu);
        var (tenant, slug, key) = await Make(here);
        var client = here.Client(key);
        await (await client.Post("/api/v1/entities", new { code = "A", name = "Works" })).Json(201);
        var person = await People.Member(here, tenant, "admin");
        var path = Path.Combine(Directory.CreateDirectory(here.StateFolder).FullName, slug + ".zip");
        await Quiet(here, tenant);

        var moved = await MoveTenant.Away(slug, there.Regions.Own, () => File.Create(path), here.Regions, here.Services.GetRequiredService<ExportTenant>(), here.Database.Database, Ct);
        Assert.Null(moved.Problem);
        var made = await ImportTenant.Handle(path, null, there.Database.AdminConnection, there.Database.Database, there.Services.GetRequiredService<FileStore>(), Ct);
        Assert.Null(made.Problem);

        // There: open, of that region, with its rows.
        var again = there.Client(await there.Key(tenant));
        var shown = await (await again.Get("/api/v1/tenant")).Json();
        Assert.Equal((there.Regions.Own, "active"), (shown.GetProperty("region").GetString(), shown.GetProperty("status").GetString()));
        Assert.Equal("Works", (await (await again.Get("/api/v1/entities")).Json()).GetProperty("items")[0].GetProperty("name").GetString());
        Assert.Equal("deletion.not-found", await (await again.Get("/api/v1/governance/deletion")).Problem(404));
        Assert.Equal(here.Regions.Own, Manifest(path).GetProperty("region").GetString());

        // Here: nobody gets in, and everybody learns where to.
        Assert.Equal(there.Place, await SentTo(await client.Get("/api/v1/entities")));
        Assert.Equal(there.Place, await SentTo(await person.Client.Get("/api/v1/entities")));
        Assert.Equal(there.Place, await SentTo(await (await People.SignIn(here, person.Email)).Client.Post("/api/v1/entities", new { code = "B", name = "B" })));
        Assert.Equal(there.Place, await SentTo(await here.Nobody.Send(HttpMethod.Get, "/api/v1/tenant", null, ("Host", $"{slug}.{here.Regions.Own}.example.org"))));
        await (await person.Client.Get("/api/v1/auth/me")).Json();
        await (await here.Acme.Get("/api/v1/entities")).Json();
        Assert.Equal(1L, await Count(here, $"select count(*) from org.erasures where tenant_id = '{tenant.Tenant}' and cancelled_at is null and due_at > now() + interval '29 days'"));
        Assert.Equal("tenant.slug-elsewhere", (await CreateTenant.Handle(new CreateTenant.Request(slug, "Other"), here.Regions, here.Database.Database, TimeProvider.System, Ct)).Problem?.Code);
    }

    [Fact]
    public async Task A_move_can_be_taken_back_while_what_was_left_is_there()
    {
        var (here, there) = Pair(true);
        var (tenant, slug, key) = await Make(here);
        await Quiet(here, tenant);
        var export = here.Services.GetRequiredService<ExportTenant>();
        Assert.Equal("region.not-listed", (await MoveTenant.Away(slug, "mars", () => Stream.Null, here.Regions, export, here.Database.Database, Ct)).Problem?.Code);
        Assert.Null((await MoveTenant.Away(slug, there.Regions.Own, () => new MemoryStream(), here.Regions, export, here.Database.Database, Ct)).Problem);
        Assert.Equal(421, (int)(await here.Client(key).Get("/api/v1/tenant")).StatusCode);

        Assert.Null((await MoveTenant.Back(slug, here.Database.Database, TimeProvider.System, Ct)).Problem);

        await Eventually(async () => (int)(await here.Client(key).Get("/api/v1/tenant")).StatusCode == 200);
        Assert.Equal("cancelled", (await (await here.Client(key).Get("/api/v1/governance/deletion")).Json()).GetProperty("status").GetString());
        Assert.Equal("tenant.is-here", (await MoveTenant.Back(slug, here.Database.Database, TimeProvider.System, Ct)).Problem?.Code);
    }

    [Fact]
    public async Task The_database_takes_in_no_tenant_of_another_region_whoever_writes_it()
    {
        foreach (var region in (string[])["us", "local"])
        {
            var insert = $"insert into org.tenants (id, slug, name, region) values ('{Guid.CreateVersion7()}', '{Slug()}', 'X', '{region}')";
            await using var admin = await deployment.Eu.Database.Admin.OpenConnectionAsync(Ct);
            await admin.ExecuteAsync("select set_config('app.tenant_id', gen_random_uuid()::text, false), set_config('app.actor', 'test', false)");
            Assert.Equal(PostgresErrorCodes.CheckViolation, (await Assert.ThrowsAsync<PostgresException>(() => admin.ExecuteAsync(insert))).SqlState);
            var move = await Assert.ThrowsAsync<PostgresException>(() => admin.ExecuteAsync($"update org.tenants set region = '{region}' where slug = 'acme'"));
            Assert.Equal(PostgresErrorCodes.CheckViolation, move.SqlState);
        }
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public async Task A_node_does_not_start_on_the_database_or_the_files_of_another_region(bool fromEu)
    {
        var (here, there) = Pair(fromEu);
        var folder = Directory.CreateTempSubdirectory("offgridflow-region").FullName;
        try
        {
            var database = new HostSettings(here.Database.Database, Repository.Data, folder) { Port = 0, Works = false, Regions = there.Regions };
            Assert.Contains($"belongs to region {here.Regions.Own}", await Refusal(database), StringComparison.Ordinal);
            var files = new HostSettings(there.Database.Database, Repository.Data, folder) { Port = 0, Works = false, Regions = there.Regions, FilePlace = here.Files };
            Assert.Contains($"file store belongs to region {here.Regions.Own}", await Refusal(files), StringComparison.Ordinal);

            foreach (var verb in (string[][])[["serve", "--port", "0"], ["work"], ["tenant", "list"]])
            {
                var (code, output) = await StartedProgram.Run(
                    new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        [DatabaseSettings.Variable] = here.Database.AdminConnection.ConnectionString, [DatabaseSettings.ApplicationVariable] = here.Database.ApplicationConnection.ConnectionString,
                        [Regions.Variable] = there.Regions.Own,
                    },
                    [.. verb, "--data", folder]);
                Assert.Equal(1, code);
                Assert.Contains($"The database belongs to region {here.Regions.Own}, this node to region {there.Regions.Own} (OFFGRIDFLOW_REGION)", output, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("EU", null, "OFFGRIDFLOW_REGION names the region EU")]
    [InlineData("eu", "us=https://us.example.org", "does not list eu")]
    [InlineData("eu", "eu=eu.example.org", "no region, once, with its address")]
    [InlineData("eu", "eu=https://a.example.org,eu=https://b.example.org", "no region, once, with its address")]
    [InlineData("eu", "eu=https://eu.example.org/path", "no region, once, with its address")]
    [InlineData("eu", "eu", "no region, once, with its address")]
    public void A_setting_that_is_not_understood_is_refused(string own, string? list, string said) =>
        Assert.Contains(said, Assert.Throws<InvalidDataException>(() => Regions.Read(own, list)).Message, StringComparison.Ordinal);

    private (Deployment.Node Here, Deployment.Node There) Pair(bool fromEu) => fromEu ? (deployment.Eu, deployment.Us) : (deployment.Us, deployment.Eu);

    private static string Slug() => $"r-{Guid.CreateVersion7():N}";

    private static async Task<(Caller Tenant, string Slug, string Key)> Make(Deployment.Node node)
    {
        var made = (await CreateTenant.Handle(new CreateTenant.Request(Slug(), "Mover"), node.Regions, node.Database.Database, TimeProvider.System, Ct)).Value;
        return (Caller.System(made.Tenant, "test:setup"), made.Slug, made.Key);
    }

    // Until nothing is being done for it.
    private static Task Quiet(Deployment.Node node, Caller tenant) => Eventually(async () =>
        !await node.Database.Database.Read(tenant, JobQueue.IsBusy, Ct));

    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        var end = TimeProvider.System.GetUtcNow().AddSeconds(20);
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetUtcNow() < end, "It has not come to be.");
            await Task.Delay(20, Ct);
        }
    }

    private static async Task<string> SentTo(HttpResponseMessage answer)
    {
        var body = await answer.Json(421);
        Assert.Equal("region.elsewhere", body.GetProperty("code").GetString());
        return body.GetProperty("errors")[0].GetProperty("expected").GetString()!;
    }

    private static async Task<string> Refusal(HostSettings settings)
    {
        await using var app = ProductHost.Build(settings);
        return (await Assert.ThrowsAsync<InvalidDataException>(() => app.StartAsync(Ct))).Message;
    }

    private static JsonElement Manifest(string path)
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(path);
        using var content = zip.GetEntry("manifest.json")!.Open();
        return JsonDocument.Parse(content).RootElement.Clone();
    }

    private static async Task<long> Count(Deployment.Node node, string sql)
    {
        await using var admin = await node.Database.Admin.OpenConnectionAsync(Ct);
        return await admin.ExecuteScalarAsync<long>(sql);
    }
}
