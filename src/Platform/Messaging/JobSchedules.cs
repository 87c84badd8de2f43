using System.Data;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Platform.Messaging;

/// <summary>A job that the clock makes, again and again.</summary>
/// <param name="Name">Of the schedule: one of a name per tenant.</param>
/// <param name="Job">What to enqueue; its key and time are the schedule's.</param>
/// <param name="Cron">See <see cref="Messaging.Cron"/>.</param>
/// <param name="TimeZone">IANA name: <c>Europe/Berlin</c>.</param>
public sealed record NewSchedule(string Name, NewJob Job, string Cron, string TimeZone);

/// <summary>A tenant's schedules.</summary>
public static class JobSchedules
{
    /// <summary>Adds the schedule, or replaces the one of its name; returns when it is next due.</summary>
    public static async Task<Result<DateTimeOffset>> Set(Session session, NewSchedule schedule, TimeProvider time)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(schedule.TimeZone, out var zone))
        {
            return new Problem("schedule.time-zone", "time_zone", schedule.TimeZone, "an IANA time zone such as Europe/Berlin", "Take a name from the IANA list.");
        }

        if (!Cron.Parse(schedule.Cron).TryValue(out var cron, out var problem))
        {
            return problem;
        }

        var next = cron.Next(time.GetUtcNow(), zone);
        await session.Execute(
            """
            insert into platform.job_schedules (tenant_id, schedule_id, name, type, job_name, arguments, cron, time_zone, next_at)
            values (@Tenant, @Id, @Name, @Type, @JobName, @Arguments::jsonb, @Cron, @TimeZone, @next)
            on conflict (tenant_id, name) do update set type = excluded.type, job_name = excluded.job_name, arguments = excluded.arguments,
                cron = excluded.cron, time_zone = excluded.time_zone, next_at = excluded.next_at
            """,
            new
            {
                Tenant = session.Tenant.Value,
                Id = Guid.CreateVersion7(),
                schedule.Name,
                Type = JobQueue.TypeName(schedule.Job.Type),
                JobName = schedule.Job.Name,
                Arguments = JsonSerializer.Serialize(schedule.Job.Arguments, Json.Options),
                schedule.Cron,
                schedule.TimeZone,
                next,
            });
        return next;
    }

    /// <summary>Adds the schedule unless there is one of its name.</summary>
    /// <returns>1, or 0 when there is.</returns>
    public static async Task<int> Ensure(Session session, NewSchedule schedule, TimeProvider time) =>
        await session.First<Guid?>("select schedule_id from platform.job_schedules where name = @Name", new { schedule.Name }) is not null ? 0
        : (await Set(session, schedule, time)).Problem is { } wrong ? throw new ArgumentException($"{wrong.Code}: {wrong.Found}", nameof(schedule))
        : 1;

    public static Task<int> Remove(Session session, string name) => session.Execute("delete from platform.job_schedules where name = @name", new { name });
}

/// <summary>Enqueues what is due. Any number of schedulers run; each time of each schedule makes one job. Times missed in an outage make one.</summary>
internal sealed class JobScheduler(Database database, TimeProvider time, ILogger<JobScheduler> log) : BackgroundService
{
    // A time table has minutes.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isEnsured = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!isEnsured)
                {
                    await Prune.EnsureAll(database, time, stoppingToken);
                    isEnsured = true;
                }

                await EnqueueDue(stoppingToken);
            }
            catch (Exception outage) when (outage is NpgsqlException or IOException or TimeoutException)
            {
                log.LogWarning(outage, "The schedules could not be read; trying again.");
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Poll, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>How many jobs it made.</summary>
    internal async Task<int> EnqueueDue(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        IEnumerable<(Guid Tenant, Guid Schedule)> due;
        await using (var connection = await database.Source.OpenConnectionAsync(ct))
        {
            due = await connection.QueryAsync<(Guid, Guid)>(new CommandDefinition("select tenant_id, schedule_id from platform.due_schedules(@now)", new { now }, cancellationToken: ct));
        }

        var made = 0;
        foreach (var (tenant, schedule) in due)
        {
            await using var session = await database.Open(Caller.System(new TenantId(tenant), $"schedule:{schedule}"), IsolationLevel.ReadCommitted, ct);
            made += await Enqueue(session, schedule, now);
            await session.Commit();
        }

        return made;
    }

    private static async Task<int> Enqueue(Session session, Guid schedule, DateTimeOffset now)
    {
        // Another scheduler that has it in hand moves it on.
        var due = await session.First<Due>(
            "select type, job_name, arguments::text as arguments, cron, time_zone, next_at from platform.job_schedules where schedule_id = @schedule and next_at <= @now for update skip locked",
            new { schedule, now });
        if (due is null)
        {
            return 0;
        }

        var next = Cron.Parse(due.Cron).Value.Next(now, TimeZoneInfo.FindSystemTimeZoneById(due.TimeZone));
        await session.Execute(
            "update platform.job_schedules set next_at = @next, last_at = @now where schedule_id = @schedule", new { schedule, next, now });
        await JobQueue.Enqueue(session, new NewJob(Enum.Parse<JobType>(due.Type.Replace("_", "", StringComparison.Ordinal), ignoreCase: true), due.JobName, JsonElement.Parse(due.Arguments))
        {
            Key = $"schedule {schedule}",
        });
        return 1;
    }

    private sealed record Due(string Type, string JobName, string Arguments, string Cron, string TimeZone, DateTime NextAt);
}
