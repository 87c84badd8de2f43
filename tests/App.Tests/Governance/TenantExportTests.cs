using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.Activities.Connectors;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Faults;
using OffGridFlow.App.Tests.Ledger;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Platform.Audit;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Governance;

/// <summary>Everything of a tenant leaves in one zip, and is the same in another installation.</summary>
public sealed class TenantExportTests(ImportFixture api, TestPostgres postgres) : IClassFixture<ImportFixture>, IAsyncLifetime
{
    private const string Export = "/api/v1/governance/export";

    private const string SourceSecret = "Bearer of-a-source-5f0c2b7e";

    // Tables of which no tenant has rows here, each with its reason.
    private static readonly Dictionary<string, string> Bare = new(StringComparer.Ordinal)
    {
        ["ledger.unposted"] = "what could not be posted",
        ["ledger.workings"] = "of rows that are worked out in steps",
        ["org.signing_keys"] = "the installation's",
        ["platform.audit_starts"] = "a trail of more than seven years",
        ["platform.audit_unchained"] = "chained before anything is taken out",
    };

    private readonly string folder = Directory.CreateTempSubdirectory("offgridflow-export").FullName;
    private readonly TestDatabase other = new(postgres);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await other.InitializeAsync();
        // Its slugs are free for those who come.
        await Run(other, "update org.tenants set slug = slug || '-of-here'");
    }

    public async ValueTask DisposeAsync()
    {
        await other.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Taken_out_brought_in_and_taken_out_again_it_is_the_same_byte_for_byte()
    {
        var import = await Live(api.Acme);
        await api.Database.Settled();
        await new EveryChange(api, api.Database.Acme, api.Acme).Go();
        await api.Database.SettledBut("deliver-webhook");
        await Run(api.Database, $"""
            insert into org.notice_letters (tenant_id, notice_id, user_id, job_id, written_at) select tenant_id, notice_id, notice_id, notice_id, now() from org.notices where tenant_id = '{api.Database.Acme.Tenant}' limit 1;
            insert into platform.retention_runs (tenant_id, name, ran_at, removed, removed_in_all) values ('{api.Database.Acme.Tenant}', 'sessions', now(), 3, 3)
            """);
        var first = await Fetch(api.Acme, "first.zip");

        // Something of every table is in it: a table of tomorrow fails here until it is, too.
        Assert.Equal(Bare.Keys.Order(StringComparer.Ordinal), JsonDocument.Parse(Parts(first)["manifest.json"]).RootElement.GetProperty("files").EnumerateArray()
            .Where(part => part.GetProperty("name").GetString()!.StartsWith("data/", StringComparison.Ordinal) && part.GetProperty("rows").GetInt64() == 0).Select(part => part.GetProperty("name").GetString()![5..^7]).Order(StringComparer.Ordinal));
        var files = FileStore.At(Path.Combine(folder, "files"), folder);

        var made = await ImportTenant.Handle(first, null, other.AdminConnection, other.Database, files, Ct);
        Assert.Null(made.Problem);
        Assert.False(made.Value.WasToEnd);
        var source = (await other.Database.Read(api.Database.Acme, session => ShowSources.All(session, TimeProvider.System), Ct))[0];
        Assert.Equal((true, "needs_secret", null), (source.Enabled, source.Status, source.NextFetchAt)); // Secrets stay behind: until it is set again, nothing is fetched.
        var second = Path.Combine(folder, "second.zip");
        await using (var output = File.Create(second))
        {
            await new ExportTenant(other.Database, files, new TenantFiles(OffGridFlow.Activities.ActivityQueries.Files), TimeProvider.System).Write(output, api.Database.Acme, Ct);
        }

        var (here, there) = (Parts(first), Parts(second));
        Assert.Equal(here.Keys.Order(StringComparer.Ordinal), there.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(here.Keys.Where(name => name != "manifest.json" && !here[name].AsSpan().SequenceEqual(there[name])).Select(name => $"{name}: {Difference(here[name], there[name])}"));
        Assert.Equal(WithoutInstant(here["manifest.json"]), WithoutInstant(there["manifest.json"]));

        // What proves itself does so there as well.
        var acme = api.Database.Acme;
        Assert.True((await VerifyTrail.Handle(null, acme, other.Database, Ct)).Value is { IsWhole: true, Rows: > 10 });
        await using var session = await other.Database.Open(acme, System.Data.IsolationLevel.RepeatableRead, Ct);
        Assert.Empty(await Intact.Check(session, new Dictionary<Guid, int> { [import] = 3 }, Ct, waiting: "deliver-webhook"));
        Assert.True(await session.First<long>("select count(*) from ledger.runs") > 0);
        await session.Commit();

        // It lives on there: its chain goes on from where it was.
        await other.Database.Write<int>(acme, async own => { await Trail.Record(own, "went.on", new { }); return 1; }, Ct);
        Assert.True((await VerifyTrail.Handle(null, acme, other.Database, Ct)).Value.IsWhole);
        Assert.Equal("tenant.is-here", (await ImportTenant.Handle(first, "again", other.AdminConnection, other.Database, files, Ct)).Problem?.Code);
    }

    [Fact]
    public async Task What_was_to_be_erased_where_it_comes_from_is_not_erased_where_it_is_brought_in()
    {
        await (await api.Globex.Post("/api/v1/governance/deletion", new { reason = "We move." })).Json(201);
        var zip = await Fetch(api.Globex, "to-be-erased.zip");
        await (await api.Globex.Delete("/api/v1/governance/deletion")).Json();

        var made = (await ImportTenant.Handle(zip, null, other.AdminConnection, other.Database, FileStore.At(Path.Combine(folder, "moved"), folder), Ct)).Value;

        Assert.True(made.WasToEnd);
        Assert.Equal("cli:tenant-import", await Scalar<string>("select cancelled_by from org.erasures order by requested_at desc limit 1", other));
        Assert.Equal(0L, await Scalar<long>("select count(*) from org.erasures where cancelled_at is null", other));
    }

    [Fact]
    public async Task Whose_address_has_an_account_here_is_that_person_from_now_on_and_the_report_says_so()
    {
        var ana = await People.Member(api, api.Database.Acme, "analyst");
        var zip = await Fetch(api.Acme, "people.zip");
        var here = Guid.CreateVersion7();
        await Run(other, $"insert into people.users (user_id, email, email_key, name) values ('{here}', '{ana.Email}', '{ana.Email}', 'Ana of here')");

        var made = (await ImportTenant.Handle(zip, null, other.AdminConnection, other.Database, FileStore.At(Path.Combine(folder, "people"), folder), Ct)).Value;

        var known = Assert.Single(made.Known);
        Assert.Equal((ana.Email, ana.User, here), (known.Email, known.There, known.Here));
        var tenant = api.Database.Acme.Tenant;
        Assert.Equal("active analyst Ana of here", await Scalar<string>($"select m.status || ' ' || a.role || ' ' || u.name from org.memberships m join org.assignments a using (tenant_id, user_id) join people.users u using (user_id) where m.tenant_id = '{tenant}' and m.user_id = '{here}'", other));
        Assert.Equal(0L, await Scalar<long>($"select count(*) from people.users where user_id = '{ana.User}'", other));
        Assert.Equal(0L, await Scalar<long>($"select count(*) from org.memberships where user_id = '{ana.User}'", other));
        Assert.True((await VerifyTrail.Handle(null, api.Database.Acme, other.Database, Ct)).Value.IsWhole);
    }

    [Fact]
    public async Task The_manifest_names_the_tenant_and_every_part_with_its_hash_and_rows()
    {
        await Live(api.Acme);
        var parts = Parts(await Fetch(api.Acme, "manifest.zip"));
        var manifest = JsonDocument.Parse(parts["manifest.json"]).RootElement;

        Assert.Equal(("Acme", "acme"), (manifest.GetProperty("tenant_name").GetString(), manifest.GetProperty("tenant_slug").GetString()));
        Assert.True(manifest.GetProperty("exported_at").GetDateTimeOffset() > TimeProvider.System.GetUtcNow().AddMinutes(-5));
        var named = manifest.GetProperty("files").EnumerateArray().ToDictionary(part => part.GetProperty("name").GetString()!, StringComparer.Ordinal);
        Assert.Equal(parts.Keys.Where(name => name != "manifest.json").Order(StringComparer.Ordinal), named.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, part) in named)
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(parts[name])), part.GetProperty("sha256").GetString());
            if (name.StartsWith("data/", StringComparison.Ordinal))
            {
                var lines = Encoding.UTF8.GetString(parts[name]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal(lines.Length, part.GetProperty("rows").GetInt64());
                Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
                Assert.Equal(lines.Length, named.GetValueOrDefault(name.Replace("data/", "csv/", StringComparison.Ordinal).Replace(".ndjson", ".csv", StringComparison.Ordinal)) is { ValueKind: JsonValueKind.Object } csv ? csv.GetProperty("rows").GetInt64() : lines.Length);
            }
        }
    }

    [Fact]
    public async Task No_row_and_no_file_of_another_tenant_and_no_secret_is_in_it()
    {
        await Live(api.Acme);
        await Live(api.Globex);
        var hook = await (await api.Acme.Post("/api/v1/webhooks", new { url = "https://hooks.invalid/in", event_types = new[] { "import.undone" } })).Json(201);
        var key = (await (await api.Acme.Post("/api/v1/api-keys", new { name = "secret" })).Json(201)).GetProperty("key").GetString()!;
        var all = string.Concat(Parts(await Fetch(api.Acme, "secrets.zip")).Select(part => Encoding.Latin1.GetString(part.Value)));

        Assert.Contains("https://hooks.invalid/in", all, StringComparison.Ordinal);
        Assert.DoesNotContain(api.Database.Globex.Tenant.ToString(), all, StringComparison.Ordinal);
        Assert.DoesNotContain(hook.GetProperty("secret").GetString()!, all, StringComparison.Ordinal);
        Assert.DoesNotContain(key, all, StringComparison.Ordinal);
        Assert.Contains("https://files.example.org/bills.csv", all, StringComparison.Ordinal);
        Assert.DoesNotContain("of-a-source", all, StringComparison.Ordinal);
        var kept = await Scalar<byte[]>($"select secret from activities.source_secrets where tenant_id = '{api.Database.Acme.Tenant}' limit 1");
        Assert.DoesNotContain(Convert.ToHexStringLower(kept), all, StringComparison.Ordinal);
        var secret = await Scalar<byte[]>("select secret from platform.webhook_secrets where webhook_id = '" + hook.GetProperty("webhook").GetProperty("webhook_id").GetString() + "'");
        Assert.DoesNotContain(Convert.ToHexStringLower(secret), all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data/org.entities.ndjson", "export.damaged")]
    [InlineData("csv/org.entities.csv", "export.damaged")]
    [InlineData("data/platform.audit.ndjson", "export.damaged")]
    public async Task A_zip_that_was_changed_is_refused_and_leaves_nothing(string part, string code)
    {
        await Live(api.Acme);
        var path = await Fetch(api.Acme, "changed.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            var content = Parts(path, zip)[part];
            content[^3] ^= 1;
            zip.GetEntry(part)!.Delete();
            using var entry = zip.CreateEntry(part).Open();
            entry.Write(content);
        }

        var refused = await ImportTenant.Handle(path, null, other.AdminConnection, other.Database, FileStore.At(folder, folder), Ct);

        Assert.Equal((code, part), (refused.Problem?.Code, refused.Problem?.Column));
        Assert.Equal(0L, await Scalar<long>($"select count(*) from org.tenants where id = '{api.Database.Acme.Tenant}'", other));
    }

    [Fact]
    public async Task A_job_makes_it_too_and_it_can_be_fetched_in_pieces()
    {
        await Live(api.Globex);
        var asked = await (await api.Globex.Post("/api/v1/governance/exports")).Json(202);
        var path = $"/api/v1/governance/exports/{asked.GetProperty("export_id").GetString()}";
        await api.Database.Settled();

        var made = await (await api.Globex.Get(path)).Json();
        var zip = await (await api.Globex.Get(made.GetProperty("file").GetString()!)).Content.ReadAsByteArrayAsync(Ct);
        var piece = await (await api.Globex.Send(HttpMethod.Get, made.GetProperty("file").GetString()!, null, ("Range", "bytes=0-99"))).Content.ReadAsByteArrayAsync(Ct);

        Assert.Equal(made.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(zip)));
        Assert.Equal(zip[..100], piece);
        await File.WriteAllBytesAsync(Path.Combine(folder, "job.zip"), zip, Ct);
        Assert.Contains("data/ledger.entries.ndjson", Parts(Path.Combine(folder, "job.zip")).Keys);
        Assert.Equal("export.not-found", await (await api.Acme.Get(path)).Problem(404));
        Assert.Contains((await (await api.Globex.Get("/api/v1/audit?operation=data.exported")).Json()).GetProperty("items").EnumerateArray(), row => row.GetProperty("actor").GetString()!.StartsWith("key:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task That_it_was_taken_out_is_on_the_trail()
    {
        await (await api.Acme.Send(HttpMethod.Get, Export, null, ("X-Request-Id", "export-0001"))).Content.ReadAsByteArrayAsync(Ct);

        Assert.Equal("data.exported", Assert.Single((await (await api.Acme.Get("/api/v1/audit?request_id=export-0001")).Json()).GetProperty("items").EnumerateArray().ToList()).GetProperty("operation").GetString());
    }

    // A tenant as it is after some use: something of nearly everything.
    private async Task<Guid> Live(HttpClient client)
    {
        var code = $"L-{Guid.CreateVersion7():N}"[^16..];
        var entity = (await (await client.Post("/api/v1/entities", new { code, name = "Works, \"quoted\" and \\ more" })).Json(201)).GetProperty("entity_id").GetString();
        var facility = (await (await client.Post("/api/v1/facilities", new { entity_id = entity, code, name = "Ofen Süd 🔥", region = "GB" })).Json(201)).GetProperty("facility_id").GetString();
        var project = (await (await client.Post("/api/v1/projects", new { code, name = "Süd", starts_on = "2025-01-01" })).Json(201)).GetProperty("project_id").GetString();
        await (await client.Put($"/api/v1/projects/{project}/facilities", new { facility_ids = new[] { facility } }, ("If-Match", "*"))).Json();
        await (await client.Post("/api/v1/invitations", new { email = $"{code}@example.org", role = "data_owner", project_id = project })).Json(201);
        await (await client.Put("/api/v1/billing", new { legal_name = "Works, \"quoted\"", address_lines = new[] { "Line, {1}", "\\N" }, city = "Kassel", country = "DE", invoice_email = "invoices@example.org", currency = "EUR" }, ("If-Match", "*"))).Json();
        await (await client.Post("/api/v1/webhooks", new { url = "https://hooks.invalid/in", event_types = new[] { "import.undone" } })).Json(201);
        await (await client.Post("/api/v1/import-templates", new { name = code, options = new { region = "DE" } })).Json(201);
        await (await client.Post("/api/v1/sources", new { name = code, url = "https://files.example.org/bills.csv", header_name = "Authorization", header_value = SourceSecret })).Json(201);
        var import = await api.Posted(client, $"1 {code},{code},electricity.grid,1000.50,kWh,2025-01-01,2025-03-31\n2 {code},,fuel.diesel,20,L,2025-02-01,2025-02-28\n3 {code},,unknown.kind,x,kWh,2025-01-01,2025-01-31\n");
        await People.Make(api, client == api.Acme ? api.Database.Acme : api.Database.Globex, "analyst");
        await (await client.Patch("/api/v1/tenant", new { settings = new { note = "two\nlines\tand \u0001 and \\N" } }, ("If-Match", "*"))).Json();
        return import;
    }

    private async Task<string> Fetch(HttpClient client, string name)
    {
        var path = Path.Combine(folder, name);
        using var response = await client.Get(Export);
        Assert.Equal("application/zip", response.Content.Headers.ContentType?.MediaType);
        await using var file = File.Create(path);
        await response.Content.CopyToAsync(file, Ct);
        return path;
    }

    private static Dictionary<string, byte[]> Parts(string path, ZipArchive? opened = null)
    {
        using var own = opened is null ? ZipFile.OpenRead(path) : null;
        return (opened ?? own!).Entries.ToDictionary(
            entry => entry.FullName,
            entry =>
            {
                using var content = entry.Open();
                using var bytes = new MemoryStream();
                content.CopyTo(bytes);
                return bytes.ToArray();
            },
            StringComparer.Ordinal);
    }

    private static string WithoutInstant(byte[] manifest) =>
        System.Text.RegularExpressions.Regex.Replace(Encoding.UTF8.GetString(manifest), "\"exported_at\": \"[^\"]+\"", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));

    private static string Difference(byte[] here, byte[] there)
    {
        var (a, b) = (Encoding.UTF8.GetString(here).Split('\n'), Encoding.UTF8.GetString(there).Split('\n'));
        var at = Enumerable.Range(0, Math.Max(a.Length, b.Length)).First(i => a.ElementAtOrDefault(i) != b.ElementAtOrDefault(i));
        return $"{at}: {a.ElementAtOrDefault(at)}\n{b.ElementAtOrDefault(at)}";
    }

    private static async Task Run(TestDatabase database, string sql)
    {
        await using var command = database.Admin.CreateCommand($"set session_replication_role = replica; {sql}; reset session_replication_role");
        await command.ExecuteNonQueryAsync(Ct);
    }

    private async Task<T> Scalar<T>(string sql, TestDatabase? database = null)
    {
        await using var command = (database ?? api.Database).Admin.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }
}
