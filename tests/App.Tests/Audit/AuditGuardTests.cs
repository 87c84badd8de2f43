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

    // What is no GET and changes nothing that is kept, each with its reason.
    private static readonly Dictionary<string, string> Silent = new(StringComparer.Ordinal)
    {
        ["POST /scim/v2/Users/.search"] = "lists; the question is the body",
        ["POST /scim/v2/Groups/.search"] = "lists; the question is the body",
        ["POST /api/v1/estimates"] = "works out and stores nothing",
        ["POST /api/v1/imports/preview"] = "shows what an import would be",
        ["POST /api/v1/sources/{id}/check"] = "shows what a fetch would bring",
        ["POST /api/v1/auth/invitations/look"] = "shows what an invitation is to",
        ["POST /api/v1/auth/refresh"] = "goes on with a sign-in that is told; a token that was used before is told",
        ["PATCH /api/v1/uploads/{id}"] = "the next piece; that it began is told, and what it becomes",
        ["POST /api/v1/auth/consents"] = "the edition that was agreed to when joining: it changes nothing",
        ["POST /api/v1/auth/passkeys/begin"] = "a question; its answer is told",
        ["POST /api/v1/auth/passkeys/challenge"] = "a question; its answer is told",
        ["POST /api/v1/auth/totp"] = "shows a secret that counts once it is confirmed, which is told",
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
        var every = new EveryChange(api, api.Database.Acme, api.Acme);
        await every.Go();

        // A new endpoint fails here until it is done there.
        var all = (await ApiOperation.All(api)).Where(operation => operation.Method != HttpMethod.Get).Select(operation => operation.ToString()).ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], all.Except(every.All.Select(one => one.Operation), StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Equal([], Silent.Keys.Except(all, StringComparer.Ordinal));

        await using var admin = await api.Database.Admin.OpenConnectionAsync(Ct);
        // What somebody does with their account is told in their organisations, or, as of nobody's, by the installation.
        var rows = (await admin.QueryAsync<(string Request, string Actor, string? Address, string? Agent)>(
            "select request_id, actor, address, user_agent from platform.audit where tenant_id in (@Value, @None) and request_id like 'every-%'",
            new { api.Database.Acme.Tenant.Value, None = Guid.Empty })).ToLookup(row => row.Request, StringComparer.Ordinal);
        var told = every.All.Where(one => rows[one.RequestId].Any()).Select(one => one.Operation).ToHashSet(StringComparer.Ordinal);
        var wrong = every.All.Select(one => (one.Operation, Fault: Silent.ContainsKey(one.Operation) ? told.Contains(one.Operation) ? "is said to be silent, and is not" : null
            : !told.Contains(one.Operation) ? "leaves no row"
            : rows[one.RequestId].FirstOrDefault(row => !row.Actor.StartsWith(one.Actor.Length == 0 ? "user:" : one.Actor, StringComparison.Ordinal)) is { Actor.Length: > 0 } other ? $"says {other.Actor} instead of {one.Actor}"
            : rows[one.RequestId].Any(row => row.Address is not ("127.0.0.1" or "::1") || row.Agent != EveryChange.Agent) ? "does not say whence" : null));
        Assert.Equal("", string.Join('\n', wrong.Where(one => one.Fault is not null).Select(one => $"{one.Operation} {one.Fault}").Distinct(StringComparer.Ordinal)));
    }
}
