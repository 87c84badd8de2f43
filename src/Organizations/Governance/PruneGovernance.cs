using OffGridFlow.Platform.Files;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Organizations.Governance;

/// <summary>
/// Ends the keeping of sessions and tokens, of exports nobody fetches any more, and of what a subscription's end ends: activities after 90 days, the rest
/// after seven years, which asks for the erasure as a person would.
/// </summary>
internal sealed class PruneGovernance(FileStore files) : IPruning
{
    private const string SubscriptionEnded = "The subscription ended seven years ago.";

    public async Task<int> Prune(Session session, Retention retention, DateTimeOffset now, int most)
    {
        var people = await session.First<long>("select people.prune(@sessions, @tokens, @most)", new { sessions = now - retention.Sessions, tokens = now - retention.Tokens, most });
        var invitations = await session.Execute(
            """
            delete from org.invitations where invitation_id in (
                select invitation_id from org.invitations where accepted_at is null and least(expires_at, coalesce(revoked_at, expires_at)) < @before limit @most)
            """,
            new { before = now - retention.Invitations, most });
        var exports = await Exports(session, now, most);
        var activities = await Activities(session);
        await Subscription(session);
        return (int)Math.Max(Math.Max(people, invitations), Math.Max(exports, activities));
    }

    private async Task<int> Exports(Session session, DateTimeOffset now, int most)
    {
        var old = await session.Query<byte[]?>(
            """
            delete from org.exports where export_id in (
                select export_id from org.exports where expires_at < @now or (finished_at is null and requested_at < @begun) limit @most) returning sha256
            """,
            new { now, begun = now - TimeSpan.FromDays(7), most });
        foreach (var sha256 in old.OfType<byte[]>())
        {
            await files.Remove(session.Tenant, sha256, now, session.Cancelled);
        }

        return old.Count;
    }

    // Files first: a night that is cut short leaves rows that the next one finds.
    private async Task<long> Activities(Session session)
    {
        if (await session.First<DateTimeOffset?>("select closed_at from org.tenants where closed_at < clock_timestamp() - make_interval(days => @ActivityDays)", new { ShowRetention.ActivityDays }) is not { } closed)
        {
            return 0;
        }

        var before = closed + TimeSpan.FromDays(ShowRetention.ActivityDays);
        await foreach (var sha256 in files.PutBefore(session.Tenant, before, session.Cancelled))
        {
            await files.Remove(session.Tenant, sha256, before, session.Cancelled);
        }

        return await session.First<long>("select org.erase_activities()");
    }

    private static async Task Subscription(Session session)
    {
        var id = Guid.CreateVersion7();
        var due = await session.First<DateTimeOffset?>(
            """
            insert into org.erasures (tenant_id, erasure_id, reason, requested_at, requested_by, due_at)
            select id, @id, @SubscriptionEnded, clock_timestamp(), @Actor, clock_timestamp() from org.tenants
            where closed_at < clock_timestamp() - interval '7 years' and not exists (select from org.erasures where cancelled_at is null)
            returning due_at
            """,
            new { id, SubscriptionEnded, session.Caller.Actor });
        if (due is { } at)
        {
            await JobQueue.Enqueue(session, EraseTenant.Job(id, at));
        }
    }
}
