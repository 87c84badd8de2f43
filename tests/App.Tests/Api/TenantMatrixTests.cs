using System.Text.Json;
using Dapper;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;

namespace OffGridFlow.App.Tests.Api;

/// <summary>Every endpoint of the document and every table of the catalogue, with the other tenant's ids.</summary>
public sealed class TenantMatrixTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    /// <summary>
    /// How Acme comes to have something at a path whose list is empty and whose example does not make one. An endpoint that is new
    /// and finds nothing to walk with fails the test until it is here.
    /// </summary>
    private static readonly Dictionary<string, Func<ApiFixture, Task<JsonElement?>>> Makers = new(StringComparer.Ordinal)
    {
        ["/api/v1/jobs"] = async api =>
        {
            await api.Database.Database.Write<Guid>(
                api.Database.Acme,
                async session => await JobQueue.Enqueue(session, new NewJob(JobType.Notification, "nobody-takes-this", new { })),
                TestContext.Current.CancellationToken);
            return null;
        },
        ["/api/v1/reports"] = async api =>
        {
            await api.Database.Database.Write<int>(
                api.Database.Acme,
                async session => await session.Execute(
                    """
                    insert into reporting.reports (tenant_id, report_id, kind, period_id, period, run_no, sha256, made_at, made_by)
                    values (@tenant, @id, 'ghg_inventory', @id, '2025', 1, sha256('{}'), now(), 'test:setup');
                    insert into reporting.contents (tenant_id, report_id, body) values (@tenant, @id, '{}')
                    """,
                    new { tenant = session.Tenant.Value, id = Guid.CreateVersion7() }),
                TestContext.Current.CancellationToken);
            return null;
        },
        ["/api/v1/auth/passkeys"] = api => Task.FromResult<JsonElement?>(JsonSerializer.SerializeToElement(new { passkey_id = "AAAAAAAAAAAAAAAAAAAAAA" })),
        ["/api/v1/members"] = async api =>
        {
            await People.Make(api, api.Database.Acme, "viewer");
            return null;
        },
        ["/api/v1/invitations"] = async api => await (await api.Acme.Post("/api/v1/invitations", new { email = $"m{Guid.CreateVersion7():N}@example.org", role = "viewer" })).Json(201),
        ["/api/v1/roles"] = async api => await (await api.Acme.Post("/api/v1/roles", new { name = "r" + Guid.CreateVersion7().ToString("N"), title = "Plant lead", permissions = new[] { "ledger:read" } })).Json(201),
        ["/api/v1/providers"] = async api => await (await api.Acme.Post("/api/v1/providers", new { name = "Sign-in", issuer = "https://login.example.org", client_id = "x", client_secret = "y" })).Json(201),
        ["/api/v1/governance/exports"] = async api => await (await api.Acme.Post("/api/v1/governance/exports")).Json(202),
        ["/scim/v2/Users"] = async api => await Scim(api, "Users", new { userName = $"m{Guid.CreateVersion7():N}@example.org" }),
        ["/scim/v2/Groups"] = async api => await Scim(api, "Groups", new { displayName = Code() }),
        ["/api/v1/governance/notices"] = async api =>
        {
            await api.Database.Database.Write<int>(
                api.Database.Acme,
                async session => await session.Execute(
                    "insert into org.notices (tenant_id, notice_id, reference, title, body, published_at) values (@tenant, @id, @id::text, 'A breach', '# A breach', now())",
                    new { tenant = session.Tenant.Value, id = Guid.CreateVersion7() }),
                TestContext.Current.CancellationToken);
            return null;
        },
        ["/api/v1/entities"] = Entity,
        ["/api/v1/facilities"] = async api => await (await api.Acme.Post(
            "/api/v1/facilities", new { entity_id = (await Entity(api))!.Value.GetProperty("entity_id").GetString(), code = Code(), name = "Foundry" })).Json(201),
        ["/api/v1/projects"] = async api => await (await api.Acme.Post("/api/v1/projects", new { code = Code(), name = "Kenya programme" })).Json(201),
        ["/api/v1/security/origins"] = async api => await (await api.Acme.Post("/api/v1/security/origins", new { origin = $"https://{Code().ToLowerInvariant()}.example" })).Json(201),
        ["/api/v1/periods"] = async api => await Year(api, 2035),
        ["/api/v1/ledger/recalculations"] = async api => await (await api.Acme.Post("/api/v1/ledger/recalculations", new { period = (await Year(api, 2036)).GetProperty("code").GetString(), policy = new { gwp_set = "AR4" } })).Json(201),
        ["/api/v1/import-templates"] = async api => await (await api.Acme.Post("/api/v1/import-templates", new { name = Code(), options = new { region = "DE" } })).Json(201),
        ["/api/v1/sources"] = async api => await (await api.Acme.Post("/api/v1/sources", new { name = Code(), url = "https://files.example.org/bills.csv" })).Json(201),
        ["/api/v1/uploads"] = async api => await (await api.Acme.Post("/api/v1/uploads", new { file_name = "bills.csv", size_bytes = 100 })).Json(201),
        ["/api/v1/flags"] = async api =>
        {
            var bill = new { kind = "electricity.grid", quantity = "10", unit = "kWh", region = "GB", start = "2025-01-01", end = "2025-01-31", meter = "M-1" };
            await (await api.Acme.Post("/api/v1/activities", new { activities = new object[] { bill, bill } })).Json(201);
            JsonElement flags;
            while ((flags = (await (await api.Acme.Get("/api/v1/flags")).Json()).GetProperty("items")).GetArrayLength() == 0)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            return flags[0];
        },
        ["/api/v1/synonym-proposals"] = async api =>
        {
            await api.Database.Database.Write<int>(
                api.Database.Acme,
                async session => await session.Execute(
                    "insert into activities.synonym_proposals (tenant_id, proposal_id, name, kind, import_id, rows) values (@tenant, @id, 'strom', 'electricity.grid', @id, 1)",
                    new { tenant = session.Tenant.Value, id = Guid.CreateVersion7() }),
                TestContext.Current.CancellationToken);
            return null;
        },
        ["/api/v1/imports"] = async api =>
        {
            var file = new StringContent("kind,quantity,unit,region,start\nelectricity.grid,1,kWh,GB,2025-01-01\n", System.Text.Encoding.UTF8, "text/csv");
            var made = await api.Acme.Post("/api/v1/imports?file_name=bills.csv", file);
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            return null;
        },
    };

    private static readonly string[] IdEndings = ["_id", "id", "code"];

    // What SCIM is made of is the same for everybody.
    private static bool IsOfAll(ApiOperation operation) => operation.Path is "/scim/v2/Schemas/{name}" or "/scim/v2/ResourceTypes/{name}";

    [Fact]
    public async Task No_endpoint_finds_anything_by_the_other_tenants_ids()
    {
        var operations = await ApiOperation.All(api);
        var wrong = new List<string>();
        var (ana, zoe) = (await People.SignedIn(api, api.Database.Acme, "owner"), await People.SignedIn(api, api.Database.Globex, "owner"));
        foreach (var collection in operations.Where(operation => operation.Ids.Any() && !IsOfAll(operation)).GroupBy(Collection, StringComparer.Ordinal))
        {
            // An account is its person's, whatever keys the tenant has.
            var (acme, globex) = collection.Key.StartsWith("/api/v1/auth/", StringComparison.Ordinal) ? (ana, zoe) : (api.Acme, api.Globex);
            if (await Harvest(acme, collection.Key, operations) is not { } item)
            {
                wrong.Add($"{collection.Key}: nothing of Acme's to walk with; tell Makers how to make it");
                continue;
            }

            // What only reads goes first: the others may change what it reads.
            foreach (var operation in collection.OrderBy(operation => operation.Method != HttpMethod.Get))
            {
                var path = operation.WithIds(name => Id(item, name));
                if (operation.Method == HttpMethod.Get && operation.Ids.Count() == 1 && path.Split('/').Length == collection.Key.Split('/').Length + 1
                    && (int)(await acme.Get(path)).StatusCode != 200)
                {
                    wrong.Add($"{operation}: not even Acme finds {path}");
                }

                var response = await globex.Send(operation.Method, path, operation.Example(), ("If-Match", "*"));
                var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                if ((int)response.StatusCode != 404 || !text.Contains(collection.Key.StartsWith("/scim/", StringComparison.Ordinal) ? "api:messages:2.0:Error\"" : "not-found\"", StringComparison.Ordinal))
                {
                    wrong.Add($"{operation}: {(int)response.StatusCode} {text[..Math.Min(200, text.Length)]}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task No_table_shows_anything_of_the_other_tenant()
    {
        await Makers["/api/v1/jobs"](api);

        await using var admin = await api.Database.Admin.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var tables = (await admin.QueryAsync<string>(
            """
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
            where c.relkind in ('r', 'p') and not c.relispartition and has_table_privilege('offgridflow_app', c.oid, 'select') order by 1
            """)).AsList();
        var filled = new List<string>();
        foreach (var table in tables)
        {
            var acme = api.Database.Acme.Tenant.Value;
            var all = await admin.ExecuteScalarAsync<long>($"select count(*) from {table} where tenant_id = @acme", new { acme });
            var seen = await api.Database.Database.Read(
                api.Database.Globex, async session => await session.First<long>($"select count(*) from {table} where tenant_id = @acme", new { acme }), TestContext.Current.CancellationToken);
            Assert.True(seen == 0, $"{table} shows {seen} rows of Acme to Globex");
            filled.AddRange(all > 0 ? [table] : []);
        }

        Assert.Contains("org.api_keys", filled);
        Assert.Contains("platform.jobs", filled);
    }

    private static async Task<JsonElement?> Scim(ApiFixture api, string kind, object body) => await (await api.Acme.Post($"/scim/v2/{kind}", JsonSerializer.SerializeToElement(body))).Json(201);

    private static async Task<JsonElement?> Entity(ApiFixture api) => await (await api.Acme.Post("/api/v1/entities", new { code = Code(), name = "Acme Deutschland", country = "DE" })).Json(201);

    private static async Task<JsonElement> Year(ApiFixture api, int year) => await (await api.Acme.Post("/api/v1/periods", new { granularity = "year", starts_on = $"{year}-01-01" })).Json(201);

    private static string Code() => $"M-{Guid.CreateVersion7():N}"[^20..];

    private static string Collection(ApiOperation operation) => operation.Path[..(operation.Path.IndexOf('{', StringComparison.Ordinal) - 1)];

    // The first of Acme's things there; made by the document's own example when there is none.
    private async Task<JsonElement?> Harvest(HttpClient acme, string path, IReadOnlyList<ApiOperation> operations)
    {
        if (Makers.TryGetValue(path, out var make) && await make(api) is { } made)
        {
            return made;
        }

        if (await FirstOf(acme, path) is { } there)
        {
            return there;
        }

        if (operations.FirstOrDefault(operation => operation.Method == HttpMethod.Post && operation.Path == path && operation.TakesJson) is { } post)
        {
            await acme.Send(HttpMethod.Post, path, post.Example());
        }

        return await FirstOf(acme, path);
    }

    private static async Task<JsonElement?> FirstOf(HttpClient acme, string path)
    {
        var response = await acme.Get(path);
        return response.IsSuccessStatusCode && (await response.Json()).TryGetProperty("items", out var items) && items.GetArrayLength() > 0 ? items[0] : null;
    }

    // The field of the parameter's name, else the thing's own id, which comes first.
    private static string Id(JsonElement item, string name) =>
        item.TryGetProperty(name, out var own) ? own.ToString()
        : name.EndsWith("_no", StringComparison.Ordinal) ? "1"
        : item.EnumerateObject().FirstOrDefault(field => IdEndings.Any(ending => field.Name.EndsWith(ending, StringComparison.Ordinal))).Value.ToString();
}
