using System.Globalization;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Messaging;

namespace OffGridFlow.App.Tests.Messaging;

public sealed class CronTests
{
    [Theory]
    [InlineData("* * * * *", "UTC", "2025-03-01T10:00:30Z", "2025-03-01T10:01:00Z")]
    [InlineData("30 2 * * *", "UTC", "2025-03-01T02:30:00Z", "2025-03-02T02:30:00Z")]
    [InlineData("*/15 9-17 * * mon-fri", "UTC", "2025-03-07T17:45:00Z", "2025-03-10T09:00:00Z")]
    [InlineData("5,35 0 1 jan,jul *", "UTC", "2025-01-01T00:05:00Z", "2025-01-01T00:35:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2025-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 12 * * 7", "UTC", "2025-03-01T00:00:00Z", "2025-03-02T12:00:00Z")]
    [InlineData("0 12 13 * 5", "UTC", "2025-06-07T00:00:00Z", "2025-06-13T12:00:00Z")]
    [InlineData("0 12 14 * 5", "UTC", "2025-06-13T12:00:00Z", "2025-06-14T12:00:00Z")]
    [InlineData("0 6 * * *", "Europe/Berlin", "2025-01-10T00:00:00Z", "2025-01-10T05:00:00Z")]
    [InlineData("0 6 * * *", "Europe/Berlin", "2025-07-10T00:00:00Z", "2025-07-10T04:00:00Z")]
    [InlineData("30 9 * * *", "Asia/Kolkata", "2025-07-10T04:00:00Z", "2025-07-11T04:00:00Z")]
    // Berlin, 30 March 2025: 02:00 becomes 03:00 at 01:00Z. The time that is skipped counts as it is skipped.
    [InlineData("30 2 * * *", "Europe/Berlin", "2025-03-29T12:00:00Z", "2025-03-30T01:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2025-03-30T01:00:00Z", "2025-03-31T00:30:00Z")]
    // 26 October 2025: 03:00 becomes 02:00 at 01:00Z. The time that is shown twice counts once.
    [InlineData("30 2 * * *", "Europe/Berlin", "2025-10-25T12:00:00Z", "2025-10-26T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2025-10-26T00:30:00Z", "2025-10-27T01:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2025-10-26T01:00:00Z", "2025-10-27T01:30:00Z")]
    public void the_next_time_is_by_the_clocks_of_the_zone(string text, string zone, string after, string next)
    {
        var cron = Cron.Parse(text).Value;

        Assert.Equal(Instant(next), cron.Next(Instant(after), TimeZoneInfo.FindSystemTimeZoneById(zone)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("*/0 * * * *")]
    [InlineData("5-2 * * * *")]
    [InlineData("1,,2 * * * *")]
    [InlineData("-1 * * * *")]
    [InlineData("x * * * *")]
    [InlineData("0 0 30 2 *")]
    public void what_is_no_time_table_is_a_problem(string text) => Assert.Equal("schedule.cron", Cron.Parse(text).Problem?.Code);

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

public sealed class JobScheduleTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Fact]
    public async Task each_time_makes_one_job_with_any_number_of_schedulers()
    {
        var clock = new Clock(new DateTimeOffset(2030, 5, 1, 0, 0, 30, TimeSpan.Zero));
        foreach (var caller in new[] { test.Acme, test.Globex })
        {
            for (var i = 0; i < 10; i++)
            {
                var set = await test.Database.Write(
                    caller, session => JobSchedules.Set(session, new NewSchedule($"s{i}", new NewJob(JobType.ReportGeneration, "monthly", new { i }), "0 4 1 * *", "UTC"), clock), Ct);
                Assert.Equal(new DateTimeOffset(2030, 5, 1, 4, 0, 0, TimeSpan.Zero), set.Value);
            }
        }

        var schedulers = Enumerable.Range(0, 4)
            .Select(_ => new JobScheduler(test.Database, clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<JobScheduler>.Instance)).ToList();
        async Task<int> All() => (await Task.WhenAll(schedulers.Select(scheduler => scheduler.EnqueueDue(Ct)))).Sum();

        var early = await All();
        clock.Now = new DateTimeOffset(2030, 5, 1, 4, 0, 1, TimeSpan.Zero);
        var due = await All();
        var again = await All();
        var leases = test.Leases("monthly");
        var acme = 0;
        while (await leases.Claim(["monthly"], Ct) is { } job)
        {
            acme += job.Caller.Tenant == test.Acme.Tenant ? 1 : 0;
            await leases.Finish(job, Ct);
        }

        // Two months of silence are made up for once.
        clock.Now = new DateTimeOffset(2030, 7, 2, 0, 0, 0, TimeSpan.Zero);
        var missed = await All();

        Assert.Equal((0, 20, 0, 20), (early, due, again, missed));
        Assert.Equal(10, acme);
        Assert.Equal(40, await test.Admin<int>("select count(*)::int from platform.jobs where name = 'monthly'"));
        Assert.Equal(new DateTime(2030, 8, 1, 4, 0, 0, DateTimeKind.Utc), await test.Admin<DateTime>("select max(next_at) from platform.job_schedules"));
    }
}
