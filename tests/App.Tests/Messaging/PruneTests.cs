using OffGridFlow.Activities.Imports;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Messaging;

public sealed class PruneTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private sealed class Clock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }

    [Fact]
    public async Task what_has_served_its_time_goes_and_what_may_be_needed_stays()
    {
        foreach (var caller in new[] { test.Acme, test.Globex })
        {
            await Fill(caller);
        }

        const string everything = "jobs: cancelled, dead, hear, queued, succeeded; events: for the dead, heard, untold; heard: 1; deliveries: 1; keys: 1";
        Assert.Equal(everything, await Kept(test.Acme));

        await PruneIn(0);
        Assert.Equal(everything, await Kept(test.Acme));
        await PruneIn(2);
        Assert.Equal(everything.Replace("keys: 1", "keys: 0", StringComparison.Ordinal), await Kept(test.Acme));
        await PruneIn(31);
        Assert.Equal("jobs: dead, hear, queued; events: for the dead, untold; heard: 0; deliveries: 0; keys: 0", await Kept(test.Acme));
        await PruneIn(366);
        Assert.Equal("jobs: queued; events: untold; heard: 0; deliveries: 0; keys: 0", await Kept(test.Acme));
        Assert.Equal(everything, await Kept(test.Globex));
    }

    [Fact]
    public async Task an_upload_that_was_given_up_goes_with_its_bytes_and_one_that_goes_on_stays()
    {
        var folder = Directory.CreateTempSubdirectory("offgridflow-prune").FullName;
        try
        {
            var files = FileStore.At(Path.Combine(folder, "files"), folder);
            async Task<long> PruneUploads(DateTimeOffset now) => (await test.Database.Write<long>(
                test.Acme,
                async session => (await new PruneUploads(files).Prune(session, await Retention.Read(session, new RetentionSettings { Uploads = TimeSpan.FromMinutes(1) }), now, 100)).Removed.Values.Single(),
                Ct)).Value;

            var (givenUp, goesOn, begun) = (await Upload(), await Upload(), await Upload());
            foreach (var id in new[] { givenUp, goesOn })
            {
                await files.Append(test.Acme.Tenant, id, new MemoryStream(new byte[3]), 0, 9, Ct);
            }

            File.SetLastWriteTimeUtc(Directory.GetFiles(Path.Combine(folder, "staging"), $"*{givenUp:N}").Single(), DateTime.UnixEpoch);

            // The rows are as old as the clock is ahead; a file that is being added to is not.
            var pruned = await PruneUploads(TimeProvider.System.GetUtcNow().AddSeconds(59));
            Assert.Equal((0L, 0L, 3L), (pruned, files.Offset(test.Acme.Tenant, givenUp), files.Offset(test.Acme.Tenant, goesOn)));

            await test.Admin<int>("with aged as (update activities.uploads set created_at = created_at - interval '1 hour' returning 1) select count(*)::int from aged");
            pruned = await PruneUploads(TimeProvider.System.GetUtcNow());

            Assert.Equal(2, pruned);
            Assert.Equal(goesOn, await test.Admin<Guid>("select upload_id from activities.uploads where upload_id in (@givenUp, @goesOn, @begun)", new { givenUp, goesOn, begun }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task every_new_tenant_is_pruned_once_a_day()
    {
        var made = (await CreateTenant.Handle(new CreateTenant.Request("pruned", "Pruned"), test.Database, TimeProvider.System, Ct)).Value;

        var scheduler = new JobScheduler(test.Database, new Clock(TimeSpan.FromDays(1)), Microsoft.Extensions.Logging.Abstractions.NullLogger<JobScheduler>.Instance);
        await scheduler.EnqueueDue(Ct);

        Assert.Equal("prune maintenance", await test.Admin<string>("select name || ' ' || type from platform.jobs where tenant_id = @Value", made.Tenant));
        Assert.InRange(
            (await test.Admin<DateTime>("select next_at from platform.job_schedules where tenant_id = @Value", made.Tenant) - TimeProvider.System.GetUtcNow().UtcDateTime).TotalHours, 24, 48);
    }

    [Fact]
    public async Task who_cancelled_and_requeued_a_job_is_in_the_audit_trail_and_what_workers_do_is_not()
    {
        var person = new Caller(test.Acme.Tenant, "key:0190", "request-77", "192.0.2.7", "curl");
        var (job, other) = (await test.Enqueue(test.Acme, new NewJob(JobType.Export, "audited", new { })), await test.Enqueue(test.Acme, new NewJob(JobType.Export, "unaudited", new { })));
        var leases = test.Leases("auditor");
        var done = (await leases.Claim(["unaudited"], Ct))!;
        await leases.Finish(done, Ct);

        await test.Database.Write(person, session => JobQueue.Cancel(session, job, TimeProvider.System), Ct);
        await test.Database.Write(person, session => JobQueue.Requeue(session, job), Ct);
        await leases.Bury((await leases.Claim(["audited"], Ct))!, new Problem("test.dead", "x", "x", "y", "z"), Ct);

        Assert.Equal(
            "queued>cancelled key:0190 192.0.2.7 request-77, cancelled>queued key:0190 192.0.2.7 request-77",
            await test.Admin<string>(
                """
                select string_agg(format('%s>%s %s %s %s', old_values ->> 'status', new_values ->> 'status', actor, host(address::inet), request_id), ', ' order by at)
                from platform.audit where table_name = 'platform.jobs' and (new_values ->> 'job_id')::uuid in (@job, @other)
                """,
                new { job, other }));
    }

    // One of each: ended, waiting and dead jobs; events that were handed on, that a dead letter is about, that nobody heard yet.
    private async Task Fill(Caller caller)
    {
        var leases = test.Leases("filler");
        async Task<LeasedJob> Claimed(string name, object? arguments = null)
        {
            await test.Enqueue(caller, new NewJob(JobType.Export, name, arguments ?? new { }));
            return (await leases.Claim([name], Ct))!;
        }

        var (heard, dead) = (await Tell(caller, "heard"), await Tell(caller, "for the dead"));
        await Tell(caller, "untold", sent: false);
        var problem = new Problem("test.dead", "x", "x", "y", "z");
        await leases.Finish(await Claimed("succeeded"), Ct);
        await leases.Bury(await Claimed("dead"), problem, Ct);
        await leases.Bury(await Claimed("hear-event", new { EventId = dead }), problem, Ct);
        await test.Enqueue(caller, new NewJob(JobType.Export, "queued", new { }));
        var cancelled = await test.Enqueue(caller, new NewJob(JobType.Export, "cancelled", new { }));
        await test.Database.Write<int>(
            caller,
            async session =>
            {
                await session.Execute("update platform.jobs set status = 'cancelled', finished_at = clock_timestamp() where job_id = @cancelled", new { cancelled });
                var (tenant, id) = (session.Tenant.Value, Guid.CreateVersion7());
                await session.Execute("insert into platform.heard (tenant_id, subscriber, event_id) values (@tenant, 'ledger', @heard)", new { tenant, heard });
                await session.Execute("insert into platform.webhooks (tenant_id, webhook_id, url, event_types) values (@tenant, @id, 'https://hooks.invalid', '{}')", new { tenant, id });
                await session.Execute(
                    "insert into platform.deliveries (tenant_id, webhook_id, delivery_id, event_id, job_id, at, duration_ms) values (@tenant, @id, @id, @heard, @id, clock_timestamp(), 1)",
                    new { tenant, id, heard });
                return await session.Execute("insert into platform.idempotency (tenant_id, key) values (@tenant, 'once')", new { tenant });
            },
            Ct);
    }

    private async Task<Guid> Tell(Caller caller, string type, bool sent = true) => (await test.Database.Write<Guid>(
        caller,
        async session =>
        {
            var id = await Outbox.Tell(session, type, new { });
            await session.Execute("update platform.outbox set sent_at = clock_timestamp() where event_id = @id and @sent", new { id, sent });
            return id;
        },
        Ct)).Value;

    private async Task<Guid> Upload()
    {
        var id = Guid.CreateVersion7();
        await test.Database.Write<int>(
            test.Acme,
            async session => await session.Execute("insert into activities.uploads (tenant_id, upload_id, name, size_bytes) values (@Tenant, @id, 'a.csv', 9)", new { Tenant = session.Tenant.Value, id }),
            Ct);
        return id;
    }

    // The job itself, some days ahead.
    private async Task PruneIn(int days)
    {
        await test.Enqueue(test.Acme, new NewJob(JobType.Maintenance, "prune", new { }));
        var leases = test.Leases("pruner");
        var job = (await leases.Claim(["prune"], Ct))!;
        await new Prune(test.Database, [new PruneMessages()], new RetentionSettings(), new Clock(TimeSpan.FromDays(days))).Run(job, Ct);
        await leases.Finish(job, Ct);
    }

    private Task<string> Kept(Caller caller) => test.Admin<string>(
        """
        select format('jobs: %s; events: %s; heard: %s; deliveries: %s; keys: %s',
            (select string_agg(replace(name, 'hear-event', 'hear'), ', ' order by name) from platform.jobs where tenant_id = @Value and name in ('cancelled', 'dead', 'hear-event', 'queued', 'succeeded')),
            (select string_agg(type, ', ' order by type) from platform.outbox where tenant_id = @Value and type in ('for the dead', 'heard', 'untold')),
            (select count(*) from platform.heard where tenant_id = @Value), (select count(*) from platform.deliveries where tenant_id = @Value),
            (select count(*) from platform.idempotency where tenant_id = @Value))
        """,
        caller.Tenant);
}
