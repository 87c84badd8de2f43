using System.Text.Json;
using Dapper;
using Npgsql;
using OffGridFlow.App.Tests.Activities;
using OffGridFlow.App.Tests.Ledger;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace OffGridFlow.App.Tests.Governance;

/// <summary>A tenant is erased for good once its window is over, and not an hour before; the other one keeps every row.</summary>
public sealed class ErasureTests(ImportFixture api) : IClassFixture<ImportFixture>
{
    private const string Deletion = "/api/v1/governance/deletion";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_says_when_and_can_be_taken_back()
    {
        Assert.Equal("deletion.not-found", await (await api.Globex.Get(Deletion)).Problem(404));
        Assert.Equal("deletion.reason", await (await api.Globex.Post(Deletion, new { reason = " " })).Problem(400));
        var asked = await (await api.Globex.Post(Deletion, new { reason = "We merge." })).Json(201);

        Assert.Equal(("waiting", 30), (asked.GetProperty("status").GetString(), asked.GetProperty("retention_days").GetInt32()));
        Assert.Equal(TimeSpan.FromDays(30), asked.GetProperty("deletion_date").GetDateTimeOffset() - asked.GetProperty("requested_at").GetDateTimeOffset());
        Assert.Equal("deletion.requested", await (await api.Globex.Post(Deletion, new { reason = "Again." })).Problem(409));
        Assert.Equal("We merge.", (await (await api.Globex.Get(Deletion)).Json()).GetProperty("reason").GetString());
        await (await api.Globex.Post("/api/v1/entities", new { code = "IN-WINDOW", name = "Everything works in the window" })).Json(201);

        Assert.Equal("cancelled", (await (await api.Globex.Delete(Deletion)).Json()).GetProperty("status").GetString());
        Assert.Equal("deletion.not-found", await (await api.Globex.Delete(Deletion)).Problem(404));
        Assert.Equal("cancelled", await Scalar<string>("select status from platform.jobs where name = 'erase-tenant' and tenant_id = @tenant", api.Database.Globex));
        var told = (await (await api.Globex.Get("/api/v1/audit?table=org.erasures&sort=at")).Json()).GetProperty("items").EnumerateArray().Select(row => row.GetProperty("operation").GetString());
        Assert.Equal(["insert", "update"], told);
    }

