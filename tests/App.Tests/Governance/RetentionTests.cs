using Dapper;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Governance;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace OffGridFlow.App.Tests.Governance;

/// <summary>What the schedule says goes, goes; what is younger stays. Jobs, events and uploads have tests of their own.</summary>
public sealed class RetentionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly Retention Kept = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_schedule_is_told_with_every_class_once()
    {
        var classes = (await (await api.Acme.Get("/api/v1/governance/retention")).Json()).GetProperty("classes").EnumerateArray().ToDictionary(one => one.GetProperty("name").GetString()!, StringComparer.Ordinal);

        Assert.Equal(2557, classes["audit"].GetProperty("days").GetInt32());
        Assert.Equal(2557, classes["ledger"].GetProperty("days").GetInt32());
        Assert.Equal(90, classes["activities"].GetProperty("days").GetInt32());
        Assert.Equal((int)Kept.Ended.TotalDays, classes["jobs"].GetProperty("days").GetInt32());
        Assert.Equal(30, classes["erasure"].GetProperty("days").GetInt32());
    }

    [Fact]
    public async Task Sessions_and_tokens_go_some_time_after_their_end()
    {
        var email = await People.Make(api, api.Database.Acme, "viewer");
        foreach (var (id, ago) in new[] { ("old", "31 days"), ("young", "29 days") })
        {
            await Behind($"""
                insert into people.sessions (user_id, session_id, hash, carrier, factors, stamp, created_at, authenticated_at, last_seen_at, expires_at, user_agent)
                select user_id, gen_random_uuid(), sha256('{id}'), 'cookie', array['password'], gen_random_uuid(), now(), now(), now(), now() - interval '{ago}', '{id}' from people.users where email = '{email}';
                insert into people.refresh_tokens (user_id, session_id, hash, issued_at, expires_at) select user_id, session_id, hash, now(), now() from people.sessions where user_agent = '{id}';
                """);
        }

        await Behind($"""
            insert into people.one_time_tokens (user_id, hash, purpose, created_at, expires_at)
            select user_id, sha256(purpose::bytea), purpose, now(), now() - ago from people.users,
                (values ('confirm_email', interval '25 hours'), ('reset_password', interval '23 hours')) as t (purpose, ago) where email = '{email}'
            """);

        await Prune(api.Database.Acme);

        Assert.Equal("young", await Scalar<string>($"select string_agg(user_agent, ' ') from people.sessions join people.users using (user_id) where email = '{email}'"));
        Assert.Equal("reset_password", await Scalar<string>($"select string_agg(purpose, ' ') from people.one_time_tokens join people.users using (user_id) where email = '{email}'"));
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
    [InlineData(89, 1)]
    [InlineData(91, 0)]
    public async Task Activities_and_files_go_ninety_days_after_the_subscription_ended_and_the_rest_stays(int days, long left)
    {
        var tenant = await Closed($"{days} days");
        var files = api.Services.GetRequiredService<FileStore>();
        using var content = new MemoryStream(tenant.Tenant.Value.ToByteArray());
        var file = (await files.Put(tenant.Tenant, content, 100, Ct))!;
        await Behind($"insert into activities.imports (tenant_id, import_id, source, created_by) values ('{tenant.Tenant}', gen_random_uuid(), 'api', 'test'); insert into org.entities (tenant_id, entity_id, code, name) values ('{tenant.Tenant}', gen_random_uuid(), 'A', 'A')");

        await Prune(tenant);

        Assert.Equal(left, await Scalar<long>($"select count(*) from activities.imports where tenant_id = '{tenant.Tenant}'"));
        Assert.Equal(1L, await Scalar<long>($"select count(*) from org.entities where tenant_id = '{tenant.Tenant}'"));
        // The file was put just now, after the ninety days: it is not what was kept for them.
        Assert.NotNull(await files.SizeOf(tenant.Tenant, file.Sha256, Ct));
    }

    [Theory]
    [InlineData("6 years 11 months", 0)]
    [InlineData("7 years 1 day", 1)]
    public async Task Seven_years_after_the_subscription_ended_the_erasure_is_asked_for(string ago, long asked)
    {
        var tenant = await Closed(ago);

        await Prune(tenant);
        await Prune(tenant);

        Assert.Equal(asked, await Scalar<long>($"select count(*) from org.erasures where tenant_id = '{tenant.Tenant}' and due_at > now() + interval '29 days'"));
        Assert.Equal(asked, await Scalar<long>($"select count(*) from platform.jobs where tenant_id = '{tenant.Tenant}' and name = 'erase-tenant' and not_before > now() + interval '29 days'"));
    }

    [Fact]
    public async Task An_export_goes_with_its_file_after_a_day()
    {
        var files = api.Services.GetRequiredService<FileStore>();
        foreach (var (name, ago) in new[] { ("old", "25 hours"), ("young", "23 hours") })
        {
            using var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(name));
            var file = (await files.Put(api.Database.Globex.Tenant, content, 100, Ct))!;
            await Behind($"insert into org.exports (tenant_id, export_id, requested_at, requested_by, sha256, size_bytes, finished_at, expires_at) values ('{api.Database.Globex.Tenant}', gen_random_uuid(), now(), '{name}', decode('{Convert.ToHexString(file.Sha256)}', 'hex'), 3, now(), now() + interval '1 day' - interval '{ago}')");
        }

        await Prune(api.Database.Globex);

        Assert.Equal("young", await Scalar<string>($"select string_agg(requested_by, ' ') from org.exports where tenant_id = '{api.Database.Globex.Tenant}'"));
        Assert.Single(await files.PutBefore(api.Database.Globex.Tenant, TimeProvider.System.GetUtcNow().AddDays(1), Ct).ToListAsync(Ct));
    }

    private async Task Prune(Caller tenant)
    {
        foreach (var pruning in api.Services.GetServices<IPruning>())
        {
            await api.Database.Database.Write<int>(tenant, async session => await pruning.Prune(session, Kept, TimeProvider.System.GetUtcNow(), 1000), Ct);
        }
    }

    private async Task<Caller> Closed(string ago)
    {
        var caller = Caller.System(TenantId.New(), "test:retention");
        await Behind($"insert into org.tenants (id, slug, name, status, closed_at) values ('{caller.Tenant}', 'r{caller.Tenant.Value:N}', 'Closed', 'closed', now() - interval '{ago}')");
        return caller;
    }

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
}
