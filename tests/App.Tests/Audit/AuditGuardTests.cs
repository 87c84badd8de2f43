using System.Text.Json;
using Dapper;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Audit;

/// <summary>Nothing changes without a row in the trail: every table that changes is audited, and every endpoint that changes something leaves a row.</summary>
public sealed class AuditGuardTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    // Tables without the trigger, each with its reason.
    private static readonly Dictionary<string, string> Unaudited = new(StringComparer.Ordinal)
    {
        ["activities.activities"] = "append-only with its author and version; its import is audited, and each correction is an import",
        ["activities.files"] = "by the import or evidence that names it",
        ["activities.rows_not_taken"] = "append-only, part of an import",
        ["activities.source_fetches"] = "the record of fetches itself",
        ["activities.source_secrets"] = "a secret; its source is audited",
        ["activities.streams"] = "where a client's stream has got to",
        ["activities.vocabularies"] = "append-only, part of an import",
        ["ledger.calculations"] = "append-only, by the hash of its content",
        ["ledger.entries"] = "append-only with reason; its run is audited",
        ["ledger.recalculation_parts"] = "worked out, part of a recalculation",
        ["ledger.run_sums"] = "worked out of entries",
        ["ledger.unposted"] = "append-only, part of a posting",
        ["ledger.workings"] = "append-only, by the hash of its content",
        ["org.elsewhere"] = "the installation's, of no tenant here; who notes something there leaves an event",
        ["org.former_rows"] = "rows as they were before a change, which is audited",
        ["org.signing_keys"] = "sealed keys of the installation",
        ["platform.data_keys"] = "sealed keys",
        ["platform.deliveries"] = "the record of deliveries itself",
        ["platform.heard"] = "the queue's",
        ["platform.idempotency"] = "the answers of a day",
        ["platform.outbox"] = "the queue's",
        ["platform.retention_runs"] = "the record of the nightly job itself",
        ["platform.webhook_secrets"] = "a secret; its webhook is audited",
        ["reporting.contents"] = "append-only, by the hash in its report, which is audited",
    };

    // POSTs that change nothing that is kept.
    private static readonly Dictionary<string, string> Silent = new(StringComparer.Ordinal)
    {
        ["POST /scim/v2/Users/.search"] = "lists; the question is the body",
        ["POST /scim/v2/Groups/.search"] = "lists; the question is the body",
        ["POST /api/v1/estimates"] = "works out and stores nothing",
        ["POST /api/v1/activities/stream"] = "sent without lines here; every batch of lines that is stored is an import",
        ["POST /api/v1/entities/{entity_id}/restore"] = "of what is not deleted here: changes nothing",
        ["POST /api/v1/facilities/{facility_id}/restore"] = "of what is not deleted here: changes nothing",
        ["POST /api/v1/projects/{project_id}/restore"] = "of what is not deleted here: changes nothing",
        ["POST /api/v1/periods/{period_id}/restore"] = "of what is not deleted here: changes nothing",
        ["POST /api/v1/imports/preview"] = "shows what an import would be",
        ["POST /api/v1/sources/{id}/check"] = "shows what a fetch would bring",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_table_that_changes_is_audited_or_says_why_not()
    {
        await using var admin = await api.Database.Admin.OpenConnectionAsync(Ct);
        var silent = (await admin.QueryAsync<string>(
            """
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('platform', 'org', 'factors', 'activities', 'ledger', 'reporting')
                and (has_table_privilege('offgridflow_app', c.oid, 'insert') or has_any_column_privilege('offgridflow_app', c.oid, 'update'))
                and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname like 'audited%' and t.tgenabled in ('O', 'A'))
            """)).AsList();

        Assert.Equal(Unaudited.Keys.Order(StringComparer.Ordinal), silent.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_endpoint_that_changes_something_leaves_a_row()
    {
        // Something to change.
        var entity = (await (await api.Acme.Post("/api/v1/entities", new { code = "G-1", name = "Works" })).Json(201)).GetProperty("entity_id").GetString();
        await (await api.Acme.Post("/api/v1/facilities", new { entity_id = entity, code = "G-1", name = "Foundry" })).Json(201);
        await (await api.Acme.Post("/api/v1/projects", new { code = "G-1", name = "Programme" })).Json(201);
        await (await api.Acme.Post("/api/v1/webhooks", new { url = "https://hooks.invalid/in", event_types = new[] { "import.undone" } })).Json(201);
        await (await api.Acme.Post("/api/v1/import-templates", new { name = "G-1", options = new { region = "DE" } })).Json(201);
        await (await api.Acme.Post("/api/v1/periods", new { granularity = "year", starts_on = "2033-01-01" })).Json(201);
        await (await api.Acme.Post("/api/v1/sources", new { name = "G-1", url = "https://files.example.org/bills.csv" })).Json(201);
        await api.Key(api.Database.Acme);
        var (wrong, told) = (new List<string>(), new List<string>());
        foreach (var operation in (await ApiOperation.All(api)).Where(operation => operation.Method != HttpMethod.Get && !operation.Path.StartsWith("/api/v1/auth/", StringComparison.Ordinal)).OrderBy(operation => operation.Method == HttpMethod.Delete))
        {
            var path = operation.Path;
            if (operation.Ids.Any())
            {
                var collection = path[..(path.IndexOf('{', StringComparison.Ordinal) - 1)];
                var list = await api.Acme.Get(collection);
                if (!list.IsSuccessStatusCode || !(await list.Json()).TryGetProperty("items", out var items) || items.GetArrayLength() == 0)
                {
                    continue;
                }

                var item = items[items.GetArrayLength() - 1];
                path = operation.WithIds(name => item.TryGetProperty(name, out var id) ? id.ToString() : item.EnumerateObject().First(field => field.Name.EndsWith("id", StringComparison.Ordinal)).Value.ToString());
            }

            var name = $"guard-{Guid.CreateVersion7():N}";
            var response = await api.Acme.Send(operation.Method, path, operation.Example(), ("If-Match", "*"), ("X-Request-Id", name));
            if (!response.IsSuccessStatusCode || Silent.ContainsKey(operation.ToString()))
            {
                continue;
            }

            await using var admin = await api.Database.Admin.OpenConnectionAsync(Ct);
            var rows = await admin.ExecuteScalarAsync<long>("select count(*) from platform.audit where tenant_id = @Value and request_id = @name and actor like 'key:%'", new { api.Database.Acme.Tenant.Value, name });
            told.AddRange(rows > 0 ? [operation.ToString()] : []);
            if (rows == 0)
            {
                wrong.Add($"{operation}: {(int)response.StatusCode} and no row");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(told.Count >= 12, $"only these were reached: {string.Join(", ", told)}");
    }
}
