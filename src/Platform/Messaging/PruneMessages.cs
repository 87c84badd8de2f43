using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Messaging;

/// <summary>Prunes jobs, events, deliveries, idempotency keys, and the trail after its seven years. Ids are time-ordered: what is younger is not even looked at.</summary>
internal sealed class PruneMessages : IPruning
{
    public async Task<Pruned> Prune(Session session, Retention retention, DateTimeOffset now, int most)
    {
        var ended = retention[Retention.Jobs];
        var old = new { Ended = now - ended, Last = Guid.CreateVersion7(now - ended), LastDead = Guid.CreateVersion7(now - retention[Retention.DeadLetters]), Dead = now - retention[Retention.DeadLetters], Keys = now - retention[Retention.Answers], most };
        var jobs = await session.Execute(
            "delete from platform.jobs where job_id in (select job_id from platform.jobs where job_id < @Last and status in ('succeeded', 'cancelled') and finished_at < @Ended limit @most)", old);
        var dead = await session.Execute(
            "delete from platform.jobs where job_id in (select job_id from platform.jobs where job_id < @LastDead and status = 'dead' and finished_at < @Dead limit @most)", old);
        var deliveries = await session.Execute(
            "delete from platform.deliveries where (webhook_id, delivery_id) in (select webhook_id, delivery_id from platform.deliveries where at < @Ended limit @most)", old);
        var keys = await session.Execute("delete from platform.idempotency where key in (select key from platform.idempotency where created_at < @Keys limit @most)", old);

        // A job that is still there may be requeued, and a delivery shows its event's type.
        var events = await session.Query<Guid>(
            """
            select event_id from platform.outbox
            where event_id < @Last and sent_at < @Ended
              and event_id::text not in (select arguments ->> 'event_id' from platform.jobs where name in ('hear-event', 'deliver-webhook') and arguments ? 'event_id')
              and event_id not in (select event_id from platform.deliveries)
            limit @most
            """,
            old);
        await session.Execute("delete from platform.heard where event_id = any (@events)", new { events = events.ToArray() });
        await session.Execute("delete from platform.outbox where event_id = any (@events)", new { events = events.ToArray() });

        // The database itself says what is old enough; the installation's own trail is everybody's to prune.
        var trail = await session.First<long>("select platform.prune_audit(@Tenant, @most)", new { Tenant = session.Tenant.Value, most });
        await session.Execute("select platform.prune_audit('00000000-0000-0000-0000-000000000000', @most)", new { most });

        return new Pruned(
            new Dictionary<string, long>(StringComparer.Ordinal)
            {
                [Retention.Jobs] = jobs + deliveries + events.Count, [Retention.DeadLetters] = dead, [Retention.Answers] = keys, [Retention.Audit] = trail,
            },
            new[] { jobs, dead, deliveries, keys, events.Count, trail }.Contains(most));
    }
}
