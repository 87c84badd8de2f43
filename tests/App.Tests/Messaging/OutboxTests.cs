using System.Collections.Concurrent;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Messaging;

public sealed class OutboxTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    // Makes an entity for each event it hears, so that the database counts.
    private sealed class Subscriber(string name, string type, Action<OutboxEvent>? first = null) : IEventSubscriber
    {
        public string Name => name;

        public string EventType => type;

        public async Task Hear(OutboxEvent happened, Session session)
        {
            await session.Execute(
                "insert into org.entities (tenant_id, entity_id, code, name) values (@Tenant, @Id, @Code, 'x')",
                new { Tenant = session.Tenant.Value, Id = Guid.CreateVersion7(), Code = $"{name} {happened.EventId} {Guid.CreateVersion7()}" });
            first?.Invoke(happened);
        }
    }

    [Fact]
    public async Task every_event_takes_effect_once_at_every_subscriber_with_two_dispatchers_and_failures()
    {
        var failed = new ConcurrentDictionary<Guid, bool>();
        object[] Subscribers() =>
        [
            new Subscriber("ledger", "import.read", happened =>
            {
                // Each event fails once, after the subscriber has written.
                if (failed.TryAdd(happened.EventId, true))
                {
                    throw new TimeoutException();
                }
            }),
            new Subscriber("mail", "import.read"),
            new Subscriber("other", "period.closed"),
        ];
        var told = new List<Guid>();
        await using var one = await Working.Start(test.Database, Working.Quick, Subscribers());
        await using var two = await Working.Start(test.Database, Working.Quick, Subscribers());
        for (var i = 0; i < 20; i++)
        {
            told.Add(await Tell(i % 2 == 0 ? test.Acme : test.Globex, "import.read", commit: true));
        }

        // The retries wait up to two seconds; they need not.
        await Queue.Until(
            async () =>
            {
                await test.Admin<int>("with hurried as (update platform.jobs set not_before = created_at where name = 'hear-event' and status = 'queued' returning 1) select count(*)::int from hurried");
                return await test.Admin<int>(
                    "select count(*)::int from platform.jobs where name = 'hear-event' and status = 'succeeded' and arguments ->> 'event_id' = any (@told)",
                    new { told = told.Select(id => id.ToString()).ToArray() });
            },
            ended => ended == 40,
            ended => $"{ended} of 40 heard");
        await Task.WhenAll(one.Stop(), two.Stop());

        var effects = await test.Admin<string>(
            """
            select string_agg(times::text || 'x' || events::text, ' ' order by subscriber) from (
                select subscriber, min(times) as times, count(*) as events from (
                    select split_part(code, ' ', 1) as subscriber, split_part(code, ' ', 2) as event, count(*) as times from org.entities
                    where split_part(code, ' ', 2) = any (@told) group by 1, 2) as per_event
                where times = 1 group by subscriber) as per_subscriber
            """,
            new { told = told.Select(id => id.ToString()).ToArray() });
        Assert.Equal("1x20 1x20", effects);
        Assert.Equal(40, await test.Admin<int>("select count(*)::int from org.entities where split_part(code, ' ', 2) = any (@told)", new { told = told.Select(id => id.ToString()).ToArray() }));
        Assert.Equal(20, failed.Count);
    }

    [Fact]
    public async Task a_job_that_is_run_again_after_its_event_was_heard_does_nothing()
    {
        var heard = new HearEvent(test.Database, [new Subscriber("twice", "import.undone")]);
        var id = await Tell(test.Acme, "import.undone", commit: true);
        var again = HearEvent.Job(new Subscriber("twice", "import.undone"), id);
        var leases = test.Leases("twice");
        for (var i = 0; i < 2; i++)
        {
            await test.Enqueue(test.Acme, again with { Name = "hear-twice" });
            var job = (await leases.Claim(["hear-twice"], Ct))!;
            await heard.Run(job, Ct);
            await leases.Finish(job, Ct);
        }

        Assert.Equal(1, await test.Admin<int>("select count(*)::int from org.entities where code like 'twice %'"));
    }

    [Fact]
    public async Task a_transaction_that_is_undone_tells_nothing()
    {
        var heard = new ConcurrentQueue<OutboxEvent>();
        await using var working = await Working.Start(test.Database, Working.Quick, new Subscriber("quiet", "period.reopened", heard.Enqueue));

        var undone = await Tell(test.Acme, "period.reopened", commit: false);
        var told = await Tell(test.Globex, "period.reopened", commit: true);
        await Queue.Until(() => test.Admin<int>("select count(*)::int from platform.heard where subscriber = 'quiet'"), count => count > 0, _ => "nothing heard");

        var only = Assert.Single(heard);
        Assert.Equal((told, "period.reopened", "x"), (only.EventId, only.Type, only.Body.GetProperty("import_id").GetString()));
        Assert.Equal(0, await test.Admin<int>("select count(*)::int from platform.outbox where event_id = @undone", new { undone }));
    }

    private async Task<Guid> Tell(Caller caller, string type, bool commit)
    {
        await using var session = await test.Database.Open(caller, System.Data.IsolationLevel.ReadCommitted, Ct);
        var id = await Outbox.Tell(session, type, new { ImportId = "x" });
        if (commit)
        {
            await session.Commit();
        }

        return id;
    }
}
