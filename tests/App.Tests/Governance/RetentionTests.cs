using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Governance;

/// <summary>Each line of the schedule is kept to: what is older goes by the job that runs every night, what is younger stays, and so does another tenant's.</summary>
public sealed class RetentionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Rows of an age, told apart by a tag; and the tags that are there still.
    private static readonly Dictionary<string, (string Insert, string Left)> Rows = new(StringComparer.Ordinal)
    {
        ["audit"] = (
            """
            insert into platform.audit (tenant_id, at, operation, actor, table_name) values ('@tenant', now() - '@age'::interval, 'insert', '@tag', 'x');
            insert into platform.audit_chain (tenant_id, chain_no, at, audit_id, hash)
            select tenant_id, (select coalesce(max(chain_no), 0) + 1 from platform.audit_chain where tenant_id = '@tenant'), at, audit_id, '\x00' from platform.audit where actor = '@tag'
            """,
            "select actor from platform.audit where tenant_id = '@tenant' and actor like '@like'"),
        ["jobs"] = (Job("succeeded"), "select name from platform.jobs where tenant_id = '@tenant' and name like '@like'"),
        ["dead_letters"] = (Job("dead"), "select name from platform.jobs where tenant_id = '@tenant' and name like '@like'"),
        ["uploads"] = (
            "insert into activities.uploads (tenant_id, upload_id, name, size_bytes, created_at) values ('@tenant', gen_random_uuid(), '@tag', 9, now() - '@age'::interval)",
            "select name from activities.uploads where tenant_id = '@tenant' and name like '@like'"),
        ["fetches"] = (
            """
            insert into activities.source_fetches (tenant_id, source_id, fetch_id, job_id, started_at, finished_at, outcome, problem)
            values ('@tenant', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now() - '@age'::interval, now() - '@age'::interval, 'failed', '{"code": "@tag"}')
            """,
            "select problem->>'code' from activities.source_fetches where tenant_id = '@tenant' and problem->>'code' like '@like'"),
        ["answers"] = (
            "insert into platform.idempotency (tenant_id, key, created_at) values ('@tenant', '@tag', now() - '@age'::interval)",
            "select key from platform.idempotency where tenant_id = '@tenant' and key like '@like'"),
        ["exports"] = (
            "insert into org.exports (tenant_id, export_id, requested_at, requested_by, finished_at, expires_at) values ('@tenant', gen_random_uuid(), now(), '@tag', now(), now() + interval '1 day' - '@age'::interval)",
            "select requested_by from org.exports where tenant_id = '@tenant' and requested_by like '@like'"),
        ["sessions"] = (
            """
            insert into people.users (user_id, email, email_key, name) values (md5('@tag')::uuid, '@tag', '@tag', '@tag');
            insert into people.sessions (user_id, session_id, hash, carrier, factors, stamp, created_at, authenticated_at, last_seen_at, expires_at, user_agent)
            values (md5('@tag')::uuid, gen_random_uuid(), sha256('@tag'), 'cookie', array['password'], gen_random_uuid(), now(), now(), now(), now() - '@age'::interval, '@tag');
            insert into people.refresh_tokens (user_id, session_id, hash, issued_at, expires_at) select user_id, session_id, hash, now(), now() from people.sessions where user_agent = '@tag'
            """,
            "select user_agent from people.sessions join people.refresh_tokens using (session_id) where user_agent like '@like'"),
        ["invitations"] = (
            """
            insert into org.invitations (tenant_id, invitation_id, email, email_key, role, hash, created_at, created_by, expires_at)
            values ('@tenant', gen_random_uuid(), '@tag', '@tag', 'viewer', sha256('@tag'), now(), 'test', now() - '@age'::interval)
            """,
            "select email from org.invitations where tenant_id = '@tenant' and email like '@like'"),
        ["tokens"] = (
            """
            insert into people.users (user_id, email, email_key, name) values (md5('@tag')::uuid, '@tag', '@tag', '@tag');
            insert into people.one_time_tokens (user_id, hash, purpose, created_at, expires_at) values (md5('@tag')::uuid, sha256('@tag'), 'reset_password', now(), now() - '@age'::interval)
            """,
            "select email from people.one_time_tokens join people.users using (user_id) where email like '@like'"),
    };

    // What goes by other ways than row by row has a test of its own below.
    private static readonly string[] Others = ["ledger", "activities", "organization", "erasure", "certificates"];

    public static TheoryData<string> ByRow => [.. Rows.Keys];

    [Fact]
    public async Task Every_line_of_the_schedule_is_told_with_its_reason_and_has_a_test()
    {
        var classes = (await (await api.Acme.Get("/api/v1/governance/retention")).Json()).GetProperty("classes").EnumerateArray().ToList();

        Assert.Equal(Rows.Keys.Concat(Others).Order(StringComparer.Ordinal), classes.Select(one => one.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(classes, one => Assert.NotEqual("", one.GetProperty("why").GetString()));
        Assert.Equal(
            "ledger 2557, audit 2557, activities 90, organization 2557, erasure 30, certificates , jobs 30, dead_letters 365, uploads 7, answers 1, exports 1, sessions 30, invitations 30, tokens 1, fetches 365",
            string.Join(", ", classes.Select(one => $"{one.GetProperty("name").GetString()} {(one.TryGetProperty("days", out var days) ? days.ToString() : "")}")));
    }

    [Theory]
    [MemberData(nameof(ByRow))]
    public async Task What_is_older_than_its_period_goes_and_what_is_younger_stays(string name)
    {
        var (insert, left) = Rows[name];
        var days = await Days(name);
        var mark = $"kept-{name}-{Guid.CreateVersion7():N}";
        var (acme, globex) = (await Tenant(), await Tenant());
        foreach (var (tenant, place) in new[] { (acme, "a"), (globex, "g") })
        {
            // The older first: a trail goes from its beginning.
            await Behind(Said(insert, tenant, $"{mark}-{place}-old", $"{days} days 1 hour"));
            await Behind(Said(insert, tenant, $"{mark}-{place}-young", $"{days} days -1 hour"));
        }

        await Prune(acme);

        Assert.Equal($"{mark}-a-young", await Tags(left, acme, $"{mark}-a-%"));
        if (name is not ("sessions" or "tokens")) // Those are persons', and whoever prunes prunes everybody's.
        {
            Assert.Equal($"{mark}-g-old {mark}-g-young", await Tags(left, globex, $"{mark}-g-%"));
            await Prune(globex);
        }

        Assert.Equal($"{mark}-g-young", await Tags(left, globex, $"{mark}-g-%"));
        var told = (await Told(acme)).First(one => one.Name == name);
        Assert.True(told.LastRunAt > TimeProvider.System.GetUtcNow().AddMinutes(-5));
        Assert.True(told is { Removed: >= 1, RemovedInAll: >= 1 } || name is "sessions" or "tokens", $"{name}: {told.Removed} of {told.RemovedInAll}");
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    public async Task Activities_and_files_go_some_time_after_the_subscription_ended_and_the_rest_stays(int daysOver, long left)
    {
        var days = await Days(Retention.Activities);
        var (tenant, other) = (await Closed(days + daysOver), await Tenant());
        var files = api.Services.GetRequiredService<FileStore>();
        var file = new Dictionary<Caller, byte[]>();
        foreach (var one in (Caller[])[tenant, other])
        {
            using var content = new MemoryStream(one.Tenant.Value.ToByteArray());
            file[one] = (await files.Put(one.Tenant, content, 100, Ct))!.Sha256;
            File.SetLastWriteTimeUtc(await files.PathOf(one.Tenant, file[one], Ct), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-days));
            await Behind($"insert into activities.imports (tenant_id, import_id, source, created_by) values ('{one.Tenant}', gen_random_uuid(), 'api', 'test'); insert into org.entities (tenant_id, entity_id, code, name) values ('{one.Tenant}', gen_random_uuid(), 'A', 'A')");
        }

        using (var late = new MemoryStream([7, 7]))
        {
            file[Caller.System(tenant.Tenant, "late")] = (await files.Put(tenant.Tenant, late, 100, Ct))!.Sha256;
        }

        await Prune(tenant);
        await Prune(other);

        Assert.Equal(left, await Count("activities.imports", tenant));
        Assert.Equal(1, await Count("org.entities", tenant));
        Assert.Equal(1, await Count("activities.imports", other));
        Assert.Equal(left == 1, await files.SizeOf(tenant.Tenant, file[tenant], Ct) is not null);
        Assert.NotNull(await files.SizeOf(tenant.Tenant, file.Last().Value, Ct)); // It was put after the period.
        Assert.NotNull(await files.SizeOf(other.Tenant, file[other], Ct));
    }

    [Theory]
    [InlineData("ledger", "ledger.runs", -1, 1)]
    [InlineData("ledger", "ledger.runs", 1, 0)]
    [InlineData("organization", "org.entities", -1, 1)]
    [InlineData("organization", "org.entities", 1, 0)]
    public async Task Ledger_and_organization_are_erased_their_years_after_the_subscription_ended(string name, string table, int daysOver, long left)
    {
        var (tenant, other) = (await Closed(await Days(name) + daysOver), await Closed(10));
        foreach (var one in (Caller[])[tenant, other])
        {
            await Behind($"""
                insert into org.entities (tenant_id, entity_id, code, name) values ('{one.Tenant}', gen_random_uuid(), 'A', 'A');
                insert into ledger.runs (tenant_id, run_no, posting_id, cause, entry_count, root, previous_hash, hash, posted_at, posted_by)
                values ('{one.Tenant}', 1, gen_random_uuid(), 'posting', 1, sha256('a'), sha256('a'), sha256('a'), now(), 'test')
                """);
        }

        await Prune(tenant);
        await Prune(tenant); // It is asked for once.
        await Prune(other);
        Assert.Equal(1 - left, await Scalar<long>($"select count(*) from org.erasures where tenant_id = '{tenant.Tenant}' and due_at > now() + make_interval(days => {await Days("erasure") - 1})"));
        await WindowIsOver(tenant, "1 minute");
        await WindowIsOver(other, "1 minute");

        await Eventually(async () => await Count(table, tenant) == left);
        Assert.Equal(1, await Count(table, other));
        Assert.Equal(1 - left, await Count("org.erasure_certificates", tenant));
    }

    [Fact]
    public async Task Invitations_that_nobody_accepted_go_some_time_after_their_end()
    {
        var tenant = await People.Tenant(api);
        foreach (var (name, expires, revoked, accepted) in new[] { ("old", "31 days", "null", "null"), ("young", "29 days", "null", "null"), ("revoked", "-1 day", "now() - interval '31 days'", "null"), ("accepted", "31 days", "null", "now() - interval '40 days'") })
        {
            await Behind($"""
                insert into org.invitations (tenant_id, invitation_id, email, email_key, role, hash, created_at, created_by, expires_at, revoked_at, accepted_at)
                values ('{tenant.Tenant}', gen_random_uuid(), '{name}', '{name}', 'viewer', sha256('{name}'), now(), 'test', now() - interval '{expires}', {revoked}, {accepted})
                """);
        }

        await Prune(tenant);

        Assert.Equal("accepted young", await Scalar<string>($"select string_agg(email, ' ' order by email) from org.invitations where tenant_id = '{tenant.Tenant}'"));
    }

    [Fact]
    public async Task An_installation_without_a_schedule_gets_it_when_the_product_starts()
    {
        var tenant = await People.Tenant(api);
        const string pruned = "select count(*) from platform.job_schedules where name = 'prune' and tenant_id in ('{0}', '00000000-0000-0000-0000-000000000000')";
        await Behind("delete from platform.job_schedules where name = 'prune'");
        await Behind($"insert into platform.job_schedules (tenant_id, schedule_id, name, type, job_name, arguments, cron, time_zone, next_at) values ('{api.Database.Acme.Tenant}', gen_random_uuid(), 'prune', 'maintenance', 'prune', '{{}}', '7 7 * * *', 'Etc/UTC', now() + interval '1 day')");
        Assert.Equal(0L, await Scalar<long>(string.Format(System.Globalization.CultureInfo.InvariantCulture, pruned, tenant.Tenant)));

        await api.Another();

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (await Scalar<long>(string.Format(System.Globalization.CultureInfo.InvariantCulture, pruned, tenant.Tenant)) < 2)
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "No schedule was made.");
            await Task.Delay(50, Ct);
        }

        // What is there stays as it is.
        Assert.Equal("7 7 * * *", await Scalar<string>($"select cron from platform.job_schedules where name = 'prune' and tenant_id = '{api.Database.Acme.Tenant}'"));
    }

    [Theory]
    [InlineData("1 minute", 0)]
    [InlineData("-1 hour", 1)]
    public async Task What_is_to_be_deleted_is_erased_when_the_window_is_over_and_no_earlier(string over, long left)
    {
        var (tenant, other) = (await Tenant(), await Tenant());
        foreach (var one in (Caller[])[tenant, other])
        {
            await Behind($"insert into org.entities (tenant_id, entity_id, code, name) values ('{one.Tenant}', gen_random_uuid(), 'A', 'A')");
        }

        var asked = (await RequestErasure.Ask(new RequestErasure.Request("Test."), tenant, api.Database.Database, Ct)).Value;
        Assert.Equal(await Days("erasure"), asked.RetentionDays);
        Assert.Equal(asked.RequestedAt.AddDays(asked.RetentionDays), asked.DeletionDate);
        await WindowIsOver(tenant, over);

        await Eventually(async () => await Scalar<long>($"select count(*) from platform.jobs where tenant_id = '{tenant.Tenant}' and name = 'erase-tenant' and status in ('queued', 'running')") == 0);
        Assert.Equal(left, await Count("org.entities", tenant));
        Assert.Equal(1, await Count("org.entities", other));
    }

    [Fact]
    public async Task A_certificate_of_erasure_stays_however_old_it_is()
    {
        var (tenant, other) = (await Tenant(), await Tenant());
        await Behind(string.Concat(((Caller[])[tenant, other]).Select(one => $"insert into org.erasure_certificates (tenant_id, erased_at, body, hash) values ('{one.Tenant}', now() - interval '50 years', '{{}}', '\\x00');")));

        await Prune(tenant);

        Assert.Equal((1, 1), (await Count("org.erasure_certificates", tenant), await Count("org.erasure_certificates", other)));
    }

    [Fact]
    public async Task An_export_goes_with_its_file()
    {
        var files = api.Services.GetRequiredService<FileStore>();
        var tenant = await Tenant();
        foreach (var (name, ago) in new[] { ("old", "25 hours"), ("young", "23 hours") })
        {
            using var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(name));
            var file = (await files.Put(tenant.Tenant, content, 100, Ct))!;
            await Behind($"insert into org.exports (tenant_id, export_id, requested_at, requested_by, sha256, size_bytes, finished_at, expires_at) values ('{tenant.Tenant}', gen_random_uuid(), now(), '{name}', decode('{Convert.ToHexString(file.Sha256)}', 'hex'), 3, now(), now() + interval '1 day' - interval '{ago}')");
        }

        await Prune(tenant);

        Assert.Equal("young", await Scalar<string>($"select string_agg(requested_by, ' ') from org.exports where tenant_id = '{tenant.Tenant}'"));
        Assert.Single(await files.PutBefore(tenant.Tenant, TimeProvider.System.GetUtcNow().AddDays(1), Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task Periods_stand_in_one_table_which_the_program_cannot_write()
    {
        await using var session = await api.Database.Database.Open(api.Database.Acme, System.Data.IsolationLevel.ReadCommitted, Ct);
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => session.Execute("update platform.retention set days = 1"));
        Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);

        // What the operator may set is shown as set.
        var set = await api.Database.Database.Read(api.Database.Acme, own => Retention.Read(own, new RetentionSettings { Ended = TimeSpan.FromDays(3), DeadLetters = TimeSpan.FromHours(30) }), Ct);
        Assert.Equal((3, 2, 7), (Shown("jobs"), Shown("dead_letters"), Shown("uploads")));
        Assert.Equal(TimeSpan.FromHours(30), set[Retention.DeadLetters]);

        int? Shown(string name) => set.Classes.First(one => one.Name == name).Days;
    }

    private static string Job(string status) =>
        $$"""
        insert into platform.jobs (tenant_id, job_id, type, name, arguments, status, created_at, created_by, finished_at)
        select '@tenant', (lpad(to_hex((extract(epoch from now() - '@age'::interval - interval '1 second') * 1000)::bigint), 12, '0') || '7' || substr(md5('@tag'), 1, 3) || '8' || substr(md5('@tag'), 4, 15))::uuid,
            'export', '@tag', '{}', '{{status}}', now(), 'test', now() - '@age'::interval
        """;

    private static string Said(string sql, Caller tenant, string tag, string age = "", string like = "") => sql
        .Replace("@tenant", tenant.Tenant.ToString(), StringComparison.Ordinal).Replace("@tag", tag, StringComparison.Ordinal).Replace("@age", age, StringComparison.Ordinal).Replace("@like", like, StringComparison.Ordinal);

    private Task<string?> Tags(string left, Caller tenant, string like) => Scalar<string>($"select string_agg(tag, ' ' order by tag) from ({Said(left, tenant, "", like: like)}) as there (tag)");

    private Task<int> Days(string name) => Scalar<int>($"select days from platform.retention where name = '{name}'");

    private Task<IReadOnlyList<DataClass>> Told(Caller tenant) => api.Database.Database.Read(tenant, async session => (await Retention.Read(session, new RetentionSettings())).Classes, Ct);

    // The job itself, by a worker.
    private async Task Prune(Caller tenant)
    {
        var job = (await api.Database.Database.Write<Guid>(tenant, async session => await JobQueue.Enqueue(session, new NewJob(JobType.Maintenance, "prune", new { })), Ct)).Value;
        await Eventually(async () => await api.Database.Database.Read(tenant, session => JobQueue.Status(session, job), Ct) is "succeeded" or "dead");
        Assert.Equal("succeeded", await api.Database.Database.Read(tenant, session => JobQueue.Status(session, job), Ct));
    }

    private async Task WindowIsOver(Caller tenant, string by) => await Behind(
        $"update org.erasures set due_at = now() - interval '{by}' where tenant_id = '{tenant.Tenant}'; update platform.jobs set not_before = now() where tenant_id = '{tenant.Tenant}' and name = 'erase-tenant'");

    private Task<Caller> Tenant() => People.Tenant(api);

    private async Task<Caller> Closed(int days)
    {
        var caller = Caller.System(TenantId.New(), "test:retention");
        await Behind($"insert into org.tenants (id, slug, name, status, closed_at) values ('{caller.Tenant}', 'r{caller.Tenant.Value:N}', 'Closed', 'closed', now() - interval '{days} days')");
        return caller;
    }

    private Task<long> Count(string table, Caller tenant) => Scalar<long>($"select count(*) from {table} where tenant_id = '{tenant.Tenant}'");

    private async Task Behind(string sql)
    {
        await using var admin = await api.Database.Admin.OpenConnectionAsync(Ct);
        await admin.ExecuteAsync($"set session_replication_role = replica; {sql}; reset session_replication_role");
    }

    private async Task<T?> Scalar<T>(string sql)
    {
        await using var admin = await api.Database.Admin.OpenConnectionAsync(Ct);
        return await admin.ExecuteScalarAsync<T>(sql);
    }

    private static async Task Eventually(Func<Task<bool>> isSo)
    {
        var end = TimeProvider.System.GetUtcNow().AddSeconds(30);
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetUtcNow() < end, "It has not come to be.");
            await Task.Delay(20, Ct);
        }
    }
}