    [Fact]
    public async Task Before_the_window_is_over_nothing_erases_it()
    {
        var tenant = await Tenant();
        await RequestErasure.Ask(new RequestErasure.Request("Soon."), tenant, api.Database.Database, Ct);
        // Whatever dates the application writes, the database writes its own.
        await api.Database.Database.Write<int>(tenant, async session => await session.Execute("update org.erasures set cancelled_at = clock_timestamp()"), Ct);
        await api.Database.Database.Write<int>(
            tenant, async session => await session.Execute("insert into org.erasures (tenant_id, erasure_id, reason, requested_at, requested_by, due_at) values (@Value, gen_random_uuid(), 'now', now() - interval '99 days', 'x', now() - interval '60 days')", new { tenant.Tenant.Value }), Ct);
        await Due(tenant, days: 29);

        await Assert.ThrowsAsync<PostgresException>(() => api.Database.Database.Write<string>(tenant, async session => (await session.First<string>("select org.erase_tenant(0)::text"))!, Ct));
        await Assert.ThrowsAsync<PostgresException>(() => api.Database.Database.Write<int>(tenant, async session => await session.Execute("update org.erasures set due_at = now()"), Ct));
        await using var owner = await api.Database.Admin.OpenConnectionAsync(Ct);
        await using var command = new NpgsqlCommand($"begin; select set_config('app.tenant_id', '{tenant.Tenant}', true); set local role offgridflow_owner; delete from platform.audit", owner);
        Assert.Equal("23001", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct))).SqlState);
        Assert.Equal(1L, await Scalar<long>("select count(*) from org.tenants where id = @tenant", tenant));
    }

    [Fact]
    public async Task After_the_window_every_row_and_file_is_gone_and_a_certificate_remains()
    {
        var code = $"E-{Guid.CreateVersion7():N}"[^16..];
        foreach (var client in new[] { api.Acme, api.Globex })
        {
            await (await client.Post("/api/v1/entities", new { code, name = "Works" })).Json(201);
            await (await client.Post("/api/v1/webhooks", new { url = "https://hooks.invalid/in", event_types = new[] { "import.undone" } })).Json(201);
            await api.Posted(client, $"1 {code},,electricity.grid,1000,kWh,2025-01-01,2025-03-31\n");
        }

        var email = await People.Make(api, api.Database.Acme, "analyst");
        var shared = await People.Make(api, api.Database.Acme, "viewer");
        await Admin("insert into org.memberships (tenant_id, user_id) select @other, user_id from people.users where email = @shared", new { other = api.Database.Globex.Tenant.Value, shared });
        var snapshot = await (await api.Acme.Post("/api/v1/factor-snapshots", new { name = code, as_of = "2026-01-01" })).Json(201);
        await api.Acme.Post($"/api/v1/factor-snapshots/{snapshot.GetProperty("snapshot_id").GetString()}/lock", null, ("If-Match", "*"));
        var asked = await (await api.Acme.Post(Deletion, new { reason = "Sold." })).Json(201);
        await api.Database.SettledBut("erase-tenant");
        var before = await Rows(api.Database.Globex);
        Assert.NotEmpty(await Files(api.Database.Acme));

        await Due(api.Database.Acme, days: 31);
        await Gone(api.Database.Acme);

        var left = await Rows(api.Database.Acme);
        Assert.Equal(["org.erasure_certificates"], left.Keys);
        Assert.Empty(await Files(api.Database.Acme));
        Assert.NotEmpty(await Files(api.Database.Globex));
        Assert.Equal(before.Where(table => !Moving.Contains(table.Key, StringComparer.Ordinal)), (await Rows(api.Database.Globex)).Where(table => !Moving.Contains(table.Key, StringComparer.Ordinal)));
        Assert.Equal((0L, 1L), (await Count("select count(*) from people.users where email = @email", new { email }), await Count("select count(*) from people.users where email = @shared", new { shared })));
        // Servers hear of it by the database's notice.
        while ((int)(await api.Acme.Get("/api/v1/entities")).StatusCode == 200)
        {
            await Task.Delay(20, Ct);
        }

        Assert.Equal("key.unknown", await (await api.Acme.Get("/api/v1/entities")).Problem(401));

        var certificate = Assert.Single(await ErasureCertificate.All(api.Database.Database, Ct), one => one.TenantId == api.Database.Acme.Tenant.Value);
        var body = JsonDocument.Parse(certificate.Body).RootElement;
        Assert.True(certificate.IsWhole);
        Assert.Equal(("Sold.", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("Acme"u8))), (body.GetProperty("reason").GetString(), body.GetProperty("name_sha256").GetString()));
        Assert.StartsWith("key:", body.GetProperty("requested_by").GetString(), StringComparison.Ordinal);
        Assert.True(body.GetProperty("rows").GetProperty("ledger.entries").GetInt64() > 0 && body.GetProperty("rows").GetProperty("platform.audit").GetInt64() > 0);
        Assert.Equal(1, body.GetProperty("files").GetInt64());
        Assert.DoesNotContain("Acme", certificate.Body, StringComparison.Ordinal);
        Assert.Equal(asked.GetProperty("deletion_date").GetDateTimeOffset().Year, body.GetProperty("due_at").GetDateTime().Year);
        Assert.Equal(1L, await Count("select count(*) from platform.audit where tenant_id = '00000000-0000-0000-0000-000000000000' and operation = 'tenant.erased' and new_values->>'tenant_id' = @id", new { id = api.Database.Acme.Tenant.ToString() }));
    }

    // What the clock and the workers write to all the while.
    private static readonly string[] Moving = ["platform.jobs", "platform.outbox", "platform.heard", "platform.job_schedules", "platform.audit_chain", "platform.audit_unchained", "org.api_keys", "platform.deliveries"];

    private async Task<Caller> Tenant()
    {
        var caller = Caller.System(TenantId.New(), "test:erasure");
        await api.Database.Database.Write<int>(
            caller, async session => await session.Execute("insert into org.tenants (id, slug, name) values (@Id, @slug, 'Short-lived')", new { Id = caller.Tenant.Value, slug = $"e{caller.Tenant.Value:N}" }), Ct);
        return caller;
    }

    // As if it had been asked for so many days ago.
    private Task Due(Caller tenant, int days) => Admin(
        """
        update org.erasures set requested_at = clock_timestamp() - make_interval(days => @days), due_at = clock_timestamp() - make_interval(days => @days - 30) where tenant_id = @Value and cancelled_at is null;
        update platform.jobs set not_before = clock_timestamp() where tenant_id = @Value and name = 'erase-tenant' and status = 'queued'
        """,
        new { tenant.Tenant.Value, days });

    private async Task Gone(Caller tenant)
    {
        while (await Count("select count(*) from org.tenants where id = @Value", new { tenant.Tenant.Value }) > 0)
        {
            Assert.Null(await Scalar<string?>("select problem::text from platform.jobs where tenant_id = @tenant and name = 'erase-tenant' and status = 'dead'", tenant));
            await Task.Delay(20, Ct);
        }

        // Its last word is the event.
        while (await Count("select count(*) from platform.audit where operation = 'tenant.erased' and new_values->>'tenant_id' = @id", new { id = tenant.Tenant.ToString() }) == 0)
        {
            await Task.Delay(20, Ct);
        }
    }

    private async Task<List<byte[]>> Files(Caller tenant)
    {
        var files = api.Services.GetRequiredService<FileStore>();
        return await files.PutBefore(tenant.Tenant, TimeProvider.System.GetUtcNow().AddDays(1), Ct).ToListAsync(Ct);
    }

    // Each table's rows of a tenant, and the hash over all that is in them.
    private async Task<SortedDictionary<string, string>> Rows(Caller tenant)
    {
        await using var admin = await api.Database.Admin.OpenConnectionAsync(Ct);
        var tables = await admin.QueryAsync<string>(
            """
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' where c.relkind in ('r', 'p') and not c.relispartition
            """);
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            var (count, hash) = await admin.QueryFirstAsync<(long, string?)>($"select count(*), md5(string_agg(t::text, '|' order by t::text)) from {table} t where tenant_id = @Value", new { tenant.Tenant.Value });
            if (count > 0)
            {
                found[table] = $"{count} {hash}";
            }
        }

        return found;
    }

    private async Task Admin(string sql, object parameters)
    {
        await using var admin = await api.Database.Admin.OpenConnectionAsync(Ct);
        await admin.ExecuteAsync($"set session_replication_role = replica; {sql}; reset session_replication_role", parameters); // Without the guards.
    }

    private async Task<long> Count(string sql, object parameters)
    {
        await using var admin = await api.Database.Admin.OpenConnectionAsync(Ct);
        return await admin.ExecuteScalarAsync<long>(sql, parameters);
    }

    private async Task<T?> Scalar<T>(string sql, Caller tenant)
    {
        await using var admin = await api.Database.Admin.OpenConnectionAsync(Ct);
        return await admin.ExecuteScalarAsync<T>(sql, new { tenant = tenant.Tenant.Value });
    }
}
